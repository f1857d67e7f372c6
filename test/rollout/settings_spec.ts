import assert from "node:assert/strict";
import fc from "fast-check";
import type { GateSettings } from "../../src/rollout/gate";
import { type GateForm, gateSettings } from "../../src/rollout/settings";
import { SettingsProblem } from "../../src/settings/settings-problem";

const FORM: GateForm = {
  gain: "5",
  period: "shift",
  leastDays: "7",
  leastBlocks: "20",
  approval: "person",
  assets: "press-*, oven-3、炉1\n",
  shifts: [
    { name: "early", from: "06:00", to: "14:00", pilot: true },
    { name: "night", from: "22:00", to: "24:00", pilot: false },
  ],
  low: "",
  high: "250.5",
  zone: "Asia/Tokyo",
};
const of = (change: object) => gateSettings({ ...FORM, ...change } as GateForm, "NOX, 1", 1);

describe("settings of the rollout gate", () => {
  it("become numbers", () => {
    const settings = of({}) as GateSettings;
    assert.deepEqual(settings, {
      subject: "NOX, 1",
      horizon: 1,
      gain: 0.05,
      period: "shift",
      zone: "Asia/Tokyo",
      leastBlocks: 20,
      leastDays: 7,
      approval: "person",
      scope: {
        assets: ["press-*", "oven-3", "炉1"],
        shifts: [
          { name: "early", from: 360, to: 840, pilot: true },
          { name: "night", from: 1320, to: 0, pilot: false },
        ],
      },
      low: Number.NaN,
      high: 250.5,
    });
  });

  for (const [name, change] of [
    ["gain", { gain: "" }],
    ["gain", { gain: "-1" }],
    ["gain", { gain: "91" }],
    ["gain", { gain: "five" }],
    ["period", { period: "moon" }],
    ["leastDays", { leastDays: "" }],
    ["leastDays", { leastDays: -1 }],
    ["leastBlocks", { leastBlocks: 0 }],
    ["leastBlocks", { leastBlocks: 2.5 }],
    ["shifts", { shifts: [{ name: "x", from: "6", to: "14:00", pilot: true }] }],
    ["shifts", { shifts: [{ name: "x", from: "06:00", to: "25:00", pilot: true }] }],
    ["shifts", { shifts: [null] }],
    ["limits", { low: 10, high: 10 }],
    ["limits", { low: "low" }],
    ["zone", { zone: "Plant/Hall 3" }],
  ] as const) {
    it(`${name}: ${JSON.stringify(change)} is named`, () =>
      assert.throws(() => of(change), { name: "SettingsProblem", code: name }));
  }

  it("whatever a form holds, it becomes settings or the name of a setting", () => {
    const form = fc.record({ gain: fc.anything(), period: fc.anything(), leastDays: fc.anything(), leastBlocks: fc.anything(), approval: fc.anything(), shifts: fc.array(fc.anything()), low: fc.anything(), high: fc.anything() }); // biome-ignore format: one line
    fc.assert(
      fc.property(form, (fields) => {
        let settings: unknown;
        try {
          settings = of(fields);
        } catch (error) {
          // Number(Symbol()) and objects without a primitive value: no form field holds them.
          assert.ok(error instanceof SettingsProblem || error instanceof TypeError);
          return;
        }
        assert.ok((settings as GateSettings).gain >= 0);
      }),
    );
  });
});
