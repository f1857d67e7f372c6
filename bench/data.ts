import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import type { Reading } from "../src/index";

/** A recorded series: readings of one asset in time order, all columns as numbers. */
export interface Series {
  name: string;
  rows: (Reading & { asset: string })[];
}

const project = join(__dirname, "..", "..");

/** The folder of the recorded data; it is no part of the project. */
export const dataFolder = process.env.FORECAST_DATA ?? join(project, "..", "shared", "data");

/** Ends the program with one line where the recorded data is missing. */
export function requireData(): void {
  if (existsSync(join(dataFolder, "README.md"))) return;
  console.error(`No recorded data in ${dataFolder}: set FORECAST_DATA to the folder that holds it.`);
  process.exit(1);
}

/** ms of a clock's text, read as UTC: `2016-07-01 00:00:00`, or `7/1/2016 0:00` (month first). */
function timeOf(text: string): number {
  const [month, day, year, hour, minute] = text.split(/[/ :]/).map(Number);
  return text.includes("/") ? Date.UTC(year, month - 1, day, hour, minute) : Date.parse(`${text.replace(" ", "T")}Z`);
}

/** Reads a table; times from the column `clock`, or one step after the other where there is none. */
function read(file: string, asset: string, clock: string | undefined, step: number, delimiter = ","): Series {
  const table: Record<string, string>[] = parse(readFileSync(join(dataFolder, file)), { columns: true, delimiter });
  const rows = table.map((row, i) => {
    const values: Record<string, number> = {};
    for (const [column, text] of Object.entries(row)) if (column !== clock) values[column] = Number(text);
    return { asset, time: clock ? timeOf(row[clock]) : i * step, values };
  });
  return { name: asset, rows };
}

/** One car's drive, 1 s. */
export const vehicle = (name: string): Series => read(`vehicle-co2/${name}.csv`, name, "DateTime", 1000);

/** Sensors of a car that are no other form of its CO2 rate. */
export const VEHICLE_INPUTS = [
  "Vehicle Speed [km.h-1]",
  "Engine Speed [rpm]",
  "Acceleration [m.s-2]",
  "Mass Air Flow Rate [g.s-1]",
  "Intake Manifold Absolute Pressure [kpa]",
  "Intake Air Temperature [c]",
  "Ambient Air Temperature [c]",
  "Slope [%]",
  "Phi",
];
export const VEHICLE_TARGET = "CO2 Rate [g.s-1]";
export const VEHICLES_OF_HISTORY = ["Chevrolet_Malibu_2019", "Ford_Focus_2012", "Honda_Civic_2014", "Kia_Rio_2013"];
export const VEHICLES_UNSEEN = ["Ford_Escape_2006", "Mazda_6_2009", "Jeep_Patriot_2010"];

/** One year of a gas turbine, 1 h. The year is the asset: a new one begins a new sequence. */
export const gasTurbine = (year: number): Series => read(`gas-turbine/gt_${year}.csv`, `${year}`, undefined, 3_600_000);
export const GAS_TURBINE_INPUTS = ["AT", "AP", "AH", "AFDP", "GTEP", "TIT", "TAT", "TEY", "CDP"];

/** Transformer oil temperature OT and six loads, 1 h. */
export const transformer = (): Series => read("ett/ETTh1.csv", "ETTh1", "date", 3_600_000);
export const TRANSFORMER_INPUTS = ["HUFL", "HULL", "MUFL", "MULL", "LUFL", "LULL"];

/** A weather station of the United States, 2010 to 2013, 1 h; twelve columns, `OT` is the wet bulb in °C. */
export const weather = (): Series => read("weather/WTH.csv", "WTH", "date", 3_600_000);

/** Electric load of a region, 1 h, local time. The file is not in order of time. */
export function load(): Series {
  const { name, rows } = read("load/AEP_hourly.csv", "AEP", "Datetime", 3_600_000);
  return { name, rows: rows.sort((a, b) => a.time - b.time) };
}

/** An office room with people coming and going, 1 min: `datatest`, `datatraining` and `datatest2` in order of time. */
export const room = (run: string): Series => read(`occupancy/${run}.txt`, run, "date", 60_000);
/** The number of the row and whether somebody is there are no sensors of a room. */
export const ROOM_SENSORS = ["Temperature", "Humidity", "Light", "CO2", "HumidityRatio"];

/** Water circulation test bench, 1 s: `anomaly-free`, or `valve1-0` … `valve1-15` with a labelled fault. */
export const waterBench = (run: string): Series => read(`skab/${run}.csv`, run, "datetime", 1000, ";");
export const WATER_BENCH_SENSORS = [
  "Accelerometer1RMS",
  "Accelerometer2RMS",
  "Current",
  "Pressure",
  "Temperature",
  "Thermocouple",
  "Voltage",
  "Volume Flow RateRMS",
];

/** A temperature series that ends in a system failure: `machine_temperature…` (5 min) or `ambient_temperature…` (1 h). */
export const failure = (name: string): Series => read(`nab/${name}.csv`, name, "timestamp", 300_000);

/** Windows of the labelled failures of that series, in ms. */
export function failureWindows(name: string): [number, number][] {
  const all = JSON.parse(readFileSync(join(dataFolder, "nab", "combined_windows.json"), "utf8"));
  const key = Object.keys(all).find((file) => file.endsWith(`${name}.csv`)) as string;
  return all[key].map((window: [string, string]) => window.map((text) => Date.parse(`${text.replace(" ", "T")}Z`)));
}
