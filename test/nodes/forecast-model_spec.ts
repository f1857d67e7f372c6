import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { NodeAPI } from "node-red";
import helper from "node-red-node-test-helper";
import {
  lagged,
  load,
  MODEL,
  PACK,
  readings,
  refused,
  send,
  statuses,
  TUNER,
  until,
  withServer,
} from "./forecast-flow";

describe("forecast-model node", () => {
  withServer();

  for (const [change, reason] of [
    [{ target: "" }, "target"],
    [{ horizons: "-1" }, "horizons"],
    [{ horizons: "0, 1" }, "softSensor"],
    [{ coverage: 120 }, "coverage"],
    [{ asset: "payload[" }, "asset"],
    [{ existing: "a b" }, "existing"],
    [{ inputs: ["y"], horizons: "0" }, "noInput"],
  ] as const)
    it(`${JSON.stringify(change)} is an error at once and for every message, with a reason`, async () => {
      const reasons: unknown[] = [];
      // The helper gives the key of a text and leaves out what is put into it.
      const listen = (RED: NodeAPI): void => {
        const say = RED._ as (key: string, values?: { reason?: unknown }) => string;
        RED._ = ((key: string, values?: { reason?: unknown }) => {
          if (values?.reason !== undefined) reasons.push(values.reason);
          return say(key, values);
        }) as NodeAPI["_"];
      };
      await helper.load([listen, ...PACK] as never, [{ id: "tab", type: "tab" }, { ...MODEL, ...change }, TUNER]);
      assert.deepEqual(reasons, [`forecast-model.invalid.${reason}`]);
      // biome-ignore lint/suspicious/noExplicitAny: the helper's spies are not in the types
      const [[text]] = (helper.getNode("model") as any).error.args as [[string]];
      assert.equal(text, "forecast-model.error.settings");
      // biome-ignore lint/suspicious/noExplicitAny: the helper's spies are not in the types
      const node = helper.getNode("model") as any;
      assert.equal(node.model, undefined);
      assert.equal(await refused("tuner", { payload: 1 }), "forecast-model.error.settings");
      assert.equal(statuses("tuner").at(-1)?.text, "rtrl-tuner.status.settings");
    });

  it("the asset may be a fixed name, or stand in any property", async () => {
    const { out } = await load({ ...MODEL, asset: "payload.machine" }, TUNER);
    for (const machine of ["a", "b", "a"]) send("tuner", { payload: { u: 1, y: 2, machine } });
    await until(() => out.length === 3);
    assert.deepEqual([readings("a"), readings("b")], [2, 1]);
    await helper.unload();
    const fixed = await load({ ...MODEL, asset: "press 1", assetType: "str" }, TUNER);
    for (const topic of ["a", "b"]) send("tuner", { payload: { u: 1, y: 2 }, topic });
    await until(() => fixed.out.length === 2);
    assert.equal(readings("press 1"), 2);
  });

  describe("remembers in files", () => {
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), "forecast-model-node-"));
      helper.settings({ userDir: folder });
    });
    afterEach(async () => {
      await helper.unload();
      helper.settings({});
      rmSync(folder, { recursive: true, force: true });
    });

    it("what was learnt and what was paused is there after a redeploy", async () => {
      const model = { ...MODEL, remember: "file" };
      const before = await load(model, TUNER);
      for (const [t, payload] of lagged(50).entries()) send("tuner", { payload, topic: "../a", timestamp: 1000 * t });
      send("tuner", { command: "pause", topic: "../a" });
      await until(() => before.out.length === 50);
      await helper.unload();
      assert.deepEqual(readdirSync(folder), ["online-forecast"], "no asset name leaves the folder");
      const after = await load(model, TUNER);
      send("tuner", { payload: { u: 1, y: 20 }, topic: "../a", timestamp: 50_000 });
      await until(() => after.out.length === 1);
      assert.equal(readings("../a"), 51);
      assert.equal(after.out[0]?.tuning.updates, 44);
      assert.equal(after.out[0]?.tuning.skipped, "paused");
    });
  });
});
