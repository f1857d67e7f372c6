/** Days whose year, or year and month, stands above the table, as on daily sheets: "2026年3月 ボイラー日報", "3月1日(日)", "1日". */
import { inCommonForm } from "../text/calendar";
import { looksLikeDate } from "../text/date-format";
import type { JoinedDate } from "./date-parts";
import { isSummary } from "./remarks";
import type { Cell } from "./table-format";

const YEAR = /((?:19|20)\d\d)年(?: ?(\d\d?)月)?/;
/** "3月1日(日)", "3/1"; "1日", "1" */
const MONTH_DAY = /^(\d\d?)(?:月|\/)(\d\d?)日?$/;
const DAY_ALONE = /^(\d\d?)日?$/;
/** The day of the week, behind the day. */
const WEEKDAY = / ?\([日月火水木金土][^)]{0,2}\)$/;
/** What a column of days alone is called. */
const DAYS = /^(?:日|日付|月日|day)$/i;
/** So many days are no coincidence. */
const LEAST = 3;
/** Sums may stand below them. */
const MOSTLY = 0.8;

/**
 * @param above the rows above the values
 * @returns undefined where no year stands there, or the rows are not a day each, one behind the other
 */
export function datedAbove(
  names: readonly string[],
  rows: readonly (readonly Cell[])[],
  above: readonly (readonly Cell[])[],
): JoinedDate | undefined {
  const title = above.flat().map((cell) => inCommonForm(String(cell).normalize("NFKC"))).find((text) => YEAR.test(text)); // biome-ignore format: one line
  const [, year, month = ""] = YEAR.exec(title ?? "") ?? [];
  if (year === undefined || rows.some((row) => row.some((cell) => looksLikeDate(String(cell).trim()))))
    return undefined;
  const plain = (cell: Cell | undefined): string => String(cell ?? "").normalize("NFKC").trim().replace(WEEKDAY, ""); // biome-ignore format: one line
  const dayIn = (text: string): [string, string] | undefined => {
    const [, m = month, d] = MONTH_DAY.exec(text) ?? [];
    const day = d ?? (month === "" ? undefined : DAY_ALONE.exec(text)?.[1]);
    return day === undefined || !looksLikeDate(`2000-${m}-${day}`) ? undefined : [m, day];
  };
  const column = names.findIndex((name, k) => {
    const filled = rows.map((row) => plain(row[k])).filter((text) => text !== "");
    const days = filled.flatMap((text) => dayIn(text)?.join("-") ?? []);
    const isNamed = k === 0 && (DAYS.test(plain(name)) || filled.some((text) => MONTH_DAY.test(text)));
    return isNamed && days.length >= Math.max(LEAST, MOSTLY * filled.length) && new Set(days).size === days.length;
  });
  if (column < 0) return undefined;
  let [last, at] = [0, Number(year)];
  const cell = (row: readonly Cell[]): string => {
    const day = dayIn(plain(row[column]));
    if (!day) return isSummary(plain(row[column])) ? "" : plain(row[column]);
    // January behind December is that of the next year.
    if (Number(day[0]) < last - 6) at++;
    last = Number(day[0]);
    return `${at}-${day[0].padStart(2, "0")}-${day[1].padStart(2, "0")}`;
  };
  return { name: `${year}年 ${names[column]}`, parts: [names[column]], cell };
}
