/** The dialog of a node takes the numbers that the node itself takes, and begins with such a one. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type NumberField, numbersIn } from "../../src/settings/number-field";
import { projectRoot } from "../node-red-process";
import { definitionOf, settingsOf } from "./definition";

const manifest = JSON.parse(readFileSync(join(projectRoot(), "package.json"), "utf8"));

/** Whether a node takes a value for a number. */
function takes(value: unknown, field: NumberField): boolean {
  try {
    numbersIn({ value }, { value: field });
    return true;
  } catch {
    return false;
  }
}

describe("the numbers that dialogs ask for", () => {
  for (const type of Object.keys(manifest["node-red"].nodes)) {
    const camel = type.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
    const fields = settingsOf(type)[`${camel}Fields`] as Record<string, NumberField> | undefined;
    if (!fields) continue;

    it(`are those that the node takes: ${type}`, () => {
      const { defaults } = definitionOf(type);
      for (const [name, field] of Object.entries(fields)) {
        const setting = defaults[name];
        if (!setting) continue; // of a row in a list
        assert.equal(setting.value, field.value, name);
        // Of a node whose other settings leave it all its range.
        const others = Object.fromEntries(Object.entries(defaults).map(([key, { value }]) => [key, value]));
        const wide = { speed: "custom", pace: "times", lambda: 1000, shelveLimit: 10080 };
        const node = { ...others, ...wide, preventableLow: 0, probabilityLow: 0, _: () => "reason" };
        const ends = [field.min ?? field.above ?? 0, field.max];
        const near = ends.flatMap((end) => [end, end - 1e-6, end + 1e-6, end - 1, end + 1, String(end)]);
        for (const value of [...near, "", "  ", undefined, "x", "1,5", Number.NaN, field.value]) {
          const isTaken = takes(value, field);
          assert.equal(setting.validate?.call(node, value, {}) === true, isTaken, `${name}: ${JSON.stringify(value)}`);
        }
      }
    });
  }
});
