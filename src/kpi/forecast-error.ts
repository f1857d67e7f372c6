/** Errors of the learner and of what it is compared with, counted so that every comparison is on the same readings. */
import { count, type Fields, fields, finite, list, numbers } from "../memory/checked";
import { ExactSums } from "./exact-sums";
import type { Judgement } from "./judgement";
import { REFERENCES, type ReferenceName } from "./scored-forecast";

/** Figures of one forecaster, in the target's unit if not said otherwise; null where nothing was counted. */
export interface ErrorFigure {
  readings: number;
  /** Mean absolute error. */
  mae: number | null;
  /** Root mean square error. */
  rmse: number | null;
  /** Mean of forecast − actual: above 0 where too much is forecast. */
  meanError: number | null;
  /**
   * Sum of the forecasts over the sum of the actual values, %; 100 where totals are right. Null as well where the actual
   * values are of both signs, so that their sum tells nothing.
   */
  total: number | null;
  /** Mean absolute error where the actual value was among its top 5 %. */
  peakMae: number | null;
}

/** A reference's error and the learner's skill against it. */
export interface ComparisonFigure extends ErrorFigure {
  /** 100·(1 − MAE of the learner / MAE of the reference), %, both over the readings where the reference spoke. */
  skill: number | null;
  /** MAE of the learner over those readings. */
  learnerMae: number | null;
  /** The skill among the top 5 % of actual values. */
  peakSkill: number | null;
}

export interface ErrorFigures extends Record<ReferenceName, ComparisonFigure> {
  learner: ErrorFigure;
  /** Share of actual values inside the prediction interval, %; null where no interval was given. */
  coverage: number | null;
  /** Mean interval score, in the target's unit: what coverage costs in width. The smaller the better. */
  intervalScore: number | null;
  /** Readings whose actual value was among the top 5 %, and the share of these inside the interval, %. */
  peaks: number;
  peakCoverage: number | null;
  /** Share of forecasts that were made or judged while values were in doubt, %; all of them are counted. */
  doubt: number | null;
}

/** Numbers that an exact sum is kept as, at most. */
const MOST_PARTS = 40;

/** Actual values whose sum is smaller than this share of the sum of their sizes are of both signs. */
const ONE_SIGN = 0.9;

/** Of the errors of one forecaster, the places of its sums: of their sizes, squares, …; and how many there are. */
const SUM = { absolute: 0, square: 1, signed: 2, actual: 3, size: 4, peakAbsolute: 5 } as const;
const SUMS = Object.keys(SUM);
/** The same of the learner's errors where a reference spoke: only sizes are compared. */
const PAIRS = ["absolute", "peakAbsolute"];

/** Sums over a number of readings. */
class ErrorSum {
  readings = 0;
  /** Of errors with their sign, of actual values and of their sizes: readings of before did not count these. */
  private signedReadings = 0;
  /** Readings among the top 5 % of actual values. */
  peaks = 0;

  /** @param from where its sums begin, see SUM */
  constructor(
    private readonly sums: ExactSums,
    private readonly from: number,
  ) {}

  private sum(name: keyof typeof SUM): number {
    return this.sums.value(this.from + SUM[name]);
  }

  /**
   * @param times  1, or −1 to take out what was added, as if it had never come
   * @param actual  NaN where it is not known
   * @param terms  where goes what the sums have to add
   */
  add(times: 1 | -1, error: number, actual: number, peak: boolean, terms: Float64Array): void {
    const { from } = this;
    this.readings += times;
    terms[from + SUM.absolute] = times * Math.abs(error);
    terms[from + SUM.square] = times * error * error;
    if (!Number.isNaN(actual)) {
      this.signedReadings += times;
      terms[from + SUM.signed] = times * error;
      terms[from + SUM.actual] = times * actual;
      terms[from + SUM.size] = times * Math.abs(actual);
    }
    if (peak) {
      this.peaks += times;
      terms[from + SUM.peakAbsolute] = times * Math.abs(error);
    }
  }

  figure(): ErrorFigure {
    const n = this.readings;
    const [signed, actual] = [this.sum("signed"), this.sum("actual")];
    const hasTotal = actual !== 0 && Math.abs(actual) >= ONE_SIGN * this.sum("size");
    return {
      readings: n,
      mae: n ? this.sum("absolute") / n : null,
      // A correction of what never came, by another's hand, could take out more than there was.
      rmse: n ? Math.sqrt(Math.max(0, this.sum("square")) / n) : null,
      meanError: this.signedReadings ? signed / this.signedReadings : null,
      total: hasTotal ? finiteOrNull(100 * (1 + signed / actual)) : null,
      peakMae: this.peaks ? this.sum("peakAbsolute") / this.peaks : null,
    };
  }

  state(): unknown {
    const { readings, signedReadings, peaks } = this;
    const sums = Object.entries(statesOf(SUMS, this.sums, this.from)).filter(([, parts]) => parts.length > 0);
    return { readings, signedReadings, peaks, ...Object.fromEntries(sums) };
  }

  /** Takes over what `state` gave; up to version 2 a list of five numbers. */
  restore(state: unknown): void {
    const stored = Array.isArray(state) ? fiveNumbers(state) : fields(state, "error sums");
    const { readings, signedReadings = 0, peaks = 0 } = stored;
    this.readings = count(readings, "readings");
    this.signedReadings = count(signedReadings, "readings with a sign");
    this.peaks = count(peaks, "peaks");
    restoreInto(SUMS, this.sums, this.from, stored);
  }
}

/** The parts of some sums by name. */
function statesOf(names: readonly string[], sums: ExactSums, from: number): Record<string, number[]> {
  return Object.fromEntries(names.map((name, i) => [name, sums.state(from + i)]));
}

/** Takes over what `statesOf` gave; a sum that is not there starts at nothing. */
function restoreInto(names: readonly string[], sums: ExactSums, from: number, stored: Fields): void {
  names.forEach((name, i) => {
    sums.restore(from + i, partsOf(stored[name] ?? [], name));
  });
}

function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function fiveNumbers(state: unknown): Fields {
  const [readings, absolute, absoluteRest, square, squareRest] = numbers(state, "error sums", 5);
  const added = (...terms: number[]): number[] => {
    const sums = new ExactSums(1);
    for (const term of terms) sums.add(Float64Array.of(term));
    return sums.state(0);
  };
  // What these sums are of is counted anew: nothing of before had a sign.
  return { readings, absolute: added(absolute, absoluteRest), square: added(square, squareRest) };
}

function partsOf(state: unknown, name: string): number[] {
  return list(state, name, MOST_PARTS).map((part) => finite(part, name));
}

/** Where the sums lie, behind those of the learner and of the references: of the learner beside each of these, … */
const PAIRED = ofReferences((_, i) => 4 * SUMS.length + i * PAIRS.length);
/** … and the interval score. */
const SCORE = 4 * SUMS.length + 3 * PAIRS.length;
/** What one reading adds to each of them. */
const TERMS = new Float64Array(SCORE + 1);

/**
 * Lifetime errors of all four forecasters. A reference that is silent on some readings (an existing forecast once an
 * hour, say) is compared with the learner on the readings where it spoke: otherwise an easy hour would count as skill.
 *
 * Cost: 30 additions a reading at most. Memory: some 100 numbers.
 */
export class ForecastError {
  private counts: Record<(typeof COUNTS)[number], number> = {
    covered: 0,
    intervals: 0,
    doubtful: 0,
    scores: 0,
    peaks: 0,
    peaksCovered: 0,
    peakIntervals: 0,
  };
  private readonly sums = new ExactSums(SCORE + 1);
  private readonly learner = new ErrorSum(this.sums, 0);
  private readonly reference = ofReferences((_, i) => new ErrorSum(this.sums, (1 + i) * SUMS.length));

  private constructor() {}

  static empty(): ForecastError {
    return new ForecastError();
  }

  get readings(): number {
    return this.learner.readings;
  }

  add(judged: Judgement): void {
    this.count(1, judged);
  }

  /** Takes out what was added, as if it had never come. */
  remove(judged: Judgement): void {
    this.count(-1, judged);
  }

  private count(times: 1 | -1, judged: Judgement): void {
    const { counts } = this;
    const { learner, actual, peak, covered, intervalScore } = judged;
    TERMS.fill(Number.NaN);
    this.learner.add(times, learner, actual, peak, TERMS);
    for (const name of REFERENCES) {
      if (Number.isNaN(judged[name])) continue;
      this.reference[name].add(times, judged[name], actual, peak, TERMS);
      TERMS[PAIRED[name]] = times * Math.abs(learner);
      if (peak) TERMS[PAIRED[name] + 1] = times * Math.abs(learner);
    }
    if (judged.doubtful) counts.doubtful += times;
    if (peak) counts.peaks += times;
    if (!Number.isNaN(covered)) {
      counts.intervals += times;
      counts.covered += times * covered;
      if (peak) counts.peakIntervals += times;
      if (peak) counts.peaksCovered += times * covered;
    }
    if (!Number.isNaN(intervalScore)) {
      counts.scores += times;
      TERMS[SCORE] = times * intervalScore;
    }
    this.sums.add(TERMS);
  }

  figures(): ErrorFigures {
    const { covered, intervals, doubtful, scores, peaks, peaksCovered, peakIntervals } = this.counts;
    return {
      learner: this.learner.figure(),
      existing: this.comparison("existing"),
      naive: this.comparison("naive"),
      frozen: this.comparison("frozen"),
      coverage: intervals ? (100 * covered) / intervals : null,
      intervalScore: scores ? this.sums.value(SCORE) / scores : null,
      peaks,
      peakCoverage: peakIntervals ? (100 * peaksCovered) / peakIntervals : null,
      doubt: this.readings ? (100 * doubtful) / this.readings : null,
    };
  }

  private comparison(name: ReferenceName): ComparisonFigure {
    const reference = this.reference[name].figure();
    const { readings, peaks } = this.reference[name];
    const learnerMae = readings ? this.sums.value(PAIRED[name]) / readings : null;
    const peakMae = peaks ? this.sums.value(PAIRED[name] + 1) / peaks : null;
    const peakSkill = skill(peakMae, reference.peakMae);
    return { ...reference, learnerMae, skill: skill(learnerMae, reference.mae), peakSkill };
  }

  state(): unknown {
    const { counts, learner, reference, sums } = this;
    return {
      counts,
      learner: learner.state(),
      reference: ofReferences((name) => reference[name].state()),
      paired: ofReferences((name) => statesOf(PAIRS, sums, PAIRED[name])),
      score: sums.state(SCORE),
    };
  }

  /**
   * What `state` gave. What older states do not know of starts at nothing.
   *
   * @throws TypeError where it is no such state
   */
  static of(state: unknown): ForecastError {
    const stored = Array.isArray(state) ? version2(state) : fields(state, "forecast errors");
    const reference = fields(stored.reference, "reference");
    const paired = fields(stored.paired, "paired");
    const restored = ForecastError.empty();
    restored.learner.restore(stored.learner);
    for (const name of REFERENCES) {
      restored.reference[name].restore(reference[name]);
      const pair = paired[name];
      // Up to version 3 it had all sums.
      const known = Array.isArray(pair) ? fiveNumbers(pair) : fields(pair, "paired sums");
      restoreInto(PAIRS, restored.sums, PAIRED[name], known);
    }
    restored.sums.restore(SCORE, partsOf(stored.score ?? [], "score"));
    const counts = fields(stored.counts, "forecast counts");
    for (const name of COUNTS) restored.counts[name] = count(counts[name] ?? 0, name);
    return restored;
  }
}

const COUNTS = ["covered", "intervals", "doubtful", "scores", "peaks", "peaksCovered", "peakIntervals"] as const;

/** The lists that were kept up to version 2, by name. */
function version2(state: unknown): Fields {
  const [counts, learner, ...pairs] = list(state, "forecast errors", 2 + 2 * REFERENCES.length);
  const [covered, intervals, doubtful = 0] = list(counts, "forecast counts", 3);
  const sums = (offset: 0 | 1) => Object.fromEntries(REFERENCES.map((name, i) => [name, pairs[2 * i + offset]]));
  return { counts: { covered, intervals, doubtful }, learner, reference: sums(0), paired: sums(1) };
}

/**
 * Skill of a forecast against a reference, % (100 = perfect, 0 = no better, negative = worse).
 * Null where either is unknown or the reference made no error worth the name.
 */
export function skill(mae: number | null, referenceMae: number | null): number | null {
  if (mae === null || referenceMae === null || referenceMae === 0) return null;
  const percent = 100 * (1 - mae / referenceMae);
  return Number.isFinite(percent) ? percent : null;
}

function ofReferences<T>(make: (name: ReferenceName, i: number) => T): Record<ReferenceName, T> {
  return { existing: make("existing", 0), naive: make("naive", 1), frozen: make("frozen", 2) };
}
