import { Asset } from "../asset/asset";
import type { ModelSettings } from "../asset/settings";
import type { Forecaster } from "../forecaster/forecaster";
import { nearestOf } from "../message/nearest";
import { MessageProblem } from "../message/problem";
import { type MessageReading, readingsOf, type SensorNames } from "../message/reading";
import { rowsOf, type Table } from "../table/table";
import { stateWords } from "../text/state-word";

/** How to learn from history. */
export interface TrainingOptions {
  /** How often the rows before the last fifth are gone through, 1 … 100. */
  readonly passes: number;
  /** Multiplies the learning rate. Default 1. */
  readonly speed?: number;
}

/** Where learning stands. Errors are mean absolute ones in the target's unit, each scored before it was learnt. */
export interface TrainingProgress {
  /** Rows that were learnt, and of how many; each pass counts its own. */
  readonly rows: number;
  readonly of: number;
  readonly error: number;
  /** The same of the last value. */
  readonly naive: number;
}

/** What was learnt from history, and what it is worth. */
export interface Trained {
  /** The model as a file that a forecast model imports. */
  readonly bytes: Uint8Array;
  /** Mean absolute error over the last fifth, each forecast scored before its actual value was learnt. */
  readonly error: number;
  readonly naive: number;
  /** Of the existing forecast; NaN where none came. */
  readonly existing: number;
  /** Forecasts that were scored, and the time of the first and the last. */
  readonly scored: number;
  readonly from: number;
  readonly to: number;
  readonly inputs: readonly string[];
  /** Inputs that the model names and the table lacks. */
  readonly absent: readonly string[];
  /** Rows that could not be taken in. */
  readonly refused: number;
}

/** Why nothing can be learnt from a table. */
export class TrainingProblem extends Error {
  override readonly name = "TrainingProblem";

  constructor(
    readonly code: "noTarget" | "noInputs" | "fewRows" | "tooManyInputs",
    readonly details: Readonly<Record<string, string | number>>,
    text: string,
  ) {
    super(text);
  }
}

/** The share of the rows that are forecast before they are learnt. */
const HELD_OUT = 0.2;
/** Fewer rows with the target teach nothing. */
const FEWEST = 30;
const MOST_INPUTS = 500;
/** Where no inputs are named, a column counts that has a value in so many rows. */
const WORTHWHILE = 0.05;
/** Progress is told after so many rows. */
const TOLD_EVERY = 200;

/**
 * Learns a model from a table, by the same way that a reading takes in service. The last fifth is held out of the passes:
 * at the end it is forecast row by row, and each row is learnt only after its forecast was scored.
 *
 * @throws TrainingProblem
 */
export function train(
  table: Table,
  settings: ModelSettings,
  { passes, speed = 1 }: TrainingOptions,
  onProgress: (progress: TrainingProgress) => void = () => {},
): Trained {
  const { inputs, absent } = inputsIn(table, settings);
  const asset = new Asset("", { ...settings, inputs });
  const rows = readings(table, settings, inputs);
  const held = Math.floor(rows.length * (1 - HELD_OUT));
  const total = passes * held + rows.length - held;
  let done = 0;
  let refused = 0;
  let score = new Score();
  const run = (from: number, to: number): void => {
    for (let i = from; i < to; i++) {
      const { reading, payload } = rows.at(i);
      try {
        const forecaster = asset.begin(payload);
        asset.take(forecaster, reading, reading.time, (scored) => {
          // Of several horizons the nearest: by it the model is judged everywhere. A stop is no merit.
          if (scored?.running && scored.horizon === forecaster.horizons[0]) score.add(scored);
          asset.learn({ learn: true, speed });
        });
        asset.forecaster?.forecast();
      } catch (error) {
        if (!(error instanceof MessageProblem)) throw error;
        refused++;
      }
      if (++done % TOLD_EVERY === 0) onProgress({ rows: done, of: total, error: score.error, naive: score.naive });
    }
  };
  for (let pass = 1; pass <= passes; pass++) {
    asset.forgetReadings();
    score = new Score();
    run(0, held);
  }
  if (passes > 1) asset.forecaster?.distrustComparison();
  score = new Score();
  refused = 0;
  run(held, rows.length);
  const forecaster = asset.forecaster as Forecaster | undefined;
  if (!forecaster || score.count === 0) throw fewRows(settings.target, score.count);
  // What was learnt becomes the base; what was seen belongs to another time.
  forecaster.pretrain([], { epochs: 1 });
  asset.forgetReadings();
  const { error, naive, existing, count: scored, from, to } = score;
  return { bytes: asset.export(), error, naive, existing, scored, from, to, inputs, absent, refused };
}

/** Mean absolute errors of forecasts and of what they are compared with. */
class Score {
  count = 0;
  from = Number.NaN;
  to = Number.NaN;
  private sum = 0;
  private naiveSum = 0;
  private existingSum = 0;
  private existingCount = 0;

  add(scored: { error: number; naive: number; existing: number; actual: number; time: number }): void {
    // Without a last value there is nothing to compare with: the first row after a gap.
    if (Number.isNaN(scored.naive) || Number.isNaN(scored.error)) return;
    if (this.count++ === 0) this.from = scored.time;
    this.to = scored.time;
    this.sum += Math.abs(scored.error);
    this.naiveSum += Math.abs(scored.naive - scored.actual);
    if (Number.isNaN(scored.existing)) return;
    this.existingSum += Math.abs(scored.existing - scored.actual);
    this.existingCount++;
  }

  get error(): number {
    return this.sum / this.count;
  }

  get naive(): number {
    return this.naiveSum / this.count;
  }

  get existing(): number {
    return this.existingSum / this.existingCount;
  }
}

/** The inputs of a model that a table has; where none are named, all numbers of the table. */
function inputsIn(table: Table, { target, inputs }: ModelSettings): { inputs: readonly string[]; absent: string[] } {
  const numbers = table.columns.filter(({ kind }) => kind === "number");
  const names = numbers.map(({ name }) => name);
  const actual = numbers.find(({ name }) => name === target);
  if (!actual) {
    const has = names.slice(0, 8).join(", ");
    const nearest = nearestOf(target, names) ?? "";
    throw new TrainingProblem(
      "noTarget",
      { target, has, nearest },
      `The table has no numbers named "${target}", the value that the forecast model forecasts; nearest: "${nearest}".`,
    );
  }
  if (actual.read < FEWEST) throw fewRows(target, actual.read);
  const named = inputs.filter((name) => name !== target);
  if (named.length === 0) {
    const worthwhile = numbers.filter(({ name, read }) => name !== target && read >= WORTHWHILE * table.times.length);
    if (worthwhile.length > MOST_INPUTS)
      throw new TrainingProblem(
        "tooManyInputs",
        { count: worthwhile.length, most: MOST_INPUTS },
        `The table has ${worthwhile.length} columns of numbers; name the sensors to use (at most ${MOST_INPUTS}).`,
      );
    return { inputs: worthwhile.map(({ name }) => name), absent: [] };
  }
  const absent = named.filter((name) => !names.includes(name));
  if (absent.length === named.length)
    throw new TrainingProblem(
      "noInputs",
      { wanted: named.slice(0, 8).join(", "), has: names.slice(0, 8).join(", ") },
      `The table has none of the model's sensors (${named.slice(0, 8).join(", ")}); it has ${names.slice(0, 8).join(", ")}.`,
    );
  return { inputs: named, absent };
}

function fewRows(target: string, rows: number): TrainingProblem {
  return new TrainingProblem(
    "fewRows",
    { target, rows, least: FEWEST },
    `The table has ${rows} rows with a value of "${target}"; at least ${FEWEST} are needed to learn.`,
  );
}

/** The rows as the model reads them from messages. */
function readings(table: Table, settings: ModelSettings, inputs: readonly string[]) {
  const { target, existing, running, zone, otherTimes } = settings;
  // The words that the table was read by: its rows have 1 and 0 for them.
  const names: SensorNames = { target, inputs, existing, running, stateIn: stateWords(table.format.states) };
  const rules = { zone, otherTimes, now: Date.now() };
  return {
    length: table.times.length,
    at(i: number): { reading: MessageReading; payload: Record<string, number | string> } {
      const [{ time, words, ...row }] = rowsOf(table, i, i + 1);
      const values: Record<string, number | string> = words ? { ...row.values, ...words } : row.values;
      const own = (name: string): unknown => (Object.hasOwn(values, name) ? values[name] : undefined);
      const raw = {
        payload: values,
        // Not a number, whose unit would be open to doubt.
        timestamp: new Date(time),
        existing: own(existing),
        running: running?.of === "msg" ? own(running.name) : undefined,
      };
      const [reading] = readingsOf(raw, names, rules).rows;
      if (reading instanceof MessageProblem) throw reading;
      return { reading, payload: values };
    },
  };
}
