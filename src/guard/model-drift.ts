import { BlockError } from "./block-error";
import { PageHinkley } from "./page-hinkley";

/** How the model stands: see `ModelDrift`. */
export const DRIFT_STATES = ["learning", "ok", "warning", "drift", "frozen", "recovering"] as const;
export type DriftState = (typeof DRIFT_STATES)[number];

/** Settings of the drift test; all are relative to the model's own usual error. */
export interface ModelDriftOptions {
  /** Readings ahead, ≥ 0. */
  horizon: number;
  /** Tolerated excess of the error over its usual value, as a share. Default 0.25. */
  delta?: number;
  /** Evidence at which the drift alarm comes. Default 5. */
  lambda?: number;
  /** Evidence at which a warning comes. Default 2.5. */
  warn?: number;
}

/** Blocks that make the first reference, and blocks over which it follows later. */
const REFERENCE = 24;
const MEMORY = 100;
/** Healthy blocks in a row that end a recovery. */
const HEALED = 3;
/** Blocks after which an error that stays high is the new usual one. */
const GIVEN_UP = 20;

const STATE = 0;
const REFERENCE_ERROR = 1;
const REFERENCE_COUNT = 2;
const HEALTHY = 3;
const SINCE = 4;
const RATIO = 5;
const BLOCKS = 6;
const SPREAD = 7;

/**
 * Notices that a model has become worse: the mean absolute error of each block relative to its usual value goes through a
 * one-sided Page-Hinkley test. Everything is a ratio, so the unit of the target does not matter.
 *
 * - learning: the usual error is not known yet (24 blocks)
 * - ok, warning, drift: evidence below, above `warn`, above `lambda`
 * - frozen: learning is held, by the plant's choice
 * - recovering: something was done about a drift, or the error has fallen by itself; three healthy blocks make it ok. If
 *   the error stays high for 20 blocks, it is the new usual error, learnt anew.
 *
 * A block counts with its ratio up to 1 + delta + lambda/2, so that one wild block can warn and never alarm.
 */
export class ModelDrift {
  private readonly s = new Float64Array(8);
  private readonly errors: BlockError;
  private readonly test: PageHinkley;
  private readonly delta: number;
  private readonly lambda: number;
  private readonly warn: number;

  constructor(options: ModelDriftOptions) {
    this.delta = options.delta ?? 0.25;
    this.lambda = options.lambda ?? 5;
    this.warn = options.warn ?? 2.5;
    this.errors = new BlockError(options.horizon);
    this.test = new PageHinkley(this.delta);
  }

  get state(): DriftState {
    return DRIFT_STATES[this.s[STATE]];
  }

  /** Error of the last block relative to the usual one; 0 before it is known. */
  get ratio(): number {
    return this.s[RATIO];
  }

  /** Evidence of the test, 0 … lambda and one block more. */
  get evidence(): number {
    return this.test.evidence;
  }

  /** The usual mean absolute error, in the target's unit. */
  get reference(): number {
    return this.s[REFERENCE_ERROR];
  }

  /** The blocks: their length, the last one's errors. */
  get block(): BlockError {
    return this.errors;
  }

  /** Standard deviation of the ratio so far: what the rate of false alarms hangs on. NaN before ten blocks were judged. */
  get spread(): number {
    return this.s[BLOCKS] >= 10 ? Math.sqrt(this.s[SPREAD]) : Number.NaN;
  }

  /**
   * Takes in one scored forecast.
   *
   * @param error finite, in the target's unit
   * @param naive error of the naive forecast, NaN where unknown
   * @returns open: the block goes on; block: a block ended, the state stays; changed: a block ended and `state` is new
   */
  add(error: number, naive: number): "open" | "block" | "changed" {
    const calm = this.state === "ok" || this.state === "learning";
    const size = this.errors.size;
    if (!this.errors.add(error, naive, calm)) return "open";
    // Two blocks of the old length are one of the new.
    if (this.errors.size > size) this.s[REFERENCE_COUNT] /= 2;
    const before = this.s[STATE];
    this.judge(this.errors.mean);
    return this.s[STATE] === before ? "block" : "changed";
  }

  private judge(error: number): void {
    const s = this.s;
    if (this.state === "learning") {
      s[REFERENCE_COUNT] += 1;
      s[REFERENCE_ERROR] += (error - s[REFERENCE_ERROR]) / s[REFERENCE_COUNT];
      if (s[REFERENCE_COUNT] >= REFERENCE && s[REFERENCE_ERROR] > 0) this.become("ok");
      return;
    }
    const ratio = Math.min(error / s[REFERENCE_ERROR], 1 + this.delta + this.lambda / 2);
    s[RATIO] = ratio;
    if (this.state === "frozen") return;
    if (this.state === "drift" || this.state === "recovering") {
      this.follow(ratio);
      return;
    }
    s[BLOCKS] += 1;
    s[SPREAD] += ((ratio - 1) ** 2 - s[SPREAD]) / Math.min(s[BLOCKS], MEMORY);
    const evidence = this.test.add(ratio);
    // The usual error follows slowly, and a bad block moves it as little as one that is twice as bad as usual.
    if (s[REFERENCE_COUNT] < MEMORY) s[REFERENCE_COUNT] += 1;
    s[REFERENCE_ERROR] *= 1 + (Math.min(ratio, 2) - 1) / s[REFERENCE_COUNT];
    if (evidence > this.lambda) this.become("drift");
    else if (evidence > this.warn) this.become("warning");
    else if (evidence < this.warn / 2) this.become("ok");
  }

  /** After a drift: healed, still ill, or simply different from now on. */
  private follow(ratio: number): void {
    const s = this.s;
    s[SINCE] += 1;
    s[HEALTHY] = ratio <= 1 + this.delta ? s[HEALTHY] + 1 : 0;
    if (s[HEALTHY] >= HEALED) {
      this.test.restart();
      this.become("ok");
    } else if (s[SINCE] >= GIVEN_UP) {
      this.relearn();
    } else if (s[HEALTHY] > 0) {
      s[STATE] = DRIFT_STATES.indexOf("recovering");
    }
  }

  private become(state: DriftState): void {
    const to = DRIFT_STATES.indexOf(state);
    if (this.s[STATE] === to) return;
    this.s[STATE] = to;
    this.s[SINCE] = 0;
    this.s[HEALTHY] = 0;
  }

  /** Something was done about the drift: from here on it is watched whether it helps. */
  recover(): void {
    this.test.restart();
    this.become("recovering");
  }

  /** Learning is held until `resume`. */
  freeze(): void {
    this.become("frozen");
  }

  /** Ends a freeze. */
  resume(): void {
    if (this.state === "frozen") this.recover();
  }

  /** Learns the usual error anew: for a new model, or a plant that has changed for good. */
  relearn(): void {
    const s = this.s;
    this.test.restart();
    this.errors.restart();
    s[REFERENCE_ERROR] = 0;
    s[REFERENCE_COUNT] = 0;
    s[RATIO] = 0;
    this.become("learning");
  }

  /** All that has to be remembered, in a fixed order. */
  buffers(): Float64Array[] {
    return [this.s, ...this.errors.buffers(), ...this.test.buffers()];
  }
}
