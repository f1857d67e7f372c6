/** The rows of a table below its names: of its first sheet, and of further ones with the same names. */
import { isRepeated } from "./remarks";
import { type Section, sectionsBelow } from "./sections";
import { type Cell, type Grid, lineOf, type Place, type Sheet } from "./table-format";

/** The rows, and where each stands. */
export interface Body {
  readonly rows: readonly (readonly Cell[])[];
  readonly placeOf: (row: number) => Place;
  /** Names of the further sheets that were taken in. */
  readonly sheets: readonly string[];
  /** What stands below and is another table. */
  readonly sections: readonly Section[];
}

/** The rows of one sheet within those of all. */
interface Page {
  readonly name: string | undefined;
  readonly from: number;
}

/**
 * @param sheet name of the first one, where a place is to name its sheet
 * @param named index of the row of names; −1 = there is none
 * @param first that of the first row of values
 * @param remark is told of the rows that are left out, such as the names once more
 */
export function bodyOf(
  grid: Grid,
  { sheet: name, named, first }: { sheet: string | undefined; named: number; first: number },
  further: readonly Sheet[],
  remark: (place: Place, row: readonly Cell[]) => void,
): Body {
  const rows: (readonly Cell[])[] = [];
  const lines: number[] = [];
  const pages: Page[] = [];
  const sections: Section[] = [];
  const isAgain = isRepeated(named < 0 ? [] : grid.rows.slice(named, first));
  const take = (page: Grid, name: string | undefined, named: number, from: number): void => {
    pages.push({ name, from: rows.length });
    const { end, others } = sectionsBelow(page, named, from);
    for (const { title, line } of others) sections.push({ title, ...placeIn(name, line) });
    for (let i = from; i < end; i++) {
      if (isAgain(page.rows[i])) remark(placeIn(name, lineOf(page, i)), page.rows[i]);
      else {
        rows.push(page.rows[i]);
        lines.push(lineOf(page, i));
      }
    }
  };
  take(grid, name, named, first);
  const key = (row: readonly Cell[]): string => row.map((cell) => String(cell).trim()).join("\n").trimEnd(); // biome-ignore format: one line
  for (const sheet of named < 0 ? [] : further) {
    const again = sheet.rows.findIndex((row) => key(row) === key(grid.rows[named]));
    if (again >= 0) take(sheet, sheet.name, again, again + 1);
  }
  const placeOf = (row: number): Place => placeIn(pages.findLast(({ from }) => from <= row)?.name, lines[row]);
  return { rows, placeOf, sheets: pages.slice(1).map(({ name }) => String(name)), sections };
}

function placeIn(sheet: string | undefined, line: number): Place {
  return sheet === undefined ? { line } : { sheet, line };
}
