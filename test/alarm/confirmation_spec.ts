import assert from "node:assert/strict";
import { AlarmSystem } from "../../src/alarm/alarm-figures";
import { AlarmRule, type AlarmRuleOptions } from "../../src/alarm/alarm-rule";
import { observationOf } from "../../src/alarm/observation";

const OPTIONS: AlarmRuleOptions = {
  watch: "actual",
  rateWindow: 60_000,
  limits: [{ name: "H", kind: "high", high: 90, priority: "high" }],
  deadband: { value: 5 },
  onDelay: 0,
  offDelay: 0,
  latching: false,
  reAlarm: 0,
  shelveTime: 60_000,
  shelveLimit: 600_000,
};

const GOOD = { state: "good", held: [], doubts: {}, reasons: [] };
const DOUBT = { state: "uncertain", held: [], doubts: { y: 2 }, reasons: [{ sensor: "y", rule: "level", state: "uncertain" }] }; // biome-ignore format: one line
const CONTRADICTED = { state: "bad", held: ["y"], doubts: {}, reasons: [{ sensor: "y", rule: "agreement", state: "bad" }] }; // biome-ignore format: one line
const FAULT = { state: "bad", held: ["y"], doubts: {}, reasons: [{ sensor: "y", rule: "range", state: "bad" }] };
const LOST = { state: "bad", held: ["y"], doubts: {}, reasons: [{ sensor: "y", rule: "missing", state: "bad" }] };

describe("an alarm by a doubtful value", () => {
  /** Events with the state reached and `confirmed`, one reading a second. */
  function events(steps: readonly (readonly [number, object])[], more: Partial<AlarmRuleOptions> = {}) {
    const rule = new AlarmRule("boiler", { ...OPTIONS, ...more });
    return steps.map(([actual, quality], i) => {
      const o = observationOf({ time: i * 1000, actual, sensor: "y", quality });
      return rule
        .read(o)
        .transitions.map(({ event, state, confirmed }) => `${event} ${state} ${confirmed ?? "–"}`)
        .join();
    });
  }

  it("comes at once, unconfirmed, and is confirmed when the doubt has ended", () => {
    const seen = events([[50, GOOD], [95, DOUBT], [95, DOUBT], [95, GOOD], [95, GOOD], [50, GOOD]]); // biome-ignore format: one line
    assert.deepEqual(seen, [
      "",
      "activate unacknowledged false",
      "",
      "confirm unacknowledged true",
      "",
      "clear returnedUnacknowledged true",
    ]);
  });

  it("comes as well where other sensors contradict the value", () => {
    assert.deepEqual(events([[95, CONTRADICTED]]), ["activate unacknowledged false"]);
  });

  it("is withdrawn when the doubt ends as a fault, or when the value goes back before it was ever good", () => {
    for (const end of [
      [500, FAULT],
      [50, GOOD],
      [50, DOUBT],
    ] as const) {
      assert.deepEqual(events([[95, DOUBT], end]), [
        "activate unacknowledged false",
        "withdraw returnedUnacknowledged false",
      ]);
    }
  });

  it("stays where nothing comes any more: that proves nothing", () => {
    assert.deepEqual(
      events([
        [95, DOUBT],
        [Number.NaN, LOST],
        [95, GOOD],
      ]),
      ["activate unacknowledged false", "", "confirm unacknowledged true"],
    );
  });

  it("needs no confirmation once a good value has been beyond the limit, and no fault withdraws it", () => {
    assert.deepEqual(
      events([
        [95, GOOD],
        [95, DOUBT],
        [500, FAULT],
        [95, GOOD],
      ]),
      ["activate unacknowledged –", "", "", ""],
    );
    const delayed = events(
      [
        [95, DOUBT],
        [95, GOOD],
        [95, DOUBT],
      ],
      { onDelay: 2000 },
    );
    assert.deepEqual(delayed, ["", "", "activate unacknowledged –"]);
  });

  it("a fault during the on-delay ends what doubtful values had begun", () => {
    assert.deepEqual(events([[95, DOUBT], [500, FAULT], [95, DOUBT], [95, DOUBT]], { onDelay: 2000 }), ["", "", "", ""]); // biome-ignore format: one line
  });

  it("keeps to the states: acknowledged stays so when confirmed, and withdrawn is normal", () => {
    for (const [quality, expected] of [
      [GOOD, "confirm acknowledged true"],
      [FAULT, "withdraw normal false"],
    ] as const) {
      const rule = new AlarmRule("boiler", { ...OPTIONS, reAlarm: 60_000 });
      const read = (time: number, q: object) =>
        rule.read(observationOf({ time, actual: 95, sensor: "y", quality: q })).transitions;
      read(0, DOUBT);
      rule.command("acknowledge", 1000, { who: "Sato" });
      const [{ event, state, confirmed, who }] = read(2000, quality);
      assert.equal(`${event} ${state} ${confirmed}`, expected);
      assert.equal(who, undefined);
      if (quality === GOOD) assert.equal(rule.nextTimer, 61_000);
    }
  });

  it("latches as any other, and is shown as it is when it comes back from the shelf", () => {
    assert.equal(
      events(
        [
          [95, DOUBT],
          [500, FAULT],
        ],
        { latching: true },
      )[1],
      "withdraw latchedUnacknowledged false",
    );
    const rule = new AlarmRule("boiler", OPTIONS);
    rule.read(observationOf({ time: 0, actual: 95, sensor: "y", quality: DOUBT }));
    rule.command("shelve", 0);
    assert.deepEqual(rule.read(observationOf({ time: 1, actual: 95, sensor: "y", quality: GOOD })).transitions, []);
    assert.equal(rule.command("unshelve", 2)[0].confirmed, true);
  });

  it("goes on over a restart", () => {
    const rule = new AlarmRule("boiler", OPTIONS);
    rule.read(observationOf({ time: 0, actual: 95, sensor: "y", quality: DOUBT }));
    const again = AlarmRule.load(rule.save(), "boiler", OPTIONS);
    assert.equal(again.list()[0].confirmed, false);
    const [confirmed] = again.read(observationOf({ time: 1, actual: 95, sensor: "y", quality: GOOD })).transitions;
    assert.equal(confirmed.event, "confirm");
  });

  it("is one announcement, also when it is confirmed", () => {
    const rule = new AlarmRule("boiler", OPTIONS);
    const system = new AlarmSystem();
    for (const [i, quality] of [DOUBT, GOOD].entries()) {
      const o = observationOf({ time: i, actual: 95, sensor: "y", quality });
      for (const transition of rule.read(o).transitions) system.count(transition, i);
    }
    assert.equal(system.figures(2).total, 1);
  });

  it("another sensor's fault neither holds nor marks it, on the value and on the forecast", () => {
    const dead = { state: "bad", held: ["ambient"], reasons: [{ sensor: "ambient", rule: "missing", state: "bad" }] };
    const forecast = { origin: 0, due: 1000, horizon: 1, value: 95, lower: 92, upper: 99, naive: 95 };
    for (const watch of ["actual", "forecast", "interval", "crossing"] as const) {
      const rule = new AlarmRule("boiler", { ...OPTIONS, watch });
      const o = observationOf({ time: 0, actual: 95, sensor: "y", quality: dead, forecast });
      const [raised] = rule.read(o).transitions;
      assert.deepEqual([raised.event, raised.confirmed, raised.held], ["activate", undefined, undefined], watch);
    }
  });
});
