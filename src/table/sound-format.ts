import { DATE_ORDERS, readStamp } from "../text/date-format";
import type { TableFormat } from "./table-format";
import { TableProblem } from "./table-problem";

/** What a person, or a flow, may say of a table. @throws TableProblem setting */
export function mustBeSound(given: Partial<TableFormat>): void {
  const isLine = (value: unknown): boolean => Number.isInteger(value) && (value as number) >= 0;
  const isText = (value: unknown): boolean => typeof value === "string";
  const isTexts = (value: unknown): boolean => Array.isArray(value) && value.every(isText);
  const rules: Record<keyof TableFormat, (value: unknown) => boolean> = {
    encoding: isText,
    sheet: isText,
    separator: (value) => ["", ",", ";", "\t", "|", " "].includes(value as string),
    quote: (value) => value === "" || value === '"',
    decimal: (value) => value === "." || value === ",",
    thousands: (value) => ["", ".", ",", " ", "'"].includes(value as string),
    headerLine: isLine,
    unitsLine: isLine,
    firstLine: (value) => isLine(value) && (value as number) > 0,
    timeColumn: isText,
    clockColumn: isText,
    tagColumn: isText,
    tagValues: (value) => value === "held" || value === "reported",
    dateOrder: (value) => (DATE_ORDERS as readonly unknown[]).includes(value),
    start: (value) => value === "" || (isText(value) && readStamp(value as string, "ymd") !== undefined),
    step: (value) => Number.isFinite(value) && (value as number) > 0,
    missing: isTexts,
    states: isTexts,
    marked: (value) => value === "counted" || value === "missing",
  };
  for (const [field, isSound] of Object.entries(rules)) {
    const value = given[field as keyof TableFormat];
    if (value === undefined || isSound(value)) continue;
    const text = String(value).slice(0, 40);
    throw new TableProblem("setting", { field, value: text }, `"${text}" is no ${field} of a table.`);
  }
  if (given.decimal !== undefined && given.decimal === given.thousands)
    throw new TableProblem(
      "setting",
      { field: "thousands", value: given.decimal },
      `"${given.decimal}" cannot be both the decimal and the thousands sign.`,
    );
}
