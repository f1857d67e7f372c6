/**
 * Every setting that can be wrong is made wrong, in the dialog as a person does it, and its reason is read under the mouse
 * and at the red triangle. A new setting with a validator needs a line in `WRONG`, unless it is a number of `NumberField`.
 */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type FlowNode, projectRoot } from "../node-red-process";
import { inEditor } from "./editor";

/** What makes a setting wrong: typed into its field, chosen from its list, or in the flow before the dialog is opened. */
type Wrong = { typed: string } | { chosen: string } | { saved: unknown };

const WRONG: Record<string, Record<string, Wrong>> = {
  "forecast-model": {
    target: { typed: "" },
    sensors: { saved: ["x", ""] },
    horizons: { typed: "-1" },
    asset: { typed: "" },
    existing: { typed: "" },
    remember: { saved: "context:plant" },
    running: { typed: "a[" },
    runningValue: { typed: "" },
    states: { typed: "AUTO" },
    zone: { typed: "Mars/Olympus" },
  },
  "history-trainer": { source: { saved: "" } },
  "drift-guard": {
    sensors: { saved: [{ name: "x", min: "7", max: "7", rate: "" }] },
    checks: {
      saved: [
        { sensor: "x", check: "spike", setting: "off" },
        { sensor: "x", check: "spike", setting: "tolerant" },
      ],
    },
    sentinels: { typed: "-999, none" },
  },
  "lru-predictor": { output: { typed: "topic" } },
  "rollout-gate": {
    low: { typed: "12,5" },
    high: { typed: "12,5" },
    shifts: { saved: [{ name: "early", from: "6", to: "14:00", pilot: true }] },
    zone: { typed: "Mars/Olympus" },
  },
  "alarm-rule": {
    limits: { saved: [{ name: "", kind: "high", low: "", lowType: "num", high: "9", highType: "num" }] },
    spanLow: { typed: "" },
    spanHigh: { typed: "12,5" },
  },
  "kpi-meter": { currency: { typed: "€" } },
  "plant-simulator": {
    assets: { saved: [{ name: "", rating: 20, age: 0 }] },
    start: { typed: "tomorrow" },
  },
};
/** Every node that names a forecast model can have none. */
const NO_MODEL: Wrong = { chosen: "_ADD_" };
/** What people in half of the world type for 12.5. */
const NO_NUMBER: Wrong = { typed: "12,5" };

/** What else must be chosen, or typed, before a setting is seen. */
const NEEDS: Record<string, Record<string, Record<string, string>>> = {
  "forecast-model": { existing: { buildOn: "existing" }, runningValue: { running: "power", runningIs: "above" } },
  "rtrl-tuner": { rate: { speed: "custom" } },
  "alarm-rule": {
    spanLow: { deadbandUnit: "percent" },
    spanHigh: { deadbandUnit: "percent" },
    horizon: { watch: "forecast" },
    rateWindow: { watch: "rate" },
  },
  "kpi-meter": { fine: { limitKind: "regulation" }, otherCost: { limitKind: "regulation" } },
  "plant-simulator": { speed: { pace: "times" } },
};

const types = Object.keys(JSON.parse(readFileSync(join(projectRoot(), "package.json"), "utf8"))["node-red"].nodes);
const [TAB, MODEL, USER] = ["0000000000000001", "0000000000000002", "0000000000000003"] as const;
const saved = (type: string): object =>
  Object.fromEntries(
    Object.entries(WRONG[type] ?? {}).flatMap(([name, wrong]) => ("saved" in wrong ? [[name, wrong.saved]] : [])),
  );
const place = (i: number): object => ({ z: TAB, x: 200 + 300 * (i % 3), y: 60 + 100 * Math.floor(i / 3), wires: [] });
const idOf = (type: string): string =>
  type === "forecast-model" ? MODEL : `00000000000001${10 + types.indexOf(type)}`;
const FLOW: FlowNode[] = [
  { id: TAB, type: "tab", label: "Flow 1" },
  ...types.map((type, i) => ({
    ...{ id: idOf(type), type, model: MODEL, name: "", sourceType: "str", ...saved(type) },
    ...(type === "forecast-model" ? {} : place(i)),
  })),
  { id: USER, type: "rtrl-tuner", model: MODEL, name: "", ...place(types.length) },
];

inEditor("every setting that can be wrong", FLOW, (language, at) => {
  afterEach(async function () {
    if (this.currentTest?.state === "failed") await at.editor?.picture("as it failed");
    await at.editor?.cancelDialogs();
  });

  for (const type of types) {
    it(`says why it is: ${type}`, async () => {
      const { editor } = at;
      const isConfig = type === "forecast-model";
      const node = await editor.openDialog(isConfig ? USER : idOf(type));
      const dialog = isConfig ? await editor.openConfigDialog("model", "edit") : node;
      const [settings, numbers] = await editor.ask<[string[], string[]]>(`(() => {
        const { defaults } = RED.nodes.getType("${type}");
        const camel = "${type}".replace(/-./g, ([, letter]) => letter.toUpperCase());
        const judged = Object.entries(defaults).filter(([, { validate, required }]) => validate || required);
        return [judged.map(([name]) => name), Object.keys(RED.settings[camel + "Fields"] ?? {})];
      })()`);
      assert.ok(settings.length > 0);
      const wrongs: Record<string, Wrong> = { ...(settings.includes("model") && { model: NO_MODEL }), ...WRONG[type] };
      const wrongOf = (name: string) => wrongs[name] ?? (numbers.includes(name) ? NO_NUMBER : undefined);
      assert.deepEqual(
        settings.filter((name) => !wrongOf(name)),
        [],
        "settings that nothing here makes wrong",
      );
      const reasons = new Map<string, string>();
      for (const name of settings) {
        for (const [other, value] of Object.entries(NEEDS[type]?.[name] ?? {})) await dialog.put(other, value);
        await dialog.unfold();
        const wrong = wrongOf(name) as Wrong;
        if ("typed" in wrong) await dialog.put(name, wrong.typed);
        else if ("chosen" in wrong) await dialog.put(name, wrong.chosen);
        const reason = Array.isArray("saved" in wrong && wrong.saved)
          ? await dialog.complaintInList(name)
          : await dialog.complaint(name);
        told(reason);
        reasons.set(name, reason);
      }
      await editor.picture(`every setting wrong: ${type}`);
      await dialog.done();
      if (dialog !== node) await node.done();
      const triangle = (await editor.triangle(isConfig ? USER : idOf(type))) ?? "";
      told(triangle);
      // What another setting needed was put right for it, and Done drops empty lines. Where the range of one setting
      // follows another, which is wrong as well by now, it is told with the widest.
      const right = [...Object.values(NEEDS[type] ?? {}).flatMap(Object.keys), ...(isConfig ? ["sensors"] : [])];
      for (const [name, reason] of reasons) {
        const [field = reason] = reason.split(/(?<=:) /);
        assert.ok(right.includes(name) || triangle.includes(field), `${name}: ${reason}\n${triangle}`);
      }
    });
  }

  it("left no complaint in the browser's console", () => {
    assert.deepEqual(at.editor.complaints, []);
  });

  /** Fails on what no reader should be told. */
  function told(reason: string): void {
    assert.ok(reason.trim().length > 8, `"${reason}"`);
    assert.doesNotMatch(
      reason,
      new RegExp(`(${types.join("|")})\\.[a-z]|invalid\\.|__|undefined|NaN|\\[object`),
      reason,
    );
    assert.equal(/[぀-ヿ一-鿿]/.test(reason), language === "ja", reason);
  }
});
