import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Scored } from "../../src/index";
import type { KpiFigures } from "../../src/kpi/figures";
import { example, type FlowNode, type NodeRed, projectRoot, start } from "../node-red-process";
import { historian } from "../table/files";
import { button, probe, the } from "./adapt";
import { forecasterOf, mae } from "./alone";

const NAME = "04 from your own file";
const VEHICLE = join(
  process.env.FORECAST_DATA ?? join(projectRoot(), "..", "shared", "data"),
  "vehicle-co2",
  "Mazda_6_2009.csv",
);

/** Scores of the engine alone on a CSV file with points for decimals whose first row names the columns. */
function engineAlone(flow: FlowNode[], file: string, timeColumn: string): Scored[] {
  const [header, ...rows] = readFileSync(file, "utf8").trim().split(/\r?\n/);
  const names = (header as string).split(",").map((name) => name.replace(/^"|"$/g, ""));
  const model = the(flow, "forecast-model");
  // The list of the example is empty: every column of numbers.
  model.sensors = names.filter((name) => name !== timeColumn && name !== model.target);
  const f = forecasterOf(flow, "");
  const scored: Scored[] = [];
  for (const row of rows) {
    const cells = row.split(",");
    const values = Object.fromEntries(names.map((name, i) => [name, cells[i] === "" ? Number.NaN : Number(cells[i])]));
    const time = Date.parse(cells[names.indexOf(timeColumn)] as string);
    const step = f.step({ time, values }, { learn: true });
    if (step.scored) scored.push({ ...step.scored });
  }
  return scored;
}

describe("example 04 from your own file", function () {
  this.timeout(90_000);
  let red: NodeRed;
  const kpis = (): KpiFigures[] => red.debugged.filter(({ id }) => id === "probe-kpi").map(({ msg }) => msg);
  const figures = (count: number): Promise<KpiFigures> =>
    red.until(`${count} scored forecasts`, () => kpis().find(({ readings }) => readings === count), 60_000);

  before(async () => {
    red = await start();
  });
  after(() => red?.stop());

  /** The example after the changes that its comment lists. */
  const own = (file: string, target: string): FlowNode[] => {
    const flow = example(NAME);
    const simulator = the(flow, "plant-simulator");
    const kept = flow.filter((node) => node.g !== simulator.g && node.id !== simulator.g);
    the(kept, "history-trainer").source = file;
    the(kept, "forecast-model").target = target;
    const meter = the(kept, "kpi-meter");
    meter.emitEvery = 100;
    probe(kept, "probe-kpi", meter, "payload", 1);
    return kept;
  };

  it("writes its own file, reads it, ends with the engine's own error, below the last value's, and again after a reset", async () => {
    const flow = example(NAME);
    probe(flow, "probe-kpi", the(flow, "kpi-meter"), "payload", 1);
    probe(flow, "probe-complete", the(flow, "history-trainer"), "complete", 2);
    await red.deploy(flow);
    const kpi = await figures(2500);
    const scored = engineAlone(example(NAME), join(red.userDir, "online-forecast-boiler.csv"), "time").slice(0, 2500);
    same(kpi, scored);
    const { learner, naive } = kpi.accuracy.lifetime;
    assert.ok((learner.mae as number) < 0.85 * (naive.mae as number), `${learner.mae} ${naive.mae}`);
    assert.deepEqual(red.problems, []);

    const isRead = (): boolean => red.debugged.some(({ id, msg }) => id === "probe-complete" && msg === true);
    await red.until("the end of the file", () => isRead() || undefined, 60_000);
    await delay(1000); // the last rows have been sent; the reader still ends
    red.debugged.length = 0;
    await red.inject(button(flow, "read again"));
    // What was learnt is gone; scales and levels stay, so that the second time is much like the first, and not the same.
    const again = (await figures(2500)).accuracy.lifetime.learner.mae as number;
    assert.ok(Math.abs(again / (learner.mae as number) - 1) < 0.1, `${again} after ${learner.mae}`);
    assert.deepEqual(red.problems, []);
  });

  it("a file with another dialect, after the changes its comment lists: dates, decimal comma and units are found", async () => {
    const file = join(red.userDir, "historian.csv");
    writeFileSync(file, historian(600));
    const flow = own(file, "TI-4711.PV");
    probe(flow, "probe-time", the(flow, "history-trainer"), "timestamp", 2);
    await red.deploy(flow);
    await red.inject(button(flow, "read again"));
    const { learner, naive } = (await figures(500)).accuracy.lifetime;
    assert.ok((learner.mae as number) < 0.75 * (naive.mae as number), `${learner.mae} ${naive.mae}`);
    const times = red.debugged.filter(({ id }) => id === "probe-time").map(({ msg }) => Number(msg));
    assert.equal((times[1] as number) - (times[0] as number), 60_000);
    assert.deepEqual(red.problems, []);
  });

  it("a recorded drive, where there is one here, gives the engine's own error", async () => {
    if (!existsSync(VEHICLE)) console.log("      no recorded data here: the example's own file again");
    const recorded = existsSync(VEHICLE);
    const file = recorded ? VEHICLE : join(red.userDir, "online-forecast-boiler.csv");
    const flow = own(file, recorded ? "CO2 Rate [g.s-1]" : "co2_kg_h");
    await red.deploy(flow);
    await red.inject(button(flow, "read again"));
    const scored = engineAlone(structuredClone(flow), file, recorded ? "DateTime" : "time");
    const last = Math.floor(scored.length / 100) * 100;
    same(await figures(last), scored.slice(0, last));
    assert.deepEqual(red.problems, []);
  });
});

/** The nodes add nothing and lose nothing. */
function same(kpi: KpiFigures, scored: Scored[]): void {
  const { learner, naive, frozen } = kpi.accuracy.lifetime;
  for (const [told, which] of [
    [learner, "forecast"],
    [naive, "naive"],
    [frozen, "frozen"],
  ] as const) {
    const expected = mae(scored, which);
    assert.ok(Math.abs((told.mae as number) - expected) <= 1e-9 * expected, `${which} ${told.mae} ${expected}`);
  }
}
