import assert from "node:assert/strict";
import * as fc from "fast-check";
import { AlarmRule } from "../../src/alarm/alarm-rule";
import { PRESETS } from "../../src/alarm/preset";
import { parseSettings, type RuleSettings } from "../../src/alarm/rule-settings";
import { SettingsProblem } from "../../src/settings/settings-problem";

const SETTINGS: RuleSettings = {
  watch: "forecast",
  limits: [
    { name: " HH ", kind: "high", high: "100.5", highType: "num", priority: "critical", severity: "" },
    {
      name: "band",
      kind: "outside",
      low: "spec.low",
      lowType: "msg",
      high: "80",
      priority: "low",
      severity: "42",
      cause: "wear",
    },
  ],
  deadband: "2",
  deadbandUnit: "percent",
  spanLow: "-50",
  spanHigh: "150",
  onDelay: "15",
  offDelay: "",
  horizon: "6",
  latching: true,
  reAlarm: "10",
  shelveTime: "20",
  shelveLimit: "60",
  figures: "5",
};

describe("alarm rule settings", () => {
  it("become numbers in ms", () => {
    assert.deepEqual(parseSettings(SETTINGS), {
      options: {
        watch: "forecast",
        limits: [
          {
            name: "HH",
            kind: "high",
            high: 100.5,
            priority: "critical",
            message: undefined,
            cause: undefined,
            consequence: undefined,
            response: undefined,
          },
          {
            name: "band",
            kind: "outside",
            high: 80,
            priority: "low",
            severity: 42,
            message: undefined,
            cause: "wear",
            consequence: undefined,
            response: undefined,
          },
        ],
        deadband: { value: 2, span: 200 },
        horizon: 6,
        onDelay: 15_000,
        offDelay: 0,
        rateWindow: 60_000,
        latching: true,
        reAlarm: 600_000,
        shelveTime: 1_200_000,
        shelveLimit: 3_600_000,
      },
      setpoints: [{ limit: "band", end: "low", property: "spec.low" }],
      figures: 5000,
    });
  });

  it("take how far ahead in readings, or as a span of time", () => {
    const of = (horizon: string) => {
      const { options } = parseSettings({ ...SETTINGS, horizon });
      return [options.horizon, options.ahead];
    };
    assert.deepEqual(["", "6", "10 min", "1時間"].map(of), [
      [undefined, undefined],
      [6, undefined],
      [undefined, 600_000],
      [undefined, 3_600_000],
    ]);
  });

  it("take a severity from 1 to 1000", () => {
    const severities = [1, 1000].map((severity) => ({ name: `${severity}`, kind: "high", high: 1, priority: "low", severity })); // biome-ignore format: one line
    const { limits } = parseSettings({ ...SETTINGS, limits: severities }).options;
    assert.deepEqual(
      limits.map(({ severity }) => severity),
      [1, 1000],
    );
  });

  it("start from the deadbands and delays that ISA-18.2 recommends for a kind of signal", () => {
    assert.deepEqual(
      Object.entries(PRESETS).map(([type, { deadband, delay }]) => `${type} ${deadband} % ${delay} s`),
      ["flow 5 % 15 s", "level 5 % 60 s", "pressure 2 % 15 s", "temperature 1 % 60 s"],
    );
  });

  const limit = { name: "H", kind: "high", high: 1, priority: "low" };
  const wrong: [string, RuleSettings][] = [
    ["watch", { watch: "weather" }],
    ["limits", { limits: [] }],
    ["limits", { limits: "H" }],
    ["limits", { limits: [null] }],
    ["limits", { limits: [{ ...limit, name: " " }] }],
    ["limits", { limits: [{ ...limit, kind: "over" }] }],
    ["limits", { limits: [{ ...limit, priority: "urgent" }] }],
    ["limits", { limits: [limit, limit] }],
    ["limit", { limits: [{ ...limit, high: "12,5" }] }],
    ["limit", { limits: [{ ...limit, high: "" }] }],
    ["limit", { limits: [{ ...limit, highType: "msg", high: "" }] }],
    ["limit", { limits: [{ ...limit, kind: "inside", low: 2 }] }],
    ["severity", { limits: [{ ...limit, severity: "0" }] }],
    ["severity", { limits: [{ ...limit, severity: "10.5" }] }],
    ["severity", { limits: [{ ...limit, severity: "1001" }] }],
    ["deadband", { deadband: -1 }],
    ["span", { spanHigh: "-50" }],
    ["span", { spanLow: "" }],
    ["delays", { onDelay: "-1" }],
    ["delays", { offDelay: "soon" }],
    ["horizon", { horizon: 1.5 }],
    ["horizon", { horizon: "10 parsecs" }],
    ["rateWindow", { rateWindow: 0 }],
    ["reAlarm", { reAlarm: 0 }],
    ["shelving", { shelveTime: 61 }],
    ["shelving", { shelveLimit: 0 }],
    ["figures", { figures: 0 }],
  ];
  for (const [code, change] of wrong) {
    it(`refuse ${JSON.stringify(change)} as ${code}`, () => {
      assert.throws(() => parseSettings({ ...SETTINGS, ...change }), { name: "SettingsProblem", code });
    });
  }

  it("either make a rule or say what is wrong, whatever a flow file holds", () => {
    const anything = fc.anything();
    const settings = fc.record(
      Object.fromEntries(
        Object.keys(SETTINGS).map((key) => [key, fc.oneof(fc.constant(SETTINGS[key as "watch"]), anything)]),
      ),
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(settings, (s) => {
        try {
          new AlarmRule("a", parseSettings(s as RuleSettings).options);
        } catch (e) {
          assert.ok(e instanceof SettingsProblem, String(e));
        }
      }),
      { numRuns: 3000 },
    );
  });
});
