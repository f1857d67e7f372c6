/** Errors of the learner and of what it is compared with, counted so that every comparison is on the same readings. */
import { count, type Fields, fields, finite, list, numbers } from "../memory/checked";
import { ExactSum } from "./exact-sum";
import { REFERENCES, type ReferenceName, type ScoredForecast } from "./scored-forecast";

/** Mean absolute error and root mean square error in the target's unit; null where nothing was counted. */
export interface ErrorFigure {
  readings: number;
  mae: number | null;
  rmse: number | null;
}

/** A reference's error and the learner's skill against it. */
export interface ComparisonFigure extends ErrorFigure {
  /** 100·(1 − MAE of the learner / MAE of the reference), %, both over the readings where the reference spoke. */
  skill: number | null;
  /** MAE of the learner over those readings. */
  learnerMae: number | null;
}

export interface ErrorFigures extends Record<ReferenceName, ComparisonFigure> {
  learner: ErrorFigure;
  /** Share of actual values inside the prediction interval, %; null where no interval was given. */
  coverage: number | null;
  /** Share of forecasts that were made or judged while values were in doubt, %; all of them are counted. */
  doubt: number | null;
}

/** Numbers that an exact sum is kept as, at most. */
const MOST_PARTS = 40;

/** Sums of |error| and error² over a number of readings. */
class ErrorSum {
  constructor(
    public readings = 0,
    readonly absolute = ExactSum.empty(),
    readonly square = ExactSum.empty(),
  ) {}

  add(error: number): void {
    this.readings++;
    this.absolute.add(Math.abs(error));
    this.square.add(error * error);
  }

  /** Takes out an error that was added, as if it had never come. */
  remove(error: number): void {
    this.readings--;
    this.absolute.remove(Math.abs(error));
    this.square.remove(error * error);
  }

  figure(): ErrorFigure {
    const n = this.readings;
    return {
      readings: n,
      mae: n ? this.absolute.value / n : null,
      rmse: n ? Math.sqrt(this.square.value / n) : null,
    };
  }

  state(): unknown {
    return { readings: this.readings, absolute: this.absolute.state(), square: this.square.state() };
  }

  /** What `state` gave; up to version 2 a list of five numbers. */
  static of(state: unknown): ErrorSum {
    const { readings, absolute, square } = Array.isArray(state) ? fiveNumbers(state) : fields(state, "error sums");
    return new ErrorSum(count(readings, "readings"), sumOf(absolute, "absolute"), sumOf(square, "square"));
  }
}

function fiveNumbers(state: unknown): Fields {
  const [readings, absolute, absoluteRest, square, squareRest] = numbers(state, "error sums", 5);
  const added = (...terms: number[]): number[] => {
    const sum = ExactSum.empty();
    for (const term of terms) sum.add(term);
    return sum.state();
  };
  return { readings, absolute: added(absolute, absoluteRest), square: added(square, squareRest) };
}

function sumOf(state: unknown, name: string): ExactSum {
  return ExactSum.of(list(state, name, MOST_PARTS).map((part) => finite(part, name)));
}

/**
 * Lifetime errors of all four forecasters. A reference that is silent on some readings (an existing forecast once an
 * hour, say) is compared with the learner on the readings where it spoke: otherwise an easy hour would count as skill.
 *
 * Cost: 8 additions a reading at most. Memory: 38 numbers.
 */
export class ForecastError {
  private covered = 0;
  private intervals = 0;
  private doubtful = 0;

  private constructor(
    private readonly learner: ErrorSum,
    private readonly reference: Record<ReferenceName, ErrorSum>,
    private readonly paired: Record<ReferenceName, ErrorSum>,
  ) {}

  static empty(): ForecastError {
    return new ForecastError(new ErrorSum(), threeSums(), threeSums());
  }

  get readings(): number {
    return this.learner.readings;
  }

  add(scored: ScoredForecast): void {
    this.addErrors(
      scored.learner - scored.actual,
      scored.existing - scored.actual,
      scored.naive - scored.actual,
      scored.frozen - scored.actual,
      scored.covered === undefined ? Number.NaN : Number(scored.covered),
      scored.doubtful,
    );
  }

  /** Puts a forecast whose label was corrected in the place of the one that was added with the label before. */
  replace(scored: ScoredForecast, before: number): void {
    const { actual, learner } = scored;
    this.learner.remove(learner - before);
    this.learner.add(learner - actual);
    for (const name of REFERENCES) {
      if (Number.isNaN(scored[name])) continue;
      this.reference[name].remove(scored[name] - before);
      this.reference[name].add(scored[name] - actual);
      this.paired[name].remove(learner - before);
      this.paired[name].add(learner - actual);
    }
  }

  /** Errors in the target's unit, NaN where a reference was silent; covered 1, 0, or NaN without an interval. */
  addErrors(
    learner: number,
    existing: number,
    naive: number,
    frozen: number,
    covered: number,
    doubtful: boolean,
  ): void {
    if (doubtful) this.doubtful++;
    this.learner.add(learner);
    this.compare("existing", existing, learner);
    this.compare("naive", naive, learner);
    this.compare("frozen", frozen, learner);
    if (Number.isNaN(covered)) return;
    this.intervals++;
    this.covered += covered;
  }

  private compare(name: ReferenceName, error: number, learner: number): void {
    if (Number.isNaN(error)) return;
    this.reference[name].add(error);
    this.paired[name].add(learner);
  }

  figures(): ErrorFigures {
    return {
      learner: this.learner.figure(),
      existing: this.comparison("existing"),
      naive: this.comparison("naive"),
      frozen: this.comparison("frozen"),
      coverage: this.intervals ? (100 * this.covered) / this.intervals : null,
      doubt: this.readings ? (100 * this.doubtful) / this.readings : null,
    };
  }

  private comparison(name: ReferenceName): ComparisonFigure {
    const reference = this.reference[name].figure();
    const learnerMae = this.paired[name].figure().mae;
    return { ...reference, learnerMae, skill: skill(learnerMae, reference.mae) };
  }

  state(): unknown[] {
    return [
      [this.covered, this.intervals, this.doubtful],
      this.learner.state(),
      ...REFERENCES.flatMap((name) => [this.reference[name].state(), this.paired[name].state()]),
    ];
  }

  /**
   * What `state` gave; older states know of no doubt.
   *
   * @throws TypeError where it is no such state
   */
  static of(state: unknown): ForecastError {
    const [counts, learner, ...pairs] = list(state, "forecast errors", 2 + 2 * REFERENCES.length);
    const sums = (offset: number) =>
      Object.fromEntries(REFERENCES.map((name, i) => [name, ErrorSum.of(pairs[2 * i + offset])])) as ReturnType<
        typeof threeSums
      >;
    const restored = new ForecastError(ErrorSum.of(learner), sums(0), sums(1));
    const [covered, intervals, doubtful = 0] = list(counts, "forecast counts", 3);
    restored.covered = count(covered, "covered");
    restored.intervals = count(intervals, "intervals");
    restored.doubtful = count(doubtful, "doubtful");
    return restored;
  }
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

function threeSums(): Record<ReferenceName, ErrorSum> {
  return { existing: new ErrorSum(), naive: new ErrorSum(), frozen: new ErrorSum() };
}
