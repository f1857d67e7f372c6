import { looksLikeClock, looksLikeDate } from "../text/date-format";
import type { Cell } from "./table-format";

/** So many times of day in a row are no coincidence: half a day of hours. */
const LEAST = 12;
/** So many rows are looked at to find the column of dates. */
const LOOKED_AT = 200;

/** A table in which each day is a row and each time of day a column, as one with a row for each time. */
export interface Unrolled {
  readonly names: readonly [string, string];
  /** The columns that are neither: they hold one value a day. */
  readonly beside: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** The row in which the value of a new row stands. */
  readonly origins: readonly number[];
}

/**
 * Unrolls a table of days by times of day, as meters are read: "Date, 0:00, 0:30, …", "日付, 1時, 2時, …".
 *
 * @returns undefined where the names of the columns are no times of day
 */
export function unrolled(names: readonly string[], rows: readonly (readonly Cell[])[]): Unrolled | undefined {
  const clocks = names.map(clockIn);
  const columns = names.flatMap((_, column) => (clocks[column] === undefined ? [] : [column]));
  const isRising = columns.every((column, i) => i === 0 || minutes(clocks[columns[i - 1]]) < minutes(clocks[column]));
  if (columns.length < LEAST || !isRising) return undefined;
  const some = rows.slice(0, LOOKED_AT);
  const date = names.findIndex((_, column) => {
    if (clocks[column] !== undefined) return false;
    const texts = some.map((row) => String(row[column] ?? "").trim()).filter((text) => text !== "");
    return texts.length > 0 && texts.filter(looksLikeDate).length >= 0.7 * texts.length;
  });
  if (date < 0) return undefined;
  const origins: number[] = [];
  const long = rows.flatMap((row, i) => {
    const day = String(row[date] ?? "")
      .trim()
      .replace(/[T ]0?0:00(:00)?$/, "");
    // A row without values or without a day says for itself that it is none.
    const filled = looksLikeDate(day) ? columns : columns.slice(0, 1);
    origins.push(...filled.map(() => i));
    return filled.map((column): Cell[] => [filled === columns ? `${day} ${clocks[column]}` : day, row[column] ?? ""]);
  });
  const first = names[columns[0]];
  const beside = names.filter((_, column) => column !== date && clocks[column] === undefined);
  return { names: [`${names[date]} ${first} …`, /[時分]/.test(first) ? "値" : "value"], beside, rows: long, origins };
}

/** The time of day that is a name, "1:30", "1時", "01:00-02:00" (its begin); undefined = it is none. */
function clockIn(name: string): string | undefined {
  const text = name.normalize("NFKC").trim();
  const hour = /^(\d{1,2})時$/.exec(text)?.[1];
  if (hour !== undefined && Number(hour) <= 24) return `${hour}:00`;
  const begin = /^(\d{1,2}[:時]\d\d分?)(?:\s*[-~〜]\s*\d{1,2}[:時]\d\d分?)?$/.exec(text)?.[1];
  const clock = begin?.replace("時", ":").replace("分", "");
  return clock !== undefined && looksLikeClock(clock) ? clock : undefined;
}

function minutes(clock = ""): number {
  const [hour, minute] = clock.split(":").map(Number);
  return 60 * hour + minute;
}
