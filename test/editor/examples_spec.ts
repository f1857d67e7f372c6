/** Every example as a new user gets it from the Import dialog: complete, nothing to mend, and laid out to be read. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type NodeRed, projectRoot, start } from "../node-red-process";
import { Editor } from "./editor";

const PACK = "@kaizen-flow/node-red-online-forecast";
const DASHBOARD = dirname(require.resolve("@flowfuse/node-red-dashboard/package.json"));
/** What a window of 1700 pixels shows beside palette and sidebar. */
const WIDTH = 1200;

interface Drawn {
  label: string;
  type: string;
  left: number;
  right: number;
  top: number;
  bottom: number;
  valid: boolean;
}

/** Everything on the tab that was imported last, with its edges as drawn. */
const DRAWN = `(() => {
  const tab = RED.nodes.getWorkspaceOrder().at(-1);
  const drawn = [];
  const add = (n, x, y) =>
    drawn.push({ label: RED.utils.getNodeLabel(n, n.type), type: n.type, valid: n.valid !== false,
      left: x, right: x + n.w, top: y, bottom: y + n.h });
  RED.nodes.eachNode((n) => { if (n.z === tab) add(n, n.x - n.w / 2, n.y - n.h / 2); });
  RED.nodes.eachGroup((n) => { if (n.z === tab) add(n, n.x, n.y); });
  RED.nodes.eachConfig((n) => { if (n.valid === false) add({ ...n, w: 0, h: 0 }, 0, 0); });
  return drawn;
})()`;

/** All that may stand below a drift guard, by the language of the editor. */
function guardTexts(language: string): string[] {
  const file = join(projectRoot(), "nodes", "locales", language, "drift-guard.json");
  const { status, caught } = JSON.parse(readFileSync(file, "utf8"))["drift-guard"];
  return Object.values<string>({ ...status, ...caught }).map((text) => text.replace("__sensor__", "steam_kgh"));
}

/** What lies where the longest of these texts stands below a drift guard of the tab that was imported last. */
const UNDER_STATUS = (texts: readonly string[]): string => `(() => {
  const STATUS = 15;
  const tab = RED.nodes.getWorkspaceOrder().at(-1);
  const nodes = [];
  RED.nodes.eachNode((n) => { if (n.z === tab) nodes.push(n); });
  return nodes.filter((n) => n.type === "drift-guard").flatMap((guard) => {
    const label = document.getElementById(guard.id).querySelector(".red-ui-flow-node-status-label");
    const before = label.textContent;
    const widths = ${JSON.stringify(texts)}.map((text) => { label.textContent = text; return label.getComputedTextLength(); });
    label.textContent = before;
    const [left, top] = [guard.x - guard.w / 2, guard.y + guard.h / 2];
    const right = left + 20 + Math.max(...widths);
    const isBelow = (n) => n.x + n.w / 2 > left && n.x - n.w / 2 < right
      && n.y - n.h / 2 < top + STATUS && n.y + n.h / 2 + (n.inputs && n.type !== "debug" ? STATUS : 0) > top;
    return nodes.filter((n) => n !== guard && isBelow(n)).map((n) => RED.utils.getNodeLabel(n, n.type));
  });
})()`;

describe("the examples in the editor", function () {
  this.timeout(240_000);
  let red: NodeRed;
  let editor: Editor;

  before(async () => {
    red = await start([], { settings: { nodesDir: DASHBOARD } });
  });
  after(() => red?.stop());
  afterEach(() => editor?.close());

  for (const language of ["en-US", "ja"] as const) {
    const folders = language === "ja" ? ["ja", "ja/ダッシュボード"] : ["", "dashboard"];
    const paths = folders.flatMap((folder) =>
      readdirSync(join(projectRoot(), "examples", folder))
        .filter((file) => file.endsWith(".json"))
        .map((file) => [...folder.split("/"), file.replace(/\.json$/, "")].filter(Boolean)),
    );

    it(`import without anything to mend, and nothing lies on another or out of sight: ${language}`, async () => {
      await red.deploy([{ id: "0123456789abcdef", type: "tab", label: "Flow 1" }]);
      editor = await Editor.open(red.url, language);
      assert.ok(paths.length >= 10);
      for (const [i, path] of paths.entries()) {
        const name = path.at(-1) as string;
        await editor.importExample(PACK, ...path.map((part) => new RegExp(`^\\s*${part}\\s*$`)));
        await editor.page.waitForFunction(`RED.nodes.getWorkspaceOrder().length === ${i + 2}`);
        await editor.ask("RED.workspaces.show(RED.nodes.getWorkspaceOrder().at(-1))");
        await editor.page.waitForTimeout(300);
        const drawn = await editor.ask<Drawn[]>(DRAWN);
        assert.ok(drawn.length > 4, name);
        const labels = (some: Drawn[]) => some.map(({ label }) => label);
        assert.deepEqual(labels(drawn.filter(({ valid }) => !valid)), [], `${name}: marked as wrong`);
        const hidden = drawn.filter(({ left, right, top }) => left < 0 || top < 0 || right > WIDTH);
        assert.deepEqual(labels(hidden), [], `${name}: out of sight`);
        const covered = await editor.ask<string[]>(UNDER_STATUS(guardTexts(language)));
        assert.deepEqual(covered, [], `${name}: the drift guard's status runs under it`);
        for (const [k, a] of drawn.entries()) {
          for (const b of drawn.slice(k + 1)) {
            if ((a.type === "group") !== (b.type === "group")) continue;
            const apart = a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
            assert.ok(apart, `${name}: “${a.label}” lies on “${b.label}”`);
          }
        }
      }
      assert.deepEqual(editor.complaints, []);
    });
  }
});
