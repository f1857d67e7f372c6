/** Tables whose columns are times: of several days, or times of day where each row is a day. */
import { yearIn } from "../text/calendar-period";
import { looksLikeDate } from "../text/date-format";
import { looksLikeNumber } from "../text/number-format";
import { namesOf } from "./header";
import type { Cell } from "./table-format";
import { isUnitName } from "./tags";
import { clocksIn, datesIn, MIDNIGHT, monthsIn } from "./time-names";

/** So many rows are looked at to find what a column holds. */
const LOOKED_AT = 200;
/** This share of the rows is told apart. */
const OWN = 0.95;
const CLOCK = /\d ?[:時]/;

/** A table with a column for each time, as one with a row for each time. */
export interface Unrolled {
  /** The first column is that of the times. */
  readonly names: readonly string[];
  /** Names of the column with the tags; "" = there is one of values alone. */
  readonly tagColumn: string;
  /** The columns that are none of these: they hold one value for many times. */
  readonly beside: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
  /** The row in which the value of a new row stands. */
  readonly origins: readonly number[];
  /** Whether the hours are numbers alone, which may be those of channels. */
  readonly isDoubtful: boolean;
}

/**
 * Unrolls a table of times across: tags by times, as energy reports have it, "Meter, 2026-03-02 06:00, …"; days by times of
 * day, as meters are read, "Date, 0:00, 0:30, …", "日付, 1時, 2時, …", "Date, 1, 2, …, 24"; years by
 * months; or times of day by days.
 *
 * @returns undefined where the names of the columns are no times
 */
export function unrolled(names: readonly string[], rows: readonly (readonly Cell[])[]): Unrolled | undefined {
  const dates = datesIn(names);
  const months = dates ? undefined : monthsIn(names);
  const across = dates ?? months ?? clocksIn(names);
  const roles = across && rolesOf(names, rows, across, dates ? "dates" : months ? "months" : "clocks");
  if (!roles) return undefined;
  const { columns, others, key, clocks, tag, unit, isAlone } = roles;
  const [hasTag, hasUnit] = [tag >= 0 && !isAlone, unit >= 0 && !isAlone];
  // Each row is a tag: what comes twice is told apart, and what has no name has one.
  const tags = key < 0 && tag >= 0 ? namesOf(rows.map((row) => textOf(row[tag])), rows.length) : undefined; // biome-ignore format: one line
  const dayOf = (row: readonly Cell[]): string => textOf(row[key]).replace(MIDNIGHT, "");
  const monthOf = (year: string, after: string): string => {
    const first = new Date(Date.UTC(new Date(yearIn(year) as number).getUTCFullYear(), Number(after)));
    return first.toISOString().slice(0, 10);
  };
  /** What stands with the name of a column for its time; undefined = the row is none of the table. */
  const partOf = (row: readonly Cell[], i: number): string | undefined => {
    if (clocks) return clocks[i];
    if (key >= 0) return roles.isKey(dayOf(row)) ? dayOf(row) : undefined;
    return row.some((cell) => textOf(cell) !== "") ? "" : undefined;
  };
  const origins: number[] = [];
  const long = rows.flatMap((row, i) => {
    const part = partOf(row, i);
    // A row without values or without a day says for itself that it is none.
    const filled = part === undefined ? columns.slice(0, 1) : columns;
    for (const _ of filled) origins.push(i);
    return filled.map((column): Cell[] => {
      const name = across[column] as string;
      const time =
        part === undefined ? dayOf(row) : clocks ? `${name} ${part}` : months ? monthOf(part, name) : `${part} ${name}`.trim(); // biome-ignore format: one line
      const said = hasTag ? [tags ? tags[i] : textOf(row[tag]) || "–"] : [];
      return [time, ...said, row[column] ?? "", ...(hasUnit ? [row[unit] ?? ""] : [])];
    });
  });
  const first = names[columns[0]];
  const value = (isAlone && tags?.[0]) || (/[時分月]/.test(first) ? "値" : "value");
  const time = `${key < 0 ? "" : `${names[key]} `}${first} …`;
  const used = [key, hasTag || tags ? tag : -1, hasUnit ? unit : -1];
  return {
    names: [time, ...(hasTag ? [names[tag]] : []), value, ...(hasUnit ? [names[unit]] : [])],
    tagColumn: hasTag ? names[tag] : "",
    beside: others.filter((column) => !used.includes(column)).map((column) => names[column]),
    ...{ rows: long, origins, isDoubtful: /^\d+$/.test(first) },
  };
}

/** What the columns that are no times are for, by index; −1 = there is none; undefined = the times are names of something else. */
function rolesOf(
  names: readonly string[],
  rows: readonly (readonly Cell[])[],
  across: readonly (string | undefined)[],
  kind: "dates" | "months" | "clocks",
) {
  const columns = names.flatMap((_, column) => (across[column] === undefined ? [] : [column]));
  const others = names.flatMap((_, column) => (across[column] === undefined ? [column] : []));
  const some = rows.slice(0, LOOKED_AT);
  const isMostly = (column: number, test: (text: string) => boolean): boolean => {
    const filled = some.map((row) => textOf(row[column])).filter((text) => text !== "");
    return filled.length > 0 && filled.filter(test).length >= 0.7 * filled.length;
  };
  const isDay = (text: string): boolean => looksLikeDate(text) && !CLOCK.test(text.replace(MIDNIGHT, ""));
  // Below days stand their hours, beside hours their days.
  const areDates = kind === "dates";
  // Months stand beside their years.
  const isKey = kind === "months" ? (text: string) => yearIn(text) !== undefined : isDay;
  const areDays = areDates && columns.every((column) => isDay(names[column]));
  const hours = areDays ? others.map((column) => clocksIn(rows.map((row) => textOf(row[column])))) : [];
  const clocks = hours.find((found) => found !== undefined);
  const key = (clocks ? others[hours.indexOf(clocks)] : others.find((column) => !areDates && isMostly(column, isKey))) ?? -1; // biome-ignore format: one line
  const unit = others.find((column) => isUnitName(names[column])) ?? -1;
  const distinct = (column: number): number => new Set(some.map((row) => `${textOf(row[key])}\n${textOf(row[column])}`)).size; // biome-ignore format: one line
  const isAlone = key < 0 ? rows.length < 2 : distinct(key) > OWN * some.length;
  const isWords = (column: number): boolean => isMostly(column, (text) => !looksLikeNumber(text));
  const beside = others.filter((column) => column !== key && column !== unit);
  const [word = -1] = beside.filter(isWords).toSorted((a, b) => distinct(b) - distinct(a));
  // Numbers are those of meters where they come again each day, once.
  const comeAgain = (column: number): boolean =>
    new Set(some.map((row) => textOf(row[column]))).size <= some.length / 2;
  const number = beside.find((column) => comeAgain(column) && distinct(column) > OWN * some.length) ?? -1;
  const tag = word >= 0 ? word : key < 0 ? (others[0] ?? -1) : number;
  if (key < 0 && !areDates) {
    // Hours of no day are those of tags, unless a time stands beside: then they are names of something else.
    const isTimed = others.some((column) => isMostly(column, looksLikeDate)) || !CLOCK.test(names[columns[0]]);
    if (isTimed || word < 0) return undefined;
  }
  return { columns, others, key, isKey, clocks, tag, unit, isAlone };
}

function textOf(cell: Cell | undefined): string {
  return String(cell ?? "").trim();
}
