/** The nodes of a pack as a person meets them in the editor, in both languages. */
import assert from "node:assert/strict";
import { type NodeRed, start } from "../node-red-process";
import { type Dialog, Editor, LANGUAGES, type Language, type Theme } from "./editor";

const JAPANESE = /[぀-ヿ一-鿿]/;

const version = Number(require("node-red/package.json").version.split(".")[0]);
const THEMES: Theme[] = version >= 5 ? ["light", "dark"] : ["light"];
const LOOKS: [Language, Theme][] = LANGUAGES.flatMap((language) =>
  THEMES.map((theme): [Language, Theme] => [language, theme]),
);

/** What is looked at. */
export interface NodesInEditor {
  /** Of the spec, before the language: "the nodes in the editor". */
  readonly title: string;
  readonly types: readonly string[];
  /** Makes a user directory in which the pack is. */
  readonly userDir: () => string;
  /** A type of config node, and for some of its fields what makes no sense there. */
  readonly wrong: { readonly type: string; readonly fields: readonly (readonly [field: string, bad: string])[] };
}

/** Specs that drag every node, name its ports, open and fill in its dialogs, and read what is said of wrong settings. */
export function nodesInEditor({ title, types, userDir, wrong }: NodesInEditor): void {
  for (const [language, theme] of LOOKS) {
    describe(`${title} (${language}, ${theme})`, function () {
      this.timeout(240_000);
      let nodeRed: NodeRed;
      let editor: Editor;
      /** Ids of the nodes in the workspace, by type. */
      const placed = new Map<string, string>();

      before(async () => {
        nodeRed = await start([], { userDir: userDir() });
        await nodeRed.deploy([{ id: "0123456789abcdef", type: "tab", label: "Flow 1" }]);
        editor = await Editor.open(nodeRed.url, language, theme);
      });
      after(async () => {
        await editor?.close();
        await nodeRed?.stop();
      });
      afterEach(async function () {
        if (this.currentTest?.state !== "failed") return;
        await editor?.picture("as it failed");
        await editor?.cancelDialogs();
      });

      const isConfig = (type: string) => editor.ask<boolean>(`RED.nodes.getType("${type}").category === "config"`);

      it("are dragged from the palette into the workspace", async () => {
        for (const type of types) {
          if (await isConfig(type)) continue;
          const place = placed.size;
          placed.set(type, await editor.drag(type, 180 + 320 * (place % 2), 60 + 70 * Math.floor(place / 2)));
        }
        await editor.picture("palette");
        assert.ok(placed.size > 0);
        for (const [type, id] of placed) {
          const palette = editor.page.locator(`.red-ui-palette-node[data-palette-type="${type}"]`);
          for (const label of [
            await palette.locator(".red-ui-palette-label").innerText(),
            (await editor.node(id).locator(".red-ui-flow-node-label").textContent()) ?? "",
          ]) {
            readable(label, language);
            assert.equal(JAPANESE.test(label), language === "ja", label);
          }
        }
        const category = editor.page.locator(".red-ui-palette-category", {
          has: editor.page.locator(`.red-ui-palette-node[data-palette-type="${[...placed.keys()][0]}"]`),
        });
        const heading = await category.locator(".red-ui-palette-header").innerText();
        assert.equal(heading.trim(), language === "ja" ? "オンライン予測" : "online forecast");
      });

      it("name their ports", async () => {
        for (const id of placed.values()) {
          const labels = await editor.ask<string[]>(`(() => {
          const node = RED.nodes.node("${id}");
          const label = (labels, i) => typeof labels === "function" ? labels.call(node, i) : [labels].flat()[i];
          return [
            ...Array.from({ length: node.inputs }, (_, i) => label(node._def.inputLabels, i)),
            ...Array.from({ length: node.outputs }, (_, i) => label(node._def.outputLabels, i)),
          ];
        })()`);
          for (const label of labels) {
            readable(label, language);
            assert.equal(JAPANESE.test(label), language === "ja", label);
          }
        }
      });

      it("show a red triangle with a reason while a setting is missing", async () => {
        for (const [type, id] of placed) {
          const needed = await editor.ask<string[]>(
            `Object.entries(RED.nodes.getType("${type}").defaults)
             .filter(([, setting]) => setting.type && setting.required !== false).map(([name]) => name)`,
          );
          if (needed.length === 0) continue;
          const reasons = await editor.triangle(id);
          assert.ok(reasons, `${type} has no red triangle although "${needed}" is missing`);
          assert.doesNotMatch(reasons, /- *[A-Za-z]+ *($|\n)/, `${type} gives only the name of a setting as a reason`);
        }
      });

      it("open their dialogs, explain themselves, and keep what was changed", async () => {
        for (const [type, id] of placed) {
          let dialog = await editor.openDialog(id);
          await examine(dialog, type);
          assert.deepEqual(await dialog.takesForNumber(["12,5", "much", "1e400"]), []);
          await dialog.change();
          assert.deepEqual(await dialog.crowded(), [], `${type} is too narrow for other choices`);
          await editor.picture(`${type} changed`);
          const changed = await dialog.values();
          await dialog.done();
          dialog = await editor.openDialog(id);
          const kept = await dialog.values();
          // Where there was no forecast model yet, Done has made one.
          if (changed["node-input-model"] === "_ADD_") kept["node-input-model"] = "_ADD_";
          assert.deepEqual(kept, changed, `${type} keeps its settings`);
          assert.equal(changed["node-input-name"], "changed");
          await dialog.cancel();
        }
      });

      it("open the dialogs of the config nodes, which keep what was changed", async () => {
        for (const type of types) {
          if (!(await isConfig(type))) continue;
          const [user, property] = await configUser(type);
          const dialog = await editor.openDialog(user);
          let config = await editor.openConfigDialog(property, "add");
          await examine(config, type);
          assert.deepEqual(await config.takesForNumber(["12,5", "much", "1e400"]), []);
          await config.change();
          assert.deepEqual(await config.crowded(), [], `${type} is too narrow for other choices`);
          const changed = await config.values();
          await config.done();
          config = await editor.openConfigDialog(property, "edit");
          assert.deepEqual(await config.values(), changed, `${type} keeps its settings`);
          assert.equal(changed["node-config-input-name"], "changed");
          await config.cancel();
          await dialog.done();
        }
      });

      it(`say what is wrong with the settings of a ${wrong.type}`, async () => {
        const [user, property] = await configUser(wrong.type);
        const dialog = await editor.openDialog(user);
        const config = await editor.openConfigDialog(property, "edit");
        await config.unfold();
        for (const [field, bad] of wrong.fields) {
          await config.field(field).fill(bad);
          const reason = await config.complaint(field);
          readable(reason, language);
          assert.ok(reason.length > 5, `${field}: "${reason}"`);
        }
        await editor.picture(`bad settings of ${wrong.type}`);
        await config.done();
        await dialog.done();
        const reasons = await editor.triangle(user);
        assert.ok(reasons, "a node whose config node is wrong has a red triangle");
      });

      it("show for settings that a flow of before lacks what the node takes for them", async () => {
        for (const type of types) {
          const config = await isConfig(type);
          const [user, property] = config ? await configUser(type) : [placed.get(type) ?? "", ""];
          const [id, defaults] = await editor.ask<[string, Record<string, unknown>]>(`(() => {
          const user = RED.nodes.node("${user}");
          const node = ${config} ? RED.nodes.node(user["${property}"]) : user;
          const missing = Object.entries(node._def.defaults).filter(([, { type }]) => !type);
          for (const [name] of missing) delete node[name];
          // The language of a flow of before is Node-RED's, and not that of whoever looks at it.
          const taken = ([name, { value }]) => [name, name === "language" && ${config} ? "" : value];
          return [node.id, Object.fromEntries(missing.map(taken))];
        })()`);
          const dialog = await editor.openDialog(user);
          const shown = config ? await editor.openConfigDialog(property, "edit") : dialog;
          const values = await shown.values();
          for (const [name, value] of Object.entries(defaults)) {
            const field = values[`node-${config ? "config-" : ""}input-${name}`];
            if (field !== undefined) assert.equal(String(field), String(value), `${type} (${id}): ${name}`);
          }
          if (shown !== dialog) await shown.cancel();
          await dialog.cancel();
        }
      });

      it("left no complaint in the browser's console", () => {
        assert.deepEqual(editor.complaints, []);
      });

      async function examine(dialog: Dialog, type: string): Promise<void> {
        await editor.ask(`RED.sidebar.help.show("${type}")`);
        await editor.picture(type);
        await dialog.unfold();
        await editor.picture(`${type} unfolded`);
        const texts = await dialog.texts();
        const help = await editor.page.locator(".red-ui-help").last().innerText();
        for (const text of [...texts, help]) readable(text, language);
        assert.deepEqual(await dialog.faint(), [], `${type} has texts that can hardly be read`);
        assert.deepEqual(await dialog.crowded(), [], `${type} is too narrow`);
        assert.ok(help.length > 100, `${type} has no help`);
        if (language === "ja") {
          assert.ok(texts.some((text) => JAPANESE.test(text)) && JAPANESE.test(help), `${type} is not in Japanese`);
          // A line break in the source of a text shows as a space, which Japanese does not have.
          assert.doesNotMatch(help, /[ぁ-ヿ一-鿿、。] [ぁ-ヿ一-鿿]/, `${type} has a space within Japanese`);
        } else {
          assert.doesNotMatch(`${texts.join("\n")}${help}`, JAPANESE, `${type} is not in English`);
        }
      }

      /** A placed node that names a config node of this type, and the property it does so with. */
      async function configUser(type: string): Promise<[id: string, property: string]> {
        for (const [user, id] of placed) {
          const property = await editor.ask<string | undefined>(
            `(Object.entries(RED.nodes.getType("${user}").defaults).find(([, d]) => d.type === "${type}") ?? [])[0]`,
          );
          if (property) return [id, property];
        }
        return assert.fail(`no node uses a ${type}`);
      }
    });
  }

  /** Fails on a message key or a placeholder that was left where a person should read a text. */
  function readable(text: string, language: string): void {
    const rest = new RegExp(`(${types.join("|")})\\.[a-z]+|__\\w+__|undefined|\\[object`);
    assert.ok(text.trim().length > 0, "empty text");
    assert.doesNotMatch(text, rest, `left for a reader (${language}): ${text}`);
  }
}
