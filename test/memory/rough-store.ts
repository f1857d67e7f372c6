import { setTimeout as delay } from "node:timers/promises";
import { type AssetRecord, decodeRecord } from "../../src/memory/record";
import type { AsideReason, Loaded, Store } from "../../src/memory/store";

/** A store in memory that answers late, fails and counts as a spec tells it. */
export class RoughStore implements Store {
  readonly records = new Map<string, Uint8Array>();
  readonly beside: { asset: string; reason: AsideReason; record: AssetRecord }[] = [];
  /** ms until an answer to a question; 0: at once. */
  late = 0;
  /** ms that a save takes. */
  slow = 0;
  /** Instead of that, what a save waits for. */
  hold: (() => Promise<void>) | undefined;
  loadError: Error | undefined;
  saveError: Error | undefined;
  saves = 0;
  /** Saves of the same asset that ran at the same time, at most; and of all assets. */
  overlap = 0;
  parallel = 0;
  private readonly running = new Map<string, number>();

  load(_part: string, asset: string): Loaded | Promise<Loaded> {
    if (this.late > 0) return delay(this.late).then(() => this.found(asset));
    return this.found(asset);
  }

  async save(_part: string, asset: string, record: Uint8Array): Promise<void> {
    this.saves++;
    const copy = Uint8Array.from(record);
    await this.work(asset);
    this.records.set(asset, copy);
  }

  async setAside(_part: string, asset: string, reason: AsideReason): Promise<void> {
    await this.work(asset);
    const record = this.records.get(asset);
    if (!record) return;
    this.beside.push({ asset, reason, record: decodeRecord(record) });
    this.records.delete(asset);
  }

  async keepBeside(_part: string, asset: string, reason: AsideReason, record: Uint8Array): Promise<void> {
    await this.work(asset);
    this.beside.push({ asset, reason, record: decodeRecord(record) });
  }

  assets(): string[] {
    if (this.loadError) throw this.loadError;
    return [...this.records.keys()];
  }

  private found(asset: string): Loaded {
    if (this.loadError) throw this.loadError;
    const record = this.records.get(asset);
    return { record: record && decodeRecord(record), setAside: [] };
  }

  private async work(asset: string): Promise<void> {
    const running = (this.running.get(asset) ?? 0) + 1;
    this.running.set(asset, running);
    this.overlap = Math.max(this.overlap, running);
    this.parallel = Math.max(
      this.parallel,
      [...this.running.values()].reduce((sum, count) => sum + count, 0),
    );
    try {
      await (this.hold?.() ?? delay(this.slow));
      if (this.saveError) throw this.saveError;
    } finally {
      this.running.set(asset, (this.running.get(asset) ?? 1) - 1);
    }
  }
}
