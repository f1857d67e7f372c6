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

/** Sensors that explain each other well. */
function boiler(random: Random, i: number): Record<string, number> {
  const load = 50 + 8 * Math.sin(i / 60) + 4 * Math.sin(i / 17);
  const around = (x: number): number => x + 0.3 * random.normal();
  return { load: around(load), air: around(1.4 * load), flue: around(0.8 * load), steam: around(2 * load) };
}

function running(n: number, o = options, plant = healthy): { guard: Guard; random: Random } {
  const guard = new Guard(o);
  const random = new Random(1);
  for (let i = 0; i < n; i++) guard.check(1000 * i, plant(random, i));
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

  it("doubts two of four sensors that hurry in the same reading, whose cable may be broken, and not a machine that trips", () => {
    /** It runs down within some readings each time, so that rest is known and a fall at once is faster than ever. */
    const plant = (): ((i: number) => Record<string, number>) => {
      const random = new Random(3);
      let run = 1;
      return (i) => {
        const wanted = i % 500 < 430 ? 1 : 0;
        run += 0.15 * (wanted - run);
        if (Math.abs(wanted - run) < 0.01) run = wanted;
        const noise = (x: number): number => x + 0.3 * random.normal();
        const load = run * (50 + 8 * Math.sin(i / 60));
        return { load: noise(load), air: noise(1.4 * load), flue: noise(0.8 * load), steam: noise(2 * load) };
      };
    };
    const caught = (broken: readonly string[]): string[] => {
      const guard = new Guard({ inputs: ["load", "air", "flue"], target: "steam", horizon: 1 });
      const next = plant();
      for (let i = 0; i < 4200; i++) assert.equal(guard.check(1000 * i, next(i)).state, "good");
      const values = next(4200);
      for (const name of broken) values[name] = 0;
      return guard.check(4_200_000, values).reasons.map(({ sensor, rule }) => `${sensor} ${rule}`);
    };
    assert.deepEqual(caught(["load", "air"]), ["load rate", "air rate"]);
    assert.deepEqual(caught(["load", "air", "flue", "steam"]), []);
  });

  it("names sensor, rule, value and the value that stands in", () => {
    const { guard, random } = running(1000);
    const before = guard.lastGoodValue("load");
    const verdict = guard.check(1_000_000, { ...healthy(random, 1000), load: "12,5" });
    assert.deepEqual(verdict.held, ["load"]);
    assert.deepEqual([verdict.state, verdict.ne107, verdict.learn], ["bad", "failure", 1]);
    const [reason] = verdict.reasons;
    assert.deepEqual([reason.sensor, reason.rule, reason.value, reason.held], ["load", "notANumber", "12,5", before]);
    assert.equal(sentence(reason), "load: 12,5 is no usable number.");
  });

  it("reports the worst of several faults, and all of them", () => {
    const { guard, random } = running(1000, { ...options, tolerance: { agreement: Number.POSITIVE_INFINITY } });
    const verdict = guard.check(1_000_000, { ...healthy(random, 1000), load: 99_999, steam: null });
    assert.deepEqual(
      verdict.reasons.map(({ sensor, rule }) => `${sensor} ${rule}`),
      ["load spike", "steam notANumber"],
    );
    assert.equal(verdict.ne107, "failure");
  });

  it("uses what is only unusual as it came, and says how doubtful it is", () => {
    const { guard, random } = running(1000, { ...options, tolerance: { agreement: Number.POSITIVE_INFINITY } });
    const verdict = copy(guard.check(1_000_000, { ...healthy(random, 1000), load: 500 }));
    assert.deepEqual([verdict.state, verdict.held, verdict.learn, verdict.usable], ["uncertain", [], 1, true]);
    assert.ok(verdict.doubts.load > 1);
    assert.deepEqual(Object.keys(verdict.doubts), ["load"]);
    assert.ok(Number.isNaN(verdict.reasons[0].held), "nothing stands in");
    assert.equal(guard.lastGoodValue("load"), 500);
    assert.deepEqual(copy(guard.check(1_001_000, healthy(random, 1001))).doubts, {});
  });

  it("a machine that stops and starts is in doubt for as long as it is told at the first visit, then never again", () => {
    for (const newLevel of [30, 10]) {
      const guard = new Guard({ inputs: [], target: "vibration", horizon: 1, newLevel });
      const random = new Random(4);
      const visit = (n: number, run: boolean): number => {
        let doubts = 0;
        for (let i = 0; i < n; i++) {
          const vibration = run ? 2 + 0.4 * random.normal() : 0.02 + 0.005 * random.normal();
          const verdict = guard.check(1000 * time++, { vibration });
          assert.deepEqual(verdict.held, []);
          if ("vibration" in verdict.doubts) doubts += 1;
        }
        return doubts;
      };
      let time = 0;
      assert.equal(visit(1000, false), 0);
      assert.equal(visit(503, true), newLevel);
      for (let day = 0; day < 5; day++) assert.deepEqual([visit(1000, false), visit(503, true)], [0, 0], `day ${day}`);
    }
  });

  it("a plant that stops and starts slowly is in no doubt on its way, once it has been at both: neither as level nor as noise", () => {
    const guard = new Guard({ inputs: ["load", "flow"], target: "steam", horizon: 1 });
    const random = new Random(6);
    const at = { load: 0, flow: 0, steam: 0 };
    const seen: string[] = [];
    for (let i = 0; i < 8000; i++) {
      const runs = i % 1400 < 900 ? 1 : 0;
      for (const name of ["load", "flow", "steam"] as const) at[name] += (60 * runs - at[name]) / 4;
      const noise = () => (0.05 + runs) * random.normal();
      const { reasons } = guard.check(60_000 * i, {
        load: 300 * at.load + 300 * noise(),
        flow: at.flow + noise(),
        steam: at.steam + noise(),
      });
      for (const { sensor, rule } of reasons) if (i > 2800) seen.push(`${sensor} ${rule} at ${i % 1400}`);
    }
    assert.deepEqual(seen, []);
  });

  it("believes a new level at once where sensors have moved together", () => {
    const { guard, random } = running(1000);
    let doubts = 0;
    for (let i = 1000; i < 1100; i++) {
      const { load, air, steam } = healthy(random, i) as Record<string, number>;
      const verdict = guard.check(1000 * i, { load: 5 * load, air, steam: 5 * steam });
      if (verdict.state !== "good") doubts += 1;
      assert.deepEqual(verdict.held, []);
    }
    assert.ok(doubts <= 2, `${doubts}`);
  });

  it("holds an input that the others contradict, and only doubts a target", () => {
    for (const [sensor, held] of [
      ["load", ["load"]],
      ["steam", []],
    ] as const) {
      const { guard, random } = running(3000, { ...options, inputs: ["load", "air", "flue"] }, boiler);
      let last: Verdict | undefined;
      for (let i = 3000; i < 3400; i++) {
        const values = boiler(random, i);
        last = copy(guard.check(1000 * i, { ...values, [sensor]: values[sensor] + (i - 3000) / 20 }));
      }
      assert.deepEqual(last?.held, held, sensor);
      assert.deepEqual(
        last?.reasons.map(({ sensor, rule }) => `${sensor} ${rule}`),
        [`${sensor} agreement`],
      );
      assert.equal(sensor in (last?.doubts ?? {}), held.length === 0);
      assert.match(
        sentence(last?.reasons[0] as Verdict["reasons"][0]),
        /contradicts the other sensors, which say [\d.]+/,
      );
    }
  });

  it("believes a person who says that the sensors are right", () => {
    const { guard, random } = running(3000, { ...options, inputs: ["load", "air", "flue"] }, boiler);
    const offset = (i: number) => {
      const values = boiler(random, i);
      return { ...values, air: values.air + 20 };
    };
    for (let i = 3000; i < 3050; i++) guard.check(1000 * i, offset(i));
    assert.deepEqual(guard.check(3_050_000, offset(3050)).held, ["air"]);
    guard.accept();
    for (let i = 3051; i < 5000; i++) assert.deepEqual(guard.check(1000 * i, offset(i)).held, []);
    for (let i = 5000; i < 5050; i++) guard.check(1000 * i, boiler(random, i));
    assert.deepEqual(guard.check(5_050_000, boiler(random, 5050)).held, ["air"], "by now that is the usual");
  });

  it("ends every doubt: a sensor that stands still for good, or belongs to the others in another way", () => {
    const o = { ...options, inputs: ["load", "air", "flue"], contradiction: 200 };
    const changes: [string, (values: Record<string, number>) => number][] = [
      ["a gain", ({ air }) => 1.6 * air],
      ["an offset", ({ air }) => air + 30],
      ["stuck", () => 77.7],
    ];
    for (const [name, change] of changes) {
      const { guard, random } = running(3000, o, boiler);
      let last = 0;
      for (let i = 3000; i < 6000; i++) {
        const values = boiler(random, i);
        const { held, doubts } = guard.check(1000 * i, { ...values, air: change(values) });
        if (held.length > 0 || "air" in doubts) last = i - 2999;
      }
      assert.ok(last > 1 && last <= 200 + 100, `${name}: ${last}`);
    }
  });

  it("reports a dead sensor as long as it is dead", () => {
    const { guard, random } = running(1000);
    for (let i = 1000; i < 5000; i++) {
      const verdict = guard.check(1000 * i, { ...healthy(random, i), load: undefined });
      assert.deepEqual(verdict.held, ["load"]);
      assert.deepEqual([verdict.learn, verdict.reasons.length], [1, 1], "the others are as good as ever");
    }
  });

  it("takes a reading without usable time for none, and learns nothing of it", () => {
    const { guard, random } = running(1000);
    const again = guard.check(999_000, healthy(random, 999));
    assert.deepEqual([again.usable, again.learn, again.reasons[0].rule], [false, 0, "duplicate"]);
    const old = guard.check(500_000, healthy(random, 500));
    assert.deepEqual([old.usable, old.learn, old.reasons[0].rule], [true, 0, "outOfOrder"]);
    assert.equal(guard.check(1_000_000, healthy(random, 1000)).usable, true);
  });

  for (const horizon of [0, 1])
    it(`doubts a label with a time of its own that is far off, ${horizon === 0 ? "where labels come only so" : "ahead"}`, () => {
      const guard = new Guard({ ...options, horizon });
      const random = new Random(1);
      const label = (i: number, steam: number): Verdict => copy(guard.check(1000 * i - 5000, { steam }));
      for (let i = 0; i < 500; i++) {
        const { steam, ...inputs } = healthy(random, i);
        guard.check(1000 * i, horizon === 0 ? inputs : { ...inputs, steam });
        if (i % 10 === 9) assert.equal(label(i, steam as number).state, "good");
      }
      const verdict = label(500, 1e6);
      assert.deepEqual([verdict.state, verdict.held, verdict.usable], ["uncertain", [], true]);
      assert.deepEqual([verdict.reasons[0].sensor, verdict.reasons[0].rule], ["steam", "spike"]);
      assert.ok(verdict.doubts.steam > 1);
      assert.equal(label(501, 110).state, "good");
      const product = Array.from({ length: 6 }, (_, k) => label(510 + k, 1000 + k).state);
      if (horizon === 0) assert.deepEqual(product, [...Array(3).fill("uncertain"), ...Array(3).fill("good")]);
    });

  it("doubts an analyser that says the same for too long, and believes it again when it moves", () => {
    const random = new Random(2);
    const guard = new Guard({ inputs: ["load", "air"], target: "steam", horizon: 0 });
    let usual = Number.NaN;
    for (let i = 0; i < 600; i++) {
      const { steam, ...inputs } = healthy(random, i);
      guard.check(1000 * i, inputs);
      usual = steam as number;
      if (i % 5 === 4) assert.equal(guard.check(1000 * i + 300, { steam: usual }).state, "good");
    }
    const states = Array.from({ length: 40 }, (_, k) => copy(guard.check(600_000 + 5000 * k, { steam: usual })));
    const doubted = states.filter(({ reasons }) => reasons[0]?.rule === "flatline");
    assert.ok(doubted.length > 20 && doubted.every(({ doubts }) => doubts.steam > 0), `${doubted.length}`);
    assert.equal(guard.check(900_000, { steam: usual + 0.3 }).state, "good");
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
    assert.deepEqual([verdict.held, verdict.ne107, verdict.learn], [["air"], "function check", 1]);
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
        assert.ok(rule === "late" || sensor !== "" || verdict.learn === 0);
      }
      for (const name of verdict.held) assert.ok(verdict.reasons.some(({ sensor }) => sensor === name));
      last = guard.lastGoodValue("load");
      assert.ok(Math.abs(last) <= 1e30);
    }
    for (let i = 0; i < 2000; i++) guard.check(time + 1000 * (i + 1), healthy(random, i));
    assert.equal(guard.check(time + 3_000_000, healthy(random, 3000)).held.length, 0);
    assert.equal(Guard.load(guard.save(), options).lastGoodValue("load"), guard.lastGoodValue("load"));
  });

  it("takes the sender's word: what it calls bad is no value and teaches nothing, what it calls uncertain is used in doubt", () => {
    const guard = new Guard({ inputs: ["load"], target: "steam", horizon: 1 });
    for (let i = 0; i < 100; i++) guard.check(i * 1000, { load: 50 + (i % 7), steam: 100 + (i % 5) });
    const saying = (state: "bad" | "uncertain") => new Map([["steam", { state, code: "64" }]]);
    for (let i = 100; i < 200; i++) {
      const { held, doubts, reasons } = guard.check(i * 1000, { load: 50 + (i % 7), steam: 900 }, i * 1000, saying("bad")); // biome-ignore format: one line
      assert.deepEqual([held, doubts], [["steam"], {}]);
      assert.deepEqual(reasons.map(({ rule, value }) => [rule, value]), [["senderBad", "900, 64"]]); // biome-ignore format: one line
    }
    const back = guard.check(200_000, { load: 52, steam: 102 });
    assert.deepEqual([back.state, back.held, back.doubts], ["good", [], {}], "900 has become no level");
    const uncertain = guard.check(201_000, { load: 52, steam: 103 }, 201_000, saying("uncertain"));
    assert.deepEqual([uncertain.state, uncertain.held, uncertain.doubts], ["uncertain", [], { steam: 1 }]);
    const absent = guard.check(202_000, { load: 52 }, 202_000, saying("bad"));
    assert.deepEqual(absent.reasons.map(({ rule }) => rule), ["missing"]); // biome-ignore format: one line
  });
});
