/**
 * Testing by betting: how strongly the blocks so far speak for one forecaster against another.
 *
 * Somebody who believes the learner is no better than required offers fair or losing bets on the score s of the next
 * block. A gambler starts with 1 and stakes the share λ each time, so the capital is the product of (1 + λs). If the
 * belief is right, the expected capital never grows, and by Ville's inequality the chance that it *ever* reaches 20
 * is at most 1/20, however often one looks and whenever one stops. An ordinary significance test loses that promise
 * as soon as somebody looks twice, and people look at a trial every morning. Seven gamblers with stakes from careful
 * to bold share the capital, so that neither small steady gains nor large ones are missed.
 *
 * Sources: Ville 1939, "Étude critique de la notion de collectif"; Shafer 2021, "Testing by betting";
 * Choe and Ramdas 2023, "Comparing sequential forecasters" (scores of forecasters as bets).
 */

/** Stakes of the gamblers, as shares of their capital. */
const STAKES = [0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.9] as const;

/** Capital at which the evidence is taken as proof: wrong in at most one of twenty rollouts. */
export const PROOF = 20;

/** Largest relative difference of one block that counts; it keeps one strange block from deciding everything. */
const CLIP = 0.2;

/** Logarithm of the largest capital kept: far beyond any proof, and its exponential is still finite. */
const CEILING = 600;

/**
 * Margin on the relative difference (a − b)/(a + b) that corresponds to a required gain: b = (1 − g)a gives g/(2 − g).
 *
 * @param gain  required reduction of the error, 0 (any) up to but not including 1
 * @example marginOf(0.1) // 0.0526…
 */
export function marginOf(gain: number): number {
  return gain / (2 - gain);
}

/**
 * Score of one block in [−1, 1]: positive where the challenger beat the reference by more than the margin.
 *
 * @param reference   mean absolute error of the forecast in use, ≥ 0
 * @param challenger  mean absolute error of the forecast that wants to take over, ≥ 0
 * @param margin      see marginOf
 * @returns the score; −margin, scaled, where both errors are zero: no difference is no gain
 */
export function score(reference: number, challenger: number, margin: number): number {
  const sum = reference + challenger;
  const difference = sum > 0 ? (reference - challenger) / sum : 0;
  return Math.max(-CLIP, Math.min(CLIP, difference - margin)) / CLIP;
}

/** The gamblers' capital after the blocks so far. Starts at 1. */
export class Evidence {
  private readonly capital: number[];

  /**
   * @param floor  least capital of each gambler, 0 to 1; default 0. With 0 the bound of Ville holds for ever. A watch
   *   over a forecaster that has worked well for months must not need months to notice a failure: with a floor f the
   *   chance of a wrong alarm within N blocks is at most (1 + Nf)/20 instead, because each block gives away at most f.
   * @param capital  logarithms from `save`
   */
  constructor(
    private readonly floor = 0,
    capital?: readonly number[],
  ) {
    const valid = capital?.length === STAKES.length && capital.every(Number.isFinite);
    this.capital = valid ? [...capital] : STAKES.map(() => 0);
  }

  /** Adds the score of one block. @param s  in [−1, 1], see score; @returns the evidence after it */
  add(s: number): number {
    const least = Math.max(-CEILING, Math.log(this.floor));
    for (let i = 0; i < STAKES.length; i++) {
      const next = this.capital[i] + Math.log1p(STAKES[i] * s);
      this.capital[i] = Math.max(least, Math.min(CEILING, next));
    }
    return this.value;
  }

  /** Mean capital: 1 = nothing known, PROOF = proved. Always finite and positive. */
  get value(): number {
    let sum = 0;
    for (const log of this.capital) sum += Math.exp(log);
    return sum / STAKES.length;
  }

  /** Logarithms of the capitals, all finite, for the constructor. */
  save(): number[] {
    return [...this.capital];
  }
}
