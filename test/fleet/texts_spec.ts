/** What the nodes of the fleet bring along: the same texts and help in both languages, and no key that leads nowhere. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../node-red-process";

const folder = join(projectRoot(), "fleet", "dist", "nodes");
const manifest = JSON.parse(readFileSync(join(projectRoot(), "fleet", "package.json"), "utf8"));
const nodes = Object.keys(manifest["node-red"].nodes);
const LANGUAGES = ["en-US", "ja"] as const;
const HEADINGS = { "en-US": ["Inputs", "Outputs", "Details"], ja: ["入力", "出力", "詳細"] };

function flat(value: unknown, path = ""): [string, string][] {
  if (typeof value === "string") return [[path, value]];
  return Object.entries(value as object).flatMap(([key, inner]) => flat(inner, path ? `${path}.${key}` : key));
}

const texts = (type: string, language: string): Map<string, string> =>
  new Map(flat(JSON.parse(readFileSync(join(folder, "locales", language, `${type}.json`), "utf8"))));
const placeholders = (text: string): string[] => (text.match(/__\w+?__/g) ?? []).sort();

describe("the nodes of a fleet", () => {
  it("are all listed", () => {
    const built = readdirSync(folder).filter((file) => file.endsWith(".html"));
    assert.deepEqual(built.map((file) => file.replace(".html", "")).sort(), [...nodes].sort());
  });

  for (const type of nodes) {
    it(`${type} says the same in both languages, and no text is missing or left over`, () => {
      const [english, japanese] = LANGUAGES.map((language) => texts(type, language));
      assert.deepEqual([...japanese.keys()], [...english.keys()]);
      for (const [key, text] of english) {
        const other = japanese.get(key) as string;
        assert.deepEqual(placeholders(other), placeholders(text), key);
        assert.ok(text !== other || !/[a-z]{3,}/.test(text), `${key} is not translated`);
        if (key.includes(".status.")) assert.ok(text.length <= 45 && other.length <= 45, key);
      }
      const source =
        readFileSync(join(folder, `${type}.js`), "utf8") + readFileSync(join(folder, `${type}.html`), "utf8");
      const used = [...source.matchAll(/[`"'\]](fleet-[a-z]+\.[\w.]*)(\$\{)?/g)].map(([, key, open]) => ({
        key,
        open,
      }));
      // What all nodes of the pack and this one's are called is asked for in one place.
      if (source.includes(`onlineForecast.registerType("${type}"`)) {
        const names = source.includes('category: "config"') ? ["paletteLabel"] : ["paletteLabel", "plainName"];
        used.push(...names.map((name) => ({ key: `${type}.${name}`, open: "" })));
      }
      for (const { key, open } of used) {
        if (!key.startsWith(`${type}.`) || key.endsWith(".js") || key.endsWith(".svg")) continue;
        const leads = [...english.keys()].some((one) => (open ? one.startsWith(key) : one === key));
        assert.ok(leads, `${key} leads nowhere`);
      }
      for (const key of english.keys())
        if (key.startsWith(type))
          assert.ok(
            used.some((one) => (one.open ? key.startsWith(one.key) : one.key === key)),
            `${key} is used nowhere`,
          );
    });

    it(`${type} has help in both languages`, () => {
      const html = readFileSync(join(folder, `${type}.html`), "utf8");
      for (const language of LANGUAGES) {
        const help = readFileSync(join(folder, "locales", language, `${type}.html`), "utf8");
        assert.match(help, new RegExp(`data-help-name="${type}">\\s*<p>[^<]+`));
        const [inputs, outputs, details] = HEADINGS[language].map((heading) => help.includes(`<h3>${heading}</h3>`));
        assert.deepEqual([inputs, outputs, details], [/inputs: 1/.test(html), /outputs: 1/.test(html), true], language);
      }
    });
  }
});
