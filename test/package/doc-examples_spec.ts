/**
 * The examples in doc comments and documents are run, and what a comment beside an expression says is what comes out:
 * `spanOf(725_300, 725); // { amount: 12, unit: "min" }`, `x; // 2: why`, `x; // 1.2247…`.
 */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Random } from "../../src/forecaster/random";
import * as engine from "../../src/index";
import * as record from "../../src/record/state";
import { projectRoot } from "../node-red-process";

const root = projectRoot();
const NAME = "@kaizen-flow/node-red-online-forecast";

/** The examples of a file: what follows the tag, up to the next tag, an empty line without code behind it, or the end. */
function examplesIn(text: string): string[] {
  const comments = [...text.matchAll(/\/\*\*([\s\S]*?)\*\//g)].map(([, comment]) =>
    (comment as string).split("\n").map((line) => line.replace(/^\s*\* ?/, "")),
  );
  return comments.flatMap((lines) =>
    lines.flatMap((line, start) => {
      if (!line.startsWith("@example")) return [];
      const rest = [line.replace("@example", ""), ...lines.slice(start + 1)];
      const end = rest.findIndex(
        (line, i) => i > 0 && (line.startsWith("@") || (line === "" && !/^ {4}/.test(rest[i + 1] ?? ""))),
      );
      return [rest.slice(0, end < 0 ? undefined : end).join("\n")];
    }),
  );
}

/** What a comment says that an expression is; undefined = it says nothing that can be compared. */
function said(comment: string): { value: unknown } | { digits: string } | undefined {
  const [, digits] = /^(-?[\d.]+)…/.exec(comment) ?? [];
  if (digits) return { digits };
  for (const text of [
    comment,
    comment.split(/, which|: (?![^{]*})/)[0] as string,
    comment.split(/[:,]/)[0] as string,
  ]) {
    try {
      return { value: new Function(`return (${text});`)() };
    } catch {
      // Words: perhaps with less of them.
    }
  }
  return undefined;
}

/** Runs an example; returns how many of its values were compared. */
function run(code: string, scope: Record<string, unknown>): number {
  let compared = 0;
  const see = (comment: string, value: unknown): void => {
    const expected = said(comment);
    if (!expected) return;
    compared++;
    if ("digits" in expected) assert.ok(String(value).startsWith(expected.digits), `${value} is not ${comment}`);
    else assert.deepEqual(value, expected.value, `${JSON.stringify(value)} is not ${comment}`);
  };
  const lines = code.split("\n").map((line) => {
    const [, expression, comment] = /^\s*(?!const |let |for |\/\/)(\S.*?);?\s*\/\/ (.+)$/.exec(line) ?? [];
    return expression ? `see(${JSON.stringify(comment)}, (${expression}));` : line;
  });
  const names = Object.keys(scope);
  new Function("see", ...names, lines.join("\n"))(see, ...names.map((name) => scope[name]));
  return compared;
}

describe("examples in the documentation", () => {
  const sources = ["src", "nodes", "fleet/src", "fleet/nodes", "bench"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true })
      .map((file) => `${folder}/${file}`)
      .filter((file) => file.endsWith(".ts") && !file.endsWith(".d.ts")),
  );
  let tags = 0;
  let found = 0;
  let compared = 0;
  for (const file of sources) {
    const text = readFileSync(join(root, file), "utf8");
    tags += text.match(/@example\b/g)?.length ?? 0;
    for (const example of examplesIn(text)) {
      found++;
      it(`${file} says what comes out`, () => {
        const module = require(join(root, "dist", file.replace(/\.ts$/, ".js")));
        compared += run(example, { ...engine, ...record, Random, ...module });
      });
    }
  }

  it("are many, and most of them show a value", () => {
    assert.ok(found >= 20, `${found} examples`);
    assert.equal(found, tags, "every example is run");
    assert.ok(compared >= found, `${compared} values in ${found} examples`);
  });

  it("are marked as such: no other line of a doc comment is a statement", () => {
    const unmarked = sources.flatMap((file) => {
      const comments = readFileSync(join(root, file), "utf8").match(/\/\*\*[\s\S]*?\*\//g) ?? [];
      const before = comments.map((comment) => comment.split(/@example/)[0] as string);
      return before.flatMap((text) => text.match(/^ *\* {5}.*;$/gm) ?? []).map((line) => `${file}: ${line}`);
    });
    assert.deepEqual(unmarked, []);
  });

  for (const file of ["README.md", "README.ja.md", ...readdirSync(join(root, "docs")).map((name) => `docs/${name}`)]) {
    if (!file.endsWith(".md")) continue;
    const blocks = [...readFileSync(join(root, file), "utf8").matchAll(/```(?:js|ts)\n([\s\S]*?)```/g)];
    for (const [, block] of blocks)
      it(`${file}: a block of code runs`, () => {
        const required = (name: string): unknown => (name === NAME ? engine : assert.fail(name));
        run(block as string, { require: required, time: 0, values: { AT: 15, TIT: 1080, NOX: 65 } });
      });
  }
});
