import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Forecaster, Scored } from "../../src/index";
import type { KpiFigures } from "../../src/kpi/figures";
import { example, type FlowNode, type NodeRed, projectRoot, start } from "../node-red-process";
import { button, probe, the } from "./adapt";
import { forecasterOf, mae } from "./alone";

const VEHICLE = join(
  process.env.FORECAST_DATA ?? join(projectRoot(), "..", "shared", "data"),
  "vehicle-co2",
  "Mazda_6_2009.csv",
);
const VEHICLE_INPUTS = [
  "Vehicle Speed [km.h-1]",
  "Engine Speed [rpm]",
  "Acceleration [m.s-2]",
  "Mass Air Flow Rate [g.s-1]",
  "Intake Manifold Absolute Pressure [kpa]",
  "Intake Air Temperature [c]",
  "Ambient Air Temperature [c]",
  "Slope [%]",
  "Phi",
];

/** Scores of the engine alone on a CSV file whose first row names the columns. */
function engineAlone(f: Forecaster, file: string, timeColumn: string): Scored[] {
  const [header, ...rows] = readFileSync(file, "utf8").trim().split(/\r?\n/);
  const names = (header as string).split(",").map((name) => name.replace(/^"|"$/g, ""));
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

describe("example 04 from a CSV file", function () {
  this.timeout(90_000);
  let red: NodeRed;
  const kpis = (): KpiFigures[] => red.debugged.filter(({ id }) => id === "probe-kpi").map(({ msg }) => msg);
  const figures = (count: number): Promise<KpiFigures> =>
    red.until(`${count} scored forecasts`, () => kpis().find(({ readings }) => readings === count), 60_000);

  before(async () => {
    red = await start();
  });
  after(() => red?.stop());

  it("writes its own file, reads it, ends with the engine's own error, a third below naive, and so again after a reset", async () => {
    const flow = example("04 from a CSV file");
    probe(flow, "probe-kpi", the(flow, "kpi-meter"), "payload", 1);
    await red.deploy(flow);
    const reported = Number(the(flow, "kpi-meter").emitEvery);
    const last = Math.floor((3000 - 10) / reported) * reported;
    const kpi = await figures(last);
    const file = join(red.userDir, "online-forecast-boiler.csv");
    const f = forecasterOf(flow, "boiler-1");
    same(kpi, engineAlone(f, file, "time").slice(0, last));
    assert.ok((kpi.accuracy.lifetime.learner.mae as number) < 0.67 * (kpi.accuracy.lifetime.naive.mae as number));
    assert.deepEqual(red.problems, []);

    red.debugged.length = 0;
    await red.inject(button(flow, "read again"));
    f.reset();
    same(await figures(last), engineAlone(f, file, "time").slice(0, last));
    assert.deepEqual(red.problems, []);
  });

  it("a file of one's own, after the five changes its comment lists, gives the engine's own error", async () => {
    const recorded = existsSync(VEHICLE);
    const flow = example("04 from a CSV file");
    const model = the(flow, "forecast-model");
    const file = recorded ? VEHICLE : join(red.userDir, "online-forecast-boiler.csv");
    console.log(`      data: ${recorded ? "recorded drive of a Mazda 6" : "simulated boiler (no recorded data here)"}`);
    const [tab] = flow.filter(({ type }) => type === "tab");
    (tab as FlowNode).env = [{ name: "CSV_FILE", value: file, type: "str" }];
    if (recorded) {
      Object.assign(model, { sensors: VEHICLE_INPUTS, target: "CO2 Rate [g.s-1]" });
      const stamp = the(flow, "change", "time and topic");
      stamp.rules = (stamp.rules as { p: string }[]).map((rule) =>
        rule.p === "payload.time" ? { ...rule, p: "payload.DateTime" } : rule,
      );
    }
    const simulator = the(flow, "plant-simulator");
    const own = flow.filter((node) => node.g !== simulator.g && node.id !== simulator.g);
    const meter = the(own, "kpi-meter");
    probe(own, "probe-kpi", meter, "payload", 1);
    const scored = engineAlone(forecasterOf(own, "boiler-1"), file, recorded ? "DateTime" : "time");
    meter.emitEvery = 100;
    await red.deploy(own);
    await red.inject(button(own, "read again"));
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
