import type { MemoryProblem } from "./memory-problem";
import { InUse, type Store } from "./store";

/** When it was told of a store that another process uses it, by whichever owner came first. */
const toldInUse = new WeakMap<Store, { readonly error: InUse; readonly at: number }>();

/** What people are told of one owner's memory: what lasts once, and again at long intervals. */
export class MemoryReport {
  private readonly failed = new Set<string>();
  /** Another process uses the store, as was seen with this asset. */
  private blocked: [error: InUse, asset: string] | undefined;
  private toldFull = Number.NEGATIVE_INFINITY;

  /**
   * @param part whose memory it is
   * @param every ms between two times that it is told of the same
   */
  constructor(
    private readonly part: string,
    private readonly store: Store,
    private readonly every: number,
    private readonly report: (problem: MemoryProblem) => void,
  ) {}

  /** The assets that could not be saved. */
  get unsaved(): ReadonlySet<string> {
    return this.failed;
  }

  /** Whether another process uses the store. */
  get isBlocked(): boolean {
    return this.blocked !== undefined;
  }

  tell(problem: Omit<MemoryProblem, "part">): void {
    this.report({ part: this.part, ...problem });
  }

  /** No further asset can be taken in. @param assets in memory at most */
  full(asset: string, text: string, assets: number): void {
    if (Date.now() - this.toldFull < 0.9 * this.every) return;
    this.toldFull = Date.now();
    this.tell({ code: "full", asset, text, assets });
  }

  /** Once for all owners and assets of the store, and again at long intervals. */
  inUse(error: InUse, asset: string): void {
    const { store } = this;
    this.blocked = [error, asset];
    const told = toldInUse.get(store);
    if (told?.error === error && Date.now() - told.at < 0.9 * this.every) return;
    toldInUse.set(store, { error, at: Date.now() });
    this.tell({ code: "inUse", asset, text: error.message });
  }

  /** The store has answered: no other process uses it. */
  answered(): void {
    this.blocked = undefined;
  }

  /** The first one tells for all. */
  saveFailed(asset: string, error: Error): void {
    const isNews = this.failed.size === 0;
    this.failed.add(asset);
    if (error instanceof InUse) this.inUse(error, asset);
    if (isNews) this.unsavedAre(error.message);
  }

  /**
   * The asset is saved, or nobody wants it saved any more.
   *
   * @returns whether none is left that could not be saved, as told
   */
  noLongerUnsaved(asset: string): boolean {
    if (!this.failed.delete(asset) || this.failed.size > 0) return false;
    this.tell({ code: "saveRecovered", asset, text: "Everything is saved again." });
    return true;
  }

  /** Tells again what lasts. */
  remind(): void {
    if (this.failed.size > 0) this.unsavedAre("Still not saved.");
    if (this.blocked) this.inUse(...this.blocked);
  }

  private unsavedAre(text: string): void {
    const [asset] = this.failed;
    this.tell({ code: "saveFailed", asset, text, assets: this.failed.size });
  }
}
