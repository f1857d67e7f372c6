/** Tables whose columns are times: of several days, or times of day where each row is a day. */
import { looksLikeDate } from "../text/date-format";
import { looksLikeNumber } from "../text/number-format";
import { namesOf } from "./header";
import type { Cell } from "./table-format";
import { isUnitName } from "./tags";
import { clocksIn, datesIn, MIDNIGHT } from "./time-names";

/** So many rows are looked at to find what a column holds. */
const LOOKED_AT = 200;
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
 * day, as meters are read, "Date, 0:00, 0:30, …", "日付, 1時, 2時, …", "Date, 1, 2, …, 24"; or times of day by days.
 *
 * @returns undefined where the names of the columns are no times
 */
export function unrolled(names: readonly string[], rows: readonly (readonly Cell[])[]): Unrolled | undefined {
  const dates = datesIn(names);
  const across = dates ?? clocksIn(names);
  if (!across) return undefined;
  const columns = names.flatMap((_, column) => (across[column] === undefined ? [] : [column]));
  const others = names.flatMap((_, column) => (across[column] === undefined ? [column] : []));
  const some = rows.slice(0, LOOKED_AT);
  const texts = (column: number, all: readonly (readonly Cell[])[] = some): string[] =>
    all.map((row) => String(row[column] ?? "").trim());
  const isMostly = (column: number, test: (text: string) => boolean): boolean => {
    const filled = texts(column).filter((text) => text !== "");
    return filled.length > 0 && filled.filter(test).length >= 0.7 * filled.length;
  };
  const isDay = dates?.every((text) => text === undefined || !CLOCK.test(text));
  const hours = isDay ? others.map((column) => clocksIn(texts(column))) : [];
  const key = !dates
    ? (others.find((column) =>
        isMostly(column, (text) => looksLikeDate(text) && !CLOCK.test(text.replace(MIDNIGHT, ""))),
      ) ?? -1)
    : (others[hours.findIndex((found) => found !== undefined)] ?? -1);
  const clocks = hours.find((found) => found !== undefined);
  const unit = others.find((column) => isUnitName(names[column])) ?? -1;
  const words = others.filter(
    (column) => column !== key && column !== unit && isMostly(column, (text) => !looksLikeNumber(text)),
  );
  const distinct = (column: number): number => new Set(texts(column)).size;
  const isAlone = key < 0 ? rows.length < 2 : distinct(key) > 0.95 * some.length;
  const [tag = key < 0 ? (others[0] ?? -1) : -1] = words.toSorted((a, b) => distinct(b) - distinct(a));
  // Hours of no day are those of tags, unless a time stands beside: then they are names of something else.
  const isTimed = others.some((column) => isMostly(column, looksLikeDate)) || !CLOCK.test(names[columns[0]]);
  if (key < 0 && !dates && (isTimed || !words.includes(tag))) return undefined;
  const [hasTag, hasUnit] = [tag >= 0 && !isAlone, unit >= 0 && !isAlone];
  const tags = key < 0 && tag >= 0 ? namesOf(texts(tag, rows), rows.length) : undefined;
  const origins: number[] = [];
  const long = rows.flatMap((row, i) => {
    const said = String(row[key] ?? "").trim();
    const day = said.replace(MIDNIGHT, "");
    const isRow = key < 0 ? row.some((cell) => String(cell).trim() !== "") : clocks ? clocks[i] : looksLikeDate(day);
    // A row without values or without a day says for itself that it is none.
    const filled = isRow ? columns : columns.slice(0, 1);
    origins.push(...filled.map(() => i));
    return filled.map((column): Cell[] => [
      !isRow
        ? day
        : clocks
          ? `${across[column]} ${clocks[i]}`
          : key < 0
            ? (across[column] as string)
            : `${day} ${across[column]}`,
      ...(hasTag ? [tags?.[i] ?? (String(row[tag] ?? "").trim() || "–")] : []),
      row[column] ?? "",
      ...(hasUnit ? [row[unit] ?? ""] : []),
    ]);
  });
  const first = names[columns[0]];
  const value = (isAlone && tags?.[0]) || (/[時分]/.test(first) ? "値" : "value");
  const made = [
    `${key < 0 ? "" : `${names[key]} `}${first} …`,
    ...(hasTag ? [names[tag]] : []),
    value,
    ...(hasUnit ? [names[unit]] : []),
  ];
  const used = [key, hasTag || tags ? tag : -1, hasUnit ? unit : -1];
  const beside = others.filter((column) => !used.includes(column)).map((column) => names[column]);
  return {
    names: made,
    tagColumn: hasTag ? names[tag] : "",
    beside,
    rows: long,
    origins,
    isDoubtful: /^\d+$/.test(first),
  };
}
