/** What a person does in the editor to decide: an alarm's deadband by the kind of signal, a rollout's approval by a button. */
import assert from "node:assert/strict";
import { PRESETS } from "../../src/alarm/preset";
import type { FlowNode } from "../node-red-process";
import { GATE as GATE_NODE, MODEL } from "../nodes/forecast-flow";
import { inEditor } from "./editor";

const HOUR = 3_600_000;
const START = Date.UTC(2026, 3, 1);

const FLOW: FlowNode[] = [
  { id: "0000000000000001", type: "tab", label: "Flow 1" },
  { ...MODEL, id: "0000000000000002", target: "steam", sensors: [] },
  { id: "0000000000000003", type: "inject", z: "0000000000000001", x: 100, y: 100, props: [], wires: [["0000000000000004"]] }, // biome-ignore format: one line
  {
    ...GATE_NODE,
    id: "0000000000000004",
    z: "0000000000000001",
    x: 320,
    y: 100,
    name: "",
    model: "0000000000000002",
    gain: 0,
    leastDays: 0,
    leastBlocks: 2,
    approval: "person",
    wires: [[], []],
  },
];
const [, , INJECT, GATE] = FLOW.map(({ id }) => id);

/** A batch of forecasts and of what fell due; the learner errs half as much as the existing forecast. */
function batch(first: number, rows: number): Record<string, unknown> {
  const numbers = Array.from({ length: rows }, (_, i) => first + i);
  const time = (i: number) => START + i * HOUR;
  return {
    topic: "press-1",
    forecast: numbers.map((i) => ({ asset: "press-1", origin: time(i), due: time(i + 1), horizon: 1, value: 7, lower: 6, upper: 8, coverage: 0.9, naive: 1, existing: 3 })), // biome-ignore format: one line
    scored: numbers.map((i) => {
      const sign = (i * 7919) % 13 < 6 ? 1 : -1;
      return { origin: time(i - 1), time: time(i), horizon: 1, actual: 100, forecast: 100 + sign, existing: 100 + 2 * sign, naive: 104, covered: i % 10 > 0 }; // biome-ignore format: one line
    }),
  };
}

inEditor(
  "decisions in the editor",
  FLOW,
  (_language, at) => {
    it("the kind of signal fills in deadband and delays, and shows which kind the numbers belong to", async () => {
      const dialog = await at.editor.openDialog(await at.editor.drag("alarm-rule", 300, 200));
      const kind = dialog.form.locator("#alarm-rule-preset");
      const numbers = () =>
        Promise.all(["deadband", "deadbandUnit", "onDelay", "offDelay"].map((name) => dialog.field(name).inputValue()));
      assert.equal(await kind.inputValue(), "");
      for (const [type, { deadband, delay }] of Object.entries(PRESETS)) {
        await kind.selectOption(type);
        assert.deepEqual(await numbers(), [`${deadband}`, "percent", `${delay}`, `${delay}`]);
      }
      await dialog.field("onDelay").fill("7");
      await dialog.field("onDelay").blur();
      assert.equal(await kind.inputValue(), "", "numbers of one's own belong to no kind");
      await dialog.cancel();
    });

    it("the button of the gate says what is missing, wants name and reason, and moves the stage when it is ready", async () => {
      await at.nodeRed.inject(INJECT, batch(0, 1));
      await at.nodeRed.until(
        "shadow",
        () => at.nodeRed.statuses.get(GATE)?.text === "shadow: the learner is only compared",
      );
      const panel = at.editor.page.locator(".red-ui-notification:visible").last();
      const press = (name: string) => panel.getByRole("button", { name, exact: true }).click();
      const open = () => at.editor.node(GATE).locator(".red-ui-flow-node-button-button").click({ force: true });

      await open();
      await panel.getByText("first comparison: 1 of 20 forecasts").waitFor();
      await panel.getByText(/Still missing for the next stage:\s+• 0 of 2 comparisons\s+• evidence 1 of 20/).waitFor();
      await at.editor.page.waitForTimeout(600); // the panel slides in
      await at.editor.picture("rollout gate not yet");
      await press("Approve");
      await panel.getByText("Enter your name and a reason").waitFor();
      await panel.getByPlaceholder("Your name").fill("Sato");
      await panel.getByPlaceholder("Reason").fill("looks good");
      await press("Approve");
      await panel.getByText(/press-1: not yet. Missing: .*evidence 1 of 20/).waitFor();
      await press("Close");

      await at.nodeRed.inject(INJECT, batch(1, 400));
      await at.nodeRed.until("ready", () => at.nodeRed.statuses.get(GATE)?.text === "better: awaits approval");
      await open();
      await panel.getByText(/better in \d+ of \d+ periods, 50 % on average, evidence 20 of 20/).waitFor();
      await panel.getByText("All requirements are met: the next stage awaits approval.").waitFor();
      await at.editor.page.waitForTimeout(600); // the panel slides in
      await at.editor.picture("rollout gate awaits approval");
      await panel.getByPlaceholder("Your name").fill("Sato");
      await panel.getByPlaceholder("Reason").fill("proved in the trial");
      await press("Approve");
      await panel.getByText("press-1: shadow → pilot, proved in the trial by Sato").waitFor();
      assert.equal(
        await at.editor.statusAfter(GATE, "better: awaits approval"),
        "pilot: the learner is used where chosen",
      );
      await press("Close");
      assert.deepEqual(
        at.editor.complaints.filter((text) => !/409/.test(text)),
        [],
      );
    });
  },
  ["en-US"],
);
