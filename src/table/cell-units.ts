import { looksLikeClock, looksLikeDate } from "../text/date-format";
import { looksLikeNumber } from "../text/number-format";
import type { Cell } from "./table-format";

/** So many cells of a column are looked at to find whether they have a unit. */
const LOOKED_AT = 200;
const SHARE = 0.9;
const WITH_UNIT = /^([+\-−]?\d[\d.,'’ \u00a0\u202f]*)([\p{L}%‰°℃℉µ([]\S{0,11})$/u;
const EXPONENT = /^e[+-]?\d+$/i;

/** A number and the unit behind it, "21.5 °C". */
export function splitUnit(text: string): { number: string; unit: string } | undefined {
  const found = text.length < 40 ? WITH_UNIT.exec(text.trim()) : null;
  if (!found || EXPONENT.test(found[2])) return undefined;
  return { number: found[1].trim(), unit: found[2] };
}

/** Takes out the unit that nearly all cells of a column have; what has another one stays, since 1 kW is not 1 W. */
export function withoutUnits(rows: readonly (readonly Cell[])[]): {
  rows: readonly (readonly Cell[])[];
  units: ReadonlyMap<number, string>;
} {
  const units = new Map<number, string>();
  const step = Math.max(1, Math.floor(rows.length / LOOKED_AT));
  const some = rows.filter((_, i) => i % step === 0);
  const unitOf = (cell: Cell): string | undefined =>
    typeof cell === "string" && !looksLikeDate(cell) && !looksLikeClock(cell) ? splitUnit(cell)?.unit : undefined;
  for (let column = Math.max(0, ...some.map((row) => row.length)) - 1; column >= 0; column--) {
    const cells = some.map((row) => row[column] ?? "").filter((cell) => typeof cell === "number" || /\d/.test(cell));
    const unit = cells.map(unitOf).find((one) => one !== undefined);
    if (unit === undefined) continue;
    // A number without a unit stands in that of the others.
    const isBare = (cell: Cell): boolean => typeof cell === "number" || looksLikeNumber(cell.trim());
    const count = (test: (cell: Cell) => boolean): number => cells.filter(test).length;
    const has = count((cell) => unitOf(cell) === unit);
    if (has >= 0.5 * cells.length && has + count(isBare) >= SHARE * cells.length) units.set(column, unit);
  }
  if (units.size === 0) return { rows, units };
  const bare = (cell: Cell, column: number): Cell => {
    const unit = units.get(column);
    const parts = unit !== undefined && typeof cell === "string" ? splitUnit(cell) : undefined;
    return parts?.unit === unit && parts ? parts.number : cell;
  };
  return { rows: rows.map((row) => row.map(bare)), units };
}
