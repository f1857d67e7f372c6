import assert from "node:assert/strict";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import type { Scored } from "../../src/index";
import { type KpiFigures, kpiFigures } from "../../src/kpi/figures";
import { Meter } from "../../src/kpi/meter";
import { type MeterForm, parseMeterSettings } from "../../src/kpi/meter-settings";
import { report } from "../../src/kpi/report";
import { readScored } from "../../src/kpi/scored-forecast";
import { example, type FlowNode, type NodeRed, start } from "../node-red-process";
import { button, probe, the } from "./adapt";
import { alone, mae } from "./alone";

/** Baseline and as much again, a day each, and a little more; the model is approved after the first shift. */
const COUNT = 18_000;
const APPROVED = 2880;

interface Mail {
  topic: string;
  payload: string;
  plaintext: string;
  filename: string;
  attachments: { filename: string; content: string }[];
  kpi: KpiFigures;
}

describe("example 09 ROI report as mail-ready HTML", function () {
  this.timeout(240_000);
  let red: NodeRed;

  before(async () => {
    red = await start();
  });
  after(() => red?.stop());

  /** Runs the example at full speed, and approves the model at a reading that the engine alone can repeat. */
  const run = async (flow: FlowNode[], count: number): Promise<void> => {
    Object.assign(the(flow, "plant-simulator"), { pace: "fastest", count });
    const tuner = the(flow, "rtrl-tuner").id;
    const approve = flow.find(({ id }) => id === button(flow, '"approve"')) as FlowNode;
    Object.assign(approve, { once: false });
    const func = `const n = (context.get("n") ?? 0) + 1; context.set("n", n);
      if (n === ${APPROVED + 1}) node.send({ command: "approve" }); return msg;`;
    flow.push({ id: "approve", type: "function", z: approve.z, func, outputs: 1, wires: [[tuner]] });
    the(flow, "drift-guard").wires = [["approve"], [], []];
    probe(flow, "probe-mail", mailReady(flow), "true");
    red.statuses.clear();
    await red.deploy(flow);
    await red.until(
      "the last reading",
      () => red.statuses.get(the(flow, "plant-simulator").id)?.text === "finished",
      120_000,
    );
  };
  const mails = (): Mail[] => red.debugged.filter(({ id }) => id === "probe-mail").map(({ msg }) => msg);
  const press = async (flow: FlowNode[]): Promise<Mail> => {
    const before = mails().length;
    await red.inject(button(flow, "00 07 * * 1"));
    return red.until("the report", () => mails()[before]);
  };
  const file = (name: string): string => join(red.userDir, name);
  const read = (name: string): string => readFileSync(file(name), "utf8");

  it("says what is missing where the baseline is not complete, in Japanese as well", async () => {
    const flow = example("ja/09 メールで送れる投資対効果レポート");
    await run(flow, 500);
    const { filename, topic, kpi } = await press(flow);
    assert.match(
      read(filename),
      /金額を示すには、データがまだ足りません。.*基準期間：24 時間中 1\.3\d 時間を観測済み。/,
    );
    assert.equal(kpi.roi.total, null);
    assert.match(topic, /^予測評価レポート: 誤差 [\d.]+ kg\/h、既存の予測 [\d.]+ kg\/h$/);
    assert.deepEqual(red.problems, []);
  });

  describe("with the baseline and as much again observed", () => {
    let flow: FlowNode[];
    let mail: Mail;
    let scored: Scored[];
    let expected: Meter;

    before(async () => {
      flow = example("09 ROI report as mail-ready HTML");
      await run(flow, COUNT);
      mail = await press(flow);
      scored = alone(flow, COUNT, APPROVED).get("boiler-1")?.scored ?? [];
      const one = new Meter(settings().meter, "boiler-1");
      expected = new Meter(settings().meter);
      for (const forecast of scored) {
        const counted = one.add(readScored(forecast));
        assert.ok(counted);
        expected.absorb(counted, "boiler-1");
      }
    });

    const settings = () => {
      const { meter, ...rest } = parseMeterSettings(the(flow, "kpi-meter") as MeterForm);
      const { horizons, unit } = the(flow, "forecast-model");
      return { ...rest, unit: String(unit), meter: { ...meter, horizon: Number(horizons) } };
    };

    it("writes a page that is, letter by letter, the report of the engine alone on the same plant", () => {
      const { rates, meter, title, unit } = settings();
      const { mtimeMs } = statSync(file(mail.filename));
      // The guard has the model for as good as usual by then, and the example keeps nothing.
      const upkeep = { guard: "ok", saved: Number.NaN } as const;
      const page = report(expected, rates, meter, { title, unit, language: "en-US", now: mtimeMs, upkeep });
      assert.deepEqual(read(mail.filename).split("\n"), page.split("\n"));
    });

    it("states errors and exceedances that a simple count finds again", () => {
      const { lifetime } = mail.kpi.accuracy;
      for (const [name, which] of [
        ["learner", "forecast"],
        ["existing", "existing"],
        ["naive", "naive"],
        ["frozen", "frozen"],
      ] as const) {
        const error = mae(
          scored.filter((one) => !Number.isNaN(one[which])),
          which,
        );
        assert.ok(Math.abs((lifetime[name].mae as number) - error) <= 1e-9 * error, `${name} ${lifetime[name].mae}`);
        const shown = error.toLocaleString("en-US", { maximumSignificantDigits: 3 });
        assert.ok(mail.payload.includes(`<td>${shown}</td>`), `${name}: ${shown} is not on the page`);
      }
      // An exceedance is over after five readings inside the limit; the one that ends the list may still be open.
      let quiet = 5;
      let begun = 0;
      for (const { actual } of scored) {
        if (actual > 3100 && quiet >= 5) begun++;
        quiet = actual > 3100 ? 0 : quiet + 1;
      }
      assert.ok(begun >= 10 && Math.abs((mail.kpi.alarms?.exceedances as number) - begun) <= 1, `${begun}`);
      // What is promised to a reader of the example.
      const { learner, existing, naive, frozen } = lifetime;
      for (const other of [existing, naive, frozen]) assert.ok((learner.mae as number) < 0.67 * (other.mae as number));
      assert.ok(
        (frozen.mae as number) < 0.67 * (naive.mae as number),
        `the approved model was never used: ${frozen.mae}`,
      );
    });

    it("reckons money from its counts and the rates of the dialog", () => {
      const { benefits, total, payback } = mail.kpi.roi;
      assert.deepEqual(
        benefits.map(({ name }) => name),
        ["falseAlarms", "hoursSaved", "exceedances"],
      );
      const of = (name: string) => benefits.find((one) => one.name === name)?.expected as number;
      assert.equal(of("hoursSaved"), 6 * 12 * 55);
      const { baseline } = expected;
      const { gained, lost, judged } = expected.evaluation.alarms.advantage.existing;
      const yearly = (baseline.alarms.exceedances / baseline.hours) * 8000;
      const exceedances = yearly * ((gained - lost) / judged) * 0.45 * 0.0075 * 3500;
      assert.ok(Math.abs(of("exceedances") - exceedances) < 1e-6 * exceedances, `${of("exceedances")} ${exceedances}`);
      const sum = of("falseAlarms") + of("hoursSaved") + of("exceedances");
      assert.ok(Math.abs((total?.expected as number) - sum) < 1e-6);
      assert.ok(Math.abs((payback?.expected as number) - (12 * 8000) / (sum - 1500)) < 1e-6);
    });

    it("writes the same figures as CSV, for a spreadsheet", () => {
      const name = mail.filename.replace(".html", ".csv");
      assert.deepEqual([...readFileSync(file(name)).subarray(0, 3)], [0xef, 0xbb, 0xbf]);
      const rows: Record<string, string>[] = parse(read(name), { columns: true, bom: true });
      const value = (figure: string, scenario = "") =>
        Number(rows.find((row) => row.figure === figure && row.scenario === scenario)?.value);
      const { accuracy, roi, alarms } = kpiFigures(expected, settings().rates, settings().meter);
      const pairs = [
        [value("lifetime learner MAE"), accuracy.lifetime.learner.mae],
        [value("window skill against existing"), accuracy.window.existing.skill],
        [value("learner missed alarms"), alarms?.learner.missed],
        [value("benefit a year", "conservative"), roi.total?.conservative],
        [value("payback", "expected"), roi.payback?.expected],
      ] as [number, number][];
      for (const [told, figure] of pairs) assert.ok(Math.abs(told - figure) <= 1e-9 * Math.abs(figure), `${pairs}`);
    });

    it("is ready for an e-mail node: subject, page, text, both files; and once more at the next press", async () => {
      for (const one of [mail, await press(flow)]) {
        const { learner, existing } = one.kpi.accuracy.lifetime;
        const errors = [learner, existing].map((error) => Math.round(10 * (error.mae as number)) / 10);
        assert.equal(one.topic, `Forecast report: error ${errors[0]} kg/h, existing forecast ${errors[1]} kg/h`);
        assert.match(one.payload, /^<!DOCTYPE html>/);
        assert.ok(one.plaintext.startsWith(one.topic));
        assert.match(one.filename, /^forecast-report-\d{4}-\d\d-\d\d\.html$/);
        assert.deepEqual(one.attachments.map(({ filename }) => filename).sort(), [
          one.filename.replace(".html", ".csv"),
          one.filename,
        ]);
        for (const { filename, content } of one.attachments) assert.equal(content, read(filename));
        assert.equal(one.attachments.find(({ filename }) => filename === one.filename)?.content, one.payload);
      }
      assert.deepEqual(red.problems, []);
    });
  });

  /** The change node behind the join. */
  function mailReady(flow: FlowNode[]): FlowNode {
    const [[next]] = the(flow, "join").wires as string[][];
    return flow.find(({ id }) => id === next) as FlowNode;
  }
});
