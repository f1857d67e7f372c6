import { state } from "../record/state";
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
  readonly s = state({
    state: 0,
    referenceError: 0,
    referenceCount: 0,
    healthy: 0,
    since: 0,
    ratio: 0,
    blocks: 0,
    spread: 0,
  });
  private readonly errors: BlockError;
  readonly test: PageHinkley;
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
    return DRIFT_STATES[this.s.state];
  }

  /** Error of the last block relative to the usual one; 0 before it is known. */
  get ratio(): number {
    return this.s.ratio;
  }

  /** Evidence of the test, 0 … lambda and one block more. */
  get evidence(): number {
    return this.test.evidence;
  }

  /** The usual mean absolute error, in the target's unit. */
  get reference(): number {
    return this.s.referenceError;
  }

  /** The blocks: their length, the last one's errors. */
  get block(): BlockError {
    return this.errors;
  }

  /** Standard deviation of the ratio so far: what the rate of false alarms hangs on. NaN before ten blocks were judged. */
  get spread(): number {
    return this.s.blocks >= 10 ? Math.sqrt(this.s.spread) : Number.NaN;
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
    if (this.errors.size > size) this.s.referenceCount /= 2;
    const before = this.s.state;
    this.judge(this.errors.mean);
    return this.s.state === before ? "block" : "changed";
  }

  private judge(error: number): void {
    const s = this.s;
    if (this.state === "learning") {
      s.referenceCount += 1;
      s.referenceError += (error - s.referenceError) / s.referenceCount;
      if (s.referenceCount >= REFERENCE && s.referenceError > 0) this.become("ok");
      return;
    }
    const ratio = Math.min(error / s.referenceError, 1 + this.delta + this.lambda / 2);
    s.ratio = ratio;
    if (this.state === "frozen") return;
    if (this.state === "drift" || this.state === "recovering") {
      this.follow(ratio);
      return;
    }
    s.blocks += 1;
    s.spread += ((ratio - 1) ** 2 - s.spread) / Math.min(s.blocks, MEMORY);
    const evidence = this.test.add(ratio);
    // The usual error follows slowly, and a bad block moves it as little as one that is twice as bad as usual.
    if (s.referenceCount < MEMORY) s.referenceCount += 1;
    s.referenceError *= 1 + (Math.min(ratio, 2) - 1) / s.referenceCount;
    if (evidence > this.lambda) this.become("drift");
    else if (evidence > this.warn) this.become("warning");
    else if (evidence < this.warn / 2) this.become("ok");
  }

  /** After a drift: healed, still ill, or simply different from now on. */
  private follow(ratio: number): void {
    const s = this.s;
    s.since += 1;
    s.healthy = ratio <= 1 + this.delta ? s.healthy + 1 : 0;
    if (s.healthy >= HEALED) {
      this.test.restart();
      this.become("ok");
    } else if (s.since >= GIVEN_UP) {
      this.relearn();
    } else if (s.healthy > 0) {
      s.state = DRIFT_STATES.indexOf("recovering");
    }
  }

  private become(state: DriftState): void {
    const to = DRIFT_STATES.indexOf(state);
    if (this.s.state === to) return;
    this.s.state = to;
    this.s.since = 0;
    this.s.healthy = 0;
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
    s.referenceError = 0;
    s.referenceCount = 0;
    s.ratio = 0;
    this.become("learning");
  }
}
