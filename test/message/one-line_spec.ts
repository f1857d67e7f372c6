import assert from "node:assert/strict";
import { isolated, oneLine } from "../../src/message/one-line";

describe("one line", () => {
  it("has no line breaks, no control characters and no signs that turn its direction", () => {
    assert.equal(oneLine(" a\r\nb\u2028c\u0000d\u202Ee\u2069 "), "a b c de");
    assert.equal(oneLine("ボイラー 3号"), "ボイラー 3号");
  });

  it("keeps its direction to itself where it stands among other text", () => {
    assert.equal(isolated("a\u2069b"), "\u2068ab\u2069");
    assert.equal(isolated(" \n"), "");
  });
});
