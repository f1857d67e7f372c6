import assert from "node:assert/strict";
import fc from "fast-check";
import { Random } from "../../src/forecaster/random";
import { type Change, COMMANDS, Gate, GateProblem, type GateSettings, type Offer } from "../../src/rollout/gate";
import { STAGES } from "../../src/rollout/stage";
import type { Outcome } from "../../src/rollout/trial";

const HOUR = 3_600_000;
const START = Date.UTC(2026, 3, 1);

const SETTINGS: GateSettings = {
  subject: "pressure, 1 ahead",
  horizon: 1,
  gain: 0,
  period: "auto",
  zone: "UTC",
  leastBlocks: 5,
  leastDays: 2,
  approval: "automatic",
  scope: { assets: [], shifts: [] },
  low: Number.NaN,
  high: Number.NaN,
};

const OFFER: Offer = { time: START, learner: 3, existing: 2, naive: 1, guard: "ok" };

/** A plant that reports one scored forecast an hour; errors are independent normal numbers. */
class Plant {
  readonly changes: Change[] = [];
  hours = 0;

  constructor(
    readonly gate: Gate,
    private readonly random = new Random(1),
  ) {}

  /** Feeds hours; the learner's errors are `size` times those of the existing forecast. */
  run(hours: number, size: number, more: Partial<Outcome> = {}): this {
    for (let i = 0; i < hours; i++) {
      this.hours += 1;
      const origin = START + this.hours * HOUR;
      this.changes.push(
        ...this.gate.score({
          origin,
          time: origin + HOUR,
          actual: 100,
          learner: 100 + size * this.random.normal(),
          existing: 100 + this.random.normal(),
          naive: 100 + 2 * this.random.normal(),
          covered: this.random.uniform() < 0.9,
          coverage: 0.9,
          good: true,
          doubtful: false,
          running: true,
          ...more,
        }),
      );
    }
    return this;
  }

  /** Feeds hours until the gate reaches a stage; fails after a year. */
  until(stage: string, size: number): this {
    for (let hour = 0; this.gate.stage !== stage; hour++) {
      assert.ok(hour < 8760, `no ${stage} within a year`);
      this.run(1, size);
    }
    return this;
  }
}

const plant = (settings: Partial<GateSettings> = {}): Plant =>
  new Plant(new Gate("press-1", { ...SETTINGS, ...settings }));
const live = (settings: Partial<GateSettings> = {}): Plant => plant(settings).until("live", 0.6);
const source = (gate: Gate, offer: Partial<Offer> = {}) => gate.decide({ ...OFFER, ...offer }).decision.source;

describe("rollout gate", () => {
  describe("which forecast to use", () => {
    it("in shadow the existing one, else the naive one, else none, never the learner", () => {
      const { gate } = plant();
      assert.deepEqual(gate.decide(OFFER), { decision: { source: "existing", value: 2 }, changes: [] });
      assert.deepEqual(gate.decide({ ...OFFER, existing: Number.NaN }).decision, { source: "naive", value: 1 });
      const nothing = gate.decide({ ...OFFER, existing: Number.NaN, naive: Number.POSITIVE_INFINITY });
      assert.deepEqual(nothing.decision, { source: "none", value: Number.NaN });
    });

    it("in the pilot the learner for assets and hours of its scope", () => {
      const shifts = [{ name: "early", from: 360, to: 840, pilot: true }];
      const { gate } = plant({ scope: { assets: ["press-*"], shifts } }).until("pilot", 0.6);
      assert.equal(source(gate, { time: START + 10 * HOUR }), "learner");
      assert.equal(source(gate, { time: START + 15 * HOUR }), "existing");
      const other = new Plant(new Gate("oven-1", { ...SETTINGS, scope: { assets: ["press-*"], shifts } }));
      assert.equal(source(other.until("pilot", 0.6).gate, { time: START + 10 * HOUR }), "existing");
    });

    it("live the learner everywhere", () => {
      const { gate } = live({ scope: { assets: ["oven-*"], shifts: [] } });
      assert.deepEqual(gate.decide(OFFER), { decision: { source: "learner", value: 3 }, changes: [] });
    });
  });

  describe("promotion", () => {
    it("goes from shadow over pilot to live by evidence, and says so once each", () => {
      const { changes } = live();
      assert.deepEqual(
        changes.map(({ what, from, to }) => [what, from, to]),
        [
          ["promoted", "shadow", "pilot"],
          ["promoted", "pilot", "live"],
        ],
      );
      assert.deepEqual(changes[0].reason, { code: "automatic" });
    });

    it("nothing is missing where there is no next stage", () => {
      const { gate } = live();
      assert.deepEqual([gate.summary.missing, gate.summary.ready], [[], false]);
      gate.command("hold", "", "", START);
      assert.deepEqual([gate.summary.missing, gate.summary.ready], [[], false]);
    });

    it("every stage starts with nothing proved", () => {
      const { gate } = plant().until("pilot", 0.6);
      const { blocks, better, evidence, missing } = gate.summary;
      assert.deepEqual([blocks, better, evidence], [0, 0, 1]);
      assert.deepEqual(missing.map(({ code }) => code), ["blocks", "days", "evidence", "quality", "coverage"]); // biome-ignore format: one line
    });

    it("a learner that is no better stays in shadow", () => {
      const { gate, changes } = plant().run(2000, 1);
      assert.equal(gate.stage, "shadow");
      assert.equal(changes.filter(({ what }) => what === "promoted").length, 0);
    });

    it("a gain that is required must be reached: 5 % better is not 30 % better", () => {
      assert.equal(plant({ gain: 0.3 }).run(2000, 0.95).gate.stage, "shadow");
      assert.equal(plant({ gain: 0.3 }).run(2000, 0.4).gate.stage, "live");
    });

    it("takes its time and its blocks, however strong the evidence", () => {
      assert.equal(plant({ leastDays: 30 }).run(24 * 29, 0.1).gate.stage, "shadow");
      assert.equal(plant({ leastDays: 30 }).run(24 * 32, 0.1).gate.stage, "pilot");
      assert.equal(plant({ leastBlocks: 40 }).run(20 * 39, 0.1).gate.stage, "shadow");
    });

    it("a jump of the clock over years is one day of trial", () => {
      const { gate } = plant({ leastDays: 3 });
      const outcome = {
        actual: 1,
        learner: 1,
        existing: 2,
        naive: 2,
        coverage: Number.NaN,
        good: true,
        doubtful: false,
        running: true,
      };
      gate.score({ ...outcome, origin: START, time: START });
      gate.score({ ...outcome, origin: START + 1, time: START + 10_000 * 24 * HOUR });
      assert.equal(gate.summary.missing.find(({ code }) => code === "days")?.value, 1);
    });

    it("waits for coverage, quality and guard", () => {
      const codes = ({ gate }: Plant) => gate.summary.missing.map(({ code }) => code);
      assert.deepEqual(codes(plant().run(1000, 0.5, { covered: true })), ["coverage"]);
      assert.deepEqual(codes(plant().run(1000, 0.5, { good: false })), ["quality"]);
      const guarded = plant();
      guarded.gate.decide({ ...OFFER, guard: "not ok" });
      assert.deepEqual(codes(guarded.run(1000, 0.5)), ["guard"]);
    });

    it("where no forecast exists, the learner must beat the naive one", () => {
      const { gate } = plant().run(2000, 1, { existing: Number.NaN });
      assert.equal(gate.stage, "live");
    });
  });

  describe("a person's approval", () => {
    it("is asked for once the trial is ready, and needs name and reason", () => {
      const trial = plant({ approval: "person" }).run(1000, 0.6);
      assert.equal(trial.gate.stage, "shadow");
      assert.deepEqual(
        trial.changes.map(({ what }) => what),
        ["ready"],
      );
      assert.equal(trial.gate.summary.ready, true);
      for (const [who, reason] of [
        ["", "good"],
        ["Sato", ""],
      ]) {
        assert.throws(() => trial.gate.command("approve", who, reason, START), { code: "whoAndWhy" });
      }
      const change = trial.gate.command("approve", "Sato", "four good weeks", START);
      assert.deepEqual(change, {
        what: "promoted",
        from: "shadow",
        to: "pilot",
        time: START,
        who: "Sato",
        reason: { code: "person", text: "four good weeks" },
      });
      assert.deepEqual(trial.gate.record.at(-1), change);
    });

    it("cannot replace evidence: not enough data is not yet", () => {
      const { gate } = plant({ approval: "person" }).run(40, 0.6);
      assert.throws(
        () => gate.command("approve", "Sato", "in a hurry", START),
        (error: GateProblem) =>
          error.code === "notYet" && error.details.missing.length > 0 && /Not yet/.test(error.message),
      );
      assert.equal(gate.stage, "shadow");
    });
  });

  describe("rollback", () => {
    for (const stage of ["pilot", "live"] as const) {
      it(`at once in ${stage}: not a number, and the existing forecast goes out`, () => {
        const { gate } = plant().until(stage, 0.6);
        const { decision, changes } = gate.decide({ ...OFFER, learner: Number.NaN });
        assert.deepEqual(decision, { source: "existing", value: 2 });
        assert.deepEqual(
          [changes[0].from, changes[0].to, changes[0].reason.code],
          [stage, "rolled-back", "notANumber"],
        );
        assert.equal(source(gate), "existing");
      });

      it(`at once in ${stage}: outside physical limits`, () => {
        const { gate } = plant({ low: 0, high: 10 }).until(stage, 0.6);
        assert.equal(source(gate, { learner: 10 }), "learner");
        const { decision, changes } = gate.decide({ ...OFFER, learner: 10.1 });
        assert.equal(decision.source, "existing");
        assert.deepEqual(changes[0].reason, { code: "outsideLimits", value: 10.1, limit: 10 });
      });

      it(`at once in ${stage}: the guard froze the model`, () => {
        const { gate } = plant().until(stage, 0.6);
        const { decision, changes } = gate.decide({ ...OFFER, guard: "frozen" });
        assert.equal(decision.source, "existing");
        assert.deepEqual(changes[0].reason, { code: "guardFrozen" });
      });

      it(`in ${stage}: errors five times those of the existing forecast, within two blocks`, () => {
        const trial = plant().until(stage, 0.6).run(45, 0.6);
        const before = trial.hours;
        trial.until("rolled-back", 5);
        assert.ok(trial.hours - before < 2 * trial.gate.summary.length, `${trial.hours - before}`);
        assert.equal(trial.changes.at(-1)?.reason.code, "farWorse");
      });
    }

    it("by evidence: a learner that turns half as bad again, after a year of credit", () => {
      const trial = live().run(8760, 0.8);
      assert.equal(trial.gate.stage, "live");
      const before = trial.hours;
      trial.until("rolled-back", 1.5);
      assert.equal(trial.changes.at(-1)?.reason.code, "evidence");
      assert.ok(trial.hours - before < 40 * trial.gate.summary.length);
    });

    it("in shadow nothing is rolled back: the learner may fail as it likes", () => {
      const trial = plant({ low: 0, high: 10 }).run(500, 10);
      assert.equal(trial.gate.decide({ ...OFFER, learner: Number.NaN }).changes.length, 0);
      assert.equal(trial.gate.decide({ ...OFFER, learner: 99, guard: "frozen" }).changes.length, 0);
      assert.equal(trial.gate.stage, "shadow");
    });

    it("a second one holds until a person resumes with name and reason", () => {
      const { gate } = live();
      gate.decide({ ...OFFER, learner: Number.NaN });
      const again = new Plant(gate, new Random(2)).until("pilot", 0.6);
      gate.decide({ ...OFFER, learner: Number.NaN });
      assert.equal(gate.stage, "hold");
      again.run(3000, 0.4);
      assert.equal(gate.stage, "hold");
      assert.throws(() => gate.command("resume", "", "", START), { code: "whoAndWhy" });
      gate.command("resume", "Sato", "sensor replaced", START);
      assert.deepEqual([gate.stage, gate.summary.rollbacks], ["shadow", 0]);
    });

    it("by a person is never refused for a missing name", () => {
      const { gate } = live();
      const change = gate.command("rollback", "", "", START);
      assert.deepEqual([change.what, change.to, change.who], ["rolled-back", "rolled-back", ""]);
    });
  });

  describe("what counts as a comparison", () => {
    it("a standstill, with nothing to forecast, is neither won nor lost", () => {
      const trial = live().run(100, 0.6);
      const { blocks } = trial.gate.summary;
      trial.run(5000, 0, { actual: 100, existing: 100, learner: 100.0001 });
      assert.equal(trial.gate.stage, "live");
      assert.equal(trial.gate.summary.blocks, blocks);
    });

    it("the same forecast twice counts once", () => {
      const { gate } = plant();
      const outcome = {
        actual: 1,
        learner: 1,
        existing: 2,
        naive: 2,
        coverage: 0.9,
        good: true,
        doubtful: false,
        running: true,
      };
      for (let i = 0; i < 5; i++) gate.score({ ...outcome, origin: START, time: START });
      assert.equal(gate.filling, 1);
    });

    it("an actual value that is not known judges nobody", () => {
      assert.equal(plant().run(100, 1, { actual: Number.NaN }).gate.filling, 0);
    });

    it("every score counts, whatever was in doubt, and the share in doubt is told", () => {
      const sure = plant({ leastDays: 1000 }).run(100, 0.6).gate.summary;
      const doubted = plant({ leastDays: 1000 }).run(75, 0.6).run(25, 0.6, { doubtful: true, good: false })
        .gate.summary;
      assert.deepEqual([doubted.blocks, doubted.evidence, doubted.gain], [sure.blocks, sure.evidence, sure.gain]);
      assert.deepEqual([sure.doubt, doubted.doubt], [0, 25]);
    });

    it("labels that are doubted or cannot be used lower the share of good ones; doubt about others does not", () => {
      const quality = ({ gate }: Plant) => gate.summary.missing.find(({ code }) => code === "quality")?.value;
      const trial = plant({ leastDays: 1000 }).run(95, 0.6, { doubtful: true });
      assert.equal(quality(trial), undefined);
      trial.run(3, 0.6, { good: false });
      for (let i = 0; i < 2; i++) trial.gate.unusable();
      assert.equal(quality(trial), undefined);
      assert.equal(trial.gate.summary.unusable, 2);
      trial.gate.unusable();
      assert.equal(quality(trial), 94.1);
    });

    it("stopped time is told beside, and counts only where that is wished", () => {
      const stopped = { running: false, learner: 100, existing: 100, actual: 100 };
      for (const [countStopped, filling, days] of [
        [false, 10, 0.375],
        [true, 15, 0.583],
      ] as const) {
        // biome-ignore format: one line
        const { gate } = plant({ countStopped, leastDays: 1000 }).run(10, 1).run(5, 1, stopped);
        assert.deepEqual([gate.filling, gate.summary.stopped], [filling, 5]);
        const missing = gate.summary.missing.find(({ code }) => code === "days");
        assert.ok(Math.abs((missing?.value ?? 0) - days) < 0.001, String(missing?.value));
      }
    });

    it("a learner without a forecast loses quality, not a bet", () => {
      const { gate } = plant().run(100, 1, { learner: Number.NaN });
      assert.equal(gate.filling, 0);
      assert.deepEqual(gate.summary.missing.find(({ code }) => code === "quality"), { code: "quality", value: 0, needed: 95 }); // biome-ignore format: one line
    });

    it("counts wins and the mean gain", () => {
      const { gate } = plant({ leastDays: 1000 });
      for (let i = 1; i <= 60; i++) {
        const learner = i <= 40 ? 0.5 : 2;
        gate.score({ origin: i, time: i, actual: 0, learner: i % 2 ? learner : -learner, existing: i % 3 ? 1 : -1, naive: 9, coverage: Number.NaN, good: true, doubtful: false, running: true }); // biome-ignore format: one line
      }
      const { blocks, better, gain } = gate.summary;
      assert.deepEqual([blocks, better, Math.round(gain)], [3, 2, 0]);
    });

    it("where the existing forecast is missing now and then, the naive one stands in for it", () => {
      const { gate } = plant({ leastDays: 1000 });
      for (let i = 1; i <= 20; i++) {
        const sign = i % 4 < 2 ? 1 : -1;
        const existing = i % 2 ? sign : Number.NaN;
        gate.score({ origin: i, time: i, actual: 0, learner: sign, existing, naive: 3 * sign, coverage: Number.NaN, good: true, doubtful: false, running: true }); // biome-ignore format: one line
      }
      const { blocks, better, gain } = gate.summary;
      assert.deepEqual([blocks, better, Math.round(gain)], [1, 1, 50]);
    });

    it("with shifts as periods, a block is a shift", () => {
      const trial = plant({ period: "shift", leastDays: 1000 }).run(0, 1);
      for (let minute = 0; minute < 3 * 24 * 60; minute += 10) {
        const time = START + minute * 60_000;
        trial.gate.score({ origin: time, time, actual: 0, learner: (minute / 10) % 2 ? 1 : -1, existing: (minute / 10) % 3 ? 2 : -2, naive: 9, coverage: Number.NaN, good: true, doubtful: false, running: true }); // biome-ignore format: one line
      }
      assert.equal(trial.gate.summary.blocks, 9);
    });
  });

  describe("memory", () => {
    it("a record of before doubt was counted goes on with what it has", () => {
      const trial = plant({ leastDays: 1000 }).run(100, 0.6);
      const record = JSON.parse(new TextDecoder().decode(trial.gate.save()));
      for (const name of ["doubtful", "unusable", "stopped"]) delete record.trial[name];
      const { gate } = Gate.load(
        Buffer.from(JSON.stringify(record)),
        "press-1",
        { ...SETTINGS, leastDays: 1000 },
        START,
      );
      assert.deepEqual(gate.summary, trial.gate.summary);
    });

    it("believes no record in which a number, a length or a word is wrong", () => {
      const good = new TextDecoder().decode(plant().until("pilot", 0.6).gate.save());
      const damaged = [
        (r: Record<string, never>) => Object.assign(r, { usual: null }),
        (r: Record<string, never>) => Object.assign(r, { evidence: [1, 2] }),
        (r: Record<string, never>) => Object.assign(r, { evidence: [1, 2, 3, 4, 5, 6, "7"] }),
        (r: Record<string, never>) => Object.assign(r, { stage: "moon" }),
        (r: Record<string, never>) => Object.assign(r, { lastOrigin: "yesterday" }),
        (r: Record<string, never>) => Object.assign(r, { subject: "x".repeat(20_000) }),
        (r: Record<string, never>) => Object.assign(r, { record: new Array(1000).fill({}) }),
        (r: Record<string, object>) => Object.assign(r.trial, { good: -1 }),
        (r: Record<string, object>) => Object.assign(r.blocks, { sums: [] }),
      ];
      assert.equal(Gate.load(Buffer.from(good), "press-1", SETTINGS, START).gate.stage, "pilot");
      for (const damage of damaged) {
        const record = JSON.parse(good);
        damage(record);
        const load = () => Gate.load(Buffer.from(JSON.stringify(record)), "press-1", SETTINGS, START);
        assert.throws(load, TypeError, String(damage));
      }
    });

    it("goes on exactly where it stopped, at any moment", () => {
      for (const hours of [0, 7, 20, 133, 400, 900]) {
        const trial = plant().run(hours, 0.7);
        const { gate, change } = Gate.load(trial.gate.save(), "press-1", SETTINGS, START);
        assert.equal(change, undefined);
        const one = new Plant(trial.gate, new Random(9)).run(600, 0.7);
        const two = new Plant(gate, new Random(9)).run(600, 0.7);
        assert.deepEqual(two.changes, one.changes);
        assert.deepEqual(gate.save(), trial.gate.save());
      }
    });

    for (const [name, settings, changed, stage] of [
      ["block", { period: "day" }, ["block"], "live"],
      ["margin", { gain: 0.1 }, ["margin"], "live"],
      ["horizon", { horizon: 6, subject: "pressure, 6 ahead" }, ["subject", "horizon"], "shadow"],
      ["target", { subject: "flow, 1 ahead" }, ["subject"], "shadow"],
    ] as const) {
      it(`another ${name} starts the evidence afresh and says so`, () => {
        const before = live().run(60, 0.6).gate;
        assert.ok(before.summary.blocks > 0);
        const { gate, change } = Gate.load(before.save(), "press-1", { ...SETTINGS, ...settings }, START);
        assert.deepEqual(change?.reason, { code: "settings", changed: [...changed] });
        assert.deepEqual([change?.from, change?.to], ["live", stage]);
        assert.deepEqual([gate.stage, gate.summary.blocks, gate.summary.evidence], [stage, 0, 1]);
        assert.equal(Gate.load(gate.save(), "press-1", { ...SETTINGS, ...settings }, START).change, undefined);
      });
    }

    it("a hold outlives a change of settings", () => {
      const { gate } = plant();
      gate.command("hold", "Sato", "audit", START);
      const settings = { ...SETTINGS, subject: "flow" };
      assert.equal(Gate.load(gate.save(), "press-1", settings, START).gate.stage, "hold");
    });

    it("least time and scope may change without losing evidence", () => {
      const before = plant({ leastDays: 1000 }).run(200, 0.6).gate;
      const settings = { ...SETTINGS, leastDays: 1, scope: { assets: ["x"], shifts: [] } };
      const { gate, change } = Gate.load(before.save(), "press-1", settings, START);
      assert.equal(change, undefined);
      assert.equal(gate.summary.evidence, before.summary.evidence);
    });

    it("a foreign record is refused", () => {
      for (const text of ["", "null", "{}", '{"stage":"on fire"}', '{"stage":"live"}']) {
        assert.throws(() => Gate.load(new TextEncoder().encode(text), "x", SETTINGS, START));
      }
    });

    it("keeps the last 20 changes on record", () => {
      const { gate } = plant();
      for (let i = 0; i < 30; i++) gate.command("reset", `person ${i}`, "", i);
      assert.deepEqual([gate.record.length, gate.record[0].who], [20, "person 10"]);
    });

    it("reset forgets the trial", () => {
      const { gate } = live();
      gate.command("reset", "", "", START);
      const fresh = plant().run(0, 1).gate;
      const { last, missing, ...rest } = gate.summary;
      const { last: none, missing: all, ...empty } = fresh.summary;
      assert.deepEqual(rest, empty);
      assert.deepEqual([last?.what, none, missing.length >= all.length], ["reset", undefined, true]);
    });
  });

  it("whatever comes: the learner never goes out unless it acts, state stays finite, the record survives", () => {
    const wild = fc.oneof(fc.double(), fc.constantFrom(Number.NaN, Infinity, -Infinity, 1e308, -1e308, 0));
    const outcome = fc.record({ origin: wild, time: wild, actual: wild, learner: wild, existing: wild, naive: wild, coverage: wild, covered: fc.boolean(), good: fc.boolean(), doubtful: fc.boolean(), running: fc.boolean() }); // biome-ignore format: one line
    const offer = fc.record({ time: wild, learner: wild, existing: wild, naive: wild, guard: fc.constantFrom("ok" as const, "not ok" as const, "frozen" as const) }); // biome-ignore format: one line
    const act = fc.oneof(
      outcome.map((o) => (gate: Gate) => void gate.score(o)),
      fc.double({ min: 0.1, max: 3 }).map((size) => (gate: Gate) => void new Plant(gate).run(300, size)),
      offer.map((o) => (gate: Gate) => {
        const { decision } = gate.decide(o);
        assert.ok(decision.source === "none" ? Number.isNaN(decision.value) : Number.isFinite(decision.value));
        if (decision.source === "learner") assert.ok(gate.stage === "live" || gate.stage === "pilot");
      }),
      fc.tuple(fc.constantFrom(...COMMANDS), fc.string(), fc.string()).map(([command, who, reason]) => (gate: Gate) => {
        try {
          gate.command(command, who, reason, START);
        } catch (error) {
          assert.ok(error instanceof GateProblem);
        }
      }),
    );
    const settings = { ...SETTINGS, period: "shift" as const, low: -1e6, high: 1e6 };
    fc.assert(
      fc.property(fc.array(act, { maxLength: 12 }), (acts) => {
        let gate = new Gate("press-1", settings);
        for (const one of acts) {
          one(gate);
          assert.ok(STAGES.includes(gate.stage));
          const { evidence, against, gain, length } = gate.summary;
          for (const x of [evidence, against, gain, length]) assert.ok(Number.isFinite(x));
          const text = new TextDecoder().decode(gate.save());
          assert.ok(!/NaN|Infinity/.test(text));
          gate = Gate.load(gate.save(), "press-1", settings, START).gate;
          assert.equal(new TextDecoder().decode(gate.save()), text);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("small simulation: of 100 equal pairs with φ = 0.9 at most 5 are promoted, of 100 better learners at least 90", () => {
    const share = (size: number): number => {
      let promoted = 0;
      for (let seed = 1; seed <= 100; seed++) {
        const random = new Random(seed);
        const gate = new Gate("x", { ...SETTINGS, leastBlocks: 0, leastDays: 0 });
        let a = random.normal();
        let b = random.normal();
        for (let i = 1; i <= 6000 && gate.stage === "shadow"; i++) {
          a = 0.9 * a + 0.436 * random.normal();
          b = 0.9 * b + 0.436 * random.normal();
          gate.score({ origin: i, time: i, actual: 0, learner: size * b, existing: a, naive: 9, coverage: Number.NaN, good: true, doubtful: false, running: true }); // biome-ignore format: one line
        }
        if (gate.stage !== "shadow") promoted += 1;
      }
      return promoted;
    };
    assert.ok(share(1) <= 5);
    assert.ok(share(0.8) >= 90);
  });
});
