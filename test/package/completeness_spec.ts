/**
 * What every node must bring along: dialog, icon, texts and help in both languages, and no key that leads nowhere.
 * The list of nodes is package.json, so a new node is held to it from its first day.
 */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { projectRoot } from "../node-red-process";
import { definitionOf } from "./definition";

const root = projectRoot();
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const nodes = Object.entries<string>(manifest["node-red"].nodes);
const LANGUAGES = ["en-US", "ja"] as const;
/** The editor looks for the palette's category here, in the texts of the first node of it that is enabled. */
const CATEGORY = "palette.label.online_forecast";
const HEADINGS = {
  "en-US": { inputs: "Inputs", outputs: "Outputs", details: "Details" },
  ja: { inputs: "入力", outputs: "出力", details: "詳細" },
};

/** Nodes that do the same for a plant: judge, learn, decide. */
const ROLES = [
  ["sensor-scout", "drift-guard"],
  ["history-trainer", "rtrl-tuner"],
  ["rollout-gate", "alarm-rule"],
];

type Catalogue = Map<string, string>;

describe("what every node brings along", () => {
  it("package.json lists every node file that was built, and no other", () => {
    const built = readdirSync(join(root, "dist", "nodes")).filter((file) => file.endsWith(".html"));
    assert.deepEqual(built.map((file) => file.replace(".html", "")).sort(), nodes.map(([type]) => type).sort());
  });

  for (const [type, file] of nodes) {
    describe(type, () => {
      const folder = join(root, dirname(file));
      const script = () => readFileSync(join(root, file), "utf8");
      const dialog = () => readFileSync(join(folder, `${type}.html`), "utf8");
      const help = (language: string) => readFileSync(join(folder, "locales", language, `${type}.html`), "utf8");

      it("is registered under its literal name, at run time and in the editor", () => {
        assert.match(script(), new RegExp(`registerType\\("${type}"`));
        assert.match(dialog(), new RegExp(`registerType\\(["']${type}["']`));
        assert.match(dialog(), new RegExp(`data-template-name=["']${type}["']`));
      });

      it("stands in the palette with a label, an icon of the family and labelled ports", () => {
        const definition = definitionOf(type);
        if (definition.category === "config") return;
        assert.equal(definition.category, "online forecast");
        for (const language of LANGUAGES) assert.ok(catalogue(folder, language, type).get(CATEGORY), CATEGORY);
        assert.ok(definition.paletteLabel, "paletteLabel");
        assert.match(definition.color ?? "", /^#[0-9A-Fa-f]{6}$/);
        // A colour means what a node does.
        const alike = ROLES.find((role) => role.includes(type)) ?? [type];
        for (const [other] of nodes) {
          if (definitionOf(other).category === "config") continue;
          const isAlike = definitionOf(other).color === definition.color;
          assert.equal(isAlike, alike.includes(other), `${type} and ${other}`);
        }
        const icon = definition.icon ?? "";
        assert.ok(icon.endsWith(".svg") && existsSync(join(folder, "icons", icon)), `icon ${icon}`);
        if (definition.inputs) assert.ok(definition.inputLabels, "inputLabels");
        if (definition.outputs) assert.ok(definition.outputLabels, "outputLabels");
      });

      it("checks its settings in a way that can give reasons", () => {
        for (const [setting, { validate }] of Object.entries(definitionOf(type).defaults)) {
          // Of a validator with one argument the editor takes a reason for "valid".
          assert.ok(validate === undefined || validate.length === 2, `${setting}: validate must take (value, options)`);
        }
      });

      it("has the same texts in both languages, under its own name", () => {
        const [english, japanese] = LANGUAGES.map((language) => catalogue(folder, language, type));
        assert.ok(english && japanese);
        assert.deepEqual([...japanese.keys()].sort(), [...english.keys()].sort());
        for (const [key, text] of english) {
          const other = japanese.get(key) as string;
          assert.ok(key.startsWith(`${type}.`) || key === CATEGORY, `${key} is outside "${type}"`);
          assert.ok(text.trim() && other.trim(), `${key} is empty`);
          assert.deepEqual(placeholders(other), placeholders(text), `placeholders of ${key}`);
          assert.ok(text !== other || !/[a-z]{3,} [a-z]{3,}/.test(text), `${key} is not translated: ${text}`);
        }
      });

      it("has status texts that fit under a node and need no values", () => {
        for (const language of LANGUAGES) {
          for (const [key, text] of catalogue(folder, language, type)) {
            if (!key.startsWith(`${type}.status.`)) continue;
            assert.ok(text.length < 60, `${language} ${key}: "${text}" has ${text.length} characters`);
            assert.deepEqual(placeholders(text), [], key);
          }
        }
      });

      it("has help in both languages with a first sentence and the usual headings", () => {
        const definition = definitionOf(type);
        for (const language of LANGUAGES) {
          const text = help(language);
          const words = HEADINGS[language];
          assert.match(text, new RegExp(`data-help-name=["']${type}["']`), language);
          assert.match(text, /<script[^>]*>\s*<p>[^<]+/, `${language}: no first sentence`);
          const found = [...text.matchAll(/<h3[^>]*>\s*([^<]+?)\s*<\/h3>/g)].map((match) => match[1]);
          const wanted = [
            ...(definition.inputs ? [words.inputs] : []),
            ...(definition.outputs ? [words.outputs] : []),
            words.details,
          ];
          for (const heading of wanted) {
            assert.ok(found.includes(heading), `${language}: no heading "${heading}" among ${found.join(", ")}`);
          }
        }
      });

      it("explains every command in its help, in both languages", () => {
        const source = sourcesOf(join(root, file), join(folder, `${type}.html`))
          .map((path) => readFileSync(path, "utf8"))
          .join("\n");
        const listed = [...source.matchAll(/\bCOMMANDS = \[([^\]]*)\]/g)].flatMap(([, list]) => quoted(list));
        const keyed = [...source.matchAll(/const EVENTS = \{([^}]*)\}/g)].flatMap(([, list]) => keys(list));
        const commands = [...listed, ...keyed];
        for (const language of LANGUAGES) {
          for (const command of commands)
            assert.ok(help(language).includes(`<code>${command}</code>`), `${language}: ${command}`);
        }
        assert.equal(commands.length > 0, definitionOf(type).category !== "config", "commands were found");
      });

      it("uses no text that is not in the catalogue", () => {
        const used = [...keysIn(dialog(), type), ...keysIn(script(), type)];
        assert.ok(used.length > 0);
        assert.deepEqual([...new Set(used)].filter((key) => !leadsToText(folder, key)).map(String), []);
      });

      it("has no text that nothing uses", () => {
        const used = nodes.flatMap(([other]) =>
          sourcesOf(join(root, file.replace(type, other)), join(folder, `${other}.html`)).flatMap((source) =>
            keysIn(readFileSync(source, "utf8"), other),
          ),
        );
        const unused = [...catalogue(folder, "en-US", type).keys()].filter(
          (text) =>
            text !== CATEGORY &&
            !used.some((key) => key.owner === type && (key.open ? text.startsWith(key.path) : text === key.path)),
        );
        assert.deepEqual(unused, []);
      });

      it("takes its colours from the editor's theme", () => {
        const text = dialog();
        const styles = [
          ...[...text.matchAll(/<style[^>]*>([\s\S]*?)<\/style>/g)].map((match) => match[1] as string),
          ...[...text.matchAll(/style=["']([^"']*)["']/g)].map((match) => match[1] as string),
          ...[...text.matchAll(/\.css\(([^)]*)\)/g)].map((match) => match[1] as string),
        ].join("\n");
        assert.doesNotMatch(styles, /#[0-9a-f]{3,8}\b|rgba?\(|hsla?\(/i);
        // "--red-ui-…" is no red.
        assert.doesNotMatch(
          styles.replaceAll("--red-ui-", "--"),
          /(color|background|border)[^;:]*:[^;]*\b(white|black|red|green|gray|grey|blue)\b/i,
        );
        const known = readFileSync(
          join(dirname(require.resolve("@node-red/editor-client/package.json")), "public", "red", "style.min.css"),
          "utf8",
        );
        for (const [variable] of styles.matchAll(/--red-ui-[\w-]+/g)) {
          assert.ok(known.includes(`${variable}:`), `${variable} is no variable of the editor's theme`);
        }
      });
    });
  }
});

function quoted(list = ""): string[] {
  return [...list.matchAll(/"(\w+)"/g)].map(([, name]) => name as string);
}

function keys(list = ""): string[] {
  return [...list.matchAll(/(\w+):/g)].map(([, name]) => name as string);
}

/**
 * Dialog, node, the scripts that the dialog loads, and the files that the node asks for, with those beside them: some of these
 * put figures into words. What a script of the sidebar loads in its turn, and its page, belong to it.
 */
function sourcesOf(script: string, dialog: string): string[] {
  const askedBy = (file: string, paths: RegExp): string[] =>
    [...readFileSync(file, "utf8").matchAll(paths)].map(([, path]) => join(dirname(file), `${path}.js`));
  const asked = askedBy(script, /require\("((?:\.\.\/src|\.)\/[\w/-]+)"\)/g);
  const beside = asked.flatMap((file) => askedBy(file, /require\("(\.\/[\w/-]+)"\)/g));
  const dialogText = readFileSync(dialog, "utf8");
  const loaded = [...dialogText.matchAll(/src="resources\/[^"]*\/([\w-]+)\.js"/g)].map(([, name]) => name);
  if (dialogText.includes("window.onlineForecast")) loaded.push("settings");
  const resources = readdirSync(join(root, "resources")).filter((file) =>
    loaded.some((name) => file.startsWith((name as string).replace(/-sidebar$/, "")) && /\.(js|html)$/.test(file)),
  );
  return [dialog, script, ...new Set([...asked, ...beside]), ...resources.map((file) => join(root, "resources", file))];
}

/** All texts of one node in one language, by their full key. */
function catalogue(folder: string, language: string, type: string): Catalogue {
  const texts: Catalogue = new Map();
  const collect = (value: unknown, path: string): void => {
    if (typeof value === "string") {
      texts.set(path, value);
    } else {
      for (const [key, inner] of Object.entries(value as object)) collect(inner, path ? `${path}.${key}` : key);
    }
  };
  collect(JSON.parse(readFileSync(join(folder, "locales", language, `${type}.json`), "utf8")), "");
  return texts;
}

/** A message key as it stands in a source; an open one goes on with a value: `error.${code}`. */
class Key {
  constructor(
    readonly owner: string,
    readonly path: string,
    readonly open: boolean,
  ) {}

  toString(): string {
    return `${this.path}${this.open ? "…" : ""} of ${this.owner}`;
  }
}

/**
 * The message keys in a node's source: in data-i18n attributes and in quotes, in full ("plant-simulator.label.load"),
 * with a namespace, or, where the source puts the node's name before it, from the group on ("label.load").
 */
function keysIn(source: string, type: string): Key[] {
  const names = nodes.map(([name]) => name).join("|");
  const groups = [...new Set([...catalogue(folderOf(type), "en-US", type).keys()].map((key) => key.split(".")[1]))];
  const full = new RegExp(
    `(?:(?:${escaped(manifest.name)}/[\\w-]+|\\$\\{CATALOGUE\\}):)?((?:${names}))\\.([\\w.-]+)(\\$\\{)?`,
    "g",
  );
  const short = new RegExp(`["'\`]((?:${groups.join("|")})(?:\\.[\\w.-]*)?)(["'\`]|\\$\\{)`, "g");
  // What nodes or dialogs share speaks in the name of each.
  const withoutFiles = source
    .replaceAll(/`\$\{(?:node\.)?type\}/g, `\`${type}`)
    .replace(/[\w-]+\.(js|html|json|svg)\b/g, "");
  return [
    ...[...withoutFiles.matchAll(full)].map(
      ([, owner, path, open]) => new Key(owner as string, `${owner}.${path}`, open !== undefined),
    ),
    ...[...withoutFiles.matchAll(short)]
      .filter(([, path, end]) => path?.includes(".") || (end !== "${" && isText(`${type}.${path}`, type)))
      .map(([, path, end]) => new Key(type, `${type}.${path}`, end === "${")),
  ];
}

function leadsToText(folder: string, key: Key): boolean {
  const texts = [...catalogue(folder, "en-US", key.owner).keys()];
  return key.open ? texts.some((text) => text.startsWith(key.path)) : texts.includes(key.path);
}

function isText(path: string, type: string): boolean {
  return catalogue(folderOf(type), "en-US", type).has(path);
}

function folderOf(type: string): string {
  return join(root, dirname(manifest["node-red"].nodes[type]));
}

function placeholders(text: string): string[] {
  return (text.match(/__\w+?__/g) ?? []).sort();
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}
