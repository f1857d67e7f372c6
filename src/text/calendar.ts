/** Dates by other calendars than the Gregorian one, and in Thai, as dates that everybody reads. */

/** The years of the Republic of China are as many less. */
const REPUBLIC = 1911;
/** Years before the first one of an era: 令和8年3月2日, R8.3.2, 民國115年3月2日. */
const ERAS: readonly [RegExp, number][] = [
  [/^(?:令和|令|R)$/i, 2018],
  [/^(?:平成|平|H)$/i, 1988],
  [/^(?:昭和|昭)$/, 1925],
  [/^(?:民國|民国)$/, REPUBLIC],
];
const ERA = /^(令和?|平成?|昭和?|[RH]|民[國国]) ?(\d{1,3}|元)(?=[ 年./-])/i;
/** The years of Buddha are 543 more; those from 1900 to 2157 can be no others. */
const [BUDDHIST_FROM, BUDDHIST_TO, BUDDHIST] = [2443, 2700, 543];
const THAI = /[\u0e00-\u0e7f]/;
const THAI_MONTHS: readonly RegExp[] = [
  ...[
    /ม\.?ค\.?|มกราคม/,
    /ก\.?พ\.?|กุมภาพันธ์/,
    /มี\.?ค\.?|มีนาคม/,
    /เม\.?ย\.?|เมษายน/,
    /พ\.?ค\.?|พฤษภาคม/,
    /มิ\.?ย\.?|มิถุนายน/,
  ],
  ...[
    /ก\.?ค\.?|กรกฎาคม/,
    /ส\.?ค\.?|สิงหาคม/,
    /ก\.?ย\.?|กันยายน/,
    /ต\.?ค\.?|ตุลาคม/,
    /พ\.?ย\.?|พฤศจิกายน/,
    /ธ\.?ค\.?|ธันวาคม/,
  ],
];

/** Whether a text begins with the year of an era. */
export function beginsWithEra(text: string): boolean {
  return ERA.test(text.normalize("NFKC").trim());
}

/** A year as the Gregorian calendar counts it: 2567 is 2024, and 113 is it too. */
export function gregorian(year: number): number {
  if (year >= 100 && year < 200) return year + REPUBLIC;
  return year >= BUDDHIST_FROM && year <= BUDDHIST_TO ? year - BUDDHIST : year;
}

/** A date of an era with the year in its place, a Thai one with months in numbers. */
export function inCommonForm(text: string): string {
  if (THAI.test(text)) return fromThai(text);
  return text.replace(ERA, (_, era: string, year: string) => {
    const [, before] = ERAS.find(([name]) => name.test(era)) as [RegExp, number];
    return String(before + (Number(year) || 1));
  });
}

function fromThai(text: string): string {
  let plain = text.replace(/[๐-๙]/g, (digit) => String(digit.charCodeAt(0) - 0x0e50));
  const found = /^(\d{1,2}) ?([\u0e00-\u0e7f.]+) ?(?:พ\.?ศ\.? ?)?(\d{2}|\d{4})(?=\D|$)/.exec(plain);
  if (found) {
    const [whole, day, name, year] = found;
    const month = THAI_MONTHS.findIndex((one) => new RegExp(`^(?:${one.source})$`).test(name)) + 1;
    plain = `${day}/${month}/${year.length === 2 ? `25${year}` : year}${plain.slice(whole.length)}`;
  }
  return plain.replace(/ ?(?:เวลา|น\.) ?/g, " ").trim();
}
