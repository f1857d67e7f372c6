import assert from "node:assert/strict";
import { csv } from "../../src/kpi/csv";
import { kpiFigures } from "../../src/kpi/figures";
import { Meter } from "../../src/kpi/meter";
import { PLANT, plant } from "./plant";
import { ALL_RATES, NO_RATES } from "./rates";
import { scored } from "./scored";

describe("csv of the report", () => {
  const meter = plant(400);
  const figures = kpiFigures(meter, ALL_RATES, PLANT);
  const text = csv(figures, ALL_RATES, "mg/m3");
  const lines = text.slice(1).trimEnd().split("\r\n");
  const find = (figure: string, scenario = "") =>
    lines.map((line) => line.split(",")).find((cells) => cells[1] === figure && cells[2] === scenario);

  it("opens in a spreadsheet as UTF-8 with six columns in every line", () => {
    assert.equal(text.charCodeAt(0), 0xfeff);
    assert.equal(lines[0], "layer,figure,scenario,value,unit,source");
    for (const line of lines) if (!line.includes('"')) assert.equal(line.split(",").length, 6, line);
  });

  it("has the figures of the message, to the last digit, each with its unit and source", () => {
    const { mae } = figures.accuracy.lifetime.learner;
    assert.deepEqual(find("lifetime learner MAE"), [
      "accuracy",
      "lifetime learner MAE",
      "",
      String(mae),
      "mg/m3",
      "measured",
    ]);
    assert.equal(find("window skill against existing")?.[3], String(figures.accuracy.window.existing.skill));
    assert.equal(find("learner true alarms")?.[3], String(figures.alarms?.learner.true));
    for (const scenario of ["conservative", "expected"] as const)
      assert.equal(find("benefit a year", scenario)?.[3], String(figures.roi.total?.[scenario]));
    const factors = lines.map((line) => line.split(",")).filter(([, figure]) => figure.startsWith("falseAlarms: "));
    assert.deepEqual(factors.map((cells) => cells[5]).sort(), [
      "assumed",
      "assumed",
      "measured",
      "measured",
      "measured x assumed",
      "measured x assumed",
    ]);
  });

  it("leaves a cell empty where nothing is known yet", () => {
    const empty = csv(kpiFigures(new Meter(PLANT), NO_RATES, PLANT), NO_RATES);
    assert.match(empty, /accuracy,lifetime learner MAE,,,,measured/);
    assert.doesNotMatch(empty, /NaN|null|undefined|Infinity/);
  });

  it("defuses an asset name that a spreadsheet would run, and quotes one with commas", () => {
    for (const [name, cell] of [
      ["=cmd|' /C calc'!A0", "'=cmd|' /C calc'!A0"],
      ['a,"b"', '"a,""b"""'],
      ["-1+1", "'-1+1"],
      // Leading blanks, signs as wide as kanji, and what is the end of a cell in another country.
      [" \u00a0=1+1", "'=1+1"],
      ["\u200b=1+1", "'\u200b=1+1"],
      ["＝1+1", "'＝1+1"],
      ["a;=1+1", "a;'=1+1"],
      ["a|@x", "a|'@x"],
      ["a\t=1", "a =1"],
      ["a\n=1", "a =1"],
      ['a;"=1"', '"a;\'""=1"""'],
      ["plant 1; line 2", "plant 1; line 2"],
    ]) {
      const named = new Meter(PLANT, name);
      named.add([scored(0, { learner: 1 })]);
      assert.ok(csv(kpiFigures(named, NO_RATES, PLANT), NO_RATES).includes(`asset,,${cell},,measured`), name);
    }
  });
});
