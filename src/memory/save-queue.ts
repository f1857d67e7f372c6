import { Turns } from "./turns";

/** Saves that run at the same time: each waits for some turns of the event loop, which are long in a busy Node-RED. */
const PARALLEL = 16;

/** The operations on a store, and the assets that wait to be saved: each once, some at a time. */
export class SaveQueue {
  readonly turns = new Turns(() => this.next());
  private readonly waiting = new Set<string>();
  private saving = 0;

  /** @param save saves what is known of the asset by then */
  constructor(private readonly save: (asset: string) => Promise<void>) {}

  add(asset: string): void {
    this.waiting.add(asset);
    this.next();
  }

  delete(asset: string): void {
    this.waiting.delete(asset);
  }

  private next(): void {
    for (const asset of this.waiting) {
      if (this.saving >= PARALLEL) return;
      // Its turn comes when that has ended, with what it will have learnt by then.
      if (this.turns.isBusy(asset)) continue;
      this.waiting.delete(asset);
      this.saving++;
      this.turns.take(asset, async () => {
        try {
          await this.save(asset);
        } finally {
          this.saving--;
        }
      });
    }
  }
}
