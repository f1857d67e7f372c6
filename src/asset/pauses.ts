/** Where learning is paused: everywhere, or at single assets. */
export class Pauses {
  private everywhere = false;
  /** Assets that differ from `everywhere`. */
  private readonly others = new Set<string>();

  /** What `save` has written. */
  static load(bytes: Uint8Array): Pauses {
    const { everywhere, others } = JSON.parse(new TextDecoder().decode(bytes)) as {
      everywhere: boolean;
      others: string[];
    };
    const pauses = new Pauses();
    pauses.everywhere = everywhere;
    for (const asset of others) pauses.others.add(asset);
    return pauses;
  }

  save(): Uint8Array {
    return new TextEncoder().encode(JSON.stringify({ everywhere: this.everywhere, others: [...this.others] }));
  }

  /** Whether learning is paused at this asset, seen before or not. */
  has(asset: string): boolean {
    return this.others.has(asset) !== this.everywhere;
  }

  /** Forgets that an asset differs from the others. */
  forget(asset: string): void {
    this.others.delete(asset);
  }

  /**
   * Pauses learning or lets it go on.
   *
   * @param asset undefined = everywhere, also at assets that are still to come
   */
  set(asset: string | undefined, paused: boolean): void {
    if (asset === undefined) {
      this.everywhere = paused;
      this.others.clear();
    } else if (paused === this.everywhere) {
      this.others.delete(asset);
    } else {
      this.others.add(asset);
    }
  }
}
