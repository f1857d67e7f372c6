import { type Cell, type Grid, lineOf } from "./table-format";
import { TableProblem } from "./table-problem";

/** More columns are no table of a plant: rows whose properties have other names each time, or a separator that is none. */
export const MOST_COLUMNS = 5000;

export function tooManyColumns(columns: number): TableProblem {
  return new TableProblem(
    "tooManyColumns",
    { columns, most: MOST_COLUMNS },
    `The table has ${columns} columns or more; at most ${MOST_COLUMNS} are read. Check the separator and the names.`,
  );
}

/**
 * The cells of an array of row objects, the names in the first line; a property that a row lacks is an empty cell.
 *
 * @throws TableProblem noObjects where a row is no object
 */
export function gridOfObjects(rows: readonly unknown[]): Grid {
  const names = new Map<string, number>();
  const cells: Cell[][] = [[]];
  rows.forEach((row, i) => {
    if (typeof row !== "object" || row === null || Array.isArray(row))
      throw new TableProblem(
        "noObjects",
        { row: i + 1 },
        `Row ${i + 1} is no object; an array of objects such as {time, temperature} is needed.`,
      );
    const line: Cell[] = [];
    for (const [name, value] of fieldsOf(row)) {
      let column = names.get(name);
      if (column === undefined) {
        column = names.size;
        if (column >= MOST_COLUMNS) throw tooManyColumns(column + 1);
        names.set(name, column);
        cells[0].push(name);
      }
      while (line.length < column) line.push("");
      line[column] = cellOf(value);
    }
    cells.push(line);
  });
  return { rows: cells };
}

/** What holds the values of a row, such as the payload of a message: their names go without it. */
const HOLDERS: readonly string[] = ["payload", "values", "value", "data", "fields", "measurements", "readings"];
/** So deep is looked into objects within objects. */
const DEEPEST = 4;

/** The values of a row object with their names; of one within it with that before, "boiler.temperature". */
export function fieldsOf(row: object): [name: string, value: unknown][] {
  const own = Object.entries(row);
  if (!own.some(([, value]) => isRecord(value))) return own;
  const fields = new Map<string, unknown>();
  const add = (object: object, path: string, depth: number, holder: string): void => {
    for (const [name, value] of Object.entries(object)) {
      const plain = path === "" ? name : `${path}.${name}`;
      const whole = fields.has(plain) && holder !== "" ? `${holder}.${name}` : plain;
      if (!isRecord(value) || depth >= DEEPEST) fields.set(whole, value);
      else if (HOLDERS.includes(name.toLowerCase())) add(value, path, depth + 1, whole);
      else add(value, whole, depth + 1, "");
    }
  };
  add(row, "", 0, "");
  return [...fields];
}

/** Whether a value has names and values of its own. */
function isRecord(value: unknown): value is object {
  if (typeof value !== "object" || value === null) return false;
  const made = Object.getPrototypeOf(value);
  return made === null || Object.getPrototypeOf(made) === null;
}

/** A value of an object as a cell. */
export function cellOf(value: unknown): Cell {
  switch (typeof value) {
    case "number":
      return Number.isFinite(value) ? value : "";
    case "string":
      return value;
    case "bigint":
    case "boolean":
      return Number(value);
    default:
      if (value instanceof Date) return Number.isNaN(value.getTime()) ? "" : value.toISOString();
      return value === null || value === undefined ? "" : "{…}";
  }
}

/** Cells that people see, as they came, for the first lines of a preview. */
export function firstLines(grid: Grid, count: number): { line: number; cells: string[] }[] {
  return grid.rows.slice(0, count).map((row, i) => ({
    line: lineOf(grid, i),
    cells: row.slice(0, 100).map((cell) => String(cell).slice(0, 60)),
  }));
}
