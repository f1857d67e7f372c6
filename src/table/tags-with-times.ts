import { annotated } from "../text/annotation";
import type { Column } from "./column";
import {
  type Bounds,
  type Described,
  EVENLY,
  keysOf,
  MOST_CELLS,
  mustHave,
  type ReadColumns,
  timeColumns,
} from "./described-table";
import { unitIn } from "./header";
import { heldColumns, heldRows, type TagReports } from "./held-columns";
import { ownTimes } from "./own-times";
import { areTogether, usualStep } from "./report-on-change";
import { rowTimes } from "./row-times";
import type { Cell, TableFormat } from "./table-format";
import { badness, isNote, jointTag, rowsOfTags, type TagColumns, type TagQuestion, tagColumns } from "./tags";

/** This share of the reports. */
const CLEAR = 0.95;

/** Tags that have times of their own, and what is to be done about it. */
export interface TagsWithTimes {
  readonly tagValues: TableFormat["tagValues"];
  /** Where each row holds the value of one tag. */
  readonly single: TagColumns | undefined;
  readonly tags: readonly TagReports[];
  /** ms: their usual spacing. */
  readonly step: number;
  readonly timeless: number;
}

/** What is asked of the columns of a table, and the times of its rows. */
function asked(one: Described, wanted: string | undefined): { keys: string[]; question: TagQuestion } {
  const { names, time, reading } = one;
  const isNumber = (cell: Cell): boolean =>
    typeof cell === "number" ||
    [cell, annotated(cell)?.number ?? ""].some((text) => Number.isFinite(reading.number(text)));
  const isValue = (cell: Cell): boolean => isNumber(cell) || reading.state(String(cell)) !== undefined;
  const times = timeColumns(names, time);
  const question = { times: times.map((column) => names[column]), wanted, isNumber, isValue };
  return { keys: keysOf(one.rows, times), question };
}

/** A table with a column more where its tag is spread over several. */
export function withJointTag(one: Described, { tagColumn }: Partial<TableFormat>): Described {
  const { names, rows, time } = one;
  if (time.timeColumn === "" || (tagColumn !== undefined && (tagColumn === "" || names.includes(tagColumn))))
    return one;
  const { keys, question } = asked(one, undefined);
  const joint = tagColumns(names, rows, keys, question) ? undefined : jointTag(names, rows, keys, question);
  if (!joint || (tagColumn ?? joint.name) !== joint.name || names.includes(joint.name)) return one;
  const withIt = rows.map((row, i) => [
    ...names.map((_, k) => row[k] ?? ""),
    joint.cells[i],
    ...row.slice(names.length),
  ]);
  return { ...one, names: [...names, joint.name], rows: withIt };
}

/** Tags of which each row holds one, or which stand side by side with times of their own; undefined where there are none. */
export function tagsWithTimes(one: Described, given: Partial<TableFormat>): TagsWithTimes | undefined {
  const { names, rows, time, reading, unitOf } = one;
  const { tagColumn, tagValues } = given;
  if (tagColumn) mustHave(names, tagColumn);
  if (time.timeColumn === "") return undefined;
  const { keys, question } = asked(one, tagColumn);
  const single = tagColumns(names, rows, keys, question);
  if (single) {
    const found = { single, tags: [], step: EVENLY, timeless: 0 };
    if (tagValues === "reported" || (tagValues === undefined && !single.isOwnTime))
      return { ...found, tagValues: "reported" };
    // What is to be said is said once it is clear that the table is read so.
    const said: (() => void)[] = [];
    const {
      times: at,
      index: timed,
      timeless,
    } = rowTimes({ ...time, step: EVENLY }, names, rows, {
      ...reading,
      note: (...of) => said.push(() => reading.note(...of)),
      remark: (row) => said.push(() => reading.remark(row)),
    });
    const index = timed.filter((row) => !isNote(rows[row][single.tag])).sort((a, b) => at[a] - at[b] || a - b);
    for (const row of timed) if (isNote(rows[row][single.tag])) said.push(() => reading.remark(row));
    const tags = rowsOfTags(names, rows, index, { ...single, marks: reading.marks }).map(
      ({ unit, ...tag }): TagReports => ({
        ...tag,
        unit: unit || unitIn(tag.name) || unitOf(single.value),
        times: tag.rows.map((row) => at[row]),
      }),
    );
    if (tagValues === undefined && !areClear(tags))
      return tagColumn === undefined ? undefined : { ...found, tagValues: "reported" };
    for (const say of said) say();
    return { tagValues: "held", single, tags, step: stepOf(tags), timeless };
  }
  const groups = tagColumn || one.parts.length > 0 ? undefined : ownTimes(names, rows, question.isNumber);
  if (!groups || time.timeColumn !== names[groups[0].time] || time.clockColumn !== "") return undefined;
  if (tagValues === "reported") return undefined;
  let timeless = 0;
  const tags = groups.map(({ name, time: column, value, quality }): TagReports => {
    const columns = quality < 0 ? [column, value] : [column, value, quality];
    const part = rows.map((row) => columns.map((k) => row[k] ?? ""));
    const own = rowTimes({ ...time, timeColumn: names[column], step: EVENLY }, [names[column], name], part, reading);
    timeless += own.timeless;
    const isBad = badness(part, quality < 0 ? -1 : 2, reading.marks, names[quality]);
    const index = [...own.index].sort((a, b) => own.times[a] - own.times[b] || a - b);
    const cells = index.map((i) => (isBad(part[i]) ? "" : part[i][1]));
    return { name, unit: unitOf(value), times: index.map((i) => own.times[i]), cells, rows: index };
  });
  return { tagValues: "held", single: undefined, tags, step: stepOf(tags), timeless };
}

/** Whether nearly all that was reported comes from tags with several reports, which tell of the same time. */
function areClear(tags: readonly TagReports[]): boolean {
  const often = tags.filter(({ times }) => times.length > 2).map(({ times }) => ({ times, values: [] }));
  const count = (some: readonly { readonly times: readonly number[] }[]): number =>
    some.reduce((sum, { times }) => sum + times.length, 0);
  return often.length > 1 && count(often) >= CLEAR * count(tags) && areTogether(often);
}

function stepOf(tags: readonly TagReports[]): number {
  const reports = tags.map(({ times }) => ({ times, values: [] }));
  return usualStep(reports, (rows) => rows * (tags.length + 1) <= MOST_CELLS);
}

/** A table of tags with times of their own: evenly spaced rows, in which the last value of each holds. */
export function heldTable(
  { tags, single, timeless }: TagsWithTimes,
  { step, isTooLong, one }: Bounds & { one: Described },
): ReadColumns {
  if (heldRows(tags, step) * (tags.length + 1) > MOST_CELLS) throw isTooLong();
  const { times, columns } = heldColumns(tags, step, one.reading);
  const time: Column = { name: one.time.timeColumn, unit: "", kind: "time", values: new Float64Array(0), read: times.length, missing: 0, unreadable: 0 }; // biome-ignore format: one line
  return {
    ...{ columns: [time, ...columns], times, step, sorted: true, tagColumn: single ? one.names[single.tag] : "" },
    dropped: { timeless, doubled: 0 },
  };
}
