/** What is in memory of assets, in the order of its use; and beside it what stays only until it is saved. */
export class Residents<R> {
  /** Longest idle first. */
  private readonly staying = new Map<string, R>();
  /** Which of them was put there last; it may have gone since. */
  private last: string | undefined;
  /** Saved once more before they are let go; a call brings them back at once. */
  private readonly leaving = new Map<string, R>();

  /** How many stay. */
  get size(): number {
    return this.staying.size;
  }

  /** How many there are with those that leave. */
  get count(): number {
    return this.staying.size + this.leaving.size;
  }

  has(asset: string): boolean {
    return this.staying.has(asset) || this.leaving.has(asset);
  }

  get(asset: string): R | undefined {
    return this.staying.get(asset) ?? this.leaving.get(asset);
  }

  /** One that stays, for use: it is the last to be let go. */
  use(asset: string): R | undefined {
    const resident = this.staying.get(asset);
    // A batch asks for the same one again and again.
    if (!resident || asset === this.last) return resident;
    this.staying.delete(asset);
    this.put(asset, resident);
    return resident;
  }

  put(asset: string, resident: R): void {
    this.staying.set(asset, resident);
    this.last = asset;
  }

  /** One that was leaving stays after all; undefined where it was not. */
  keep(asset: string): R | undefined {
    const resident = this.leaving.get(asset);
    if (!resident) return undefined;
    this.leaving.delete(asset);
    this.put(asset, resident);
    return resident;
  }

  /** It stays until it is saved. */
  leave(asset: string, resident: R): void {
    this.staying.delete(asset);
    this.leaving.set(asset, resident);
  }

  isLeaving(asset: string, resident: R): boolean {
    return this.leaving.get(asset) === resident;
  }

  delete(asset: string): void {
    this.staying.delete(asset);
    this.leaving.delete(asset);
  }

  names(): string[] {
    return [...this.staying.keys(), ...this.leaving.keys()];
  }

  /** All of them, those that stay first. */
  all(): [asset: string, resident: R][] {
    return [...this.staying, ...this.leaving];
  }

  /** Those that stay, longest idle first; they may be taken away meanwhile. */
  idle(): MapIterator<[asset: string, resident: R]> {
    return this.staying.entries();
  }
}
