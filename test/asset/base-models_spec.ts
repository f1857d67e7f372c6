import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BaseMemory, type BaseModel, type BaseModels } from "../../src/asset/base-models";
import { ForecastModel } from "../../src/asset/forecast-model";
import { type ModelForm, type ModelSettings, modelSettings } from "../../src/asset/settings";
import { Forecaster } from "../../src/forecaster/forecaster";
import { FileStore } from "../../src/memory/file-store";
import { lagged, MODEL } from "../nodes/forecast-flow";

describe("the models that were trained on history", () => {
  let folder: string;
  let open: BaseMemory[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "bases-"));
    open = [];
  });
  afterEach(async () => {
    await Promise.all(open.map((memory) => memory.close()));
    rmSync(folder, { recursive: true });
  });

  const memory = (): BaseMemory => {
    const made = new BaseMemory("model-1", new FileStore(folder), ({ text }) => assert.fail(text));
    open.push(made);
    return made;
  };
  const list = (of: BaseMemory): BaseModels => {
    let found: BaseModels | undefined;
    of.list((given) => {
      found = given;
    }, assert.fail);
    return found as BaseModels;
  };
  const add = (to: BaseMemory, byte: number): BaseModel => {
    let added: BaseModel | undefined;
    const keep = (model: BaseModel): void => {
      added = model;
    };
    to.add(Uint8Array.of(byte), { at: byte, hash: `hash ${byte}`, about: { rows: byte } }, keep, assert.fail);
    return added as BaseModel;
  };
  const used = (of: BaseMemory): number | undefined => {
    let byte: number | undefined;
    of.used((bytes) => {
      byte = bytes?.[0];
    }, assert.fail);
    return byte;
  };

  it("are numbered, used only when chosen, and still there after a restart", async () => {
    const first = memory();
    assert.deepEqual([add(first, 7).version, add(first, 8).version, used(first)], [1, 2, undefined]);
    first.choose(1, 99, "sato", () => {}, assert.fail);
    assert.equal(used(first), 7);
    await first.close();
    const second = memory();
    assert.equal(used(second), 7);
    assert.deepEqual(
      list(second).models.map(({ version, accepted, by, about }) => [version, accepted, by, about]),
      [
        [1, 99, "sato", { rows: 7 }],
        [2, null, undefined, { rows: 8 }],
      ],
    );
    assert.equal(add(second, 9).version, 3);
  });

  it("the eleventh takes the place of the oldest, but never of the one in use", () => {
    const one = memory();
    for (let i = 1; i <= 13; i++) {
      add(one, i);
      if (i === 2) one.choose(2, 0, "", () => {}, assert.fail);
    }
    assert.deepEqual(
      list(one).models.map(({ version }) => version),
      [2, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13],
    );
    assert.equal(used(one), 2);
  });

  describe("of a forecast model", () => {
    const settings = modelSettings({ ...(MODEL as unknown as ModelForm), remember: "file" }) as ModelSettings;
    const model = (): ForecastModel =>
      new ForecastModel("m", settings, new FileStore(folder), {
        errorText: (code) => code,
        ruleText: ({ rule }) => rule,
        property: (msg, path) => (msg as Record<string, unknown>)[path],
        report: ({ text }) => assert.fail(text),
        notice: () => assert.fail(),
        now: () => 1_772_323_200_000,
      });
    /** Whether an asset goes on from history, once it has taken a reading in. */
    const isTrained = (of: ForecastModel, topic: string): Promise<boolean> =>
      new Promise((give, fail) =>
        of.take("n", { topic, payload: { u: 1, y: 2 } }, ({ forecaster }) => give(forecaster.pretrained), fail),
      );
    const trained = (): Uint8Array => {
      const { size, horizon, labelDelay } = settings;
      const forecaster = Forecaster.create({ inputs: ["u"], target: "y", size, horizon, labelDelay });
      const rows = lagged(100).map((values, t) => ({ time: 1000 * t, values }));
      forecaster.pretrain(rows, { epochs: 1 });
      return forecaster.save();
    };

    it("is what new assets begin with, also after a restart; those that were there have it as well", async () => {
      const first = model();
      assert.equal(await isTrained(first, "a"), false);
      const about = { at: 0, hash: "", about: {} };
      const version = await new Promise<number>((give, fail) =>
        first.bases.add(trained(), about, (added) => give(added.version), fail),
      );
      assert.equal(await isTrained(first, "b"), false, "not before it is chosen");
      const given = await new Promise<number>((give, fail) =>
        first.useBase(version, (_, assets) => give(assets), fail),
      );
      assert.equal(given, 2);
      assert.deepEqual([await isTrained(first, "a"), await isTrained(first, "c")], [true, true]);
      await first.close();
      const second = model();
      assert.deepEqual([await isTrained(second, "b"), await isTrained(second, "d")], [true, true]);
      await second.close();
    });

    it("is given to many assets in many turns, so that readings come through between", async () => {
      const one = model();
      for (let i = 0; i < 60; i++) await isTrained(one, `asset ${i}`);
      const version = await new Promise<number>((give, fail) =>
        one.bases.add(trained(), { at: 0, hash: "", about: {} }, (added) => give(added.version), fail),
      );
      const given = (): number => {
        let count = 0;
        const add = (name: string): void =>
          one.withAsset(
            name,
            (asset) => {
              if (asset.forecaster?.pretrained) count++;
            },
            assert.fail,
          );
        for (let i = 0; i < 60; i++) add(`asset ${i}`);
        return count;
      };
      let before = 0;
      let most = 0;
      let open = true;
      const turn = (): void => {
        if (!open) return;
        const now = given();
        most = Math.max(most, now - before);
        before = now;
        setImmediate(turn);
      };
      turn();
      await new Promise((give, fail) => one.useBase(version, give, fail));
      open = false;
      assert.ok(most <= 5, `${most} in one turn`);
      for (let i = 0; i < 60; i++) assert.equal(await isTrained(one, `asset ${i}`), true);
      await one.close();
    });

    it("of a version that is not there nothing changes, and the versions are named", async () => {
      const one = model();
      await assert.rejects(new Promise((give, fail) => one.useBase(3, give, fail)), /noVersion/);
      assert.equal(await isTrained(one, "a"), false);
      await one.close();
    });
  });
});
