/** Files as plants export them, small, made anew for each spec: the five kinds that a first user brings, and some more. */
import { strToU8, zipSync } from "fflate";

/** Values with the swing of a plant, the same at every call. */
export function wave(i: number, mean: number, swing: number): number {
  return mean + swing * Math.sin(i / 9) + 0.3 * swing * Math.sin(i / 2.3);
}

const two = (n: number): string => String(n).padStart(2, "0");

/** A quarter-hour energy meter: dd/mm/yyyy, "03.06" for 3.06, a column of words. */
export function energyMeter(rows = 200): Buffer {
  const lines = ["date,Usage_kWh,CO2(tCO2),WeekStatus"];
  for (let i = 0; i < rows; i++) {
    const d = new Date(Date.UTC(2026, 0, 31, 0, 15 + 15 * i));
    const date = `${two(d.getUTCDate())}/${two(d.getUTCMonth() + 1)}/${d.getUTCFullYear()}`;
    const usage = wave(i, 4, 1).toFixed(2).padStart(5, "0");
    lines.push(`${date} ${two(d.getUTCHours())}:${two(d.getUTCMinutes())},${usage},0.0016,Weekend`);
  }
  return Buffer.from(lines.join("\n"));
}

/** A historian: byte order mark, semicolons, decimal comma, a line of units, words for missing values. */
export function historian(rows = 200): Buffer {
  const lines = ["Zeitstempel;TI-4711.PV;FI-0815.PV;PI-0042.PV", "dd.MM.yyyy HH:mm:ss;°C;t/h;bar"];
  for (let i = 0; i < rows; i++) {
    const d = new Date(Date.UTC(2026, 2, 27, 22, i));
    const clock = `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:00`;
    const cells = [wave(i, 60, 1).toFixed(2), wave(i, 84, 2).toFixed(2), wave(i, 7, 0.1).toFixed(3)];
    if (i === 20) cells[1] = "Bad";
    if (i === 30) cells[2] = "No Data";
    lines.push(
      [`${two(d.getUTCDate())}.03.2026 ${clock}`, ...cells].join(";").replaceAll(/(\d)\.(\d+)(?=;|$)/g, "$1,$2"),
    );
  }
  return Buffer.from(`\ufeff${lines.join("\r\n")}\r\n`);
}

/** Shift_JIS with Japanese names. */
export function japanese(rows = 100): Buffer {
  const bytes: number[] = [...SHIFT_JIS_HEADER, 13, 10];
  for (let i = 0; i < rows; i++) {
    const d = new Date(Date.UTC(2026, 2, 27, 22, i));
    const date = `${d.getUTCFullYear()}/${two(d.getUTCMonth() + 1)}/${two(d.getUTCDate())}`;
    const line = `${date} ${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:00,${wave(i, 60, 1).toFixed(2)},${wave(i, 50, 3).toFixed(1)}\r\n`;
    bytes.push(...Buffer.from(line));
  }
  if (rows > 40) {
    // 欠測, in the place of a value.
    bytes.push(...Buffer.from("2026/03/28 12:00:00,"), 0x8c, 0x87, 0x91, 0xaa, ...Buffer.from(",50.1\r\n"));
  }
  return Buffer.from(bytes);
}

/** 日時,炉内温度(℃),負荷率(%) */
const SHIFT_JIS_HEADER = [
  ...[0x93, 0xfa, 0x8e, 0x9e, 0x2c, 0x98, 0x46, 0x93, 0xe0, 0x89, 0xb7, 0x93, 0x78, 0x28, 0x81, 0x8e, 0x29, 0x2c],
  ...[0x95, 0x89, 0x89, 0xd7, 0x97, 0xa6, 0x28, 0x25, 0x29],
];

/** Saved from a spreadsheet: names with commas, thousands in quotes, M/D/YYYY with AM and PM. */
export function thousands(rows = 58): Buffer {
  const lines = ['Date/Time,"Steam, kg/h",Gas (m3/h),Outside temp. (°C)'];
  for (let i = 0; i < rows; i++) {
    const d = new Date(Date.UTC(2026, 2, 27, 22 + i));
    const hour = d.getUTCHours();
    const clock = `${hour % 12 || 12}:00 ${hour < 12 ? "AM" : "PM"}`;
    const steam = Math.round(wave(i, 8500, 300)).toLocaleString("en-US");
    const gas = wave(i, 2000, 100).toLocaleString("en-US", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
    const date = `${d.getUTCMonth() + 1}/${d.getUTCDate()}/${d.getUTCFullYear()}`;
    lines.push(`${date} ${clock},"${steam}","${gas}",${wave(i, 12, 3).toFixed(1)}`);
  }
  return Buffer.from(lines.join("\n"));
}

/** A control room's export: a line of title, semicolons, decimal comma, thousands by a point, a column of words, dots. */
export function controlRoom(rows = 400): Buffer {
  const lines = ["Export Leitsystem Kesselhaus 2;;;", "Zeitpunkt;Last [%];Dampfmenge [kg/h];Brenner"];
  const german = (x: number) => x.toLocaleString("de-DE", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
  for (let i = 0; i < rows; i++) {
    const d = new Date(Date.UTC(2026, 2, 2, 6, 5 * i));
    const date = `${two(d.getUTCDate())}.${two(d.getUTCMonth() + 1)}.${d.getUTCFullYear()}`;
    const steam = i % 97 === 50 ? "---" : german(wave(i, 1800, 100));
    lines.push(`${date} ${two(d.getUTCHours())}:${two(d.getUTCMinutes())};${german(wave(i, 50, 9))};${steam};EIN`);
  }
  return Buffer.from(lines.join("\r\n"));
}

/** A Japanese report: dates in words, names with wide brackets, semicolons and decimal comma. */
export function wideBrackets(rows = 400): Buffer {
  const lines = ["日時;負荷率（％）;蒸気流量（kg/h）;運転"];
  for (let i = 0; i < rows; i++) {
    const d = new Date(Date.UTC(2026, 2, 2, 6, 5 * i));
    const date = `${d.getUTCFullYear()}年${d.getUTCMonth() + 1}月${d.getUTCDate()}日`;
    const values = `${wave(i, 50, 9).toFixed(1)};${wave(i, 1800, 100).toFixed(1)}`.replaceAll(".", ",");
    lines.push(`${date} ${d.getUTCHours()}時${two(d.getUTCMinutes())}分;${values};運転`);
  }
  return Buffer.from(lines.join("\n"));
}

/** One value a row: tag, value, unit and quality, as an archive is exported. */
export function archive(rows = 400): Buffer {
  const tags = [
    ["TI-4711", "°C", 60],
    ["FI-0815", "t/h", 12],
    ["PI-0042", "bar", 8],
  ] as const;
  const lines = ["Timestamp;Tag;Value;Unit;Quality"];
  for (let i = 0; i < rows; i++) {
    const d = new Date(Date.UTC(2026, 2, 2, 6, i));
    const date = `${two(d.getUTCDate())}.${two(d.getUTCMonth() + 1)}.${d.getUTCFullYear()}`;
    for (const [tag, unit, base] of tags) {
      const value = wave(i, base, base / 10)
        .toFixed(2)
        .replace(".", ",");
      lines.push(`${date} ${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:00;${tag};${value};${unit};Good`);
    }
  }
  return Buffer.from(lines.join("\r\n"));
}

/** The same where each tag tells its value when it changes, at times of its own; with a line below that is no reading. */
export function changes(rows = 200): Buffer {
  const lines = ["TagName,DateTime,Value,QualityDetail"];
  for (const [tag, base, second] of [
    ["TI-4711", 60, 7],
    ["FI-0815", 12, 31],
  ] as const)
    for (let i = 0; i < rows; i++) {
      const time = new Date(Date.UTC(2026, 2, 2, 6, i, second)).toISOString().slice(0, 19).replace("T", " ");
      lines.push(`${tag},${time},${wave(i, base, base / 10).toFixed(2)},192`);
    }
  return Buffer.from(`${lines.join("\n")}\nAverage,,36.0,\n`);
}

/** A report of fixed width: names with blanks, a line of units, an empty cell now and then, sums below. */
export function report(rows = 400): Buffer {
  const lines = [
    "Boiler house, daily report",
    "",
    "Date       Time      Steam Flow   Pressure",
    "                            kg/h        bar",
  ];
  for (let i = 0; i < rows; i++) {
    const iso = new Date(Date.UTC(2026, 2, 2, 6, 5 * i)).toISOString();
    const pressure = i % 50 === 20 ? "" : wave(i, 8, 0.3).toFixed(2);
    lines.push(
      `${iso.slice(0, 10)} ${iso.slice(11, 19)}${wave(i, 1800, 100).toFixed(1).padStart(13)}${pressure.padStart(11)}`,
    );
  }
  return Buffer.from([...lines, `Average             ${"1800.0".padStart(12)}${"8.00".padStart(11)}`].join("\r\n"));
}

/** A shift report: values below a limit, a star, a value called bad, a pump that runs or stops, and a mode in words. */
export function shiftReport(rows = 200): Buffer {
  const lines = ["Time,NOx,SO2,Pump,Mode"];
  for (let i = 0; i < rows; i++) {
    const so2 = wave(i, 3, 0.5).toFixed(1) + (i === 9 ? " (Bad)" : i % 50 === 20 ? "*" : "");
    const time = new Date(Date.UTC(2026, 2, 2, 6, i)).toISOString();
    lines.push([time, i % 5 ? "<0.5" : "0.7", so2, i % 30 < 20 ? "RUN" : "STOP", ["AUTO", "MAN", "CAS"][i % 3]].join());
  }
  return Buffer.from(lines.join("\n"));
}

/** A daily load report: a row a day, a column an hour. */
export function loadReport(days = 30): Buffer {
  const hours = Array.from({ length: 24 }, (_, hour) => hour);
  const lines = [`Date,${hours.map((hour) => hour + 1).join()}`];
  for (let day = 1; day <= days; day++)
    lines.push(`${two(day)}/03/2026,${hours.map((hour) => wave(24 * day + hour, 400, 50).toFixed(1)).join()}`);
  return Buffer.from(lines.join("\n"));
}

/** Sixty columns, the one to forecast last. */
export function wide(rows = 40): Buffer {
  const lines = [["time", ...Array.from({ length: 59 }, (_, k) => `TAG${k + 1}`), "Target"].join(",")];
  for (let i = 0; i < rows; i++) {
    const time = new Date(Date.UTC(2026, 2, 27, 22, i)).toISOString();
    lines.push([time, ...Array.from({ length: 60 }, (_, k) => wave(i + k, 10 * k, 2).toFixed(3))].join(","));
  }
  return Buffer.from(lines.join("\n"));
}

/** A workbook of sheets as they are given: text and numbers, empty where there is ""; the names of hidden ones begin with "_". */
export function workbookOf(sheets: Readonly<Record<string, readonly (readonly (string | number)[])[]>>): Buffer {
  const cell = (value: string | number): string =>
    typeof value === "number" ? `<c><v>${value}</v></c>` : value === "" ? "<c/>" : `<c t="inlineStr"><is><t>${value}</t></is></c>`; // biome-ignore format: one line
  const names = Object.keys(sheets);
  const files = Object.fromEntries([
    ["xl/workbook.xml", `<workbook xmlns:r="r"><sheets>${names.map((name, i) => `<sheet name="${name}"${name.startsWith("_") ? ' state="hidden"' : ""} r:id="rId${i}"/>`).join("")}</sheets></workbook>`], // biome-ignore format: one line
    ["xl/_rels/workbook.xml.rels", `<Relationships>${names.map((_, i) => `<Relationship Id="rId${i}" Target="worksheets/sheet${i}.xml"/>`).join("")}</Relationships>`], // biome-ignore format: one line
    ...names.map((name, i) => [`xl/worksheets/sheet${i}.xml`, `<worksheet><sheetData>${(sheets[name] ?? []).map((row) => `<row>${row.map(cell).join("")}</row>`).join("")}</sheetData></worksheet>`]), // biome-ignore format: one line
  ]);
  return Buffer.from(
    zipSync(Object.fromEntries(Object.entries(files).map(([name, xml]) => [name, strToU8(xml as string)]))),
  );
}

/** A daily sheet of each of two boilers behind a title page: the day above the table, hours without a date, sums below. */
export function dailySheets(hours = 24): Buffer {
  const day = (steam: number): (string | number)[][] => [
    ["ボイラー運転日報", "", ""],
    ["令和8年3月2日(月)", "", ""],
    ["時刻", "蒸気圧力", "給水温度"],
    ["", "MPa", "℃"],
    ...Array.from({ length: hours }, (_, i) => [`${i}時`, steam, wave(i, 80, 3)]),
    ["平均", steam, 80],
  ];
  return workbookOf({ 表紙: [["運転日報"]], "1号": day(0.7), "2号": day(0.9) });
}

/** An Excel workbook with one sheet: a date by its format, shared and inline text, numbers, a cell left out. */
export function workbook(rows = 30): Buffer {
  const serial = (i: number): number => 46_108 + (22 + i) / 24; // 27 March 2026, 22:00 and on
  const cells = Array.from({ length: rows }, (_, i) => {
    const r = i + 2;
    const temperature = i === 5 ? "" : `<c r="C${r}"><v>${wave(i, 12, 3).toFixed(1)}</v></c>`;
    return `<row r="${r}"><c r="A${r}" s="1"><v>${serial(i)}</v></c><c r="B${r}"><v>${8398 + i}</v></c>${temperature}</row>`;
  });
  const files = {
    "xl/workbook.xml":
      '<workbook xmlns:r="r"><sheets><sheet name="Data" sheetId="1" r:id="rId7"/><sheet name="Other" sheetId="2" r:id="rId8"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels":
      '<Relationships><Relationship Id="rId8" Target="worksheets/sheet1.xml"/><Relationship Id="rId7" Target="worksheets/sheet2.xml"/></Relationships>',
    "xl/sharedStrings.xml": "<sst><si><t>Date</t></si><si><r><t>Steam </t></r><r><t>&amp; gas, kg/h</t></r></si></sst>",
    "xl/styles.xml":
      '<styleSheet><numFmts><numFmt numFmtId="164" formatCode="[$-409]m/d/yyyy h:mm AM/PM"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/></cellXfs></styleSheet>',
    "xl/worksheets/sheet1.xml": "<worksheet><sheetData/></worksheet>",
    "xl/worksheets/sheet2.xml": `<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c><c r="C1" t="inlineStr"><is><t>Temp. (°C)</t></is></c></row>${cells.join("")}</sheetData></worksheet>`,
  };
  const entries = Object.entries(files).map(([name, xml]) => [name, strToU8(`<?xml version="1.0"?>${xml}`)]);
  return Buffer.from(zipSync(Object.fromEntries(entries)));
}
