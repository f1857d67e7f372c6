import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type ForecastWords, forecastSentence } from "../../src/asset/forecast-sentence";
import type { PlainForecast } from "../../src/asset/plain";

const wordsOf = (catalogue: Record<string, unknown>, part: string): string =>
  part.split(".").reduce((at: unknown, key) => Object(at)[key], catalogue) as string;

function translator(language: string): ForecastWords {
  const file = join(__dirname, "..", "..", "nodes", "locales", language, "lru-predictor.json");
  const catalogue = JSON.parse(readFileSync(file, "utf8"))["lru-predictor"].progress;
  return (part, values = {}) =>
    wordsOf(catalogue, part).replace(/__(\w+?)__/g, (_: string, name: string) => {
      assert.ok(name in values, `${part} wants ${name}`);
      return String(values[name]);
    });
}

const forecast = (fields: object): PlainForecast =>
  ({ value: 2450.4, horizon: 1, experts: {}, ...fields }) as PlainForecast;
const line = (fields: object, quality?: unknown, language = "en-US", unit = "kg/h") =>
  forecastSentence(forecast(fields), { unit, quality }, translator(language)).text;

describe("a forecast in one line", () => {
  it("says value, unit and how far ahead", () => {
    assert.equal(line({ ahead: 600_000 }), "2450 kg/h in 10 min");
    assert.equal(line({ horizon: 6 }), "2450 kg/h in 6 readings");
    assert.equal(line({}), "2450 kg/h at the next reading");
    assert.equal(line({ horizon: 0 }, undefined, "en-US", ""), "2450 now");
    assert.equal(line({ value: null }), "no forecast yet");
    assert.equal(line({ value: 7e-8, naive: 0 }), "0 kg/h at the next reading");
    assert.equal(line({ value: 7e-8, naive: 8e-8 }), "7e-8 kg/h at the next reading");
    assert.equal(line({ ahead: 600_000 }, undefined, "ja"), "10分後 2450 kg/h");
    assert.equal(line({ horizon: 6 }, undefined, "ja"), "6回先 2450 kg/h");
  });

  it("says what is wrong with it", () => {
    const reasons = [
      { sensor: "flow", state: "uncertain" },
      { sensor: "steam", state: "bad" },
    ];
    assert.equal(line({ horizon: 0 }, { state: "bad", reasons }), "2450 kg/h now, steam not usable");
    assert.equal(line({ horizon: 0 }, { state: "uncertain", reasons }, "ja"), "現在 2450 kg/h、flowが疑わしい");
    assert.equal(line({ horizon: 0 }, { state: "uncertain" }), "2450 kg/h now, a value in doubt");
    assert.equal(line({ disagreement: 1.2 }), "2450 kg/h at the next reading, outside what it knows");
    assert.equal(line({ horizon: 0 }, { state: "good", reasons: [] }), "2450 kg/h now");
    for (const hostile of [192, "Good", null, { state: "bad", reasons: "no" }, { state: "bad", reasons: [null, 5] }])
      assert.ok(line({ horizon: 0 }, hostile).startsWith("2450 kg/h now"));
  });

  it("says that it is the last value, and why", () => {
    const missing = { existing: null, experts: { reference: 0, last: 1 } };
    assert.equal(line(missing), "2450 kg/h at the next reading, the last value: existing forecast missing");
    assert.equal(line(missing, undefined, "ja"), "次回 2450 kg/h、既存の予測が届かず直近の値");
    assert.equal(
      line({ ...missing, existing: 0 }, { state: "uncertain" }),
      "2450 kg/h at the next reading, the last value: existing forecast far off, a value in doubt",
    );
    assert.equal(line({ ...missing, existing: 0 }, undefined, "ja"), "次回 2450 kg/h、既存の予測が大きく外れ直近の値");
    assert.equal(line({ existing: 3, experts: { reference: 1, last: 0 } }), "2450 kg/h at the next reading");
  });

  it("gives every value in a few digits", () => {
    for (const [value, shown] of [
      [42.34, "42.34"],
      [-98_765.4321, "-98765"],
      [1.23e-7, "1e-7"],
      [1e99, "1e99"],
      [-0.123456, "-0.123"],
      [123_456_789, "1e8"],
    ] as const)
      assert.equal(line({ value, horizon: 0 }, undefined, "en-US", ""), `${shown} now`);
  });
});
