import assert from "node:assert/strict";
import fc from "fast-check";
import { type AlarmLimit, AlarmOutcome, type Outcome } from "../../src/kpi/alarm-outcome";
import { AlarmTally } from "../../src/kpi/alarm-tally";
import { MINUTE, scored } from "./scored";

const LIMIT: AlarmLimit = { value: 10, side: "high", leastLead: 0, clearAfter: 2, within: 6 };

/** One reading a minute. Strings of digits: `!` is beyond the limit, `.` inside, ` ` silent. */
function run(rows: { actual: string; learner: string; existing?: string }, limit = LIMIT, horizon = 1) {
  const judge = AlarmOutcome.create(limit);
  const tally = AlarmTally.empty();
  const outcomes: Outcome[] = [];
  const level = (mark: string | undefined) => (mark === "!" ? 11 : mark === "." ? 9 : Number.NaN);
  const actuals = [...rows.actual].map(level);
  actuals.forEach((actual, i) => {
    const one = scored(i * MINUTE, {
      horizon,
      actual,
      learner: level(rows.learner[i]),
      existing: level(rows.existing?.[i]),
      naive: actuals[i - horizon] ?? 9,
    });
    tally.heard(one);
    for (const outcome of judge.add(one)) {
      outcomes.push(outcome);
      tally.add(outcome);
    }
  });
  return { judge, tally, outcomes };
}
const counts = ({ tally }: { tally: AlarmTally }, warner: "learner" | "existing" | "naive" = "learner") => {
  const { true: hits, false: falses, missed } = tally.count[warner];
  return { hits, falses, missed };
};

describe("alarm outcome", () => {
  it("is true where the forecast was beyond the limit before the actual value, with the time it gave", () => {
    const result = run({ actual: ".....!!....", learner: "...!!!!...." });
    assert.deepEqual(counts(result), { hits: 1, falses: 0, missed: 0 });
    // forecast made at minute 2 for minute 3; limit reached at minute 5
    assert.equal(result.tally.count.learner.lead, 3 * MINUTE);
    assert.deepEqual(counts(result, "naive"), { hits: 0, falses: 0, missed: 1 }, "the last value never warns before");
  });

  it("is false where nothing followed", () => {
    assert.deepEqual(counts(run({ actual: ".........", learner: "..!!....." })), { hits: 0, falses: 1, missed: 0 });
  });

  it("is missed where the forecast came late or not at all", () => {
    assert.deepEqual(counts(run({ actual: "...!!!....", learner: "..........." })), { hits: 0, falses: 0, missed: 1 });
    assert.deepEqual(counts(run({ actual: "...!!!....", learner: "....!!....." })), { hits: 0, falses: 0, missed: 1 });
  });

  it("waits for forecasts that were made before the exceedance and fell due after it", () => {
    // five readings ahead: the warning for minute 12 was given at minute 7, the limit was reached at minute 10
    const result = run({ actual: "..........!!!!!!....", learner: "............!!!!...." }, LIMIT, 5);
    assert.deepEqual(counts(result), { hits: 1, falses: 0, missed: 0 });
    assert.equal(result.tally.count.learner.lead, 3 * MINUTE);
  });

  it("lets a soft sensor warn at the very reading", () => {
    const result = run({ actual: "...!!....", learner: "...!!...." }, LIMIT, 0);
    assert.deepEqual(counts(result), { hits: 1, falses: 0, missed: 0 });
    assert.equal(result.tally.count.learner.lead, 0);
  });

  it("asks for the least lead time", () => {
    const rows = { actual: ".....!!....", learner: "...!!!!...." };
    assert.deepEqual(counts(run(rows, { ...LIMIT, leastLead: 3 * MINUTE })), { hits: 1, falses: 0, missed: 0 });
    assert.deepEqual(counts(run(rows, { ...LIMIT, leastLead: 3 * MINUTE + 1 })), { hits: 0, falses: 0, missed: 1 });
  });

  it("joins what is interrupted for less than two readings", () => {
    assert.deepEqual(counts(run({ actual: "....!.!.!....", learner: ".!.!.!.!....." })), {
      hits: 1,
      falses: 0,
      missed: 0,
    });
  });

  it("gives an alarm that never ends one false count and no credit", () => {
    const result = run({ actual: `${".".repeat(20)}!!${".".repeat(6)}`, learner: "!".repeat(28) });
    assert.equal(counts(result).hits, 0);
    assert.equal(counts(result).missed, 1);
    assert.ok(counts(result).falses >= 1 && counts(result).falses <= 2);
  });

  it("does not count the echo of an exceedance as a new warning", () => {
    // five ahead, the last value goes on being beyond for five readings after the exceedance
    const result = run({ actual: "......!!!...............", learner: "......!!!..............." }, LIMIT, 5);
    assert.deepEqual(counts(result, "naive"), { hits: 0, falses: 0, missed: 1 });
  });

  it("judges nobody who was silent", () => {
    const { tally } = run({ actual: "....!!!...", learner: "..!!!!!...", existing: "   " });
    assert.equal(tally.count.existing.missed, 0);
    assert.equal(tally.count.existing.readings, 0);
    assert.equal(tally.advantage.existing.judged, 0);
    assert.deepEqual(tally.advantage.naive, { judged: 1, gained: 1, lost: 0 });
  });

  it("sets learner and existing forecast against each other on the same exceedances", () => {
    const { tally } = run({
      actual: "....!!.......!!.......!!......",
      learner: "..!!!!......!!!...............",
      existing: "...............!....!!!!......",
    });
    assert.equal(tally.exceedances, 3);
    assert.deepEqual(tally.advantage.existing, { judged: 3, gained: 2, lost: 1 });
  });

  it("watches a low limit as well", () => {
    const judge = AlarmOutcome.create({ ...LIMIT, side: "low" });
    const outcomes = [20, 20, 9, 9].flatMap((value, i) =>
      judge.add(scored(i * MINUTE, { learner: i === 1 ? 9 : value, actual: value })),
    );
    assert.equal(outcomes.length, 1);
    assert.equal(outcomes[0].kind === "exceedance" && outcomes[0].verdicts.learner, "warned");
  });

  it("believes the operator who acted on a warning", () => {
    const { judge, tally } = run({ actual: ".........", learner: "..!!....." });
    for (const outcome of judge.feedback("true", 0) ?? assert.fail()) tally.add(outcome);
    const { learner } = tally.count;
    assert.deepEqual([learner.true, learner.false, learner.confirmed], [0, 0, 1]);
    assert.deepEqual(judge.feedback("true", 0), undefined, "the same warning is judged once");
  });

  it("believes the operator who saw a sensor under test", () => {
    const { judge, tally } = run({ actual: ".....!!!....", learner: "...!!!!....." });
    for (const outcome of judge.feedback("false", 0) ?? assert.fail()) tally.add(outcome);
    const { learner, naive } = tally.count;
    assert.deepEqual([learner.true, learner.false, learner.lead, naive.missed, tally.exceedances], [0, 1, 0, 0, 0]);
    assert.deepEqual(tally.advantage.naive, { judged: 0, gained: 0, lost: 0 });
  });

  it("keeps a word that comes while the warning stands", () => {
    const judge = AlarmOutcome.create(LIMIT);
    judge.add(scored(0, { learner: 11, actual: 9 }));
    assert.deepEqual(judge.feedback("true", 0), []);
    const kinds = [1, 2, 3]
      .flatMap((i) => judge.add(scored(i * MINUTE, { learner: 9, actual: 9 })))
      .map(({ kind }) => kind);
    assert.deepEqual(kinds, ["false", "confirmed"]);
  });

  it("has no warning to judge before the first", () => {
    assert.equal(AlarmOutcome.create(LIMIT).feedback("true", 0), undefined);
  });

  const marks = fc.array(fc.constantFrom("!", ".", "."), { minLength: 1, maxLength: 120 }).map((list) => list.join(""));
  it("accounts for every exceedance once, whatever happens, and survives a restart anywhere", () => {
    fc.assert(
      fc.property(marks, marks, fc.integer({ min: 0, max: 6 }), fc.nat(), (actual, learner, horizon, at) => {
        const calm = ".".repeat(40);
        const rows = {
          actual: actual + calm,
          learner: learner.padEnd(actual.length, ".").slice(0, actual.length) + calm,
        };
        const { tally, outcomes } = run(rows, LIMIT, horizon);
        // exceedances found independently: beyond, with gaps of one inside reading closed
        const begins = exceedancesOf(rows.actual, horizon);
        assert.equal(tally.exceedances, begins.length);
        const { true: hits, missed } = tally.count.learner;
        assert.equal(hits + missed, begins.length);
        assert.deepEqual(
          outcomes.flatMap((outcome) => (outcome.kind === "exceedance" ? [outcome.time / MINUTE] : [])),
          begins,
        );

        let judge = AlarmOutcome.create(LIMIT);
        const again: Outcome[] = [];
        [...rows.actual].forEach((mark, i) => {
          if (i === at % rows.actual.length) judge = AlarmOutcome.of(JSON.parse(JSON.stringify(judge.saved())), LIMIT);
          const level = (one: string | undefined) => (one === "!" ? 11 : 9);
          const values = {
            horizon,
            actual: level(mark),
            learner: level(rows.learner[i]),
            naive: level(rows.actual[i - horizon]),
          };
          again.push(...judge.add(scored(i * MINUTE, values)));
        });
        assert.deepEqual(again, outcomes);
      }),
      { numRuns: 300 },
    );
  });

  it("gives a forecaster that knows the future every exceedance and no false alarm", () => {
    fc.assert(
      fc.property(marks, fc.integer({ min: 1, max: 6 }), (actual, horizon) => {
        const rows = {
          actual: ".".repeat(10) + actual + ".".repeat(40),
          learner: ".".repeat(10) + actual + ".".repeat(40),
        };
        const result = run(rows, LIMIT, horizon);
        const { hits, falses, missed } = counts(result);
        assert.equal(hits + missed, result.tally.exceedances);
        assert.equal(falses, 0);
        // an exceedance that begins while the echo of the last one sounds cannot be told from it
        if (exceedancesOf(rows.actual, horizon).length === 1) assert.equal(missed, 0);
      }),
    );
  });
});

/** Beginnings of exceedances: one is over after two readings inside, but not before every forecast made ahead of it is due. */
function exceedancesOf(actual: string, horizon: number): number[] {
  const begins: number[] = [];
  let start = -1;
  let inside = 0;
  [...actual].forEach((mark, i) => {
    inside = mark === "!" ? 0 : inside + 1;
    if (start < 0 && mark === "!") {
      start = i;
      begins.push(i);
    } else if (start >= 0 && inside >= 2 && i - horizon >= start) start = -1;
  });
  return begins;
}
