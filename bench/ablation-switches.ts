/**
 * What bench:ablation can leave out, by name. A switch puts something harmless in the place of one part of the engine
 * before a benchmark starts, so that the engine itself needs no switches:
 *
 *     { name: "trust region", off: () => { TrustRegion.prototype.hold = () => {}; } }
 *
 * This file is loaded in front of a benchmark, in each of its threads, and turns off what FORECAST_WITHOUT names.
 */
export interface Switch {
  name: string;
  off(): void;
}

export const SWITCHES: readonly Switch[] = [];

const without = process.env.FORECAST_WITHOUT ?? "";
if (without !== "") {
  const found = SWITCHES.find(({ name }) => name === without);
  if (!found) throw new Error(`bench:ablation knows no switch "${without}".`);
  found.off();
}
