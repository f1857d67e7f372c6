/** The papers in docs/: links and pictures that are there, the same chapters in both languages, every error by its words. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../node-red-process";

const root = projectRoot();
const read = (file: string): string => readFileSync(join(root, file), "utf8");
const manifest = JSON.parse(read("package.json"));
const PLACE = /github\.com\/(.+)\.git$/.exec(manifest.repository.url)?.[1];
const PAPERS = readdirSync(join(root, "docs")).filter((file) => file.endsWith(".md"));
const PICTURES = readdirSync(join(root, "docs")).filter((file) => file.endsWith(".png"));
/** What stands in both languages, figure for figure. */
const TRANSLATED = ["tutorial", "which-node", "what-can-go-wrong", "messages", "how-it-works"];
/** Where texts of trouble stand in a node's catalogue, and what of it is none: good news, and parts of other texts. */
const TROUBLE = ["error", "notice", "memory", "note", "doubt"];
const NO_TROUBLE = [
  "repeated",
  "more",
  "usedPrevious",
  "beginsAnew",
  "loadRecovered",
  "saveRecovered",
  "beyond",
  "inUse",
];

describe("docs", () => {
  for (const file of ["../README.md", "../README.ja.md", "../llms.txt", ...PAPERS]) {
    it(`${file} leads to nothing that is not there`, () => {
      const own = new RegExp(`https://(?:github\\.com/${PLACE}/blob|raw\\.githubusercontent\\.com/${PLACE})/main/`);
      const missing = [...read(`docs/${file}`).matchAll(/\]\(([^)#\s]+)/g)]
        .map(([, path]) => path as string)
        .filter((path) => own.test(path) || !/^\w+:/.test(path))
        .map((path) => (own.test(path) ? path.replace(own, "") : join("docs", file, "..", path)))
        .filter((path) => !existsSync(join(root, path)));
      assert.deepEqual(missing, []);
    });
  }

  it("has each picture in both languages, light, and made by the script", () => {
    const script = read("scripts/pictures.mjs");
    for (const picture of PICTURES) {
      const name = picture.replace(/(\.ja)?\.png$/, "");
      assert.ok(
        PICTURES.includes(`${name}.png`) && PICTURES.includes(`${name}.ja.png`),
        `${name} in one language only`,
      );
      assert.match(script, new RegExp(`[" ]${name.replace(/^own-file-.*/, "own-file")}\\b`));
      const { size } = statSync(join(root, "docs", picture));
      assert.ok(size < 150_000, `${picture}: ${size} bytes`);
    }
  });

  it("shows Japanese readers Japanese pictures", () => {
    for (const file of [
      "README.ja.md",
      ...PAPERS.filter((name) => name.endsWith(".ja.md")).map((name) => `docs/${name}`),
    ])
      for (const [, path] of read(file).matchAll(/!\[[^\]]*\]\(([^)]+)\)/g))
        assert.match(path as string, /\.ja\.png$/, file);
  });

  for (const name of TRANSLATED) {
    it(`${name} has the same chapters, tables, code and pictures in both languages`, () => {
      const shape = (text: string): string[] =>
        text
          .split("\n")
          .map((line) => /^(#+|```\w*|\||!|- |\d\. )/.exec(line)?.[0] ?? "")
          .filter(Boolean);
      const [english, japanese] = [read(`docs/${name}.md`), read(`docs/${name}.ja.md`)];
      assert.deepEqual(shape(japanese), shape(english));
      const code = (text: string) => [...new Set([...text.matchAll(/`([\w.]+)`/g)].map(([, word]) => word))].sort();
      assert.deepEqual(code(japanese), code(english));
    });
  }

  for (const [language, file, quoted] of [
    ["en-US", "docs/what-can-go-wrong.md", /“([^”]+)”/g],
    ["ja", "docs/what-can-go-wrong.ja.md", /「((?:[^「」]|「[^「」]*」)+)」/g],
  ] as const) {
    it(`${file} has every error that a node can tell, by some words of it`, () => {
      // Values are whatever they are: __limit__ in a text, a number or a name in the paper.
      const plain = (text: string) => text.replace(/__\w+?__|\d[\d,.:/]*\d|\d|\b(?:o2|B9|HHH)\b/g, "#");
      const words = [...read(file).matchAll(quoted)]
        .map(([, phrase]) => plain(phrase as string).split("…"))
        .filter((pieces) => pieces.join("").replaceAll("#", "").trim().length >= 3);
      const found = (text: string): boolean =>
        words.some((pieces) => {
          let from = 0;
          for (const piece of pieces) {
            const at = text.indexOf(piece, from);
            if (at < 0) return false;
            from = at + piece.length;
          }
          return true;
        });
      const missing = Object.keys(manifest["node-red"].nodes).flatMap((type) => {
        const texts = JSON.parse(read(`nodes/locales/${language}/${type}.json`))[type];
        return TROUBLE.flatMap((group) => Object.entries<string>(texts[group] ?? {}))
          .filter(([key, text]) => !NO_TROUBLE.includes(key) && !found(plain(text)))
          .map(([key, text]) => `${type} ${key}: ${text}`);
      });
      assert.deepEqual(missing, []);
    });
  }
});
