/** The nodes of a fleet as a person meets them in the editor, and its example. No broker is needed. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Editor } from "../editor/editor";
import { nodesInEditor } from "../editor/nodes-in-editor";
import { linkPack, type NodeRed, projectRoot, start } from "../node-red-process";
import { FLEET_PACK, linkFleet, temporary } from "./fleet";

const place = temporary();
after(place.remove);

function userDir(): string {
  const directory = mkdtempSync(join(place.folder, "user-"));
  linkPack(directory);
  linkFleet(directory);
  return directory;
}

nodesInEditor({
  title: "the nodes of a fleet in the editor",
  types: Object.keys(JSON.parse(readFileSync(join(projectRoot(), "fleet", "package.json"), "utf8"))["node-red"].nodes),
  userDir,
  wrong: {
    type: "fleet-broker",
    fields: [
      ["address", "broker"],
      ["recordsAddress", "db"],
      ["topics", "plant/#/state"],
      ["fleet", "-"],
      ["partitions", "12,5"],
    ],
  },
});

for (const [language, example, noBroker, database] of [
  ["en-US", [/a fleet of Node-RED/], "no broker answers: is RabbitMQ running?", /^Database: postgres:\/\/ /],
  ["ja", [/ja/, /複数のNode-RED/], "ブローカーが応答しません: 起動を確認", /^データベース: postgres:\/\//],
] as const) {
  describe(`the example of a fleet in the editor (${language})`, function () {
    this.timeout(120_000);
    let nodeRed: NodeRed;
    let editor: Editor;

    before(async () => {
      nodeRed = await start([], { userDir: userDir(), settings: { lang: language } });
      editor = await Editor.open(nodeRed.url, language);
    });
    after(async () => {
      await editor?.close();
      await nodeRed?.stop();
    });

    it("is imported, asks for what is missing, and says where it runs that no broker answers", async () => {
      await editor.importExample(FLEET_PACK, ...example);
      const [first] = await editor.ofType("fleet-in");
      await editor.ask(`RED.view.reveal("${first}", false)`);
      await editor.picture("fleet example");
      const dialog = await editor.openDialog(first as string);
      const config = await editor.openConfigDialog("broker", "edit");
      await config.field("address").fill("amqp://127.0.0.1:9");
      const folder = config.field("folder");
      const records = join(place.folder, "records");
      mkdirSync(records, { recursive: true });
      await folder.fill(records);
      await config.field("records").selectOption("postgres");
      assert.ok(await folder.isHidden());
      assert.match(await config.complaint("recordsAddress"), database);
      await editor.picture("fleet broker with a database");
      assert.deepEqual([...(await config.crowded()), ...(await config.faint())], []);
      await config.field("records").selectOption("folder");
      assert.ok(await config.field("recordsAddress").isHidden());
      await config.done();
      await dialog.done();
      assert.equal(await editor.triangle(first as string), undefined);
      await editor.deploy();
      await editor
        .node(first as string)
        .getByText(noBroker, { exact: true })
        .waitFor();
      await editor.picture("fleet without a broker");
      assert.deepEqual(editor.complaints, []);
    });
  });
}
