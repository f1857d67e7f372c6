/** A sender gone wrong: tens of thousands of wrong rows at once, and somebody who works in the editor meanwhile. */
import assert from "node:assert/strict";
import type { FlowNode } from "../node-red-process";
import { GUARD, MODEL, PREDICTOR, TUNER } from "../nodes/forecast-flow";
import { inEditor } from "./editor";

const ROWS = 35_000;
/** Rows of which each is wrong in its own words; a good one behind them says that they are through. */
const wrong = (send: string): string =>
  `const rows = Array.from({ length: ${ROWS} }, (_, i) => ({ u: "?", y: "no value " + i }));
   const good = { topic: "press-1", payload: { u: 1, y: 2 }, timestamp: Date.now() };
   ${send}`;
const FLOODS = {
  "in one message": wrong(
    `return [[{ topic: "press-1", payload: rows, timestamp: rows.map((_, i) => 1.7e12 + i) }, good]];`,
  ),
  // As fast as a broken sender may be: ten thousand a second.
  "in as many messages": wrong(
    `let sent = 0;
     const timer = setInterval(() => {
       const some = rows.slice(sent, sent + 500);
       node.send([some.map((payload, i) => ({ topic: "press-1", payload, timestamp: 1.7e12 + sent + i }))]);
       sent += some.length;
       if (sent < rows.length) return;
       clearInterval(timer);
       node.send(good);
     }, 50);`,
  ),
};
/** So long, ms, may an answer take, and the latest of all, on a machine that has other work; an idle one needs a tenth. */
const USUAL_WAIT = 3000;
const MOST_WAIT = 10_000;
/** Of each of two nodes the first in full, then a count every five seconds, the last one perhaps of the flood before. */
const mostMessages = (ms: number): number => 5 + 2 * (1 + Math.ceil(ms / 5000));

const TAB = "0000000000000001";
const placed = (id: string, x: number, y: number, wires: string[][]): FlowNode => ({
  id,
  type: "",
  z: TAB,
  x,
  y,
  wires,
});
const FLOW: FlowNode[] = [
  { id: TAB, type: "tab", label: "Flow 1" },
  { ...MODEL, id: "0000000000000002", name: "kiln" },
  ...Object.values(FLOODS).flatMap((func, i): FlowNode[] => [
    {
      ...placed(`inject-${i}`, 100, 60 + 60 * i, [[`flood-${i}`]]),
      type: "inject",
      props: [],
      repeat: "",
      crontab: "",
    },
    {
      ...placed(`flood-${i}`, 250, 60 + 60 * i, [["guard", "tuner", "predictor"]]),
      type: "function",
      func,
      outputs: 1,
      libs: [],
    },
  ]),
  { ...GUARD, ...placed("guard", 450, 100, [[], [], []]), type: "drift-guard", model: "0000000000000002" },
  { ...TUNER, ...placed("tuner", 450, 200, [[], []]), type: "rtrl-tuner", model: "0000000000000002" },
  { ...PREDICTOR, ...placed("predictor", 450, 300, [["out"]]), type: "lru-predictor", model: "0000000000000002" },
  { ...placed("out", 650, 300, []), type: "debug", active: true, complete: "forecast.asset", tosidebar: true },
];

inEditor(`${ROWS} wrong rows`, FLOW, (_language, at) => {
  for (const [i, how] of Object.keys(FLOODS).entries()) {
    it(`${how} leave the editor responsive, and the debug sidebar readable`, async function () {
      this.timeout(240_000);
      const { editor, nodeRed } = at;
      const { page } = editor;
      await editor.ask(`RED.sidebar.show("debug")`);
      await page.locator(".red-ui-debug-content-list").waitFor();
      await page.keyboard.press("Control+Alt+l"); // empties the list
      const seen = nodeRed.debugged.length;
      await nodeRed.inject(`inject-${i}`);
      const waits: number[] = [];
      const from = Date.now();
      for (let isThrough = false; !isThrough; ) {
        isThrough = nodeRed.debugged.length > seen;
        assert.ok(Date.now() < from + 180_000, "the good row behind them");
        const node = ["tuner", "predictor"][waits.length % 2] as string;
        const before = Date.now();
        await editor.node(node).locator("rect.red-ui-flow-node").first().click();
        await page
          .locator(
            `[id="${node}"] .red-ui-flow-node.red-ui-flow-node-selected, [id="${node}"].red-ui-flow-node-selected`,
          )
          .first()
          .waitFor();
        // What the editor asks Node-RED for, as with each dialog.
        await editor.ask("fetch('settings').then((answer) => answer.json()).then(() => {})");
        waits.push(Date.now() - before);
        await page.waitForTimeout(700); // two quick presses would open the dialog
      }
      const lasted = Date.now() - from;
      const shown = await page.locator(".red-ui-debug-msg").count();
      const sorted = waits.sort((a, b) => a - b);
      const [usual, longest] = [sorted[Math.floor(sorted.length / 2)] as number, sorted.at(-1) as number];
      console.log(`      ${lasted} ms; an answer after ${usual} ms, the latest ${longest} ms; ${shown} messages`);
      assert.ok(usual < USUAL_WAIT && longest < MOST_WAIT, `${sorted} ms`);
      assert.ok(shown > 1 && shown <= mostMessages(lasted), `${shown} messages in the sidebar`);
      await editor.picture(`flood ${how}`);
      assert.deepEqual(editor.complaints, []);
    });
  }
});
