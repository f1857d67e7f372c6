/** The first minute of a new user: install, import the demo from the Import dialog, deploy, see it learn. */
import assert from "node:assert/strict";
import { type NodeRed, start } from "../node-red-process";
import { packedInUserDirectory } from "../package/packed";
import { Editor } from "./editor";

const PACK = "@kaizen-flow/node-red-online-forecast";

describe("the demo flow, from the Import dialog to a moving status", function () {
  this.timeout(120_000);
  let nodeRed: NodeRed;
  let editor: Editor;

  beforeEach(async () => {
    nodeRed = await start([], { userDir: packedInUserDirectory().userDir });
    await nodeRed.deploy([{ id: "0123456789abcdef", type: "tab", label: "Flow 1" }]);
  });
  afterEach(async () => {
    await editor?.close();
    await nodeRed?.stop();
  });

  for (const [language, path] of [
    ["en-US", [/^\s*02/]],
    ["ja", [/^\s*ja\s*$/, /^\s*02/]],
  ] as const) {
    it(`imports, deploys and learns (${language})`, async () => {
      editor = await Editor.open(nodeRed.url, language);
      await editor.importExample(PACK, ...path);
      const [predictor] = await editor.ofType("lru-predictor");
      const [tuner] = await editor.ofType("rtrl-tuner");
      assert.ok(predictor && tuner);
      const flow = await editor.ask<string>(`RED.nodes.workspace(RED.nodes.node("${predictor}").z).label`);
      assert.equal(/[ぁ-ん]/.test(flow), language === "ja", flow);
      await editor.ask(`RED.view.reveal("${predictor}", false)`);
      await editor.deploy();
      assert.equal(await editor.page.locator(".red-ui-flow-node-error:visible").count(), 0, "red triangles");
      for (const node of [predictor, tuner]) {
        const first = await editor.statusAfter(node, "");
        const next = await editor.statusAfter(node, first);
        for (const text of [first, next]) {
          assert.ok(text.length < 60, text);
          assert.doesNotMatch(text, /\.(status|error)\./);
        }
      }
      await editor.picture("demo");
      assert.deepEqual(nodeRed.problems, []);
      assert.deepEqual(editor.complaints, []);
    });
  }
});
