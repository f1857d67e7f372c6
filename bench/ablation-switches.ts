import { Bias } from "../src/forecaster/bias";
import { Horizon } from "../src/forecaster/horizon";
import { Regression } from "../src/forecaster/least-squares";
import { Mixer } from "../src/forecaster/mixer";
import { Network } from "../src/forecaster/network";
import { Seasons } from "../src/forecaster/seasons";
import { TrustRegion } from "../src/forecaster/trust-region";
import { SensorRelation } from "../src/stream/sensor-relation";

/**
 * What bench:ablation can leave out, by name. A switch puts something harmless in the place of one part of the engine
 * before a benchmark starts, so that the engine itself needs no switches.
 *
 * This file is loaded in front of a benchmark, in each of its threads, and turns off what FORECAST_WITHOUT names.
 */
export interface Switch {
  name: string;
  off(): void;
}

/** Puts another method in the place of one of a class, private ones included. */
function replace(of: { prototype: object }, method: string, by: (this: never, ...args: never[]) => unknown): void {
  if (!(method in of.prototype)) throw new Error(`bench:ablation: there is no ${method} any more.`);
  Object.defineProperty(of.prototype, method, { value: by, configurable: true });
}

export const SWITCHES: readonly Switch[] = [
  { name: "trust region", off: () => replace(TrustRegion, "hold", () => {}) },
  { name: "doubt of inputs in the answer", off: () => replace(Network, "doubt", () => 0) },
  { name: "same time on the days before", off: () => replace(Seasons, "columns", () => false) },
  { name: "least squares", off: () => replace(Regression, "answer", () => Number.NaN) },
  { name: "leverage", off: () => replace(Regression, "knows", () => true) },
  { name: "bias tracking", off: () => replace(Bias, "update", () => {}) },
  {
    name: "trust by level and doubt",
    off: () =>
      replace(Horizon, "trust", function (this: { mixers: Mixer[] }) {
        return this.mixers[0];
      } as never),
  },
  {
    name: "trust of before in a new level",
    off: () => replace(Mixer, "become", () => {}),
  },
  { name: "correcting inputs by a label", off: () => replace(SensorRelation, "correct", () => false) },
];

const without = process.env.FORECAST_WITHOUT ?? "";
if (without !== "") {
  const found = SWITCHES.find(({ name }) => name === without);
  if (!found) throw new Error(`bench:ablation knows no switch "${without}".`);
  found.off();
}
