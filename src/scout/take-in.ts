import { MessageProblem } from "../message/problem";
import { type MessageReading, type RawReading, readingsOf, type SensorNames } from "../message/reading";
import type { TimeRules } from "../message/time";

/** Rows of an array that are taken in at once; of a longer one the last, since no more are kept. */
const ROWS_AT_ONCE = 100;
const MOST_ROWS = 5000;

/** What becomes of the readings of a message. */
export interface Intake {
  /** @param now the time of a reading that brings none, ms; NaN = not known */
  keep(reading: MessageReading, now: number): void;
  isClosed(): boolean;
  finish(): void;
  refuse(error: unknown): void;
}

/**
 * Reads the readings of a message, of a long array a part in each turn of the event loop.
 *
 * @throws MessageProblem where nothing of a short one can be used
 */
export function takeIn(
  raw: RawReading,
  names: SensorNames,
  rules: Omit<TimeRules, "now">,
  { keep, isClosed, finish, refuse }: Intake,
): void {
  const { payload } = raw;
  const read = (part: RawReading, now: number): void => {
    const { rows } = readingsOf(part, names, { ...rules, now: Date.now() });
    for (const row of rows) if (!(row instanceof MessageProblem)) keep(row, now);
  };
  const rows = Array.isArray(payload) ? payload.length : 0;
  if (rows <= ROWS_AT_ONCE) {
    // Rows that bring no times are evenly spaced; a reading that brings none is of its arrival.
    read(raw, Array.isArray(payload) ? Number.NaN : Date.now());
    finish();
    return;
  }
  let isRead = false;
  const part = (column: unknown, from: number): unknown =>
    Array.isArray(column) && column.length === rows ? column.slice(from, from + ROWS_AT_ONCE) : column;
  const readPart = (from: number): void => {
    if (isClosed()) return;
    const next = from + ROWS_AT_ONCE;
    try {
      const columns = Object.entries(raw).map(([name, column]) => [name, part(column, from)]);
      read(Object.fromEntries(columns) as RawReading, Number.NaN);
      isRead = true;
    } catch (error) {
      // A part without a usable row does not cost the others.
      if (next >= rows ? !isRead : (error as MessageProblem).code !== "rowsRefused") {
        refuse(error);
        return;
      }
    }
    if (next < rows) setImmediate(readPart, next);
    else finish();
  };
  readPart(Math.max(0, rows - MOST_ROWS));
}
