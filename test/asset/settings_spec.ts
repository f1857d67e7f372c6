import assert from "node:assert/strict";
import { horizonsOf, type ModelForm, type ModelSettings, modelSettings } from "../../src/asset/settings";

const FORM: ModelForm = {
  target: "steam",
  sensors: [],
  horizons: "1",
  asset: "topic",
  assetType: "msg",
  existing: "baseline",
  buildOn: "last",
  size: "medium",
  coverage: "90",
  seed: "1",
  remember: "file",
  labelDelay: 500,
  assetLimit: 10000,
  saveMinutes: 5,
  saveUpdates: 500,
};

describe("settings of a forecast model", () => {
  it("become numbers and lists", () => {
    const settings = modelSettings({ ...FORM, target: " steam ", sensors: [" load "], horizons: "24, 1,6 1" });
    assert.ok(typeof settings === "object");
    assert.equal(settings.target, "steam");
    assert.deepEqual(settings.inputs, ["load"]);
    assert.deepEqual(settings.horizon, [1, 6, 24]);
    assert.equal(settings.size, 16);
    assert.equal(settings.coverage, 0.9);
    assert.equal(settings.saveMs, 300_000);
  });

  it("horizons are whole numbers from 0 to 1000, separated as people do", () => {
    assert.deepEqual(horizonsOf("1、6、24"), [1, 6, 24]);
    assert.deepEqual(horizonsOf(0), [0]);
    for (const bad of ["", "-1", "1.5", "one", "1001", "1;x", "Infinity"])
      assert.equal(horizonsOf(bad), undefined, bad);
  });

  it("a horizon may be a span of time instead, in English or Japanese", () => {
    const { durations, horizon } = modelSettings({ ...FORM, horizons: "1 h, 10 min" }) as ModelSettings;
    assert.deepEqual(durations, [600_000, 3_600_000]);
    assert.deepEqual(horizon, [60, 360]);
    assert.deepEqual((modelSettings({ ...FORM, horizons: "60分、2時間" }) as ModelSettings).durations, [3.6e6, 7.2e6]);
    assert.equal("durations" in (modelSettings(FORM) as ModelSettings), false);
  });

  it("what is kept of an asset is all, also of a flow of before, or what a light model needs", () => {
    const light = (form: Partial<ModelForm>) => (modelSettings({ ...FORM, ...form }) as ModelSettings).light;
    assert.deepEqual([light({}), light({ memory: "full" }), light({ memory: "light" })], [false, false, true]);
  });

  const WRONG: [Partial<ModelForm>, string][] = [
    [{ memory: "tiny" as "light" }, "memory"],
    [{ target: "  " }, "target"],
    [{ target: undefined }, "target"],
    [{ sensors: ["a", ""] }, "inputs"],
    [{ sensors: "a" as unknown as string[] }, "inputs"],
    [{ horizons: "-1" }, "horizons"],
    [{ horizons: "10 min, 6" }, "mixedHorizons"],
    [{ horizons: "10 lightyears" }, "horizons"],
    [{ horizons: "0 min" }, "horizons"],
    [{ horizons: "1 min, 1 d, 7 d" }, "noStep"],
    [{ horizons: "0, 1" }, "softSensor"],
    [{ horizons: "0", sensors: ["steam"] }, "noInput"],
    [{ asset: "" }, "asset"],
    [{ buildOn: "existing", existing: "" }, "existing"],
    [{ size: "huge" as "large" }, "size"],
    [{ size: "constructor" as "large" }, "size"],
    [{ coverage: 100 }, "coverage"],
    [{ coverage: "" }, "coverage"],
    [{ seed: "x" }, "seed"],
    [{ seed: "" }, "seed"],
    [{ labelDelay: "" }, "labelDelay"],
    [{ labelDelay: null as unknown as string }, "labelDelay"],
    [{ saveMinutes: "12,5" }, "saveMinutes"],
    [{ remember: "moon" }, "remember"],
    [{ labelDelay: -1 }, "labelDelay"],
    [{ assetLimit: 0 }, "assetLimit"],
    [{ saveMinutes: 0 }, "saveMinutes"],
    [{ saveUpdates: 1.5 }, "saveUpdates"],
    [{ zone: "Berlin" }, "zone"],
    [{ otherTimes: "guess" as "convert" }, "otherTimes"],
    [{ numbersAsText: "guess" as "point" }, "numbersAsText"],
    [{ datesAsText: "ymd" as "iso" }, "datesAsText"],
    [{ states: "AUTO" }, "states"],
    [{ states: "AUTO/MAN, ON/on" }, "states"],
    [{ running: "mode", runningType: "flow" as "msg" }, "running"],
    [{ running: "mode", runningIs: "like" as "is" }, "runningIs"],
    [{ running: "rpm", runningIs: "above", runningValue: "" }, "runningValue"],
    [{ running: "rpm", runningIs: "below", runningValue: "fast" }, "runningValue"],
    [{ running: "rpm", runningIs: "isNot", runningValue: " " }, "runningValue"],
  ];
  for (const [change, name] of WRONG)
    it(`${JSON.stringify(change)} is a wrong ${name}`, () =>
      assert.throws(() => modelSettings({ ...FORM, ...change }), { name: "SettingsProblem", code: name }));

  it("pairs of words stand between commas of either kind; none are the usual ones", () => {
    assert.deepEqual(modelSettings({ ...FORM, states: "AUTO/MAN、 自動 / 手動" }).states, ["AUTO/MAN", "自動 / 手動"]);
    assert.equal(modelSettings({ ...FORM, states: " " }).states, undefined);
  });

  it("a flow that is older than a setting has its default", () => {
    const settings = modelSettings(FORM);
    assert.ok(typeof settings === "object");
    const { zone, otherTimes, running, numbersAsText, datesAsText } = settings;
    assert.deepEqual([zone, otherTimes, running], ["", "convert", undefined]);
    assert.deepEqual([numbersAsText, datesAsText], ["refuse", "iso"]);
  });

  it("the condition that the plant runs is a property or a sensor and what it is compared with", () => {
    const running = (form: Partial<ModelForm>) => {
      const settings = modelSettings({ ...FORM, ...form });
      assert.ok(typeof settings === "object");
      return settings.running;
    };
    assert.deepEqual(running({ running: " mode " }), { of: "msg", name: "mode", is: "true", value: "" });
    assert.deepEqual(running({ running: "rpm", runningType: "sensor", runningIs: "above", runningValue: 100 }), {
      of: "sensor",
      name: "rpm",
      is: "above",
      value: "100",
    });
    assert.equal(running({ running: "", runningIs: "above", runningValue: "" }), undefined);
  });

  it("a store of Node-RED's contexts is one", () => {
    const settings = modelSettings({ ...FORM, remember: "context:redis" });
    assert.ok(typeof settings === "object");
    assert.equal(settings.remember, "context:redis");
  });
});
