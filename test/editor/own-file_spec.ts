/**
 * From an empty flow to the chart of a forecast of one's own file, for each of the kinds that a first user brings: what
 * that costs in presses of the mouse and typed fields is counted.
 */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type NodeRed, start } from "../node-red-process";
import { packedInUserDirectory } from "../package/packed";
import {
  archive,
  changes,
  controlRoom,
  energyMeter,
  historian,
  japanese,
  report,
  thousands,
  wide,
  wideBrackets,
  workbook,
} from "../table/files";
import { Editor, LANGUAGES } from "./editor";
import { fileToChart, Hand } from "./own-file";

const MOST_PRESSES = 12;
const MOST_FIELDS = 3;

/** What is said of a report's sums, and of tags with times of their own, is no complaint. */
const SAID = /^(?:Rows that are no readings|Each tag has times|計測値ではない行|タグごとに時刻が異なる)/;

/**
 * What a person knows of the file: its name, and the value to forecast. The first time, the unit and a name for the model
 * are to be found out.
 */
const FILES = [
  {
    kind: "a 15-minute energy meter",
    file: "meter.csv",
    made: energyMeter(400),
    target: "Usage_kWh",
    unit: "",
    name: "Usage_kWh",
  },
  {
    kind: "a historian's export",
    file: "historian.csv",
    made: historian(400),
    target: "TI-4711.PV",
    unit: "°C",
    name: "TI-4711.PV",
  },
  { kind: "Shift_JIS", file: "furnace.csv", made: japanese(400), target: "炉内温度(℃)", unit: "℃", name: "炉内温度" },
  {
    kind: "thousands and AM/PM",
    file: "steam.csv",
    made: thousands(400),
    target: "Steam, kg/h",
    unit: "kg/h",
    name: "Steam",
  },
  {
    kind: "a control room's export",
    file: "kessel.csv",
    made: controlRoom(),
    target: "Dampfmenge [kg/h]",
    unit: "kg/h",
    name: "Dampfmenge",
  },
  {
    kind: "a Japanese report",
    file: "蒸気.csv",
    made: wideBrackets(),
    target: "蒸気流量（kg/h）",
    unit: "kg/h",
    name: "蒸気流量",
  },
  { kind: "one value a row", file: "archive.csv", made: archive(), target: "TI-4711", unit: "°C", name: "TI-4711" },
  { kind: "tags that change", file: "changes.csv", made: changes(400), target: "TI-4711", unit: "", name: "TI-4711" },
  { kind: "a report", file: "report.txt", made: report(), target: "Steam Flow", unit: "kg/h", name: "Steam Flow" },
  { kind: "60 columns", file: "wide.csv", made: wide(300), target: "Target", unit: "", name: "Target" },
  {
    kind: "an Excel workbook",
    file: "steam.xlsx",
    made: workbook(400),
    target: "Steam & gas, kg/h",
    unit: "kg/h",
    name: "Steam & gas",
  },
];

describe("a file of one's own, from an empty flow to a chart", function () {
  this.timeout(240_000);
  let nodeRed: NodeRed;
  let editor: Editor | undefined;

  before(async () => {
    // What a person has who installs the package as it is published: one Node-RED for all, from an empty flow each time.
    nodeRed = await start([], { userDir: packedInUserDirectory().userDir });
    for (const { file, made } of FILES) writeFileSync(join(nodeRed.userDir, file), made);
  });
  after(() => nodeRed?.stop());
  afterEach(async function () {
    if (this.currentTest?.state === "failed") await editor?.picture("own file, as it failed");
    await editor?.close();
    editor = undefined;
  });

  for (const [language, { kind, file, target, unit, name }] of LANGUAGES.flatMap((language) =>
    FILES.map((one) => [language, one] as const),
  )) {
    it(`${kind} (${language}): at most ${MOST_PRESSES} presses and ${MOST_FIELDS} fields`, async () => {
      await nodeRed.deploy([{ id: "0123456789abcdef", type: "tab", label: "Flow 1" }]);
      editor = await Editor.open(nodeRed.url, language);
      const hand = new Hand(editor);
      const pictures = { target: `own file, ${file}`, chart: `own file, chart of ${file}` };
      await fileToChart({ editor, nodeRed, hand, language, file, target }, async (step) => {
        if (step !== "read") await editor?.picture(pictures[step]);
      });

      const models = await editor.ask<{ name: string; target: string; unit: string }[]>(
        `RED.nodes.filterNodes({ type: "forecast-model" }).concat((() => { const all = []; RED.nodes.eachConfig((n) => { if (n.type === "forecast-model") all.push({ name: n.name, target: n.target, unit: n.unit }); }); return all; })())`,
      );
      assert.deepEqual(models, [{ name, target, unit }]);
      console.log(`      ${hand.presses} presses, ${hand.fields} typed`);
      assert.ok(hand.presses <= MOST_PRESSES && hand.fields <= MOST_FIELDS, `${hand.presses} ${hand.fields}`);
      assert.deepEqual(editor.complaints, []);
      const problems = nodeRed.problems.map(({ msg }) => msg);
      assert.deepEqual(
        problems.filter((text) => !SAID.test(String(text))),
        [],
      );
    });
  }
});
