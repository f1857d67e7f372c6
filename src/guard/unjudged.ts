/** The readings of a message before anybody has judged them: whatever came, by the names of the sensors. */
import { isFields } from "../message/fields";
import { MessageProblem, shown } from "../message/problem";
import { noReading, rowsOf } from "../message/reading";
import { mapSliced, type Sliced } from "../slice/sliced";

export type Fields = Record<string, unknown>;

/** The rows of a message; one where it is no batch. */
export interface Unjudged {
  readonly batch: boolean;
  readonly fields: readonly Fields[];
  /** The timestamps as they came. */
  readonly given: readonly unknown[];
  /** ms since 1970; NaN where none came, or none that can be read. */
  readonly times: readonly number[];
  /** Rows of a batch whose time cannot be read. */
  readonly untimed: ReadonlySet<number>;
  /** The other rows in the order of their times; as they came where one has none. */
  readonly order: readonly number[];
  /** What came with each row as `msg.quality`. */
  readonly words: readonly unknown[];
  /** Why what came alone is no reading: an asset that is known hears that there is no value. */
  readonly problem: MessageProblem | undefined;
}

/** Who knows how the messages of a forecast model are read. */
interface Reads<Message> {
  /** The sensor that a payload without names is. */
  readonly target: string;
  /** The reading, which a predictor before may have moved aside. */
  payloadSliced(msg: Message): Sliced<unknown>;
  /** A timestamp in ms since 1970; NaN where none came. */
  timeOf(timestamp: unknown): number;
}

/** More fields than this in one payload are a flood of names, not a machine. */
const FIELDS = 2000;

/**
 * Takes the readings of a message apart. What is wrong with a batch as a whole is said in the first part of the work.
 *
 * @throws MessageProblem where nothing of it can be judged
 */
export function* unjudged<Message extends { timestamp?: unknown; quality?: unknown }>(
  msg: Message,
  model: Reads<Message>,
): Sliced<Unjudged> {
  const { timestamp, quality } = msg;
  const { target } = model;
  const payload = yield* model.payloadSliced(msg);
  const batch = Array.isArray(payload);
  const rows = batch ? rowsOf(payload) : [payload];
  const given = batch ? column(timestamp, rows.length) : [timestamp];
  const wrong = new Map<number, MessageProblem>();
  const times = yield* mapSliced(given, (one, i) => {
    try {
      return model.timeOf(one);
    } catch (error) {
      // The model refuses that row of a batch, and says so.
      if (!batch || !(error instanceof MessageProblem)) throw error;
      wrong.set(i, error);
      return Number.NaN;
    }
  });
  const [first] = wrong.values();
  if (first && wrong.size === rows.length) throw first;
  return {
    batch,
    fields: yield* mapSliced(rows, (row) => fieldsOf(row, target)),
    given,
    times,
    untimed: new Set(wrong.keys()),
    order: inOrder(times, wrong),
    words: rows.map((_, i) => (batch && Array.isArray(quality) ? quality[i] : quality)),
    // In a batch a row that is no reading is one without values; alone it is an error.
    problem: batch || isReading(payload) ? undefined : noReading(payload, target),
  };
}

/** A reading as it came, fit to travel on: what is neither a finite number nor text is only described. */
export function copied(fields: Fields): Fields {
  const copy: Fields = {};
  for (const [name, value] of Object.entries(fields)) {
    const plain = Number.isFinite(value) || value === null || typeof value === "boolean";
    const text = typeof value === "string" && value.length <= 1000;
    Object.defineProperty(copy, name, { value: plain || text ? value : shown(value), enumerable: true });
  }
  return copy;
}

/** The values of a payload by sensor name, unjudged; what is no object of sensors is the target alone. */
function fieldsOf(payload: unknown, target: string): Fields {
  const fields: Fields = Object.create(null);
  if (!isFields(payload)) {
    fields[target] = payload;
    return fields;
  }
  let count = 0;
  for (const name of Object.keys(payload)) {
    if (count++ === FIELDS) break;
    try {
      fields[name] = (payload as Fields)[name];
    } catch {
      fields[name] = null; // a getter that throws: the sensor came and cannot be read
    }
  }
  return fields;
}

function isReading(payload: unknown): boolean {
  return typeof payload === "number" || isFields(payload);
}

/** The timestamps of a batch, undefined where none came. */
function column(timestamps: unknown, rows: number): readonly unknown[] {
  if (timestamps === undefined || timestamps === null) return new Array(rows).fill(undefined);
  if (Array.isArray(timestamps) && timestamps.length === rows) return timestamps;
  const length = Array.isArray(timestamps) ? timestamps.length : shown(timestamps);
  throw new MessageProblem(
    "batchProperty",
    { property: "timestamp", rows, length },
    `payload is a batch of ${rows} readings, so timestamp must be an array of ${rows}, not ${length}`,
  );
}

function inOrder(times: readonly number[], wrong: ReadonlyMap<number, unknown>): number[] {
  const rows = times.map((_, i) => i).filter((i) => !wrong.has(i));
  return rows.some((i) => Number.isNaN(times[i])) ? rows : rows.sort((a, b) => times[a] - times[b]);
}
