import type { Reading } from "../src/index";
import { Levels } from "../src/stream/levels";
import { RunningRms } from "../src/stream/running-rms";

const LAGS = 24;
const clip = (x: number, limit: number): number => Math.max(-limit, Math.min(limit, x));

/** What a baseline is told and asks for, one horizon. k = 0: the label may be missing, and is learnt after the estimate. */
export interface Baseline {
  /** Learns from the actual value of this reading, then forecasts; for k = 0 the other way round. */
  step(reading: Reading): number;
}

/** The actual value is the forecast, smoothed: level ← level + 0.8 (y − level). Brown 1956. */
export class ExponentialSmoothing implements Baseline {
  private level = Number.NaN;
  constructor(private readonly target: string) {}

  step({ values }: Reading): number {
    const y = values[this.target];
    if (!Number.isNaN(y)) this.level = Number.isNaN(this.level) ? y : this.level + 0.8 * (y - this.level);
    return this.level;
  }
}

interface Learner {
  predict(x: Float64Array): number;
  learn(x: Float64Array, target: number): void;
}

/** Normalised least mean squares, μ = 0.02. Haykin, "Adaptive Filter Theory", ch. 7. */
export class Nlms implements Learner {
  private readonly w: Float64Array;
  constructor(length: number) {
    this.w = new Float64Array(length);
  }

  predict(x: Float64Array): number {
    let y = 0;
    for (let i = 0; i < x.length; i++) y += this.w[i] * x[i];
    return y;
  }

  learn(x: Float64Array, target: number): void {
    const error = target - this.predict(x);
    let power = 1e-3;
    for (let i = 0; i < x.length; i++) power += x[i] * x[i];
    const gain = (0.02 * error) / power;
    for (let i = 0; i < x.length; i++) this.w[i] += gain * x[i];
  }
}

/** Recursive least squares, forgetting 0.9998, P₀ = I, trace of P capped, Huber weights. Haykin, ch. 10. */
export class Rls implements Learner {
  private readonly w: Float64Array;
  private readonly P: Float64Array;
  private readonly g: Float64Array;
  private spread = 1;

  constructor(
    length: number,
    private readonly forgetting = 0.9998,
  ) {
    this.w = new Float64Array(length);
    this.P = new Float64Array(length * length);
    for (let i = 0; i < length; i++) this.P[i * length + i] = 1;
    this.g = new Float64Array(length);
  }

  predict(x: Float64Array): number {
    let y = 0;
    for (let i = 0; i < x.length; i++) y += this.w[i] * x[i];
    return y;
  }

  learn(x: Float64Array, target: number): void {
    const { w, P, g } = this;
    const n = w.length;
    const error = target - this.predict(x);
    this.spread += 0.01 * (Math.min(Math.abs(error), 5 * this.spread) - this.spread);
    const weight = Math.min(1, (1.5 * this.spread) / Math.max(Math.abs(error), 1e-12));
    let power = this.forgetting / weight;
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let j = 0; j < n; j++) sum += P[i * n + j] * x[j];
      g[i] = sum;
    }
    for (let i = 0; i < n; i++) power += x[i] * g[i];
    let trace = 0;
    for (let i = 0; i < n; i++) trace += P[i * n + i];
    const keep = trace < n ? this.forgetting : 1;
    for (let i = 0; i < n; i++) {
      w[i] += (g[i] / power) * error;
      for (let j = i; j < n; j++) {
        const value = (P[i * n + j] - (g[i] * g[j]) / power) / keep;
        P[i * n + j] = value;
        P[j * n + i] = value;
      }
    }
  }
}

/**
 * A linear model of the next change, with the same inputs, lags, scales and late labels as the forecaster:
 * z-scores, 24 last differences of the target, 1.
 */
export class LinearForecast implements Baseline {
  private readonly scales: Levels[];
  private readonly step1 = new RunningRms();
  private readonly stepK = new RunningRms();
  private readonly learner: Learner;
  private readonly past: { x: Float64Array; y: number }[] = [];
  private readonly ys: number[] = [];

  constructor(
    private readonly inputs: readonly string[],
    private readonly target: string,
    private readonly horizon: number,
    learner: new (length: number) => Learner,
  ) {
    this.scales = [...inputs, target].map(() => new Levels());
    this.learner = new learner(inputs.length + 1 + LAGS + 1);
  }

  step({ values }: Reading): number {
    const y = values[this.target];
    if (this.ys.length > 0) this.step1.update(y - this.ys[0]);
    this.ys.unshift(y);
    if (this.ys.length > LAGS + 1) this.ys.pop();
    if (this.past.length === this.horizon) {
      const origin = this.past.shift() as { x: Float64Array; y: number };
      this.stepK.update(y - origin.y);
      if (this.stepK.value > 0) this.learner.learn(origin.x, (y - origin.y) / this.stepK.value);
    }
    const x = new Float64Array(this.inputs.length + 1 + LAGS + 1);
    [...this.inputs, this.target].forEach((name, i) => {
      this.scales[i].update(values[name]);
      x[i] = clip(this.scales[i].standardise(values[name]), 5);
    });
    for (let lag = 1; lag < this.ys.length; lag++) {
      x[this.inputs.length + lag] = clip((this.ys[lag - 1] - this.ys[lag]) / (this.step1.value || 1), 6);
    }
    x[x.length - 1] = 1;
    this.past.push({ x, y });
    return y + this.stepK.value * this.learner.predict(x);
  }
}

/** A soft sensor by recursive least squares on the inputs, their squares and products, and the last label. */
export class QuadraticLeastSquares implements Baseline {
  private readonly scales: Levels[];
  private readonly targetScale = new Levels();
  private readonly rls: Rls;
  private last = Number.NaN;

  constructor(
    private readonly inputs: readonly string[],
    private readonly target: string,
  ) {
    this.scales = inputs.map(() => new Levels());
    const d = inputs.length;
    this.rls = new Rls(2 + d + (d * (d + 1)) / 2);
  }

  step({ values }: Reading): number {
    const x = [1, Number.isNaN(this.last) ? 0 : clip(this.targetScale.standardise(this.last), 5)];
    const z = this.inputs.map((name, i) => {
      this.scales[i].update(values[name]);
      return clip(this.scales[i].standardise(values[name]), 5);
    });
    z.forEach((a, i) => {
      x.push(a);
      for (let j = i; j < z.length; j++) x.push(a * z[j]);
    });
    const phi = Float64Array.from(x);
    const estimate = this.targetScale.mean + this.targetScale.deviation * this.rls.predict(phi);
    const y = values[this.target];
    if (y !== undefined && !Number.isNaN(y)) {
      this.targetScale.update(y);
      if (this.targetScale.deviation > 0) this.rls.learn(phi, (y - this.targetScale.mean) / this.targetScale.deviation);
      this.last = y;
    }
    return estimate;
  }
}
