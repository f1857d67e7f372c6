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

/** What may stand below the nodes at the beginning of a wire, in the language of the editor. */
function textsBelow(language: string): Record<string, string[]> {
  const of = (type: string) =>
    JSON.parse(readFileSync(join(projectRoot(), "dist", "nodes", "locales", language, `${type}.json`), "utf8"))[type];
  const { status, caught } = of("drift-guard");
  return {
    "drift-guard": Object.values<string>({ ...status, ...caught }).map((text) =>
      text.replace("__sensor__", "steam_kgh"),
    ),
    "plant-simulator": [of("plant-simulator").progress.sent.replace("__count__", "9999")],
  };
}

/** What lies where the longest of these texts stands below a node of the tab that was imported last. */
const UNDER_STATUS = (texts: Record<string, readonly string[]>): string => `(() => {
  const texts = ${JSON.stringify(texts)};
  const STATUS = 15;
  const tab = RED.nodes.getWorkspaceOrder().at(-1);
  const nodes = [];
  RED.nodes.eachNode((n) => { if (n.z === tab) nodes.push(n); });
  return nodes.filter((n) => n.type in texts).flatMap((node) => {
    const label = document.getElementById(node.id).querySelector(".red-ui-flow-node-status-label");
    const before = label.textContent;
    const widths = texts[node.type].map((text) => { label.textContent = text; return label.getComputedTextLength(); });
    label.textContent = before;
    const [left, top] = [node.x - node.w / 2, node.y + node.h / 2];
    const right = left + 20 + Math.max(...widths);
    const isBelow = (n) => n.x + n.w / 2 > left && n.x - n.w / 2 < right
      && n.y - n.h / 2 < top + STATUS && n.y + n.h / 2 + (n.inputs && n.type !== "debug" ? STATUS : 0) > top;
    return nodes.filter((n) => n !== node && isBelow(n)).map((n) => node.type + ": " + RED.utils.getNodeLabel(n, n.type));
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
        const covered = await editor.ask<string[]>(UNDER_STATUS(textsBelow(language)));
        assert.deepEqual(covered, [], `${name}: a status runs under it`);
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
