import { spreadCoarse } from "./coarse-times";
import { type Column, readCells } from "./column";
import {
  type Bounds,
  type Described,
  EVENLY,
  keysOf,
  MOST_CELLS,
  type ReadColumns,
  timeColumns,
} from "./described-table";
import { unitIn } from "./header";
import { qualityColumns } from "./own-quality";
import { inOrder, rowTimes, type TimeReading } from "./row-times";
import type { Cell } from "./table-format";
import { badness, type TagColumns, type Widened, widen } from "./tags";

/** A table whose rows are readings, or become ones where each holds the value of one tag. */
export function readings(one: Described, single: TagColumns | undefined, { step, isTooLong }: Bounds): ReadColumns {
  const { names: inTable, rows: written, time, reading, unitOf, parts } = one;
  const { number, marks, note } = reading;
  const isNumber = (cell: Cell): boolean => typeof cell === "number" || Number.isFinite(number(cell));
  const times = timeColumns(inTable, time);
  const wide = single
    ? widen(inTable, written, momentsOf(one), { ...single, times, marks, isNumber })
    : asWritten(inTable, written);
  const { names, rows, origin, units } = wide;
  // Where each tag has times of its own, most cells of the columns are empty.
  if (single && rows.length * names.length > MOST_CELLS) throw isTooLong();
  const noted: TimeReading = {
    ...reading,
    placeOf: (row, column) => reading.placeOf(origin(row, column), column),
    note: (row, column, cell) => note(origin(row, column), column, cell),
    remark: (row) => reading.remark(origin(row, time.timeColumn)),
  };
  const qualities = single ? undefined : qualityColumns(names, rows, marks);
  const areQualities = new Set(qualities?.values());
  const timed = rowTimes({ ...time, step }, names, rows, noted);
  const spread = single || time.timeColumn === "" ? 0 : spreadCoarse(timed, rows);
  const asItStands = [...timed.index].sort((a, b) => a - b);
  const { index, doubled, sorted } = inOrder(timed);
  const columns = names.map((name, column): Column => {
    const unit = single ? units.get(name) || unitIn(name) || unitOf(single.value) : unitOf(column);
    const none = { name, unit, values: new Float64Array(0), read: 0, missing: 0, unreadable: 0 };
    if (name === time.timeColumn || name === time.clockColumn || parts.includes(name))
      return { ...none, kind: "time", read: index.length };
    if (areQualities.has(column)) return { ...none, kind: "text" };
    const quality = qualities?.get(column) ?? -1;
    const isBad = badness(rows, quality, marks, names[quality]);
    const cells = asItStands.map((i) => (isBad(rows[i]) ? "" : (rows[i][column] ?? "")));
    const read = readCells({ name, unit }, cells, asItStands, noted);
    if (read.kind !== "number") {
      const words = name === reading.words && index.map((i) => String(rows[i][column] ?? "").trim());
      return { ...read, values: none.values, ...(words && { words }) };
    }
    const all = new Float64Array(rows.length);
    asItStands.forEach((i, k) => {
      all[i] = read.values[k];
    });
    return { ...read, values: Float64Array.from(index, (i) => all[i]) };
  });
  for (const i of asItStands)
    for (const cell of rows[i].slice(names.length)) if (String(cell).trim() !== "") noted.note(i, "", cell);
  return {
    ...{ columns, sorted, step, fiscal: timed.fiscal, tagColumn: single ? inTable[single.tag] : "" },
    times: Float64Array.from(index, (i) => timed.times[i]),
    dropped: { timeless: timed.timeless, doubled },
    spread,
  };
}

/** What stands for the time of each row: another one where the clock shows an hour for the second time. */
function momentsOf({ names, rows, time, reading }: Described): string[] {
  const keys = keysOf(rows, timeColumns(names, time));
  // Times of day alone have no such hour.
  if (time.timeColumn === "" || time.dateOrder === "clock") return keys;
  const silent = { ...reading, note: () => {}, remark: () => {} };
  const { times, index } = rowTimes({ ...time, step: EVENLY }, names, rows, silent);
  for (const i of index) keys[i] = String(times[i]);
  return keys;
}

/** A table in which each row is a reading. */
function asWritten(names: readonly string[], rows: readonly (readonly Cell[])[]): Widened {
  return { names, rows, units: new Map(), origin: (row) => row };
}
