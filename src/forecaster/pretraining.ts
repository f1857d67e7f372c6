import type { Scored } from "./forecast";
import type { LearnOptions } from "./horizon";
import type { Reading } from "./reading";

/** What can be trained: something that takes readings step by step and can begin a new sequence. */
interface Trainee {
  readonly index: number;
  readonly lastTime: number;
  forgetReadings(): void;
  step(reading: Reading, options: LearnOptions): { scored: Scored | undefined };
}

/** How to train on history. */
export interface PretrainingOptions {
  /** Passes over the rows, 1 … 100. */
  epochs: number;
  /** Multiplies the learning rate. Default 1. */
  speed?: number;
  /**
   * Horizon 0: in service a label will come every so many readings. Every label of the history is learnt, but the model
   * sees as "last label" only what it will see then. Default 1.
   */
  labelEvery?: number;
}

/** Where training stands after an epoch. */
export interface PretrainingProgress {
  epoch: number;
  epochs: number;
  /** Mean absolute error of the forecasts made during this epoch, each scored before it was learnt; target's unit. */
  meanAbsoluteError: number;
  /** The same for the naive forecast. */
  naive: number;
}

/**
 * Trains a forecaster on recorded rows with the same test-then-learn steps that it takes in service, several times over.
 *
 * @param rows readings in time order; a new asset or a step back in time begins a new sequence
 * @throws RangeError where epochs is no whole number from 1 to 100
 */
export function pretrain(
  forecaster: Trainee,
  rows: readonly (Reading & { asset?: string })[],
  options: PretrainingOptions,
  onProgress?: (progress: PretrainingProgress) => void,
): void {
  const { epochs, labelEvery = 1 } = options;
  if (!Number.isInteger(epochs) || epochs < 1 || epochs > 100)
    throw new RangeError(`epochs is ${epochs}; it is a whole number from 1 to 100.`);
  const learn = { learn: true, speed: options.speed };
  for (let epoch = 1; epoch <= epochs; epoch++) {
    forecaster.forgetReadings();
    let asset = rows[0]?.asset;
    let scoredCount = 0;
    let error = 0;
    let naive = 0;
    for (const row of rows) {
      if (row.asset !== asset || row.time <= forecaster.lastTime) forecaster.forgetReadings();
      asset = row.asset;
      const { scored } = forecaster.step(
        labelEvery > 1 ? { ...row, labelShown: (forecaster.index + 1) % labelEvery === 0 } : row,
        learn,
      );
      if (!scored || Number.isNaN(scored.naive)) continue;
      scoredCount += 1;
      error += Math.abs(scored.error);
      naive += Math.abs(scored.naive - scored.actual);
    }
    onProgress?.({ epoch, epochs, meanAbsoluteError: error / scoredCount, naive: naive / scoredCount });
  }
}
