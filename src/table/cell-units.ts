import { senderStatus } from "../message/sender-status";
import { yearIn } from "../text/calendar-period";
import { currencyBehind } from "../text/currency";
import { looksLikeClock, looksLikeDate, looksLikeHour } from "../text/date-format";
import { looksLikeNumber } from "../text/number-format";
import type { Cell } from "./table-format";

/** So many cells of a column are looked at to find whether they have a unit. */
const LOOKED_AT = 200;
const SHARE = 0.9;
const WITH_UNIT = /^([+\-−]?\d[\d.,'’ \u00a0\u202f]*)([\p{L}\p{Sc}%‰°℃℉µΩ([]\S{0,11})$/u;
const HEXADECIMAL = /^0x[\da-f]+$/i;
const EXPONENT = /^e[+-]?\d+$/i;
/** Units that dashboards write with a prefix or without one, as the value is large or small. */
const PREFIXED = /^([nµumkKMGT]?)(Wh?|VA|VAr|var|V|A|Hz|Pa|J|Ω|B|bit|b\/s|B\/s|bps)$/u;
const POWERS: Readonly<Record<string, number>> = {
  ...{ n: -9, µ: -6, u: -6, m: -3, "": 0, k: 3, K: 3, M: 6, G: 9, T: 12 },
};

/** A number and the unit behind it, "21.5 °C", or the currency before it, "€ 21.5". */
export function splitUnit(text: string): { number: string; unit: string } | undefined {
  const found = text.length < 40 ? WITH_UNIT.exec(currencyBehind(text.trim())) : null;
  if (
    !found ||
    EXPONENT.test(found[2]) ||
    HEXADECIMAL.test(text.trim()) ||
    senderStatus(found[2].replace(/[()[\]]/g, ""))
  )
    return undefined;
  return { number: found[1].trim(), unit: found[2] };
}

/** By which power of ten a unit is larger than another one of the same kind; undefined = they are of two kinds. */
function powerOver(unit: string, other: string): number | undefined {
  if (unit === other) return 0;
  const [one, two] = [PREFIXED.exec(unit), PREFIXED.exec(other)];
  return one && two && one[2] === two[2] ? POWERS[one[1]] - POWERS[two[1]] : undefined;
}

/**
 * Takes out the unit that nearly all cells of a column have; one with another prefix is reckoned into it, 1.2 kW as 1200 W.
 * What has another unit stays, since 1 bar is not 1 kPa.
 */
export function withoutUnits(rows: readonly (readonly Cell[])[]): {
  rows: readonly (readonly Cell[])[];
  units: ReadonlyMap<number, string>;
} {
  const units = new Map<number, string>();
  const step = Math.max(1, Math.floor(rows.length / LOOKED_AT));
  const some = rows.filter((_, i) => i % step === 0);
  const isTime = (text: string): boolean => looksLikeDate(text) || looksLikeClock(text) || looksLikeHour(text) || yearIn(text) !== undefined; // biome-ignore format: one line
  const unitOf = (cell: Cell): string | undefined =>
    typeof cell === "string" && !isTime(cell) ? splitUnit(cell)?.unit : undefined;
  for (let column = Math.max(0, ...some.map((row) => row.length)) - 1; column >= 0; column--) {
    const cells = some.map((row) => row[column] ?? "").filter((cell) => typeof cell === "number" || /\d/.test(cell));
    const found = cells.flatMap((cell) => unitOf(cell) ?? []);
    if (found.length < 0.5 * cells.length || found.length === 0) continue;
    const unit = mostCommon(found);
    // A number without a unit stands in that of the others.
    const isBare = (cell: Cell): boolean => typeof cell === "number" || looksLikeNumber(cell.trim());
    const fits = found.filter((one) => powerOver(one, unit) !== undefined).length;
    if (fits >= 0.5 * cells.length && fits + cells.filter(isBare).length >= SHARE * cells.length)
      units.set(column, unit);
  }
  if (units.size === 0) return { rows, units };
  const bare = (cell: Cell, column: number): Cell => {
    const unit = units.get(column);
    const parts = unit !== undefined && typeof cell === "string" ? splitUnit(cell) : undefined;
    const power = parts && powerOver(parts.unit, unit as string);
    if (parts === undefined || power === undefined) return cell;
    return power === 0 ? parts.number : `${parts.number}e${power}`;
  };
  return { rows: rows.map((row) => row.map(bare)), units };
}

function mostCommon(texts: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return [...counts].reduce((best, one) => (one[1] > best[1] ? one : best))[0];
}
