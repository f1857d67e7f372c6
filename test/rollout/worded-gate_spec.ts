import assert from "node:assert/strict";
import { Clock } from "../../src/rollout/clock";
import { Gate } from "../../src/rollout/gate";
import { knownRows } from "../../src/rollout/known";
import { type GateForm, gateSettings } from "../../src/rollout/settings";
import { columnsOf, WordedGate } from "../../src/rollout/worded-gate";
import { atOnce } from "../../src/slice/sliced";

const FORM = { gain: 5, period: "hour", leastDays: 0, leastBlocks: 1, approval: "person", assets: "", shifts: [], low: "", high: "", zone: "" }; // biome-ignore format: one line
const settings = gateSettings(FORM as unknown as GateForm, "steam, 1", 1);
const subject = { target: "steam", horizon: 1, period: settings.period, say: (key: string) => key };
const clock = new Clock("");
const worded = (): WordedGate => new WordedGate(new Gate("press-1", settings, clock), subject);
const forecast = (origin: number) => ({ asset: "press-1", origin, due: origin + 1, horizon: 1, value: 3, existing: 2 });

describe("a gate in words", () => {
  it("says why a person's command is not possible, and what a command has changed", () => {
    const one = worded();
    assert.throws(() => one.command("resume", "Mia", "back", 0), { name: "Error", message: "error.notPossible" });
    const change = one.command("hold", "", "", 0);
    const told = one.told(change);
    assert.deepEqual([told.topic, told.payload, told.change], ["press-1", "change.held", { ...change, asset: "press-1" }]); // biome-ignore format: one line
  });

  it("goes on as it was saved", () => {
    const one = worded();
    one.command("hold", "Mia", "repair", 0);
    assert.equal(one.why, "why.hold");
    const loaded = WordedGate.load(one.gate.save(), "press-1", settings, clock, subject);
    assert.deepEqual([loaded.gate.stage, loaded.why], ["hold", "why.hold"]);
    loaded.command("resume", "Mia", "repaired", 1);
    assert.equal(loaded.why, "");
  });

  it("answers a message with one forecast, and a batch with arrays that have null where nothing was forecast", () => {
    const decide = (rows: unknown) => atOnce(worded().decide(knownRows({ forecast: rows }), 9)).decided;
    assert.equal(columnsOf(decide(forecast(1)), false)?.payload, 2);
    const batch = columnsOf(decide([forecast(1), null, forecast(2)]), true);
    assert.deepEqual(batch?.payload, [2, null, 2]);
    assert.equal([batch?.stage].flat()[1], null);
    assert.equal(columnsOf([undefined], false), undefined);
  });
});
