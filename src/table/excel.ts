import { strFromU8, unzipSync } from "fflate";
import { Parser } from "saxen";
import { ALL_SHEETS, type Cell, type Grid, type Sheet } from "./table-format";
import { TableProblem } from "./table-problem";

/** A sheet may hold so much XML, in bytes: a small file can be packed so that it fills any memory. */
const MOST_XML = 400_000_000;
const DAY = 86_400_000;
/** Formats of numbers that are dates though the file does not describe them, by the standard (ECMA-376, 18.8.30). */
const DATE_FORMATS = new Set([14, 15, 16, 17, 22, 27, 30, 36, 50, 57]);
const CLOCK_FORMATS = new Set([18, 19, 20, 21, 45, 46, 47]);

/** Reads an attribute of the element at hand; most elements are never asked. */
type Attribute = (name: string) => string | undefined;
/** How a number of a cell is meant. */
type Meaning = "number" | "date" | "clock";

/** Whether bytes are those of an .xlsx workbook, or of anything else in a ZIP archive. */
export function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;
}

/** A sheet with as many bytes as this share of the largest one may hold the table. */
const LARGE = 0.5;

/** The cells of one sheet, and the names of all. */
export interface Workbook {
  readonly sheet: Sheet;
  readonly names: readonly string[];
  /** Whether another sheet may as well be meant. */
  readonly isDoubtful: boolean;
  /** All that is shown behind it, where all are wanted. */
  readonly further: () => readonly Sheet[];
}

/**
 * A sheet of an Excel workbook (.xlsx): the one that is wanted, else the first of the large ones, since a title page or a
 * summary may stand before the data. Numbers stay numbers; dates become text such as "2026-03-27 22:00:00", times of day
 * such as "22:00:00".
 *
 * @throws TableProblem damagedExcel, noSheet, unknownSheet
 */
export function readExcel(bytes: Uint8Array, wanted?: string): Workbook {
  let files: Record<string, Uint8Array>;
  let xml = 0;
  try {
    files = unzipSync(bytes, {
      filter: ({ name, originalSize }) => {
        if (!/^xl\/(workbook|sharedStrings|styles|_rels\/workbook|worksheets\/[^/]+)\.xml(\.rels)?$/i.test(name))
          return false;
        xml += originalSize;
        if (xml > MOST_XML) throw new Error("too much");
        return true;
      },
    });
  } catch (error) {
    const reason = (error as Error).message;
    throw new TableProblem("damagedExcel", { reason }, `The Excel file cannot be unpacked (${reason}); save it anew.`);
  }
  const bytesOf = (path: string): Uint8Array | undefined => files[Object.keys(files).find((name) => name.toLowerCase() === path.toLowerCase()) ?? ""]; // biome-ignore format: one line
  const file = (path: string): string => strFromU8(bytesOf(path) ?? new Uint8Array());
  const sizeOf = ({ path }: { path: string }): number => bytesOf(path)?.length ?? 0;
  const all = sheetsOf(file("xl/workbook.xml"), file("xl/_rels/workbook.xml.rels")).filter(
    (sheet) => sizeOf(sheet) > 0,
  );
  if (all.length === 0)
    throw new TableProblem("noSheet", {}, "The file has no Excel sheet; save it as .xlsx or as CSV and try again.");
  const shown = all.every(({ isHidden }) => isHidden) ? all : all.filter(({ isHidden }) => !isHidden);
  const most = Math.max(...shown.map(sizeOf));
  const large = shown.filter((sheet) => sizeOf(sheet) >= LARGE * most);
  const isOne = wanted && wanted !== ALL_SHEETS;
  const chosen = isOne ? all.find(({ name }) => name === wanted) : large[0];
  const names = all.map(({ name }) => name);
  if (!chosen) {
    const some = names.slice(0, 8).join(", ");
    throw new TableProblem(
      "unknownSheet",
      { name: String(wanted), names: some },
      `There is no sheet "${wanted}"; the workbook has: ${some}.`,
    );
  }
  const is1904 = /date1904="(1|true)"/i.test(file("xl/workbook.xml"));
  const [strings, styles] = [sharedStrings(file("xl/sharedStrings.xml")), meanings(file("xl/styles.xml"))];
  const read = ({ name, path }: { name: string; path: string }): Sheet => ({ name, ...cellsOf(file(path), strings, styles, is1904) }); // biome-ignore format: one line
  const behind = wanted === ALL_SHEETS ? shown.slice(shown.indexOf(chosen) + 1) : [];
  return { sheet: read(chosen), names, isDoubtful: !wanted && large.length > 1, further: () => behind.map(read) };
}

/** The sheets in the order of their tabs. */
function sheetsOf(workbook: string, relations: string): { name: string; path: string; isHidden: boolean }[] {
  const targets = new Map<string | undefined, string>();
  walk(relations, (name, attribute) => {
    if (name === "Relationship") targets.set(attribute("Id"), attribute("Target") ?? "");
  });
  const sheets: ReturnType<typeof sheetsOf> = [];
  walk(workbook, (tag, attribute) => {
    if (tag !== "sheet") return;
    const target = targets.get(attribute("r:id")) ?? "worksheets/sheet1.xml";
    const path = target.startsWith("/") ? target.slice(1) : `xl/${target}`;
    sheets.push({ name: attribute("name") ?? path, path, isHidden: /hidden/i.test(attribute("state") ?? "") });
  });
  return sheets;
}

function sharedStrings(xml: string): string[] {
  const strings: string[] = [];
  let text = "";
  let isText = false;
  // Furigana (rPh) stand beside the text that they explain.
  let isPhonetic = false;
  walk(
    xml,
    (name) => {
      if (name === "si") text = "";
      if (name === "rPh") isPhonetic = true;
      isText = name === "t" && !isPhonetic;
    },
    (name) => {
      if (name === "si") strings.push(text);
      if (name === "rPh") isPhonetic = false;
      isText = false;
    },
    (part) => {
      if (isText) text += part;
    },
  );
  return strings;
}

/** The meaning of numbers by the style of their cell. */
function meanings(xml: string): Meaning[] {
  const codes = new Map<number, string>();
  const styles: Meaning[] = [];
  let inStyles = false;
  walk(
    xml,
    (name, attribute) => {
      if (name === "numFmt") codes.set(Number(attribute("numFmtId")), attribute("formatCode") ?? "");
      if (name === "cellXfs") inStyles = true;
      if (name === "xf" && inStyles) {
        const id = Number(attribute("numFmtId"));
        styles.push(meaningOf(id, codes.get(id)));
      }
    },
    (name) => {
      if (name === "cellXfs") inStyles = false;
    },
  );
  return styles;
}

function meaningOf(id: number, code: string | undefined): Meaning {
  if (code === undefined) return DATE_FORMATS.has(id) ? "date" : CLOCK_FORMATS.has(id) ? "clock" : "number";
  const bare = code.replace(/"[^"]*"|\\.|\[[^\]]*\]/g, "").toLowerCase();
  if (/[yd]|ge/.test(bare.replace("red", ""))) return "date";
  return /[hs]/.test(bare) ? "clock" : "number";
}

function cellsOf(xml: string, strings: readonly string[], styles: readonly Meaning[], is1904: boolean): Grid {
  const rows: Cell[][] = [];
  const lines: number[] = [];
  let row: Cell[] = [];
  let column = -1;
  let type = "";
  let style = 0;
  let value = "";
  let isValue = false;
  walk(
    xml,
    (name, attribute) => {
      if (name === "row") {
        row = [];
        column = -1;
        lines.push(Number(attribute("r") ?? (lines.at(-1) ?? 0) + 1));
        rows.push(row);
      } else if (name === "c") {
        const reference = attribute("r");
        column = reference ? columnOf(reference) : column + 1;
        type = attribute("t") ?? "n";
        style = Number(attribute("s") ?? 0);
        value = "";
      }
      isValue = name === "v" || name === "t";
    },
    (name) => {
      isValue = false;
      if (name !== "c" || value === "" || !(column >= 0 && column < 20_000)) return;
      while (row.length < column) row.push("");
      row[column] = cellOf(value, type, styles[style] ?? "number", strings, is1904);
    },
    (part) => {
      if (isValue) value += part;
    },
  );
  return { rows, lines };
}

function cellOf(value: string, type: string, meaning: Meaning, strings: readonly string[], is1904: boolean): Cell {
  if (type === "s") return strings[Number(value)] ?? "";
  if (type === "b") return Number(value);
  if (type !== "n") return value;
  const number = Number(value);
  if (!Number.isFinite(number)) return value;
  if (meaning === "number") return number;
  // Day 60 of the calendar from 1900 is a 29 February that never was.
  const days = is1904 ? number + 1462 : number < 60 ? number + 1 : number;
  const time = new Date(Math.round((days - 25_569) * DAY));
  if (Number.isNaN(time.getTime())) return number;
  const iso = time.toISOString();
  const clock = iso.endsWith(".000Z") ? iso.slice(11, 19) : iso.slice(11, 23);
  return meaning === "clock" && number < 1 ? clock : `${iso.slice(0, 10)} ${clock}`;
}

/** 0 of "A1", 26 of "AA7". */
function columnOf(reference: string): number {
  let column = 0;
  for (const letter of reference.match(/^[A-Z]+/)?.[0] ?? "") column = column * 26 + letter.charCodeAt(0) - 64;
  return column - 1;
}

function walk(
  xml: string,
  open: (name: string, attribute: Attribute) => void,
  close: (name: string) => void = () => {},
  text: (part: string) => void = () => {},
): void {
  if (xml === "") return;
  const parser = new Parser();
  const plain = (name: string): string => name.slice(name.indexOf(":") + 1);
  parser.on("openTag", (name, attributes, decode) => {
    open(plain(name), (key) => {
      const value = attributes()[key];
      return value?.includes("&") ? decode(value) : value;
    });
  });
  parser.on("closeTag", (name) => close(plain(name)));
  parser.on("text", (part, decode) => text(part.includes("&") ? decode(part) : part));
  parser.on("cdata", (part) => text(part));
  parser.on("error", (error) => {
    const reason = error.message;
    throw new TableProblem("damagedExcel", { reason }, `The Excel file is damaged (${reason}); save it anew.`);
  });
  parser.parse(xml);
}
