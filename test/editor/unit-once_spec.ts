/** What is set once, in the forecast model, is asked for nowhere else; and what nobody has told stands in no field. */
import assert from "node:assert/strict";
import type { FlowNode } from "../node-red-process";
import { MODEL } from "../nodes/forecast-flow";
import { inEditor } from "./editor";

const TAB = "0000000000000001";
const [WITH, WITHOUT] = ["0000000000000002", "0000000000000003"];
const limits = [{ name: "H", kind: "high", high: "100", highType: "num", priority: "medium", severity: "" }];
const rule = { type: "alarm-rule", z: TAB, name: "", watch: "actual", limits, x: 300 };
const meter = { type: "kpi-meter", z: TAB, name: "", x: 600, wires: [[], [], []] };
/** Of before there may be a unit of the node's own, another one than the model's. */
const NODES = {
  "alarm rule": { ...rule, id: "0000000000000011", model: WITH, unit: "", y: 60 },
  "alarm rule of before": { ...rule, id: "0000000000000012", model: WITH, unit: "t/h", y: 120 },
  "alarm rule of a model without a unit": { ...rule, id: "0000000000000013", model: WITHOUT, unit: "bar", y: 180 },
  "alarm rule of a rate": { ...rule, id: "0000000000000014", model: WITH, unit: "", watch: "rate", y: 240 },
  "KPI meter": { ...meter, id: "0000000000000021", model: WITH, unit: "", y: 60 },
  "KPI meter of before": { ...meter, id: "0000000000000022", model: WITH, unit: "t/h", y: 120 },
  "KPI meter with the same unit": { ...meter, id: "0000000000000023", model: WITH, unit: "kg/h", y: 180 },
  "KPI meter of a model without a unit": { ...meter, id: "0000000000000024", model: WITHOUT, unit: "", y: 240 },
};
const INJECT = "0000000000000031";
const DEBUG = "0000000000000032";
const FLOW: FlowNode[] = [
  { id: TAB, type: "tab", label: "Flow 1" },
  { ...MODEL, id: WITH, name: "steam", unit: "kg/h", language: "en-US" },
  { ...MODEL, id: WITHOUT, name: "pressure", unit: "", language: "en-US" },
  ...Object.values(NODES).map((node) => ({ wires: [[DEBUG], [], []], ...node })),
  { id: INJECT, type: "inject", z: TAB, x: 80, y: 60, wires: [Object.values(NODES).map(({ id }) => id)] },
  { id: DEBUG, type: "debug", z: TAB, active: true, tosidebar: true, complete: "payload", x: 800, y: 400, wires: [] },
];

inEditor(
  "a unit is set once",
  FLOW,
  (_language, at) => {
    afterEach(() => at.editor.cancelDialogs());

    for (const [what, { id }] of Object.entries(NODES)) {
      const isAsked = /of before|without/.test(what);
      it(`and ${isAsked ? "asked for" : "not asked for"}: ${what}`, async () => {
        const dialog = await at.editor.openDialog(id);
        await dialog.unfold();
        assert.equal(await dialog.field("unit").isVisible(), isAsked);
        if (what !== "alarm rule") return;
        await dialog.field("model").selectOption(WITHOUT);
        assert.equal(await dialog.field("unit").isVisible(), true, "with another model");
      });
    }

    it("and is told by an alarm: the model's, that of before, and a rate's", async () => {
      await at.nodeRed.inject(INJECT, { topic: "a", payload: { y: 90, u: 1 }, timestamp: 0 });
      await at.nodeRed.inject(INJECT, { topic: "a", payload: { y: 300, u: 1 }, timestamp: 60_000 });
      const texts = () => at.nodeRed.debugged.map(({ msg }) => String(msg)).filter((text) => text.includes("H:"));
      await at.nodeRed.until("four alarms", () => texts().length >= 4);
      const units = texts().map((text) =>
        /300 (\S+) |210 (\S+) /
          .exec(text.replace(/[,，(]/g, " "))
          ?.slice(1)
          .join(""),
      );
      assert.deepEqual(units.sort(), ["bar", "kg/h", "kg/h/min", "t/h"], texts().join("\n"));
    });

    it("and a new KPI meter supposes no hours, shares or money; a currency is asked for with the first sum", async () => {
      const id = await at.editor.drag("kpi-meter", 500, 500);
      assert.equal(await at.editor.triangle(id), undefined);
      const dialog = await at.editor.openDialog(id);
      await dialog.unfold();
      const names =
        "limit hourlyRate minutesPerFalseAlarm falseAlarmCost hoursSaved price downtimeHours downtimeCost fine";
      const others =
        "otherCost probabilityLow probabilityHigh currency hoursPerYear trialCost runningCost preventableLow";
      for (const name of `${names} ${others} preventableHigh within`.split(" "))
        assert.equal(await dialog.field(name).inputValue(), "", name);
      await at.editor.picture("KPI meter, new");
      await dialog.field("hourlyRate").fill("60");
      assert.match(await dialog.complaint("currency"), /three letters/);
      await dialog.field("currency").fill("usd");
      await dialog.field("preventableLow").fill("50");
      await dialog.field("preventableHigh").fill("40");
      assert.match(await dialog.complaint("preventableHigh"), /not be below/);
      await dialog.field("preventableHigh").fill("");
      await dialog.done();
      assert.equal(await at.editor.triangle(id), undefined);
      assert.deepEqual(at.editor.complaints, []);
    });
  },
  ["en-US"],
);
