import { type Block, Blocks, type BlocksState } from "./block";
import { Evidence, marginOf, PROOF, score } from "./evidence";
import type { TrialCounts } from "./requirements";

const DAY = 86_400_000;

/** Least capital of the watch over a live learner, see Evidence. */
const WATCH_FLOOR = 0.02;

/**
 * A block whose errors are this many times those of the existing forecast ends a rollout at once: those in the same
 * block, and those it usually has. Without the second, a block in which the existing forecast was merely lucky, or had
 * nothing to forecast, would end a good rollout sooner or later.
 */
const FAR_WORSE = 3;

/** Share of the usual error below which a block is a standstill: with nothing to forecast, nobody can be better. */
const STANDSTILL = 0.01;

/** Blocks over which the usual error of the existing forecast is averaged. */
const USUAL_BLOCKS = 50;

/** A forecast that fell due. Errors in the target's unit; NaN where not known. */
export interface Outcome {
  /** ms since 1970 of the reading it was made from; the same origin twice counts once. */
  readonly origin: number;
  /** ms since 1970 it was made for. */
  readonly time: number;
  readonly actual: number;
  readonly learner: number;
  readonly existing: number;
  readonly naive: number;
  /** Whether the interval held the actual value; absent = no interval. */
  readonly covered?: boolean;
  /** Nominal coverage, 0 to 1; NaN = as before, at first none. */
  readonly coverage: number;
  /** Whether the actual value that judges is beyond doubt; where it is not, it counts all the same. */
  readonly good: boolean;
  /** Whether any value was in doubt, where the forecast was made or where it was judged. */
  readonly doubtful: boolean;
  /** Whether the plant was in the mode for which the model is meant. */
  readonly running: boolean;
}

/** Everything a trial remembers. */
export interface TrialState {
  trial: TrialCounts;
  better: number;
  periods: number;
  /** Sums of the blocks' mean absolute errors. */
  existing: number;
  learner: number;
  evidence: readonly number[];
  against: readonly number[];
  blocks: BlocksState | undefined;
  /** Usual mean absolute error of a block of the existing forecast, and blocks it is averaged over. */
  usual: number;
  usualBlocks: number;
  coverage: number;
}

/**
 * What a block has shown: `standstill` = nothing to forecast; `far worse` and `worse` end a rollout; `dependent` = blocks
 * were too short, and evidence starts afresh; else `counted`.
 */
export type Finding = "standstill" | "far worse" | "worse" | "dependent" | "counted";

/** What one stage has shown of the learner and of the forecast that the plant would have used without it. */
export class Trial {
  private sums: Omit<TrialState, "evidence" | "against" | "blocks">;
  private blocks: Blocks;
  private bets: ReturnType<typeof betsOf>;

  /**
   * @param horizon readings ahead, 0 or more
   * @param state from `save`
   */
  constructor(
    private readonly horizon: number,
    state: TrialState = NOTHING,
  ) {
    const { trial, better, periods, existing, learner, usual, usualBlocks, coverage } = state;
    this.sums = { trial: { ...trial }, better, periods, existing, learner, usual, usualBlocks, coverage };
    this.blocks = new Blocks(horizon, state.blocks);
    this.bets = betsOf(state.evidence, state.against);
  }

  save(): TrialState {
    const { sums, bets, blocks } = this;
    return { ...sums, evidence: bets.onLearner.save(), against: bets.against.save(), blocks: blocks.save() };
  }

  get counts(): Readonly<TrialCounts> {
    return this.sums.trial;
  }

  /** Blocks in which the learner was better. */
  get better(): number {
    return this.sums.better;
  }

  /** Shifts, days or other periods in the last block. */
  get periods(): number {
    return this.sums.periods;
  }

  /** Reduction of the error over all blocks, in percent; negative = worse. */
  get gain(): number {
    const { existing, learner } = this.sums;
    return existing > 0 ? 100 * (1 - learner / existing) : 0;
  }

  /** Nominal coverage of the intervals, 0 to 1. */
  get coverage(): number {
    return this.sums.coverage;
  }

  /** Evidence for the learner now. */
  get evidence(): number {
    return this.bets.onLearner.value;
  }

  /** Evidence against the learner now. */
  get against(): number {
    return this.bets.against.value;
  }

  /** The block that is filling. */
  get open(): Block {
    return this.blocks.open;
  }

  /** Scored forecasts that a block needs. */
  get length(): number {
    return this.blocks.length;
  }

  /** Counts a forecast that fell due while the plant was not running. */
  countStopped(): void {
    this.sums.trial.stopped += 1;
  }

  /** Counts a label that judges nobody because it is none or known to be wrong: their share must be small. */
  countUnusable(): void {
    this.sums.trial.scored += 1;
    this.sums.trial.unusable += 1;
  }

  /** @param ms since the forecast that fell due before */
  countTime(ms: number): void {
    this.sums.trial.days += Math.min(1, ms / DAY);
  }

  /** @returns whether there are both forecasts and a value to judge them by */
  count(outcome: Outcome): boolean {
    const { sums } = this;
    const { trial } = sums;
    const { actual, learner } = outcome;
    if (Number.isFinite(outcome.coverage)) sums.coverage = outcome.coverage;
    if (!Number.isFinite(actual) || !Number.isFinite(existingOf(outcome))) return false;
    trial.scored += 1;
    if (outcome.doubtful) trial.doubtful += 1;
    if (outcome.good && Number.isFinite(learner)) trial.good += 1;
    if (!Number.isFinite(learner)) return false;
    if (outcome.covered !== undefined) {
      trial.intervals += 1;
      if (outcome.covered) trial.covered += 1;
    }
    return true;
  }

  /** Adds the errors of a forecast that counts to the block. @returns the block that ended by it, if one did */
  add(outcome: Outcome, period: number | undefined): Block | undefined {
    const { actual, learner } = outcome;
    return this.blocks.add(clampError(existingOf(outcome) - actual), clampError(learner - actual), period);
  }

  /**
   * Takes a block that ended into account.
   *
   * @param gain required reduction of the error
   * @param isActing whether the learner is on trial in the plant
   */
  judge({ existing, learner, periods }: Block, gain: number, isActing: boolean): Finding {
    const { sums } = this;
    const { trial, usual } = sums;
    if (Math.max(existing, learner) <= STANDSTILL * usual) return "standstill";
    if (isActing && learner > FAR_WORSE * Math.max(existing, usual)) return "far worse";
    sums.usualBlocks = Math.min(USUAL_BLOCKS, sums.usualBlocks + 1);
    sums.usual += (existing - usual) / sums.usualBlocks;
    trial.blocks += 1;
    sums.periods = periods;
    if (learner < existing) sums.better += 1;
    sums.existing += existing;
    sums.learner += learner;

    const s = score(existing, learner, marginOf(gain));
    trial.proof = Math.max(trial.proof, this.bets.onLearner.add(s));
    trial.against = this.bets.against.add(score(learner, existing, 0));
    if (isActing && trial.against >= PROOF) return "worse";

    // What is proved stays proved: a person who was told that the trial is ready may take a night to decide.
    if (trial.proof < PROOF && this.blocks.scored(s)) {
      this.restartEvidence();
      return "dependent";
    }
    return "counted";
  }

  /**
   * A block need not end to be lost: once the learner has gathered three times what the existing forecast has, and
   * three times what it gathers in a whole block, waiting only costs.
   */
  get isFarWorse(): boolean {
    const { count, existing, learner } = this.blocks.open;
    const whole = this.sums.usual * this.blocks.length;
    return whole > 0 && learner * count > FAR_WORSE * Math.max(existing * count, whole);
  }

  /** Nothing is proved. What is known about the length of blocks stays. */
  restart(): void {
    this.sums.trial = { ...NOTHING.trial };
    this.blocks.empty();
    this.restartEvidence();
  }

  /** Forgets also how long blocks must be, and what errors are usual. */
  forget(): void {
    this.blocks = new Blocks(this.horizon);
    this.sums.usual = this.sums.usualBlocks = 0;
  }

  private restartEvidence(): void {
    const { sums } = this;
    sums.better = sums.existing = sums.learner = 0;
    sums.trial = { ...sums.trial, blocks: 0, proof: 1, against: 1 };
    this.bets = betsOf();
  }
}

/** What a trial begins with. */
const NOTHING: TrialState = {
  trial: {
    blocks: 0,
    days: 0,
    scored: 0,
    doubtful: 0,
    unusable: 0,
    stopped: 0,
    intervals: 0,
    covered: 0,
    good: 0,
    proof: 1,
    against: 1,
  },
  better: 0,
  periods: 1,
  existing: 0,
  learner: 0,
  evidence: [],
  against: [],
  blocks: undefined,
  usual: 0,
  usualBlocks: 0,
  coverage: 0,
};

function betsOf(onLearner?: readonly number[], against?: readonly number[]) {
  return { onLearner: new Evidence(0, onLearner), against: new Evidence(WATCH_FLOOR, against) };
}

/** The learner is compared with the forecast that the plant would have used: the naive one where there was none. */
function existingOf({ existing, naive }: Outcome): number {
  return Number.isFinite(existing) ? existing : naive;
}

/** The difference of two finite numbers can be infinite. */
function clampError(error: number): number {
  return Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, error));
}
