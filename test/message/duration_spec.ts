import assert from "node:assert/strict";
import { durationOf, durationText } from "../../src/message/duration";

describe("a span of time", () => {
  it("is read as people write it, in English and Japanese", () => {
    const hour = 3_600_000;
    for (const text of ["60 min", "60min", "1 h", "1 hour", "60分", "1時間", "60 分", "1.0 H", "3600 s", "3600秒"])
      assert.equal(durationOf(text), hour, text);
    assert.equal(durationOf("1 d"), 24 * hour);
    assert.equal(durationOf("2日"), 48 * hour);
    assert.equal(durationOf("1.5 h"), 1.5 * hour);
    assert.equal(durationOf("250 ms"), 250);
  });

  it("is none without a number, without a unit, or where it is no whole number of ms", () => {
    for (const text of ["", "60", "min", "-5 min", "0 min", "5 months", "1e3 s", "0.1 ms", "1 h 30 min", "5 toString"])
      assert.equal(durationOf(text), undefined, text);
  });

  it("is told in the largest unit in which it is whole, and read back", () => {
    const texts = ["250 ms", "30 s", "10 min", "90 min", "2 h", "36 h", "7 d"];
    assert.deepEqual(
      texts.map((text) => durationText(durationOf(text) as number)),
      texts,
    );
  });
});
