/** A month of a plant for the specs of report and CSV: a restless value, four forecasters of different quality, exceedances. */
import { Meter, type MeterOptions } from "../../src/kpi/meter";
import { MINUTE, scored } from "./scored";

export const PLANT: MeterOptions = {
  window: 500,
  baselineHours: 168,
  limit: { value: 62, side: "high", leastLead: 5 * MINUTE, clearAfter: 5, within: 0 },
};

/**
 * @param hours  of readings, one every five minutes
 * @param worse  multiplies the learner's errors
 * @param scale  multiplies every value
 */
export function plant(
  hours: number,
  name = "Boiler 2",
  horizons = [6, 12, 24],
  total?: Meter,
  worse = 1,
  options = PLANT,
  scale = 1,
): Meter {
  const meter = new Meter(options, name);
  let seed = 1;
  const random = () => {
    seed = (seed * 48271) % 2147483647;
    return seed / 2147483647 - 0.5;
  };
  const step = 5 * MINUTE;
  const start = Date.UTC(2026, 8, 1);
  const values: number[] = [];
  const modes: string[] = [];
  let value = 50;
  let surge = 0;
  for (let i = 0; i < hours * 12; i++) {
    if (random() > 0.494) surge = 20;
    if (surge > 0) surge--;
    value += 0.15 * (50 + (surge > 3 ? 16 : 0) - value) + 2 * random();
    values.push(value);
    modes.push(surge > 3 ? "level 2" : "level 1");
  }
  for (let i = 24; i < values.length; i++) {
    const actual = values[i];
    const counted = meter.add(
      horizons.map((horizon) =>
        scored(start + i * step, {
          origin: start + (i - horizon) * step,
          horizon,
          actual: scale * actual,
          learner: scale * (actual + worse * 3 * random() * Math.max(0.6, 1 - i / 3000)),
          existing: scale * (actual + 6 * random() + (Math.sin(i / 50) > 0.97 ? 12 : 0) - (surge % 3 ? 4 : 0)),
          naive: scale * values[i - horizon],
          frozen: scale * (actual + 3 * random() + Math.min(3, i / 3000)),
          covered: i % 10 !== 0,
          lower: scale * (actual - (i % 10 ? 2 : -0.3)),
          upper: scale * (actual + 2),
          mode: modes[i],
        }),
      ),
    );
    if (counted) total?.absorb(counted, name);
  }
  return meter;
}

/** The total of some assets of such a plant. */
export function fleet(hours: number, names: readonly string[]): Meter {
  const total = new Meter(PLANT);
  for (const name of names) plant(hours, name, undefined, total);
  return total;
}
