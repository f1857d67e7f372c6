/** A predictor may put its forecast in the place of the reading, which moves aside: how to find the reading again. */

/** The properties of a message that take part. */
export interface MayBeMoved {
  payload?: unknown;
  /** What the payload was before a predictor put its forecast there. */
  reading?: unknown;
  /** Beside the marks of the models: as `moved`, what the predictor has put into the payload. */
  observed?: unknown;
}

/**
 * Puts a forecast, or for a batch a list of them, in the place of the payload.
 *
 * @param reading what was forecast from
 */
export function movePayload(msg: MayBeMoved, reading: unknown, forecast: unknown): void {
  msg.reading = reading;
  // A copy, so that a list whose numbers are changed later is seen to be changed.
  const moved = Array.isArray(forecast) ? [...forecast] : forecast;
  // What a spread is followed by, V8 adds ten times more slowly.
  msg.observed = Object.assign({}, marksOf(msg), { moved });
  msg.payload = forecast;
}

/** Whether a predictor has put a forecast in the place of the payload, whatever became of it since. */
export function isMoved(msg: MayBeMoved): boolean {
  const marks = marksOf(msg);
  return marks !== undefined && Object.hasOwn(marks, "moved");
}

/** Whether what a predictor has put in the place of the payload still stands there. */
export function isUntouched(msg: MayBeMoved): boolean {
  const { payload } = msg;
  const moved = marksOf(msg)?.moved;
  if (!Array.isArray(moved) || !Array.isArray(payload)) return Object.is(moved, payload);
  return moved.length === payload.length && moved.every((value, i) => Object.is(value, payload[i]));
}

/**
 * Whether the payload is a reading again, put there by somebody behind the predictor, and not a forecast in other words.
 *
 * @param sensors names that only a reading has, with those of the reading that was moved
 */
export function isReadingAgain({ payload, reading }: MayBeMoved, sensors: readonly string[]): boolean {
  const names = new Set([...sensors, ...rowsOf(reading).flatMap((row) => Object.keys(row))]);
  return rowsOf(payload).some((row) => Object.keys(row).some((name) => names.has(name)));
}

function rowsOf(payload: unknown): object[] {
  const rows: readonly unknown[] = Array.isArray(payload) ? payload : [payload];
  return rows.filter((row): row is object => typeof row === "object" && row !== null && !Array.isArray(row));
}

function marksOf({ observed }: MayBeMoved): Readonly<Record<string, unknown>> | undefined {
  return typeof observed === "object" && observed !== null ? (observed as Record<string, unknown>) : undefined;
}
