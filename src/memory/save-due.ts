/** After how many changes a state is to be saved: so early that it is saved when as many have come as may be lost. */
export class SaveDue {
  /** So many changes came between the time when a save was due and its end, of late. */
  private lateness = 0;
  /** States taken into memory so far. */
  private opened = 0;

  /** @param every changes */
  constructor(private readonly every: number) {}

  /** Of a state just taken into memory: one after another a change earlier, so that those read together are not all due together. */
  first(): number {
    const { next } = this;
    return next - (this.opened++ % next);
  }

  /** Of a state that was saved; at least half of the changes that may be lost. */
  get next(): number {
    const { every, lateness } = this;
    return Math.max(Math.ceil(every / 2), every - Math.floor(1.5 * lateness));
  }

  /** Quick to believe that saves take long, slow to believe that they no longer do. @param late changes beyond what was due */
  saved(late: number): void {
    this.lateness = Math.max(0.95 * this.lateness, late);
  }
}
