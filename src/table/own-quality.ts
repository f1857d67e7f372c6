/** Columns that say how good the values of the column beside them are: "TI-101, TI-101 Quality, FI-102, FI-102 Quality". */
import { senderStatus } from "../message/sender-status";
import type { MissingMarks } from "./missing-marks";
import type { Cell } from "./table-format";

const QUALITY =
  /(?:[\s_./:-]*[[(]?(?:quality|qual|status(?: ?code)?|validity|qualität|güte|qualité|calidad|品質|状態|ステータス)|(?:^|[\s_./:-])(?:st|q))[)\]]?$/iu;
const VALUE = /(?:[\s_./:-]*(?:value|wert|valeur|valor|測定値|計測値|現在値|値)|(?:^|[\s_./:-])(?:val|cv|pv|v))$/iu;
const NUMBERED = / \(\d+\)$/;
const UNIT = /\s*[[(（［【][^[\]()（）［］【】]{1,15}[\])）］】]$/;
/** Where numbers are codes of OPC, most say good: 192 with its limits and sub-statuses, or 0 beside the large ones of OPC UA. */
const GOOD = /^(?:19[2-9]|20\d|21\d)$/;
const [FIRST_OF_UA, MOST] = [0x10000, 0.5];

/**
 * Which column tells of which: the one that bears its name, or stands behind it without a name of its own.
 *
 * @returns the index of the quality by that of the values
 */
export function qualityColumns(
  names: readonly string[],
  rows: readonly (readonly Cell[])[],
  marks: MissingMarks,
): ReadonlyMap<number, number> {
  const called = names.flatMap((name, i) => (QUALITY.test(name.replace(NUMBERED, "")) ? [i] : []));
  const textsOf = (column: number): string[] => rows.map((row) => String(row[column] ?? "").trim()).filter((text) => text !== ""); // biome-ignore format: one line
  const isUa = called.some((column) => textsOf(column).some(isOfUa));
  const told = called.filter((column) => areStatuses(textsOf(column), isUa, marks));
  const base = (i: number, word: RegExp): string => names[i].replace(NUMBERED, "").replace(UNIT, "").replace(word, "").trim().toLowerCase(); // biome-ignore format: one line
  const isOf = (value: number, quality: number): boolean => {
    if (value < 0 || told.includes(value)) return false;
    const own = base(quality, QUALITY);
    if (own !== "") return own === base(value, VALUE) || own === base(value, /$/);
    // "Time, Value, Status"; or one without a name behind each value.
    return (
      value === quality - 1 && (base(value, VALUE) === "" || told.filter((i) => base(i, QUALITY) === "").length > 1)
    );
  };
  const found = new Map<number, number>();
  for (const quality of told) {
    const value = isOf(quality - 1, quality) ? quality - 1 : names.findIndex((_, i) => isOf(i, quality));
    if (value >= 0) found.set(value, quality);
  }
  return found;
}

function isOfUa(code: string): boolean {
  return Number(code) >= FIRST_OF_UA;
}

function areStatuses(texts: readonly string[], isUa: boolean, marks: MissingMarks): boolean {
  const codes = texts.filter((text) => /^\d+$/.test(text));
  const good = codes.filter((code) => (isUa ? code === "0" : GOOD.test(code))).length;
  const areCodes = codes.length === 0 || (good > MOST * codes.length && (!isUa || codes.every((code) => code === "0" || isOfUa(code)))); // biome-ignore format: one line
  // Marks alone say nothing.
  const isGood = good > 0 || texts.some((text) => senderStatus(text)?.state === "good");
  return areCodes && isGood && texts.every((text) => senderStatus(text) !== undefined || marks.isMark(text));
}
