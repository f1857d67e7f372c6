/**
 * What historians, loggers and spreadsheets write where there is no value. Numbers stand for "none" only in columns that
 * stay far above them.
 */
export const MISSING_MARKS: readonly string[] = [
  ...[
    "-",
    "--",
    "---",
    "?",
    "*",
    "***",
    ".",
    "n/a",
    "na",
    "n. v.",
    "n.v.",
    "k. a.",
    "k.a.",
    "nan",
    "-nan",
    "null",
    "none",
    "nil",
    "void",
    "(null)",
    "<null>",
    "undefined",
    "unavailable",
    "unknown",
  ],
  ...["bad", "bad input", "bad quality", "no data", "nodata", "no value", "no good", "invalid", "missing", "error"],
  ...["i/o timeout", "io timeout", "comm fail", "comm error", "timeout", "pt created", "calc failed", "scan off"],
  ...["shutdown", "intf shut", "configure", "not connect", "out of service", "over range", "under range", "off-line"],
  ...["burnout", "burn out", "+over", "-over", "+ovr", "-ovr", "overflow", "underflow", "no result"],
  ...["#n/a", "#na", "#null!", "#value!", "#ref!", "#num!", "#div/0!", "#name?", "#wert!", "#nv"],
  ...["nd", "n.d.", "n/d", "not detected", "//", "///"],
  ...["inf", "-inf", "infinity", "-infinity", "1.#inf", "1.#qnan", "-1.#ind", "kein wert", "ungültig", "schlecht"],
  ...[
    "欠測",
    "欠損",
    "欠",
    "異常",
    "無効",
    "データなし",
    "通信異常",
    "断線",
    "バーンアウト",
    "オーバー",
    "測定不能",
    "不検出",
    "ー",
    "―",
    "—",
    "–",
    "×",
  ],
  ...["保守", "点検中", "調整中", "校正中", "keine daten", "err", "fail", "n.a.", "###", "???", "..."],
  // What loggers, and the registers of a controller, hold where there is no value.
  ...["-999", "-9999", "-99999", "9999", "99999", "32767", "-32768", "65535"],
];

/** Tells the marks apart from values. */
export interface MissingMarks {
  /** Whether a text that is no number stands for "no value". */
  isMark(text: string): boolean;
  /** Numbers that may stand for it, falling. */
  readonly numbers: readonly number[];
}

/** The marks of a format, ready to be asked. */
export function missingMarks(marks: readonly string[]): MissingMarks {
  const texts = new Set<string>();
  const numbers: number[] = [];
  for (const mark of marks) {
    const number = Number(mark);
    if (mark.trim() !== "" && Number.isFinite(number)) numbers.push(number);
    else texts.add(plain(mark));
  }
  return { isMark: (text) => texts.has(plain(text)), numbers: numbers.sort((a, b) => b - a) };
}

function plain(text: string): string {
  // What a spreadsheet shows in a narrow column, or a logger in its digits, has a sign for each place.
  return text.length > 40
    ? text
    : text
        .normalize("NFKC")
        .trim()
        .toLowerCase()
        .replace(/^([#*\-?.])\1{2,}$/, "$1$1$1");
}

/** No measurement is so large in any unit: spreadsheets and historians write such numbers where there is none. */
const TOO_LARGE = 1e30;

/**
 * Blanks the numbers of a column that stand for "no value": those marks that all its other values stay far away from, and
 * what is too large for a measurement.
 *
 * @returns how many were blanked
 */
export function blankMissing(values: Float64Array, numbers: readonly number[]): number {
  let blanked = 0;
  values.forEach((value, i) => {
    if (!(Math.abs(value) >= TOO_LARGE)) return;
    values[i] = Number.NaN;
    blanked++;
  });
  if (numbers.length === 0) return blanked;
  const isMark = (value: number): boolean => numbers.includes(value);
  if (!values.some(isMark)) return blanked;
  let lowest = Number.POSITIVE_INFINITY;
  let highest = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (Number.isNaN(value) || isMark(value)) continue;
    lowest = Math.min(lowest, value);
    highest = Math.max(highest, value);
  }
  values.forEach((value, i) => {
    if (!isMark(value)) return;
    const isFar = lowest > highest || (value < 0 ? lowest > value / 2 : highest < value / 2);
    if (!isFar) return;
    values[i] = Number.NaN;
    blanked++;
  });
  return blanked;
}
