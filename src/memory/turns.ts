/** Operations on a store: those of one asset follow each other, since they must not overtake each other. */
export class Turns {
  /** The last operation of an asset that is in progress. */
  private readonly last = new Map<string, Promise<unknown>>();

  /** @param free told when an asset has none any more */
  constructor(private readonly free: () => void) {}

  /** Whether an operation of the asset is in progress. */
  isBusy(asset: string): boolean {
    return this.last.has(asset);
  }

  /** Begins an operation once those before it have ended, however they did. */
  take(asset: string, operation: () => void | Promise<void>): Promise<void> {
    const before = this.last.get(asset) ?? Promise.resolve();
    const turn = before.then(operation, operation);
    this.last.set(asset, turn);
    const end = (): void => {
      if (this.last.get(asset) !== turn) return;
      this.last.delete(asset);
      this.free();
    };
    turn.then(end, end);
    return turn;
  }

  /** Asks something once the operations of the asset have ended: at once where there is none. The next need not wait. */
  ask<R>(asset: string, question: () => R | Promise<R>): R | Promise<R> {
    const before = this.last.get(asset);
    return before ? before.then(question, question) : question();
  }

  /** Resolved when there is no operation any more. */
  async ended(): Promise<void> {
    while (this.last.size > 0) await Promise.allSettled(this.last.values());
  }
}
