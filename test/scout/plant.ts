/** Readings in which it is known what tells something of the target, and what only seems to. */
import { Random } from "../../src/forecaster/random";
import type { Ranking } from "../../src/scout/ranking";
import type { ScoutReading } from "../../src/scout/reading-ring";
import { ReadingRing } from "../../src/scout/reading-ring";
import { rank, type ScoutOptions } from "../../src/scout/scout";

/** Readings by which x is earlier than the target y. */
export const LEAD = 5;

export interface PlantOptions {
  seed: number;
  readings?: number;
  /** Standard deviation of the target's noise; that of x is 2.3. */
  noise?: number;
  /** What x does to the target. */
  effect?: (x: number) => number;
  /** Amplitude of the target's daily rhythm. */
  day?: number;
}

/** Readings in a day. */
const DAY = 144;

/** The target y follows x by 5 readings; the decoys have nothing to do with it, though some share its day. */
export function plant({
  seed,
  readings = 3000,
  noise = 0.5,
  effect = (x) => x,
  day = 3,
}: PlantOptions): ScoutReading[] {
  const random = new Random(seed);
  const smooth = (keep: number): number[] => {
    let value = 0;
    return Array.from({ length: readings }, () => (value = keep * value + random.normal()));
  };
  const shuffled = (values: readonly number[]): number[] =>
    values
      .map((value) => ({ value, place: random.uniform() }))
      .sort((a, b) => a.place - b.place)
      .map(({ value }) => value);
  const rhythm = (phase: number, i: number): number => Math.sin((2 * Math.PI * i) / DAY + phase);
  const x = smooth(0.9);
  const y = x.map((_, i) => effect(x[i - LEAD] ?? 0) + noise * random.normal() + day * rhythm(0, i));
  const columns: Record<string, number[]> = {
    y,
    x,
    "decoy walk": smooth(1),
    "decoy slow walk": smooth(1).map((value) => 0.1 * value + 0.1 * random.normal()),
    "decoy smooth": smooth(0.95),
    "decoy noise": smooth(0),
    "decoy shuffled x": shuffled(x),
    "decoy shuffled y": shuffled(y),
    "decoy same day": y.map((_, i) => rhythm(0, i) + 0.1 * random.normal()),
    "decoy other phase": y.map((_, i) => rhythm(1, i) + 0.05 * random.normal()),
    "decoy clock": y.map((_, i) => (i % DAY) / DAY),
    "decoy day and night": y.map((_, i) => (rhythm(0, i) > 0 ? 1 : 0)),
    "decoy stuck": y.map(() => 5),
  };
  return y.map((_, i) => ({
    time: 60_000 * i,
    values: Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, column[i]])),
  }));
}

export function ringOf(readings: readonly ScoutReading[]): ReadingRing {
  const ring = new ReadingRing();
  for (const reading of readings) ring.take(reading);
  return ring;
}

export function scout(readings: readonly ScoutReading[], options: Partial<ScoutOptions> = {}): Ranking {
  return rank(ringOf(readings).table(), { target: "y", ...options });
}

/** The same readings with other values. */
export function changed(
  readings: readonly ScoutReading[],
  change: (values: Readonly<Record<string, number>>, i: number) => Readonly<Record<string, unknown>>,
): ScoutReading[] {
  return readings.map(({ time, values }, i) => ({
    time,
    values: { ...values, ...change(values as Record<string, number>, i) },
  }));
}
