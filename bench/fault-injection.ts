import { Random } from "../src/forecaster/random";
import type { Reading } from "../src/index";

export type Rows = readonly (Reading & { asset: string })[];

/** A way in which a sensor lies for a while. */
export interface Fault {
  name: string;
  /** Readings that it lasts. */
  length: number;
  /**
   * What the sensor says instead.
   *
   * @param x its true value
   * @param before its last value before the fault
   * @param i readings since the fault began, 0 … length − 1
   * @param sigma its standard deviation over the whole series
   */
  say(x: number, before: number, i: number, sigma: number): number;
}

const random = new Random(3);
/** Which readings of a fault are spikes: one in ten, the same for every series. */
const SPIKES = Array.from({ length: 200 }, () => random.uniform() < 0.1);

/** What lasts for a moment, for minutes or for a shift. */
const LENGTHS = [20, 200, 2000];

export const FAULTS: readonly Fault[] = [
  ...LENGTHS.flatMap((length): Fault[] => [
    { name: `stuck, ${length}`, length, say: (_x, before) => before },
    { name: `dropout to 0, ${length}`, length, say: () => 0 },
    { name: `×1000, ${length}`, length, say: (x) => 1000 * x },
  ]),
  { name: "spikes ×20, 200", length: 200, say: (x, _before, i) => (SPIKES[i] ? 20 * x : x) },
  { name: "NaN, 200", length: 200, say: () => Number.NaN },
  { name: "drift 3σ, 600", length: 600, say: (x, _before, i, sigma) => x + (3 * sigma * (i + 1)) / 600 },
];

/** Every value is lost with a probability: not a number. The same values for the same rows. */
export function losing(rows: Rows, share: number): Rows {
  const dice = new Random(5);
  return rows.map((row) => ({
    ...row,
    values: Object.fromEntries(
      Object.entries(row.values).map(([name, x]) => [name, dice.uniform() < share ? Number.NaN : x]),
    ),
  }));
}

/** Says nothing for as long as a fault lasts: what a guard that knew of the fault from its first reading would make of it. */
export function silenced({ name, length }: Fault): Fault {
  return { name: `${name}, known at once`, length, say: () => Number.NaN };
}

/** Rows in which one sensor lies from `start` on for the length of the fault; all other values are the very same. */
export function inject(rows: Rows, sensor: string, fault: Fault, start: number): Rows {
  const sigma = deviation(rows, sensor);
  const before = rows[start - 1].values[sensor];
  const liar = (row: Rows[number], i: number) => ({
    ...row,
    values: { ...row.values, [sensor]: fault.say(row.values[sensor], before, i, sigma) },
  });
  return [
    ...rows.slice(0, start),
    ...rows.slice(start, start + fault.length).map(liar),
    ...rows.slice(start + fault.length),
  ];
}

/** Rows in which a sensor speaks another unit from `start` on, for good: 1.8 x + 32. */
export function changeUnit(rows: Rows, sensor: string, start: number): Rows {
  return rows.map((row, i) =>
    i < start ? row : { ...row, values: { ...row.values, [sensor]: 1.8 * row.values[sensor] + 32 } },
  );
}

/** All sensors × factor. */
export function scaled(rows: Rows, factor: number): Rows {
  return rows.map((row) => ({
    ...row,
    values: Object.fromEntries(Object.entries(row.values).map(([name, x]) => [name, factor * x])),
  }));
}

/** The first reading, n times, before all others. */
export function constantStart(rows: Rows, n: number): Rows {
  const step = rows[1].time - rows[0].time;
  const still = Array.from({ length: n }, (_, i) => ({ ...rows[0], time: rows[0].time - (n - i) * step }));
  return [...still, ...rows];
}

function deviation(rows: Rows, sensor: string): number {
  const mean = rows.reduce((sum, row) => sum + row.values[sensor], 0) / rows.length;
  return Math.sqrt(rows.reduce((sum, row) => sum + (row.values[sensor] - mean) ** 2, 0) / rows.length);
}
