import { annotated } from "./annotation";
import { beginsWithCurrency, groupsBy } from "./currency";

/** How numbers are written. */
export interface NumberFormat {
  decimal: "." | ",";
  /** What groups the digits of large numbers. */
  thousands: "" | "." | "," | " " | "'";
}

/** So many whole numbers are no coincidence. */
const LEAST_WHOLE = 3;
/** Digits with something between them; an exponent may follow. */
const LOOKS_LIKE = /^[+-]?[\d.,][\d.,' ]*(?:[eE][+-]?\d+)?$/;
const GROUPED_BY_SPACE = /^\d{1,3}(?: \d{3})+(?:[.,]\d+)?$/;
const GROUPED_BY_APOSTROPHE = /^\d{1,3}(?:'\d{3})+(?:[.,]\d+)?$/;
/** The sign behind the digits, as SAP writes it. */
const MINUS_BEHIND = /^([\d.,' ]*\d)-$/;
/** The sign away from the digits, as loggers write it. */
const SIGN_APART = /^([+-]) +(?=[\d.,])/;
const ASCII = /^[ -~]*$/;
const PLAIN = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
/** One sign at most, which most cells have. */
const SIMPLE = /^-?(0|[1-9]\d*)(?:([.,])(\d+))?$/;
const WITH_COMMA = /^[+-]?\d+(?:,\d+)?$/;

/** The same digits and signs, whoever wrote them: full-width, narrow blanks, typographic minus and apostrophe. */
function tidy(text: string): string {
  const plain = ASCII.test(text) ? text : text.normalize("NFKC").replace(/[−–]/g, "-").replace(/[’‘]/g, "'");
  return plain.trim().replace(SIGN_APART, "$1").replace(MINUS_BEHIND, "-$1");
}

/** Whether a cell could be a number in any format. */
export function looksLikeNumber(text: string): boolean {
  return PLAIN.test(text) || (text.length < 60 && /\d/.test(text) && LOOKS_LIKE.test(tidy(text)));
}

/**
 * The decimal and the thousands sign of a table, from all its cells: "1,234.5" says both, "59,93" says one, "8,398" says
 * nothing by itself.
 *
 * @param separator of the cells, the last resort
 * @returns whether nothing, or both, spoke for it, as well
 */
export function guessNumberFormat(
  rows: readonly (readonly unknown[])[],
  separator: string,
): NumberFormat & { isDoubtful: boolean } {
  const sure = { ".": 0, ",": 0 };
  const groups = { ".": 0, ",": 0 };
  const open = { ".": 0, ",": 0 };
  const whole = { ".": 0, ",": 0 };
  const columns: ColumnSigns[] = [];
  let spaces = 0;
  let apostrophes = 0;
  for (const row of rows) {
    for (const [k, cell] of row.entries()) {
      if (typeof cell !== "string" || cell.length > 40) continue;
      columns[k] ??= { ".": 0, ",": 0, hundreds: 0, others: 0 };
      const simple = SIMPLE.exec(cell);
      if (simple) {
        const [, before, sign, after] = simple;
        if (sign === undefined) {
          if (before.length === 3) columns[k].hundreds++;
          else if (before.length > 3) columns[k].others++;
        } else if (after.length === 3 && before !== "0" && before.length < 4) columns[k][sign as "." | ","]++;
        else {
          sure[sign as "." | ","]++;
          columns[k].others++;
        }
        continue;
      }
      const first = cell.charCodeAt(0);
      if ((first < 33 || first > 63) && first !== 32 && first < 126 && !beginsWithCurrency(cell)) continue;
      const amount = LOOKS_LIKE.test(cell) ? undefined : annotated(cell);
      const text = tidy(amount?.number ?? cell)
        .replace(/^[+-]/, "")
        .replace(/e.*$/i, "");
      if (!LOOKS_LIKE.test(text)) continue;
      if (GROUPED_BY_SPACE.test(text)) spaces++;
      else if (GROUPED_BY_APOSTROPHE.test(text)) apostrophes++;
      judge(text.replace(/[ ']/g, ""), amount?.word ?? "", columns[k]);
    }
  }
  for (const column of columns.filter((one) => one !== undefined))
    for (const sign of [".", ","] as const) {
      open[sign] += column[sign];
      if (isWhole(column, sign)) whole[sign] += column[sign];
    }
  function judge(text: string, currency: string, column: ColumnSigns): void {
    const point = text.lastIndexOf(".");
    const comma = text.lastIndexOf(",");
    if (point < 0 && comma < 0) return;
    if (point >= 0 && comma >= 0) {
      sure[point > comma ? "." : ","]++;
      groups[point > comma ? "," : "."]++;
      return;
    }
    const sign = point >= 0 ? "." : ",";
    const parts = text.split(sign);
    if (parts.length > 2) {
      if (parts.slice(1).every((part) => part.length === 3)) groups[sign]++;
    } else if (parts[1].length === 3 && /^[1-9]\d{0,2}$/.test(parts[0]))
      (groupsBy(currency, sign) ? groups : column)[sign]++;
    else {
      sure[sign]++;
      column.others++;
    }
  }
  // Who holds cells apart with a comma writes decimals with a point.
  const isPlain = separator === "," && open[","] === 0;
  const decimal = decide();
  const other = decimal === "." ? "," : ".";
  const thousands =
    apostrophes > 0 ? "'" : spaces > 0 ? " " : groups[other] > 0 || open[other] > 0 ? (other as "," | ".") : "";
  const isOpen = !isPlain && sure["."] + sure[","] + groups["."] + groups[","] === 0 && open["."] + open[","] > 0;
  const isMixed = Math.min(sure["."], sure[","]) > 0 || groups[decimal] > 0;
  return { decimal, thousands, isDoubtful: isOpen || isMixed };

  function decide(): "." | "," {
    if (sure["."] !== sure[","]) return sure["."] > sure[","] ? "." : ",";
    if (groups["."] !== groups[","]) return groups["."] > groups[","] ? "," : ".";
    if (!isPlain && whole["."] !== whole[","]) return whole["."] > whole[","] ? "," : ".";
    // Between semicolons "6,974" is rather a decimal comma; in quotation marks between commas it is thousands.
    return open[","] > 0 && open["."] === 0 && separator !== "," ? "," : ".";
  }
}

/** What the numbers of a column have between their digits. */
interface ColumnSigns {
  /** With three digits behind it, which may be thousands. */
  ".": number;
  ",": number;
  /** Whole numbers from 100 to 999. */
  hundreds: number;
  /** Those that cannot be in thousands, or would have a sign then. */
  others: number;
}

/** Where 987 stands beside "1.234", and no number has other digits, the column has thousands and no decimals. */
function isWhole({ hundreds, others, ...open }: ColumnSigns, sign: "." | ","): boolean {
  return others === 0 && open[sign === "." ? "," : "."] === 0 && hundreds >= LEAST_WHOLE;
}

/** Reads numbers of a format, also per cents; NaN where a text is none of these. */
export function numberReader({ decimal, thousands }: NumberFormat): (text: string) => number {
  const sign = decimal === "." ? "\\." : ",";
  const group = thousands === "." ? "\\." : thousands;
  const whole = thousands === "" ? "\\d*" : `(?:\\d{1,3}(?:${group}\\d{3})+|\\d*)`;
  const format = new RegExp(`^([+-]?)(${whole})(?:${sign}(\\d*))?(e[+-]?\\d+)?$`, "i");
  const slow = (text: string): number => {
    if (text.length > 60) return Number.NaN;
    const found = format.exec(tidy(text).replace(/ ?%$/, ""));
    if (!found) return Number.NaN;
    const [, minus, digits, fraction = "", exponent = ""] = found;
    if (digits === "" && fraction === "") return Number.NaN;
    return Number(`${minus}${digits.replace(/\D/g, "")}.${fraction || 0}${exponent}`);
  };
  if (decimal === ".") return (text) => (PLAIN.test(text) ? Number(text) : slow(text));
  return (text) => (WITH_COMMA.test(text) ? Number(text.replace(",", ".")) : slow(text));
}
