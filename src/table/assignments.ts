/** Lines that name each of their values, "2026-03-02 06:00:00 temp=60.5 press=1.02", as gateways and InfluxDB's line protocol write them. */
import { looksLikeDate } from "../text/date-format";
import { gridOfObjects } from "./objects";
import type { Grid } from "./table-format";

const PAIR = /(?:^|[\s,;|[(])([\p{L}_][\p{L}\p{N}_./-]{0,60})=("[^"]*"|[^\s,;|"\])]*)[\])]?/gu;
/** What stands before the first value and behind the last one, without what holds it apart. */
const AROUND = /^[\s,;|[(]+|[\s,;|\])]+$/g;
/** "60i" is a whole number of InfluxDB. */
const WHOLE = /^(-?\d+)[iu]$/;
/** So many lines are looked at, and this share of them is made so. */
const [LOOKED_AT, SHARE] = [200, 0.9];

/**
 * The cells of such a text; what stands before their values is the time, or behind them where that is none.
 *
 * @returns undefined where the lines are made otherwise
 */
export function assignedCells(text: string): Grid | undefined {
  const lines = text.split(/\r\n|\n|\r/).map((line, i) => ({ line, at: i + 1 })).filter(({ line }) => line.trim() !== ""); // biome-ignore format: one line
  const some = lines.slice(0, LOOKED_AT);
  if (some.length < 2 || some.filter(({ line }) => rowOf(line)).length < SHARE * some.length) return undefined;
  // A line that is made otherwise stays one, so that it is counted among those that are none.
  const { rows } = gridOfObjects(lines.map(({ line }) => rowOf(line) ?? { time: line.trim() }));
  return { rows, lines: [0, ...lines.map(({ at }) => at)] };
}

function rowOf(line: string): object | undefined {
  const pairs = [...line.matchAll(PAIR)];
  if (pairs.length === 0) return undefined;
  const [before, ...others] = line.split(PAIR).filter((_, i) => i % 3 === 0).map((part) => part.replace(AROUND, "")); // biome-ignore format: one line
  const behind = others.pop() ?? "";
  if (others.some((part) => part !== "") || /[,;|\t]/.test(before + behind)) return undefined;
  const values = pairs.map(([, name, value]): [string, string] => [name, value.replace(/^"(.*)"$/, "$1").replace(WHOLE, "$1")]); // biome-ignore format: one line
  const [time, name] = behind === "" || looksLikeDate(before) ? [before, behind] : [behind, before];
  // From entries: a value may be called __proto__.
  return Object.fromEntries([...(time ? [["time", time]] : []), ...(name ? [["name", name]] : []), ...values]);
}
