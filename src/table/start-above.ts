/** When the readings of a table begin whose times have no date: it stands in the lines above them. */
import { guessDateOrder, looksLikeClock, looksLikeDate, readStamp } from "../text/date-format";
import type { Cell } from "./table-format";

const BEGIN = /start|begin|trig|first|von\b|ab\b|開始|トリガ/i;
/** "Start: 02.03.2026 06:00" in one cell. */
const LABELLED = /^\D{1,30}[:：] ?(?=\d|令和|R\d)/;
const DAY = 86_400_000;

/**
 * The date, with the time of day where it is that of the begin or stands below the date, as "2026-03-02" or "2026-03-02 06:00:00".
 *
 * @param above the lines before the first one of values
 * @returns "" where none stands there, or several that are not said to be the begin
 */
export function startAbove(above: readonly (readonly Cell[])[]): string {
  const found = above.flatMap((row, i) =>
    row.flatMap((cell, k) => {
      const text = String(cell).trim().replace(LABELLED, "");
      if (!looksLikeDate(text)) return [];
      // The time of day may stand below its date.
      const below = String(above[i + 1]?.[k] ?? "").trim();
      const isBelow = !/\d ?[:時] ?\d\d/.test(text) && looksLikeClock(below);
      const whole = isBelow ? `${text} ${below}` : text;
      const wall = readStamp(whole, guessDateOrder([whole]).order)?.wall;
      const isBegin = row.some((cell) => BEGIN.test(String(cell)));
      // When it was printed says nothing of its first row.
      const day = wall !== undefined && !isBegin && !isBelow ? Math.floor(wall / DAY) * DAY : wall;
      return day === undefined ? [] : [{ wall: day, isBegin }];
    }),
  );
  const begins = found.filter(({ isBegin }) => isBegin);
  const walls = (begins.length > 0 ? begins : found).map(({ wall }) => wall);
  if (walls.length === 0 || new Set(walls.map((wall) => Math.floor(wall / DAY))).size > 1) return "";
  // Of a day with and without its time the one with it.
  const iso = new Date(Math.max(...walls)).toISOString();
  return iso.slice(0, iso.endsWith("T00:00:00.000Z") ? 10 : 19).replace("T", " ");
}
