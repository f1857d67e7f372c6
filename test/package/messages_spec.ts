/** docs/messages.md names what a message carries, and nothing that it does not. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { plainForecast, plainScored } from "../../src/asset/plain";
import { Forecaster, type Scored } from "../../src/index";
import { projectRoot } from "../node-red-process";

const text = readFileSync(join(projectRoot(), "docs", "messages.md"), "utf8");

/** The fields that the table under a heading lists. */
function listed(heading: string): string[] {
  const part = text.split(`### \`${heading}\``)[1]?.split("\n#")[0] ?? "";
  return part
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .flatMap((line) => (line.split("|")[1] as string).match(/(?<=`)\w+(?=`)/g) ?? []);
}

describe("docs/messages.md", () => {
  const f = Forecaster.create({ inputs: ["u"], target: "y", horizon: 1, asset: "a" });
  let scored: Scored | undefined;
  for (let i = 0; i < 30; i++)
    scored = f.step({ time: 1000 * i, values: { u: i % 5, y: i % 3 } }, { learn: true }).scored;

  it("lists the fields of a forecast", () => {
    assert.deepEqual(listed("forecast").sort(), Object.keys(plainForecast(f.forecast(), "a")).sort());
  });

  it("lists the fields of a scored forecast", () => {
    assert.ok(scored);
    assert.deepEqual(listed("scored").sort(), Object.keys(plainScored(scored)).sort());
  });
});
