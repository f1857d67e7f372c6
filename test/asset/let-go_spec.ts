import assert from "node:assert/strict";
import { setImmediate as turn } from "node:timers/promises";
import { ForecastModel } from "../../src/asset/forecast-model";
import { type ModelForm, type ModelSettings, modelSettings } from "../../src/asset/settings";
import { simd } from "../../src/kernel/simd";
import { NoStore } from "../../src/memory/no-store";
import { MODEL_NODE } from "../model-node";

const LIMIT = 50;
const ASSETS = 4000;
/** Assets that wait to be let go while others come, see `AssetMemory`; and growth in whole steps. */
const MOST_AT_ONCE = LIMIT + 100;

describe("assets that are let go", () => {
  let model: ForecastModel;
  beforeEach(() => {
    const form = { ...MODEL_NODE, size: "medium", remember: "none", assetLimit: LIMIT } as unknown as ModelForm;
    model = new ForecastModel("m", modelSettings(form) as ModelSettings, new NoStore(), {
      errorText: (code) => code,
      ruleText: ({ rule }) => rule,
      property: (msg, path) => (msg as Record<string, unknown>)[path],
      report: ({ text }) => assert.fail(text),
      notice: () => {},
      now: () => 1_000_000,
    });
  });
  afterEach(() => model.close());

  const take = (topic: string): void => {
    const fail = (error: Error) => assert.fail(error);
    model.take(
      "tuner",
      { topic, payload: { a: 1, y: 2 } },
      () => {},
      fail,
      (asset) => asset.learn({ learn: true }),
    );
  };
  /** How much of the kernels' memory is in use or was, bytes. */
  const size = (): number => simd?.memory.buffer.byteLength ?? Number.NaN;
  let before = 0;
  /** Bytes of one asset there, at most. */
  const each = 120_000;

  it("leave their memory to those that come: 4,000 assets, 50 at a time", async () => {
    before = size();
    for (let i = 0; i < ASSETS; i++) {
      take(`asset ${i}`);
      if (i % 20 === 0) await turn();
    }
    assert.ok(model.isInMemory(`asset ${ASSETS - 1}`));
    assert.ok(!model.isInMemory("asset 0"));
    assert.ok(size() - before <= MOST_AT_ONCE * each, `${size() - before} bytes`);
  }).timeout(60_000);

  it("so do those that are removed, and models that are replaced", async () => {
    take("a");
    let file: Uint8Array | undefined;
    const fail = (error: Error) => assert.fail(error);
    model.export(
      "a",
      ({ bytes }) => {
        file = bytes;
      },
      () => {},
      fail,
    );
    before = size();
    for (let i = 0; i < 400; i++) {
      await new Promise<void>((done) => model.import("a", file, done, fail));
      if (i % 10 === 0) await new Promise<void>((done) => model.remove("a", done, fail));
    }
    assert.ok(size() - before <= MOST_AT_ONCE * each, `${size() - before} bytes`);
  }).timeout(60_000);
});
