import assert from "node:assert/strict";
import * as fc from "fast-check";
import { AlarmRule, type AlarmRuleOptions } from "../../src/alarm/alarm-rule";
import type { AlarmEvent, AlarmState } from "../../src/alarm/alarm-state";
import { observationOf } from "../../src/alarm/observation";

const SECOND = 1000;
const MINUTE = 60 * SECOND;

const OPTIONS: AlarmRuleOptions = {
  watch: "actual",
  rateWindow: MINUTE,
  limits: [{ name: "H", kind: "high", high: 100, priority: "high" }],
  deadband: { value: 5 },
  onDelay: 0,
  offDelay: 0,
  latching: false,
  reAlarm: 0,
  shelveTime: 30 * MINUTE,
  shelveLimit: 8 * 60 * MINUTE,
};

function rule(options: Partial<AlarmRuleOptions> = {}): AlarmRule {
  return new AlarmRule("boiler", { ...OPTIONS, ...options });
}

const actual = (time: number, value: number) => observationOf({ time, actual: value });
/** What a drift guard says. */
const word = (held: string[], reasons: object[] = [], doubts: object = {}) => ({
  state: held.length > 0 ? "bad" : "uncertain",
  held,
  doubts,
  reasons: reasons.map((reason) => ({ state: "bad", text: "", ...reason })),
});

describe("alarm rule", () => {
  it("goes the whole way: raised, acknowledged, returned", () => {
    const r = rule();
    assert.deepEqual(r.read(actual(0, 99)).transitions, []);
    const [raised] = r.read(actual(1000, 101)).transitions;
    assert.deepEqual(raised, {
      asset: "boiler",
      limit: "H",
      kind: "high",
      state: "unacknowledged",
      from: "normal",
      event: "activate",
      active: true,
      priority: "high",
      severity: 800,
      time: 1000,
      activeSince: 1000,
      occurrences: 1,
      value: 101,
      setpoint: 100,
    });
    const [acknowledged] = r.command("acknowledge", 2000, { who: "Sato", comment: "valve closed" });
    assert.equal(acknowledged.state, "acknowledged");
    assert.deepEqual([acknowledged.who, acknowledged.comment], ["Sato", "valve closed"]);
    assert.deepEqual(r.read(actual(3000, 95)).transitions, []);
    const [returned] = r.read(actual(4000, 94)).transitions;
    assert.deepEqual([returned.from, returned.state, returned.active], ["acknowledged", "normal", false]);
    assert.deepEqual(r.list(), []);
  });

  it("gives each limit an alarm of its own: low-low, low, high, high-high", () => {
    const limits: AlarmRuleOptions["limits"] = [
      { name: "LL", kind: "low", low: 10, priority: "critical" },
      { name: "L", kind: "low", low: 20, priority: "medium" },
      { name: "H", kind: "high", high: 80, priority: "medium", severity: 555 },
      { name: "HH", kind: "high", high: 90, priority: "critical" },
    ];
    const r = rule({ limits });
    const raised = [85, 95, 15, 5].map((value, i) =>
      r.read(actual(i * 1000, value)).transitions.map((t) => `${t.limit} ${t.state} ${t.severity}`),
    );
    assert.deepEqual(raised, [
      ["H unacknowledged 555"],
      ["HH unacknowledged 950"],
      ["L unacknowledged 500", "H returnedUnacknowledged 555", "HH returnedUnacknowledged 950"],
      ["LL unacknowledged 950"],
    ]);
    assert.deepEqual(
      r.command("acknowledge", 5000, { limit: "HH" }).map((t) => t.limit),
      ["HH"],
    );
    assert.deepEqual(
      r.command("acknowledge", 6000).map((t) => `${t.limit} ${t.state}`),
      ["LL acknowledged", "L acknowledged", "H normal"],
    );
  });

  it("a deadband in % of the span clears only", () => {
    const r = rule({ deadband: { value: 2, span: 300 } });
    r.read(actual(0, 100));
    assert.deepEqual(r.read(actual(1, 94)).transitions, []);
    assert.equal(r.read(actual(2, 93.9)).transitions.length, 1);
  });

  it("a burst of 100,000 readings around the limit gives one alarm with a deadband, and a storm without", () => {
    const noise = (i: number) => 100 + 2.4 * Math.sin(i * 12.9898) + 2.4 * Math.cos(i * 78.233);
    const count = (r: AlarmRule) => {
      let transitions = 0;
      for (let i = 0; i < 100_000; i++) transitions += r.read(actual(i * 100, noise(i))).transitions.length;
      return transitions;
    };
    assert.equal(count(rule()), 1);
    const storm = count(rule({ deadband: { value: 0 } }));
    assert.ok(storm > 10_000, `without deadband ${storm} transitions`);
  });

  it("waits for the on-delay and the off-delay by the time of the readings, not by their number", () => {
    const r = rule({ onDelay: 15 * SECOND, offDelay: 60 * SECOND });
    const states = [
      [0, 101],
      [14, 102],
      [15, 103],
      [16, 90],
      [75, 90],
      [76, 90],
    ].map(([second, value]) => {
      r.read(actual(second * SECOND, value));
      return r.list()[0]?.state ?? "normal";
    });
    assert.deepEqual(states, [
      "normal",
      "normal",
      "unacknowledged",
      "unacknowledged",
      "unacknowledged",
      "returnedUnacknowledged",
    ]);
  });

  it("holds the state while there is no usable value, and says so, since when and why", () => {
    const r = rule();
    r.read(actual(0, 101));
    for (const time of [1000, 2000]) {
      const bad = observationOf({
        time,
        actual: 0,
        sensor: "y",
        quality: word(["y"], [{ sensor: "y", rule: "range", text: "y: 999" }]),
      });
      assert.deepEqual(r.read(bad).transitions, []);
    }
    const [held] = r.list();
    assert.deepEqual(
      [held.state, held.held, held.heldSince, held.heldWhy],
      ["unacknowledged", "noValue", 1000, "y: 999"],
    );
    assert.equal(r.read(actual(3000, 50)).transitions[0].state, "returnedUnacknowledged");
    assert.deepEqual([r.held, r.list()[0].heldSince], [undefined, undefined]);
  });

  it("does not raise an alarm from a bad reading, nor count bad time towards a delay", () => {
    const r = rule({ onDelay: 10 * SECOND });
    r.read(actual(0, 101));
    for (let s = 1; s <= 20; s++) r.read(observationOf({ time: s * SECOND, actual: 500, quality: { state: "bad" } }));
    assert.deepEqual(r.read(actual(21 * SECOND, 101)).transitions, []);
    assert.equal(r.read(actual(30 * SECOND, 101)).transitions[0].event, "activate");
  });

  it("says in how much time the forecast meets the limit, before anything is beyond it", () => {
    const r = rule({ watch: "crossing" });
    const steps = [1, 2, 3].map((horizon) => ({ horizon, due: horizon * MINUTE, value: 90 + horizon * 4 }));
    const [raised] = r.read(
      observationOf({ time: 0, forecast: { origin: 0, due: MINUTE, naive: 90, steps } }),
    ).transitions;
    assert.equal(raised.state, "unacknowledged");
    assert.equal(raised.timeToLimit, 2.5 * MINUTE);
    assert.equal(raised.value, 102);
  });

  it("takes limits from the message, and keeps the last one for messages without", () => {
    const r = rule({ limits: [{ name: "H", kind: "high", priority: "low" }] });
    assert.deepEqual(r.read(actual(0, 1e9)).transitions, []);
    assert.equal(r.held, "noSetpoint");
    const given = new Map([["H", { high: 50 }]]);
    assert.equal(r.read(actual(1, 50), given).transitions[0].setpoint, 50);
    assert.deepEqual(r.read(actual(2, 51)).transitions, []);
    assert.equal(r.held, undefined);
  });

  it("judges the other limits when one has impossible limits", () => {
    const r = rule({
      limits: [
        { name: "band", kind: "outside", low: 90, high: 10, priority: "low" },
        { name: "narrow", kind: "outside", low: 1, high: 11, priority: "low" },
        { name: "H", kind: "high", high: 80, priority: "low" },
      ],
    });
    const { transitions, problems } = r.read(actual(0, 85));
    assert.deepEqual(
      transitions.map((t) => t.limit),
      ["H"],
    );
    assert.deepEqual(
      problems.map((p) => p.code),
      ["setpointOrder", "deadbandTooWide"],
    );
  });

  it("takes an older reading for history: it is told once, judged by nobody, and a live one goes on", () => {
    const r = rule();
    r.read(actual(10_000, 101));
    const codes = [8000, 8500, 8900].map((time, i) =>
      r.read(actual(time, 0), undefined, 10_100 + i).problems.map((p) => p.code),
    );
    assert.deepEqual(codes, [["outOfOrder"], [], []]);
    assert.equal(r.list()[0].state, "unacknowledged");
    assert.deepEqual(r.read(actual(9500, 102), undefined, 10_200).problems, []);
    assert.equal(r.read(actual(11_000, 50), undefined, 11_000).transitions[0].event, "clear");
  });

  it("hears a laboratory whose values are stamped by the sample, minutes before the readings of the other sensors", () => {
    const r = rule();
    for (let i = 0; i < 30; i++) {
      const now = i * MINUTE;
      assert.deepEqual(r.read(observationOf({ time: now }), undefined, now).problems, []);
      if (i % 10 !== 9) continue;
      const { transitions, problems } = r.read(actual(now - 8 * MINUTE, i < 20 ? 50 : 110), undefined, now + 100);
      assert.deepEqual([transitions.map(({ event }) => event), problems], [i < 20 ? [] : ["activate"], []]);
    }
  });

  it("a delay goes on while readings of other sensors come, and pauses while the value itself cannot be used", () => {
    for (const [between, rings] of [
      [undefined, [30]],
      ["Bad", []],
    ] as const) {
      const r = rule({ onDelay: 30 * SECOND });
      const rung: number[] = [];
      for (let s = 0; s < 100; s++) {
        const time = s * SECOND;
        const came = s % 60 === 0 ? actual(time, 110) : observationOf({ time, actual: between && Number.NaN });
        if (r.read(came, undefined, time).transitions.length > 0) rung.push(s);
      }
      assert.deepEqual(rung, rings);
    }
  });

  it("a backlog of two hours ago neither clears nor rings a live alarm", () => {
    const hours = 2 * 60 * MINUTE;
    for (const [live, old] of [
      [95, 60],
      [60, 95],
    ]) {
      // biome-ignore format: one line
      const r = rule({ limits: [{ name: "H", kind: "high", high: 90, priority: "high" }] });
      const raised = r.read(actual(hours, live)).transitions.length;
      for (let i = 1; i <= 5; i++) {
        assert.deepEqual(r.read(actual(i * SECOND, old), undefined, hours + 100 + i).transitions, []);
      }
      assert.deepEqual(r.read(actual(hours + SECOND, live)).transitions, []);
      assert.equal(raised, live === 95 ? 1 : 0);
    }
  });

  it("goes on when the source's clock is set back, while shelving runs by this computer's", () => {
    const hour = 60 * MINUTE;
    const r = rule();
    r.read(actual(hour, 101));
    r.command("shelve", hour, { duration: 10 * MINUTE });
    const heard = [1, 2, 3, 4].map((s) => {
      r.read(actual(s * SECOND, 150 + s), undefined, hour + s * SECOND);
      return r.list()[0].value;
    });
    assert.deepEqual(heard, [101, 101, 153, 154]);
    assert.equal(r.nextTimer, hour + 10 * MINUTE);
    assert.equal(r.tick(hour + 10 * MINUTE)[0].event, "unshelve");
  });

  it("one timestamp in the future costs nothing after it", () => {
    const r = rule();
    r.read(actual(0, 50), undefined, 0);
    r.read(actual(60 * MINUTE, 50), undefined, 1000);
    const { transitions } = r.read(actual(2000, 101), undefined, 2000);
    assert.deepEqual(
      transitions.map((t) => [t.event, t.time]),
      [["activate", 2000]],
    );
  });

  it("a source's time that stands still stops no delay, no rate and no shelving", () => {
    const r = rule({ onDelay: 2 * SECOND });
    const changes = [0, 500, 1000, 1500, 2000, 2500].map(
      (arrival) => r.read(actual(0, 101), undefined, arrival).transitions.length,
    );
    assert.deepEqual(changes, [0, 0, 0, 0, 1, 0]);
    r.command("shelve", 3000, { duration: MINUTE });
    const ended = [3500, 62_999, 63_000].map((arrival) =>
      r.read(actual(0, 101), undefined, arrival).transitions.map((t) => t.event),
    );
    assert.deepEqual(ended, [[], [], ["unshelve"]]);
    const rates = rule({ watch: "rate", limits: [{ name: "fast", kind: "high", high: 50, priority: "low" }] });
    const rising = [0, 1, 2, 3].flatMap((s) => rates.read(actual(0, s), undefined, s * SECOND).transitions);
    assert.equal(rising[0].value, 60);
  });

  it("delays end by the clock when nothing more arrives", () => {
    const r = rule({ onDelay: 2 * SECOND, offDelay: 5 * SECOND });
    r.read(actual(1000, 101), undefined, 61_000);
    assert.equal(r.nextTimer, 63_000);
    assert.deepEqual(r.tick(62_999), []);
    const [raised] = r.tick(63_000);
    assert.deepEqual([raised.event, raised.time], ["activate", 3000]);
    r.read(actual(4000, 50), undefined, 64_000);
    const again = AlarmRule.load(r.save(), "boiler", { ...OPTIONS, onDelay: 2 * SECOND, offDelay: 5 * SECOND });
    assert.equal(again.tick(69_000)[0].event, "clear");
    assert.equal(again.nextTimer, Number.POSITIVE_INFINITY);
  });

  it("no delay goes on while there is no usable value", () => {
    const r = rule({ onDelay: 10 * SECOND });
    r.read(actual(0, 101));
    r.hold(5 * SECOND);
    assert.equal(r.nextTimer, Number.POSITIVE_INFINITY);
    assert.deepEqual(r.tick(60 * SECOND), []);
  });

  it("one device that is late beside one that is live does not set the clock back", () => {
    const r = rule();
    r.read(actual(10 * MINUTE, 50));
    for (let i = 1; i < 20; i++) {
      const now = 10 * MINUTE + i * SECOND;
      assert.deepEqual(r.read(actual(i * SECOND, 500), undefined, now).transitions, []);
      assert.deepEqual(r.read(actual(now, 50)).transitions, []);
    }
  });

  it("shelves for a limited time and then shows what is true by then", () => {
    const r = rule();
    r.read(actual(0, 101));
    assert.equal(r.command("shelve", 0, { duration: MINUTE })[0].shelvedUntil, MINUTE);
    assert.deepEqual(r.read(actual(30 * SECOND, 50)).transitions, []);
    assert.deepEqual(r.tick(MINUTE - 1), []);
    assert.equal(r.tick(MINUTE)[0].state, "normal");
    r.command("shelve", MINUTE);
    r.read(actual(2 * MINUTE, 101));
    assert.equal(r.tick(31 * MINUTE)[0].state, "unacknowledged");
  });

  it("does not stay shelved by a clock that ran years ahead", () => {
    const r = rule();
    r.command("shelve", 20 * 365 * 24 * 60 * MINUTE);
    r.read(actual(0, 101));
    assert.equal(r.nextTimer, OPTIONS.shelveLimit);
  });

  it("does not shelve without end", () => {
    const r = rule();
    for (const duration of [0, -1, Number.NaN, Number.POSITIVE_INFINITY, 9 * 60 * MINUTE]) {
      assert.throws(() => r.command("shelve", 0, { duration }), { code: "shelveTooLong" });
    }
    assert.deepEqual(r.list(), []);
  });

  it("keeps a suppressed alarm and one out of service from the operator, whatever happens", () => {
    for (const [out, back] of [
      ["suppress", "unsuppress"],
      ["outOfService", "inService"],
    ] as const) {
      const r = rule();
      r.command(out, 0);
      for (let i = 0; i < 10; i++) assert.deepEqual(r.read(actual(i * 1000, i % 2 ? 50 : 150)).transitions, []);
      r.read(actual(10_000, 150));
      assert.equal(r.command(back, 11_000)[0].state, "unacknowledged");
    }
  });

  it("latches until reset, and only a reset after acknowledging counts", () => {
    const r = rule({ latching: true });
    r.read(actual(0, 101));
    assert.equal(r.read(actual(1, 50)).transitions[0].state, "latchedUnacknowledged");
    assert.throws(() => r.command("reset", 2), { code: "notPossible" });
    assert.equal(r.command("acknowledge", 3)[0].state, "latchedAcknowledged");
    assert.equal(r.command("reset", 4)[0].state, "normal");
  });

  it("announces an acknowledged alarm again when it stays active", () => {
    const r = rule({ reAlarm: 10 * MINUTE });
    r.read(actual(0, 101));
    r.command("acknowledge", MINUTE);
    assert.deepEqual(r.read(actual(10 * MINUTE, 101)).transitions, []);
    assert.equal(r.read(actual(11 * MINUTE, 101)).transitions[0].event, "reAlarm");
    r.command("acknowledge", 12 * MINUTE);
    assert.equal(r.read(actual(22 * MINUTE, 50)).transitions[0].event, "clear");
    assert.equal(r.nextTimer, Number.POSITIVE_INFINITY);
  });

  it("explains a command that is not possible, and names the limits there are", () => {
    const r = rule();
    assert.throws(() => r.command("acknowledge", 0), { code: "notPossible", message: /H is normal/ });
    assert.throws(() => r.command("acknowledge", 0, { limit: "HHH" }), { code: "unknownLimit", message: /H/ });
    assert.throws(() => r.command("acknowledge", 0, { limit: "__proto__" }), { code: "unknownLimit" });
  });

  it("takes verdicts on the last occurrence only", () => {
    const r = rule();
    assert.throws(() => r.feedback(true), { code: "nothingToJudge" });
    r.read(actual(0, 101));
    assert.equal(r.feedback(false)[0].before, undefined);
    assert.equal(r.feedback(true, "H")[0].before, false);
    r.read(actual(1, 50));
    r.read(actual(2, 101));
    assert.equal(r.feedback(true)[0].before, undefined);
  });

  it("takes a verdict without a limit for the alarms that stand, or else for the last one, never for an old one", () => {
    const limits: AlarmRuleOptions["limits"] = [
      { name: "H", kind: "high", high: 100, priority: "low" },
      { name: "L", kind: "low", low: 10, priority: "low" },
    ];
    const r = rule({ limits });
    const judged = () => r.feedback(false).map(({ record }) => record.limit);
    r.read(actual(0, 101));
    assert.deepEqual(judged(), ["H"]);
    r.read(actual(1, 50));
    r.command("acknowledge", 2);
    r.read(actual(3, 5));
    assert.deepEqual(judged(), ["L"]);
    r.read(actual(4, 50));
    r.command("acknowledge", 5);
    assert.deepEqual(judged(), ["L"]);
    r.read(actual(6, 101));
    r.read(actual(7, 5));
    assert.deepEqual(judged(), ["H", "L"]);
  });

  it("a limit that is fixed in the dialog replaces one that once came with a message", () => {
    const open: AlarmRuleOptions["limits"] = [{ name: "H", kind: "high", priority: "low" }];
    const r = rule({ limits: open });
    r.read(actual(0, 90), new Map([["H", { high: 80 }]]));
    assert.equal(r.list()[0].setpoint, 80);
    const fixed = AlarmRule.load(r.save(), "boiler", OPTIONS);
    fixed.read(actual(1, 90));
    assert.deepEqual([fixed.list()[0].setpoint, fixed.list()[0].active], [100, false]);
    const again = AlarmRule.load(r.save(), "boiler", { ...OPTIONS, limits: open });
    assert.equal(again.list()[0].setpoint, 80);
  });

  it("a reading of which nothing can be used holds every alarm, and its time counts for no delay", () => {
    const r = rule({ onDelay: 10 * SECOND });
    r.read(actual(0, 101));
    r.hold(8 * SECOND);
    assert.equal(r.list()[0].held, "noValue");
    assert.deepEqual(r.read(actual(11 * SECOND, 101)).transitions, []);
    assert.equal(r.read(actual(18 * SECOND, 101)).transitions.length, 1);
    assert.equal(r.held, undefined);
  });

  it("keeps states and timers when limits are renamed, added and removed", () => {
    const r = rule();
    r.read(actual(0, 101));
    const limits: AlarmRuleOptions["limits"] = [
      { name: "H", kind: "high", high: 90, priority: "low" },
      { name: "HH", kind: "high", high: 200, priority: "low" },
    ];
    const next = AlarmRule.load(r.save(), "boiler", { ...OPTIONS, limits });
    assert.deepEqual(
      next.list().map((a) => `${a.limit} ${a.state}`),
      ["H unacknowledged"],
    );
  });

  it("reads a record of the version before: no alarm, delay or timer is lost", () => {
    const memory = {
      state: "shelved",
      delay: { active: true, last: 5000 },
      occurrences: 1,
      shelvedUntil: 90_000,
      given: {},
      value: 101,
      held: "badQuality",
    };
    const pending = { state: "normal", delay: { active: false, since: 4000, last: 5000 }, occurrences: 0, given: {} };
    const record = {
      version: 1,
      last: 5000,
      lag: 1000,
      rates: { times: [], values: [] },
      alarms: [
        ["H", memory],
        ["HH", pending],
      ],
    };
    const limits: AlarmRuleOptions["limits"] = [
      ...OPTIONS.limits,
      { name: "HH", kind: "high", high: 100, priority: "low" },
    ];
    const r = AlarmRule.load(Buffer.from(JSON.stringify(record)), "boiler", { ...OPTIONS, limits, onDelay: 10_000 });
    assert.deepEqual(
      r.list().map((a) => [a.state, a.held, a.shelvedUntil]),
      [["shelved", "noValue", 91_000]],
    );
    assert.equal(r.nextTimer, 15_000);
    assert.equal(r.tick(15_000)[0].limit, "HH");
  });

  it("refuses a damaged record", () => {
    const good = new TextDecoder().decode(rule().save());
    const damaged = [
      "",
      "null",
      good.slice(0, -5),
      good.replace('"normal"', '"unheard"'),
      good.replace('"version":2', '"version":9'),
      good.replace('"occurrences":0', '"occurrences":"0"'),
      good.replace('"version":2', '"version":1'),
      good.replace('"times":[]', '"times":[null]'),
      good.replace('"active":false', '"active":"no"'),
    ];
    for (const text of damaged) {
      assert.notEqual(text, good);
      const load = () => AlarmRule.load(new TextEncoder().encode(text), "boiler", OPTIONS);
      assert.throws(load, { code: "damagedRecord" }, text);
    }
  });
});

/** What an engineer would write on a whiteboard: four facts instead of nine states. */
interface Facts {
  time: number;
  active: boolean;
  differsSince: number | undefined;
  acknowledged: boolean;
  latched: boolean;
  aside: "shelved" | "suppressedByDesign" | "outOfService" | undefined;
  until: number;
  announceAt: number;
}

function stateOf(f: Facts): AlarmState {
  if (f.aside) return f.aside;
  if (f.active) return f.acknowledged ? "acknowledged" : "unacknowledged";
  if (f.latched) return f.acknowledged ? "latchedAcknowledged" : "latchedUnacknowledged";
  return f.acknowledged ? "normal" : "returnedUnacknowledged";
}

const WALK = { onDelay: 3 * SECOND, offDelay: 5 * SECOND, reAlarm: 20 * SECOND, shelveTime: 30 * SECOND };

interface Real {
  rule: AlarmRule;
  options: AlarmRuleOptions;
}

function agree(f: Facts, real: Real): void {
  assert.equal(real.rule.list()[0]?.state ?? "normal", stateOf(f));
}

/** The alarm comes before the operator as if it were new. */
function present(f: Facts): void {
  f.aside = undefined;
  f.latched = false;
  f.acknowledged = !f.active;
}

function endDelay(f: Facts, beyond: boolean, { latching }: AlarmRuleOptions): void {
  if (f.differsSince === undefined || f.time - f.differsSince < (beyond ? WALK.onDelay : WALK.offDelay)) return;
  f.active = beyond;
  f.differsSince = undefined;
  if (f.aside) return;
  if (beyond) f.acknowledged = false;
  f.latched = !beyond && latching;
}

function fireTimers(f: Facts): void {
  if (f.aside === "shelved" && f.time >= f.until) present(f);
  else if (!f.aside && f.active && f.acknowledged && f.time >= f.announceAt) f.acknowledged = false;
}

class Read implements fc.Command<Facts, Real> {
  constructor(
    readonly seconds: number,
    readonly value: number,
  ) {}
  check = () => true;
  run(f: Facts, real: Real): void {
    f.time += this.seconds * SECOND;
    const { transitions } = real.rule.read(actual(f.time, this.value));
    for (const t of transitions) assert.notEqual(t.from, undefined);
    const beyond = this.value >= (f.active ? 95 : 100);
    if (beyond === f.active) f.differsSince = undefined;
    else {
      f.differsSince ??= f.time;
      endDelay(f, beyond, real.options);
    }
    fireTimers(f);
    agree(f, real);
  }
  toString = () => `read(+${this.seconds} s, ${this.value})`;
}

class Order implements fc.Command<Facts, Real> {
  constructor(readonly event: AlarmEvent) {}
  check = () => true;
  run(f: Facts, real: Real): void {
    const before = stateOf(f);
    const possible = this.follow(f, before);
    if (possible) real.rule.command(this.event, f.time);
    else assert.throws(() => real.rule.command(this.event, f.time), { code: "notPossible" });
    agree(f, real);
  }
  private follow(f: Facts, state: AlarmState): boolean {
    switch (this.event) {
      case "acknowledge":
        if (f.aside || f.acknowledged) return false;
        f.acknowledged = true;
        f.announceAt = f.time + WALK.reAlarm;
        return true;
      case "reset":
        if (state !== "latchedAcknowledged") return false;
        f.latched = false;
        return true;
      case "shelve":
        if (f.aside && f.aside !== "shelved") return false;
        f.aside = "shelved";
        f.until = f.time + WALK.shelveTime;
        return true;
      case "suppress":
        if (f.aside === "suppressedByDesign" || f.aside === "outOfService") return false;
        f.aside = "suppressedByDesign";
        return true;
      case "outOfService":
        if (f.aside === "outOfService") return false;
        f.aside = "outOfService";
        return true;
      case "unshelve":
      case "unsuppress":
      case "inService":
        if (
          f.aside !== { unshelve: "shelved", unsuppress: "suppressedByDesign", inService: "outOfService" }[this.event]
        ) {
          return false;
        }
        present(f);
        return true;
      default:
        return false;
    }
  }
  toString = () => this.event;
}

class Wait implements fc.Command<Facts, Real> {
  constructor(readonly seconds: number) {}
  check = () => true;
  run(f: Facts, real: Real): void {
    f.time += this.seconds * SECOND;
    real.rule.tick(f.time);
    endDelay(f, !f.active, real.options);
    fireTimers(f);
    agree(f, real);
  }
  toString = () => `wait(${this.seconds} s)`;
}

class Restart implements fc.Command<Facts, Real> {
  check = () => true;
  run(f: Facts, real: Real): void {
    const before = real.rule.list();
    real.rule = AlarmRule.load(real.rule.save(), "boiler", real.options);
    assert.deepEqual(real.rule.list(), before);
    agree(f, real);
  }
  toString = () => "restart";
}

describe("alarm rule, random walks against four facts", () => {
  const commands = [
    fc.tuple(fc.integer({ min: 1, max: 8 }), fc.constantFrom(90, 96, 99, 100, 120)).map(([s, v]) => new Read(s, v)),
    fc
      .constantFrom<AlarmEvent>(
        "acknowledge",
        "reset",
        "shelve",
        "unshelve",
        "suppress",
        "unsuppress",
        "outOfService",
        "inService",
      )
      .map((e) => new Order(e)),
    fc.integer({ min: 1, max: 25 }).map((s) => new Wait(s)),
    fc.constant(new Restart()),
  ];
  for (const latching of [false, true]) {
    it(`agrees in 2,000 walks of up to 60 steps, with restarts${latching ? ", latching" : ""}`, function () {
      this.timeout(60_000);
      fc.assert(
        fc.property(fc.commands(commands, { maxCommands: 60, size: "max" }), (walk) => {
          const options: AlarmRuleOptions = { ...OPTIONS, ...WALK, latching };
          const facts: Facts = {
            time: 0,
            active: false,
            differsSince: undefined,
            acknowledged: true,
            latched: false,
            aside: undefined,
            until: 0,
            announceAt: 0,
          };
          fc.modelRun(() => ({ model: facts, real: { rule: new AlarmRule("boiler", options), options } }), walk);
        }),
        { numRuns: 2000 },
      );
    });
  }
});

describe("alarm rule, hostile values", () => {
  it("takes 100,000 readings of any numbers: no crash, no number that is not finite, record readable", function () {
    this.timeout(120_000);
    const number = fc.oneof(
      fc.double(),
      fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, 1e308, -1e308, 5e-324, 0, -0, 100),
    );
    const limits: AlarmRuleOptions["limits"] = [
      { name: "H", kind: "high", high: 100, priority: "low" },
      { name: "__proto__", kind: "low", priority: "low" },
      { name: "O", kind: "outside", low: -1e308, high: 1e308, priority: "low" },
      { name: "I", kind: "inside", low: 0, high: 1, priority: "low" },
    ];
    const watches = ["forecast", "actual", "interval", "deviation", "rate", "crossing"] as const;
    const rules = watches.map((watch) => ({ watch, r: new AlarmRule("a", { ...OPTIONS, watch, limits }) }));
    let time = 0;
    const finite = (value: unknown): boolean =>
      typeof value === "number"
        ? Number.isFinite(value)
        : typeof value !== "object" || value === null || Object.values(value).every(finite);
    fc.assert(
      fc.property(fc.array(number, { minLength: 8, maxLength: 8 }), (v) => {
        time += 1000;
        const steps = [1, 2].map((h) => ({ horizon: h, due: time + h, value: v[h], lower: v[h + 2], upper: v[h + 4] }));
        const o = observationOf({
          time,
          actual: v[0],
          forecast: { origin: time, due: time, naive: v[7], steps },
          scored: { actual: v[0], forecast: v[3] },
        });
        for (const { watch, r } of rules) {
          const given = Number.isFinite(v[6]) ? new Map([["__proto__", { low: v[6] }]]) : undefined;
          const { transitions, problems } = r.read(o, given);
          assert.ok(finite(transitions) && finite(r.list()), `${watch} ${v}`);
          assert.deepEqual(problems, []);
        }
      }),
      { numRuns: 17_000 },
    );
    for (const { watch, r } of rules) {
      AlarmRule.load(r.save(), "a", { ...OPTIONS, watch, limits });
    }
  });
});
