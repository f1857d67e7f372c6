import assert from "node:assert/strict";
import fc from "fast-check";
import { Random } from "../../src/forecaster/random";
import { Guard, type GuardOptions, type Verdict } from "../../src/guard/guard";
import { sentence } from "../../src/guard/reason";

const options: GuardOptions = { inputs: ["load", "air"], target: "steam", horizon: 1 };

function healthy(random: Random, i: number): Record<string, unknown> {
  const load = 50 + 10 * Math.sin(i / 60) + random.normal();
  return { load, air: Math.round(load / 5), steam: 2 * load + random.normal() };
}

function running(n: number, o = options): { guard: Guard; random: Random } {
  const guard = new Guard(o);
  const random = new Random(1);
  for (let i = 0; i < n; i++) guard.check(1000 * i, healthy(random, i));
  return { guard, random };
}

const copy = (v: Verdict): Verdict => structuredClone(v);

describe("Guard", () => {
  it("finds nothing in 20,000 healthy readings", () => {
    const guard = new Guard(options);
    const random = new Random(1);
    for (let i = 0; i < 20_000; i++) {
      const verdict = guard.check(1000 * i, healthy(random, i));
      assert.equal(verdict.state, "good", `reading ${i}: ${verdict.reasons.map(sentence)}`);
      assert.equal(verdict.learn, 1);
    }
  });

  it("names sensor, rule, value and the value that stands in", () => {
    const { guard, random } = running(1000);
    const before = guard.lastGoodValue("load");
    const verdict = guard.check(1_000_000, { ...healthy(random, 1000), load: "12,5" });
    assert.deepEqual(verdict.held, ["load"]);
    assert.deepEqual([verdict.state, verdict.ne107, verdict.learn], ["bad", "failure", 0]);
    const [reason] = verdict.reasons;
    assert.deepEqual([reason.sensor, reason.rule, reason.value, reason.held], ["load", "notANumber", "12,5", before]);
    assert.equal(sentence(reason), "load: 12,5 is no usable number.");
  });

  it("reports the worst of several faults, and all of them", () => {
    const { guard, random } = running(1000);
    const verdict = guard.check(1_000_000, { ...healthy(random, 1000), load: 99_999, steam: null });
    assert.deepEqual(
      verdict.reasons.map(({ sensor, rule }) => `${sensor} ${rule}`),
      ["load spike", "steam notANumber"],
    );
    assert.equal(verdict.ne107, "failure");
  });

  it("calls one stuck sensor bad, and says since when; several that stop together uncertain; all of them bad", () => {
    for (const [stuck, wanted] of [
      [["load"], "bad"],
      [["load", "air"], "uncertain"],
      [["load", "air", "steam"], "bad"],
    ] as const) {
      const guard = new Guard(options);
      const random = new Random(1);
      const values = (): Record<string, number> => ({
        load: random.normal(),
        air: random.normal(),
        steam: random.normal(),
      });
      let last = values();
      for (let i = 0; i < 1000; i++) {
        last = values();
        guard.check(1000 * i, last);
      }
      let state: string | undefined;
      let held: string[] = [];
      const retracted: number[] = [];
      for (let i = 1000; i < 1060; i++) {
        const now = values();
        for (const name of stuck) now[name] = last[name];
        const seen = copy(guard.check(1000 * i, now));
        ({ state, held } = seen);
        if (seen.retract.readings === 0) continue;
        assert.deepEqual([...new Set([...seen.retract.sensors, ...held])], held);
        retracted.push(seen.retract.readings);
      }
      assert.equal(state, wanted, stuck.join());
      assert.deepEqual(held, wanted === "bad" ? stuck : []);
      assert.equal(retracted.length, wanted === "bad" ? 1 : 0, "once, when it comes to light");
      if (wanted === "bad") assert.ok(retracted[0] >= 10, `${retracted}`);
    }
  });

  it("takes a stuck sensor back once, although readings of it are lost", () => {
    const guard = new Guard({ ...options, tolerance: { agreement: Number.POSITIVE_INFINITY } });
    const random = new Random(1);
    let retractions = 0;
    for (let i = 0; i < 1200; i++) {
      const values: Record<string, unknown> = { load: random.normal(), air: random.normal(), steam: random.normal() };
      if (i >= 1000) values.load = i % 7 === 0 ? undefined : 0.5;
      if (guard.check(1000 * i, values).retract.readings > 0) retractions += 1;
    }
    assert.equal(retractions, 1);
  });

  it("takes a third sensor that stands still for resting, but never the one that stopped first", () => {
    const guard = new Guard({ ...options, inputs: ["load", "air", "flow", "speed"] });
    const random = new Random(1);
    const stops: Record<string, number> = { load: 1000, air: 1200, flow: 1300, speed: 9999, steam: 9999 };
    const last: Record<string, number> = {};
    const states: Record<string, string[]> = { load: [], air: [], flow: [] };
    for (let i = 0; i < 1500; i++) {
      for (const name of Object.keys(stops)) if (i < stops[name]) last[name] = random.normal();
      const { reasons } = guard.check(1000 * i, { ...last });
      for (const { sensor, state } of reasons) if (sensor in states && i >= 1000) states[sensor].push(state);
    }
    assert.ok(
      states.load.slice(20).every((state) => state === "bad"),
      "stuck alone, long before the machine stopped",
    );
    assert.ok(states.air.includes("bad"), "the second one, far from the first");
    assert.ok(
      states.flow.every((state) => state === "uncertain"),
      `${states.flow}`,
    );
    assert.equal(states.air.at(-1), "uncertain", "by now one of three");
  });

  it("reports a dead sensor as long as it is dead", () => {
    const { guard, random } = running(1000);
    for (let i = 1000; i < 5000; i++) {
      const verdict = guard.check(1000 * i, { ...healthy(random, i), load: undefined });
      assert.deepEqual(verdict.held, ["load"]);
      assert.equal(verdict.learn, 0);
    }
  });

  it("takes a reading without usable time for none, and learns nothing of it", () => {
    const { guard, random } = running(1000);
    const again = guard.check(999_000, healthy(random, 999));
    assert.deepEqual([again.usable, again.learn, again.reasons[0].rule], [false, 0, "duplicate"]);
    const old = guard.check(500_000, healthy(random, 500));
    assert.deepEqual([old.usable, old.reasons[0].rule], [false, "outOfOrder"]);
    assert.equal(guard.check(1_000_000, healthy(random, 1000)).usable, true);
  });

  it("lets a late label pass that comes alone, unless it is no value", () => {
    const { guard } = running(1000);
    assert.deepEqual(copy(guard.check(500_000, { steam: 100 })).reasons, []);
    assert.equal(guard.check(500_000, { steam: -999 }).reasons[0].rule, "sentinel");
  });

  it("says when readings were late", () => {
    const { guard, random } = running(1000);
    const verdict = guard.check(1_010_000, healthy(random, 1000));
    assert.deepEqual([verdict.state, verdict.reasons[0].rule, verdict.usable], ["uncertain", "late", true]);
  });

  it("holds what is under maintenance", () => {
    const { guard, random } = running(1000);
    guard.maintain(true, "air");
    const verdict = copy(guard.check(1_000_000, healthy(random, 1000)));
    assert.deepEqual([verdict.held, verdict.ne107, verdict.learn], [["air"], "function check", 0]);
    guard.maintain(true);
    assert.deepEqual(guard.check(1_001_000, healthy(random, 1001)).held, ["load", "air", "steam"]);
    guard.maintain(false);
    assert.equal(guard.check(1_002_000, healthy(random, 1002)).state, "good");
    assert.equal(guard.underMaintenance, false);
  });

  it("finds its sensors by itself where none are named", () => {
    const guard = new Guard({ inputs: [], target: "steam", horizon: 1 });
    const random = new Random(1);
    for (let i = 0; i < 100; i++) guard.check(1000 * i, { ...healthy(random, i), unit: "kg/h" });
    assert.equal(guard.check(100_000, { ...healthy(random, 100), unit: "kg/h" }).state, "good");
    assert.deepEqual(guard.check(101_000, { ...healthy(random, 101), air: null }).held, ["air"]);
  });

  it("acts on a drift as it was told", () => {
    for (const [action, to, calls] of [
      ["tell", "drift", []],
      ["faster", "recovering", []],
      ["rollback", "recovering", [7]],
      ["freeze", "frozen", []],
    ] as const) {
      const guard = new Guard({ ...options, action });
      const random = new Random(2);
      const rolledBack: (number | undefined)[] = [];
      const model = {
        checkpoint: () => Uint8Array.of(7),
        rollback: (bytes?: Uint8Array) => void rolledBack.push(bytes?.[0]),
      };
      for (let i = 0; i < 4000; i++) guard.score(random.normal(), 2, model);
      assert.equal(guard.model.state, "ok");
      const states: string[] = [];
      while (!states.includes("drift"))
        states.push(...guard.score(5 * random.normal(), 2, model).map((change) => change.to));
      assert.equal(guard.model.state, to, action);
      assert.deepEqual(rolledBack, calls, action);
      const verdict = guard.check(0, { load: 1, air: 1, steam: 1 });
      assert.equal(verdict.speed, action === "faster" ? 3 : 1);
      assert.equal(verdict.learn, action === "freeze" ? 0 : 1);
      if (action === "freeze") {
        assert.deepEqual(
          guard.resume().map((change) => change.to),
          ["recovering"],
        );
        assert.equal(guard.check(1000, { load: 1, air: 1, steam: 1 }).learn, 1);
      }
    }
  });

  it("saved and loaded at any moment, it goes on as if nothing had happened", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1500 }), fc.integer(), (moment, seed) => {
        const random = new Random(seed);
        const model = { checkpoint: () => Uint8Array.of(1, 2, 3), rollback: () => undefined };
        let a = new Guard(options);
        const b = new Guard(options);
        for (let i = 0; i < 2000; i++) {
          if (i === moment) a = Guard.load(a.save(), options);
          const values = healthy(random, i);
          if (random.uniform() < 0.02) values.load = random.uniform() < 0.5 ? 1e6 : "x";
          if (i % 500 > 450) values.steam = 3;
          assert.deepEqual(copy(a.check(1000 * i, values)), copy(b.check(1000 * i, values)));
          const error = (i > 1200 ? 4 : 1) * random.normal();
          assert.deepEqual([...a.score(error, 1, model)], [...b.score(error, 1, model)]);
        }
        assert.deepEqual(a.save(), b.save());
      }),
      { numRuns: 10 },
    );
  });

  it("does not load what it has not saved", () => {
    assert.throws(() => Guard.load(Buffer.from("{}"), options), /version undefined/);
    assert.throws(() => Guard.load(Buffer.from("rubbish"), options));
    const damaged = Buffer.from(running(10).guard.save().toString().replace(/A{8}/, ""));
    assert.throws(() => Guard.load(damaged, options));
  });

  it("survives 100,000 hostile readings: each one caught, nothing lost, no number that is not finite", function () {
    this.timeout(60_000);
    const { guard, random } = running(1000);
    const values = fc.oneof(
      fc.dictionary(
        fc.oneof(fc.constantFrom("load", "air", "steam", "__proto__", "constructor"), fc.string()),
        fc.anything(),
      ),
      fc.record({ load: fc.double(), air: fc.anything(), steam: fc.double() }),
    );
    let time = 1_000_000;
    let last = guard.lastGoodValue("load");
    for (const hostile of fc.sample(values, { numRuns: 100_000, seed: 1 })) {
      time += 1000 * Math.floor(3 * random.uniform() - 0.5);
      const verdict = guard.check(time, hostile as Record<string, unknown>);
      assert.ok(verdict.learn >= 0 && verdict.learn <= 1);
      for (const { rule, value, sensor } of verdict.reasons) {
        assert.ok(typeof value === "string" || Number.isFinite(value));
        assert.ok(rule === "late" || sensor !== "" || !verdict.usable);
      }
      for (const name of verdict.held) assert.ok(verdict.reasons.some(({ sensor }) => sensor === name));
      last = guard.lastGoodValue("load");
      assert.ok(Math.abs(last) <= 1e100);
    }
    for (let i = 0; i < 2000; i++) guard.check(time + 1000 * (i + 1), healthy(random, i));
    assert.equal(guard.check(time + 3_000_000, healthy(random, 3000)).held.length, 0);
    assert.equal(Guard.load(guard.save(), options).lastGoodValue("load"), guard.lastGoodValue("load"));
  });
});
