/** Long work in slices, so that whatever else the process has to do gets its turns of the event loop. */

/** Work that can be put down after each of its parts; what it returns is its result. A part takes far less than a slice. */
export type Sliced<Result> = Generator<undefined, Result, undefined>;

/** ms of one turn of the event loop, for all long work of the process together. */
const SLICE = 20;
/** So many parts are done at once: the rows of a hundred readings on the three ways that some go through them. */
const SHORT = 300;
/** Of what costs little, such as comparing or copying, so many rows are one part. */
const CHEAP_ROWS = 16;

/** When this turn's slice is over, by `performance.now`; undefined = no long work was done in it. */
let end: number | undefined;
/** Who waits for a slice, in this order. */
const waiting: (() => void)[] = [];

/** Does work without a pause. */
export function atOnce<Result>(work: Sliced<Result>): Result {
  let part = work.next();
  while (!part.done) part = work.next();
  return part.value;
}

/**
 * Begins work: does as many parts as a batch of a hundred readings has, whatever the time, and more until the slice is
 * over. So what is short is done at once, on a slow machine as on a fast one.
 *
 * @returns whether it is done
 */
export function begin(work: Sliced<unknown>): boolean {
  for (let part = 0; part < SHORT; part++) if (work.next().done) return true;
  return goOn(work);
}

/** Goes on with work until it is done or the slice is over, by one part at least. @returns whether it is done */
export function goOn(work: Sliced<unknown>): boolean {
  while (!work.next().done) if (isSliceOver()) return false;
  return true;
}

/** What is left of work. @param begun what its first part has given */
export function* restOf<Result>(work: Sliced<Result>, begun: IteratorResult<undefined, Result>): Sliced<Result> {
  return begun.done ? begun.value : yield* work;
}

/** Whether the rest of this turn of the event loop belongs to others. */
export function isSliceOver(): boolean {
  return performance.now() >= (end ?? open());
}

/** Waits for a slice in a later turn of the event loop; who has asked first has it first. */
export function nextSlice(): Promise<void> {
  if (end === undefined) open();
  return new Promise((resolve) => {
    waiting.push(resolve);
  });
}

/** The same for each of many rows, where that costs little; the holes of a sparse array are rows as well. */
export function* eachSliced<Row>(rows: readonly Row[], act: (row: Row, i: number) => void): Sliced<void> {
  for (let i = 0; i < rows.length; i++) {
    if (i % CHEAP_ROWS === CHEAP_ROWS - 1) yield;
    act(rows[i] as Row, i);
  }
}

/** What is made of each of the rows: what `Array.map` does, in parts. */
export function* mapSliced<Row, Made>(rows: readonly Row[], make: (row: Row, i: number) => Made): Sliced<Made[]> {
  const made = new Array<Made>(rows.length);
  for (let i = 0; i < rows.length; i++) {
    if (i % CHEAP_ROWS === CHEAP_ROWS - 1) yield;
    made[i] = make(rows[i] as Row, i);
  }
  return made;
}

function open(): number {
  end = performance.now() + SLICE;
  setImmediate(nextTurn);
  return end;
}

function nextTurn(): void {
  end = undefined;
  if (waiting.length === 0) return;
  open();
  serveNext();
}

function serveNext(): void {
  waiting.shift()?.();
  // After the one who has just been told to go on.
  if (waiting.length > 0)
    queueMicrotask(() => {
      if (!isSliceOver()) serveNext();
    });
}
