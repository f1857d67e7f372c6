import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Scored } from "../../src/index";
import { Gate } from "../../src/index";
import { type GateForm, gateSettings } from "../../src/rollout/settings";
import { example, type FlowNode, linkPack, type NodeRed, start } from "../node-red-process";
import { button, probe, the } from "./adapt";
import { alone, mae } from "./alone";

const COUNT = 2000;
const PILOT = "pilot: the learner is used where chosen";

interface Sent {
  payload: number;
  stage: { stage: string; source: string; blocks: number; better: number; proof: number; ready: boolean };
  forecast: { value: number; existing: number; lower: number | null };
}

describe("example 08 shadow, pilot, live beside an existing forecast", function () {
  this.timeout(120_000);
  let red: NodeRed;
  let flow: FlowNode[];
  let userDir: string;

  before(async () => {
    flow = example("08 shadow, pilot, live beside an existing forecast");
    Object.assign(the(flow, "plant-simulator"), { pace: "fastest", count: COUNT, start: "2026-04-01T00:00:00Z" });
    probe(flow, "probe-gate", the(flow, "rollout-gate"), "true");
    // A user directory that outlives the process: what was reached must survive a restart.
    userDir = mkdtempSync(join(tmpdir(), "rollout-"));
    linkPack(userDir);
    red = await start(flow, { userDir });
  });
  after(async () => {
    await red?.stop();
    rmSync(userDir, { recursive: true, force: true });
  });

  const sent = (): Sent[] => red.debugged.filter(({ id }) => id === "probe-gate").map(({ msg }) => msg);
  const shown = (name: string): string[] =>
    red.debugged.filter(({ id }) => id === the(flow, "debug", name).id).map(({ msg }) => String(msg));
  const press = (name: string) => red.inject(button(flow, name));
  const state = (): string | undefined => red.statuses.get(the(flow, "rollout-gate").id)?.text;

  it("says what is missing to somebody in a hurry", async () => {
    await red.until("the first forecast", () => sent().length > 0);
    await press("approve");
    const [problem] = await red.until("the refusal", () => shown("refused").length > 0 && shown("refused"));
    assert.match(problem, /not yet.*comparisons.*evidence/i);
  });

  it("acts on the existing forecast in shadow, and its comparison is the engine's to the last digit", async () => {
    await red.until("the evidence", () => state() === "better: awaits approval", 60_000);
    await red.until("the last reading", () => sent().length === COUNT, 60_000);
    assert.ok(sent().slice(1).every(({ payload, forecast, stage }) => stage.source === "existing" && payload === forecast.existing && forecast.value === payload && forecast.lower === null)); // biome-ignore format: one line

    const gate = new Gate("boiler-1", settings());
    const { scored } = alone(flow, COUNT).get("boiler-1") ?? { scored: [] };
    assert.ok(mae(scored, "forecast") < 0.9 * mae(scored, "existing"));
    for (const one of scored) gate.score(outcome(one));
    const { blocks, better, proof, ready } = gate.summary;
    const { stage } = sent()[COUNT - 1];
    assert.deepEqual([stage.blocks, stage.better, stage.ready], [blocks, better, ready]);
    assert.ok(Math.abs(stage.proof - proof) <= 1e-9 * proof, `${stage.proof} ${proof}`);
  });

  it("goes to the pilot when a person approves, and remembers it over a restart", async () => {
    await press("approve");
    await red.until("the pilot", () => state() === PILOT);
    const [said] = await red.until("the change", () => {
      const found = shown("changes").filter((text) => /→ pilot/.test(text));
      return found.length > 0 && found;
    });
    assert.match(said, /^boiler-1: shadow → pilot, evidence is there by Sato$/);
    await red.stop();
    Object.assign(the(flow, "plant-simulator"), { start: "2026-05-01T00:00:00Z" });
    red = await start(flow, { userDir });
    await red.until("a forecast in use", () => sent().length > 10);
    assert.equal(state(), PILOT);
    assert.deepEqual([sent()[5].stage.source, sent()[5].payload], ["learner", sent()[5].forecast.value]);
  });

  it("rolls back at the press of a button", async () => {
    await press("roll back");
    await red.until("the rollback", () => /^rolled back: operators report odd values by Sato$/.test(state() ?? ""));
    const [said] = await red.until("the change", () => shown("changes").length > 0 && shown("changes"));
    assert.match(said, /pilot → rolled back, operators report odd values by Sato$/);
  });

  function settings() {
    const { target, horizons } = the(flow, "forecast-model");
    const checked = gateSettings(the(flow, "rollout-gate") as unknown as GateForm, `${target}, ${horizons}`, Number(horizons)); // biome-ignore format: one line
    assert.ok(typeof checked !== "string");
    return checked;
  }

  function outcome({ origin, time, actual, forecast, existing, naive, covered }: Scored) {
    return { origin, time, actual, learner: forecast, existing, naive, covered, coverage: 0.9, good: true, doubtful: false, running: true }; // biome-ignore format: one line
  }
});
