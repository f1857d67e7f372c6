import type { TableRow } from "../table/table";
import type { TrainingJob } from "./training-job";

/** Rows of a table as a message: one reading, or a batch. */
export interface TableMessage {
  topic: string;
  payload: unknown;
  timestamp: number | number[];
  /** The file, where it came from one. */
  filename?: string;
  /** Of the last message. */
  complete?: true;
}

/**
 * The rows of a table as messages, as fast as whoever takes them, half of the time left to others.
 *
 * @param count rows of the table
 * @param size rows in a message; 1 = single readings
 */
export async function* tableMessages(
  job: TrainingJob,
  { count, size, source, topic }: { count: number; size: number; source: string; topic: string },
): AsyncGenerator<{ message: TableMessage; rows: number }> {
  for (let from = 0; from < count; from += size) {
    const rows = await job.rows(from, size);
    const before = Date.now();
    const complete = from + size >= count;
    yield { message: messageOf(rows, topic, size === 1, source, complete), rows: from + rows.length };
    // Messages are delivered in turns of the event loop of their own.
    for (let turn = 0; turn < 3; turn++) await new Promise((next) => setImmediate(next));
    await new Promise((next) => setTimeout(next, Date.now() - before));
  }
}

function messageOf(
  rows: readonly TableRow[],
  topic: string,
  single: boolean,
  filename: string,
  complete: boolean,
): TableMessage {
  const times = rows.map(({ time }) => time);
  const values = rows.map((row) => ({ ...row.values, ...row.words }));
  const [payload, timestamp] = single ? [values[0], times[0] as number] : [values, times];
  return { topic, payload, timestamp, ...(filename && { filename }), ...(complete && { complete }) };
}
