import assert from "node:assert/strict";
import { example, type FlowNode, type NodeRed, start } from "../node-red-process";
import { button, the } from "./adapt";

describe("example 12 which sensor", function () {
  this.timeout(60_000);
  let red: NodeRed;
  let flow: FlowNode[];

  before(async () => {
    flow = example("12 which sensor");
    Object.assign(the(flow, "plant-simulator"), { pace: "fastest", count: 1000 });
    red = await start(flow);
  });
  after(() => red?.stop());

  const shown = (): string[] =>
    red.debugged.filter(({ id }) => id === the(flow, "debug").id).map(({ msg }) => String(msg));

  it("says after 1000 readings that the steam leads the CO2 by some ten seconds, and finds it in disguise", async () => {
    await red.until("a ranking", () => shown().length === 1);
    const lines = (shown()[0] ?? "").split("\n");
    assert.equal(lines.length, 11, "a line for each of ten sensors, and the summary");
    assert.match(lines[0] ?? "", /^(steam_flow_kg_s|fuel_valve_pct) leads by 1\d s.*of 10/);
    const of = (sensor: string) => lines.find((line) => line.includes(`. ${sensor} `) || line.includes(`: ${sensor} `));
    assert.match(of("steam_flow_kg_s") ?? "", /^\d\. .*(1\d s before co2_kg_h|the same as fuel_valve_pct)/);
    assert.match(of("co2_g_s") ?? "", /Careful: co2_g_s seems to be co2_kg_h itself/);
    for (const useless of ["ambient_temperature_c", "feedwater_temperature_c"])
      assert.match(of(useless) ?? "", /no more .* than chance/);
    assert.deepEqual(red.problems, []);
  });

  it("answers at the button, and forgets at the other", async () => {
    await red.inject(button(flow, "rank now"), { command: "rank" });
    await red.until("the ranking again", () => shown().length === 2);
    assert.equal(shown()[1], shown()[0]);
    await red.inject(button(flow, "forget"), { command: "reset" });
    await red.inject(button(flow, "rank now"), { command: "rank" });
    await red.until("a complaint", () => red.problems.length === 1);
    assert.match(JSON.stringify(red.problems), /No reading has come yet/);
  });
});
