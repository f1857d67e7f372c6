import { ModelDrift } from "../src/index";

/** Tells from one forecast error after the other when a model has become worse. */
export interface DriftDetector {
  /** @returns whether it gives an alarm at this error */
  add(error: number, naive: number): boolean;
}

/** The drift guard with its defaults. */
export class Ours implements DriftDetector {
  private readonly drift: ModelDrift;

  constructor(horizon: number) {
    this.drift = new ModelDrift({ horizon });
  }

  add(error: number, naive: number): boolean {
    return this.drift.add(error, naive) === "changed" && this.drift.state === "drift";
  }
}

/** Gives an alarm at every n-th forecast, whatever it is: what any share of detections is worth. */
export class AlwaysAlarm implements DriftDetector {
  private n = 0;

  add(): boolean {
    this.n += 1;
    return this.n % 100 === 0;
  }
}

/**
 * Page-Hinkley on single absolute errors with the defaults usual in libraries: at least 30 errors, tolerance 0.005,
 * threshold 50, both in the unit of the data, forgetting 0.9999.
 */
export class UsualPageHinkley implements DriftDetector {
  private n = 0;
  private mean = 0;
  private sum = 0;
  private least = 0;

  add(error: number): boolean {
    const x = Math.abs(error);
    this.n += 1;
    this.mean += (x - this.mean) / this.n;
    this.sum = 0.9999 * this.sum + x - this.mean - 0.005;
    this.least = Math.min(this.least, this.sum);
    if (this.n < 30 || this.sum - this.least <= 50) return false;
    this.n = 0;
    this.mean = 0;
    this.sum = 0;
    this.least = 0;
    return true;
  }
}

/**
 * Adaptive windowing: the window of errors is cut where two parts of it differ by more than chance (confidence 0.002), and
 * an alarm is given if the newer part is worse. Tested every 32 errors, on a window of 2000 at most, cut points 16 apart.
 *
 * Source: Bifet and Gavaldà 2007, "Learning from Time-Changing Data with Adaptive Windowing", the bound with variance.
 */
export class AdaptiveWindow implements DriftDetector {
  private window: number[] = [];
  private n = 0;

  add(error: number): boolean {
    this.window.push(Math.abs(error));
    this.n += 1;
    if (this.window.length > 2000) this.window.shift();
    if (this.n % 32 !== 0) return false;
    const w = this.window;
    const total = w.reduce((sum, x) => sum + x, 0);
    const mean = total / w.length;
    const variance = w.reduce((sum, x) => sum + (x - mean) ** 2, 0) / w.length;
    const confidence = Math.log((2 * Math.log(w.length)) / 0.002);
    let older = 0;
    for (let cut = 1; cut < w.length; cut++) {
      older += w[cut - 1];
      if (cut % 16 !== 0 || w.length - cut < 16) continue;
      const harmonic = 1 / (1 / cut + 1 / (w.length - cut));
      const bound = Math.sqrt((2 / harmonic) * variance * confidence) + (2 / (3 * harmonic)) * confidence;
      const difference = (total - older) / (w.length - cut) - older / cut;
      if (Math.abs(difference) <= bound) continue;
      this.window = w.slice(cut);
      return difference > 0;
    }
    return false;
  }
}

/** An error more than three standard deviations above the mean absolute error of all before. */
export class ZScore implements DriftDetector {
  private n = 0;
  private mean = 0;
  private square = 0;

  add(error: number): boolean {
    const x = Math.abs(error);
    const alarm = this.n >= 30 && x > this.mean + 3 * Math.sqrt(this.square / this.n);
    this.n += 1;
    const before = x - this.mean;
    this.mean += before / this.n;
    this.square += before * (x - this.mean);
    return alarm;
  }
}
