import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type BecauseWords, becauseSentence, madeOf } from "../../src/asset/because-sentence";
import type { PlainBecause, PlainForecast } from "../../src/asset/plain";

/** The catalogue as Node-RED reads it: dotted keys, __values__. */
function translator(language: string): BecauseWords {
  const file = join(__dirname, "..", "..", "nodes", "locales", language, "lru-predictor.json");
  const catalogue = JSON.parse(readFileSync(file, "utf8"))["lru-predictor"];
  return {
    part: (part, values = {}) =>
      catalogue.because[part].replace(/__(\w+?)__/g, (_: string, name: string) => {
        assert.ok(name in values, `${part} wants ${name}`);
        return String(values[name]);
      }),
    expert: (name) => catalogue.expert[name],
  };
}

const BECAUSE: PlainBecause = {
  since: 3_600_000,
  change: 10,
  inputs: [
    { sensor: "load", from: 50, to: 56, share: 8 },
    { sensor: "air flow", from: 20, to: 19.4, share: -1 },
    { sensor: "draught", from: -0.5, to: 0.25, share: 0.9 },
  ],
  others: 0.1,
  own: { sensor: "steam", from: 100, to: 101, share: 0.4 },
  existing: 0,
  rest: 1.6,
};

function forecastWith(because: Partial<PlainBecause>, experts = {}): PlainForecast {
  return { experts, because: { ...BECAUSE, ...because } } as PlainForecast;
}

describe("why a forecast has changed, in words", () => {
  it("names what moved it most, the strongest first, in both languages", () => {
    const forecast = forecastWith({ rest: 0, others: 0 });
    assert.equal(becauseSentence(forecast, translator("en-US")), "load +12 %, air flow −3 %, draught −0.5 → 0.25");
    assert.equal(becauseSentence(forecast, translator("ja")), "load +12%、air flow −3%、draught −0.5→0.25");
  });

  it("does not pass over what is none of the inputs where it has done more", () => {
    const forecast = forecastWith({ rest: 9, own: { ...BECAUSE.own, share: -5 } });
    assert.equal(becauseSentence(forecast, translator("en-US")), "other causes, load +12 %, steam itself +1 %");
    assert.equal(becauseSentence(forecast, translator("ja")), "その他の要因、load +12%、steam自身 +1%");
    assert.equal(becauseSentence(forecastWith({ existing: 300 }), translator("en-US")), "the existing forecast");
  });

  it("tells small and unknown changes without a per cent that says nothing", () => {
    const inputs = [
      { sensor: "pressure", from: 1013.21, to: 1013.24, share: 3 },
      { sensor: "temperature", from: 0.1, to: 2, share: 2 },
      { sensor: "valve", from: null, to: 1, share: 1 },
    ];
    const text = becauseSentence(forecastWith({ inputs, rest: 0 }), translator("en-US"));
    assert.equal(text, "pressure 1013.21 → 1013.24, temperature 0.1 → 2, valve");
  });

  it("says nothing where nothing has moved it, or nobody asked", () => {
    const none = { inputs: [], others: 0, rest: 0, own: { ...BECAUSE.own, share: 0 } };
    assert.equal(becauseSentence(forecastWith(none), translator("en-US")), "");
    const cyclic = { experts: { learner: 0.3, seasonal: 0.7 }, cycle: 37_400 } as unknown as PlainForecast;
    assert.equal(madeOf(cyclic, translator("en-US")), "cycles before 70 %, learner 30 %");
    assert.equal(becauseSentence({ experts: {} } as PlainForecast, translator("en-US")), "");
  });

  it("says what the forecast is made of", () => {
    const forecast = forecastWith({}, { reference: 0.04, learner: 0.711, seasonal: 0.219, frozen: 0.03 });
    assert.equal(madeOf(forecast, translator("en-US")), "learner 71 %, yesterday 22 %");
    assert.equal(madeOf(forecast, translator("ja")), "学習モデル 71%、昨日の同時刻 22%");
  });

  it("has a word for every expert in both languages", () => {
    const names = ["reference", "existing", "frozen", "learner", "linear", "seasonal", "quadratic"];
    for (const language of ["en-US", "ja"])
      for (const name of [...names, "correctedLearner", "correctedFrozen"])
        assert.ok(translator(language).expert(name), `${language} ${name}`);
  });
});
