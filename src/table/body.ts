/** The rows of a table below its names: of its first sheet, and of further ones with the same names. */
import { isRepeated } from "./remarks";
import { type Cell, type Grid, lineOf, type Sheet } from "./table-format";

/** The rows, and the line of each. */
export interface Body {
  readonly rows: readonly (readonly Cell[])[];
  readonly lines: readonly number[];
  /** Names of the further sheets that were taken in. */
  readonly sheets: readonly string[];
}

/**
 * @param named index of the row of names; −1 = there is none
 * @param first that of the first row of values
 * @param remark is told of the rows that are left out, such as the names once more
 */
export function bodyOf(
  grid: Grid,
  { named, first }: { named: number; first: number },
  further: readonly Sheet[],
  remark: (line: number, row: readonly Cell[]) => void,
): Body {
  const rows: (readonly Cell[])[] = [];
  const lines: number[] = [];
  const sheets: string[] = [];
  const isAgain = isRepeated(named < 0 ? [] : grid.rows.slice(named, first));
  const take = (page: Grid, from: number): void => {
    for (let i = from; i < page.rows.length; i++) {
      if (isAgain(page.rows[i])) remark(lineOf(page, i), page.rows[i]);
      else {
        rows.push(page.rows[i]);
        lines.push(lineOf(page, i));
      }
    }
  };
  take(grid, first);
  const key = (row: readonly Cell[]): string => row.map((cell) => String(cell).trim()).join("\n").trimEnd(); // biome-ignore format: one line
  for (const sheet of named < 0 ? [] : further) {
    const again = sheet.rows.findIndex((row) => key(row) === key(grid.rows[named]));
    if (again < 0) continue;
    sheets.push(sheet.name);
    take(sheet, again + 1);
  }
  return { rows, lines, sheets };
}
