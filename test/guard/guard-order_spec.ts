import assert from "node:assert/strict";
import { Guard } from "../../src/guard/guard";
import { carryOut, type GuardCommand, guardOrder } from "../../src/guard/guard-order";

const NAMES = { target: "steam", inputs: ["load", "air"] };
const say = (key: string, values: object = {}): string => `${key} ${Object.values(values)}`;
const order = (command: GuardCommand, msg: object = {}, names = NAMES) => guardOrder(command, msg, names, say);
const guard = (): Guard => new Guard({ ...NAMES, horizon: 1 });
const obeyed = (one: Guard, command: GuardCommand, msg: object = {}, model?: { rollback(): void }) =>
  carryOut(one, order(command, msg), "a", model && { ...model, checkpoint: () => new Uint8Array() }, say);

describe("an order for a drift guard", () => {
  it("is for one sensor of the model, or for all", () => {
    assert.deepEqual(order("maintenance", { sensor: "air" }), { command: "maintenance", sensor: "air", on: true });
    assert.equal(order("accept", { sensor: "steam" }).sensor, "steam");
    for (const sensor of [undefined, null, ""]) assert.equal(order("accept", { sensor }).sensor, "");
    for (const sensor of ["lode", 7, {}]) assert.throws(() => order("accept", { sensor }), /^Error: error\.sensor/);
  });

  it("may be for any name where the model names no inputs", () => {
    const open = { target: "steam", inputs: [] };
    assert.equal(order("newLevel", { sensor: "lode" }, open).sensor, "lode");
    assert.throws(() => order("newLevel", { sensor: 7 }, open), /error\.sensor 7/);
    const one = new Guard({ ...open, horizon: 1 });
    assert.throws(() => carryOut(one, order("newLevel", { sensor: "lode" }, open), "a", undefined, say), /lode/);
  });

  it("begins maintenance and ends it by the payload false", () => {
    const one = guard();
    obeyed(one, "maintenance", { sensor: "air", payload: 0 });
    assert.equal(one.underMaintenance, true);
    obeyed(one, "maintenance", { sensor: "air", payload: false });
    assert.equal(one.underMaintenance, false);
  });

  it("freezes the model and lets it go on, and tells of it once", () => {
    const one = guard();
    assert.deepEqual(
      obeyed(one, "freeze").map(({ to }) => to),
      ["frozen"],
    );
    assert.deepEqual(obeyed(one, "freeze"), []);
    assert.equal(obeyed(one, "resume").length, 1);
  });

  it("rolls the model back where there is one", () => {
    let times = 0;
    const changes = obeyed(guard(), "rollback", {}, { rollback: () => times++ });
    assert.equal(times, 1);
    assert.equal(changes.at(-1)?.to, "recovering");
    assert.throws(() => obeyed(guard(), "rollback"), /error\.noForecaster "a"/);
  });
});
