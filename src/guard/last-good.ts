import { f64, state } from "../record/state";

/** Blocks whose average decides: one lucky block proves nothing. */
const BLOCKS = 5;
/** How much better an average must be before a new snapshot is worth its bytes. */
const BETTER = 0.98;
/** A best of long ago fades by this share a block: what was good for the plant of that time need not be so today. */
const FADE = 0.002;

/**
 * The model as it was when it forecast best: a snapshot of its parameters, taken at the best average of five blocks so
 * far. Errors are taken relative to the naive forecast of the same blocks, so that an easy hour is not mistaken for a
 * good model.
 */
export class LastGood {
  readonly s = state({ count: 0, best: Number.POSITIVE_INFINITY, recent: f64(BLOCKS, { mayBeNaN: true }) });
  private bytes: Uint8Array | undefined;

  /** The snapshot; undefined before the first five blocks. */
  get snapshot(): Uint8Array | undefined {
    return this.bytes;
  }

  /** Relative error at that time (1 = as good as naive); Infinity before the first snapshot. */
  get best(): number {
    return this.s.best;
  }

  /**
   * Takes in the block that has just ended.
   *
   * @param error mean absolute error of the block, in the target's unit
   * @param naive the same of the naive forecast; not above 0 = the block says nothing and is left out
   * @param checkpoint gives the parameters of today
   */
  offer(error: number, naive: number, checkpoint: () => Uint8Array): void {
    const ratio = error / naive;
    if (!(naive > 0) || !Number.isFinite(ratio)) return;
    const { s } = this;
    const { recent } = this.s;
    recent[s.count % BLOCKS] = ratio;
    s.count += 1;
    s.best *= 1 + FADE;
    if (s.count < BLOCKS) return;
    let average = 0;
    for (let i = 0; i < BLOCKS; i++) average += recent[i] / BLOCKS;
    if (average < BETTER * s.best) {
      s.best = average;
      this.bytes = checkpoint();
    }
  }

  /** Forgets the blocks of the model that is given up; the snapshot and its mark stay. */
  restart(): void {
    this.s.count = 0;
  }

  /** Sets the snapshot that was saved. */
  restore(bytes: Uint8Array | undefined): void {
    this.bytes = bytes;
  }
}
