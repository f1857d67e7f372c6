import { Fenced } from "./records";

/** The partitions that are this process's own, each with what its owner holds of it. */
export class Owned<T> {
  /** Told when another process is found to have taken a partition over. */
  onFenced: (partition: number) => void = () => {};
  private readonly partitions = new Map<number, T>();
  /** Assets that lie in another partition than their name says. */
  private readonly assigned = new Map<string, number>();

  /**
   * @param byName the partition of an asset
   * @param onEnd told when a partition is given back
   */
  constructor(
    private readonly byName: (asset: string) => number,
    private readonly onEnd: (partition: number) => void = () => {},
  ) {}

  begin(partition: number, what: T): void {
    this.partitions.set(partition, what);
  }

  /** The partition is no longer this process's own. */
  end(partition: number): void {
    this.partitions.delete(partition);
    for (const [asset, of] of this.assigned) if (of === partition) this.assigned.delete(asset);
    this.onEnd(partition);
  }

  /** A model may call an asset otherwise than the readings do: then it lies in the partition of the readings. */
  assign(asset: string, partition: number): void {
    if (this.byName(asset) !== partition) this.assigned.set(asset, partition);
  }

  partitionOf(asset: string): number {
    return this.assigned.get(asset) ?? this.byName(asset);
  }

  /** @throws Fenced where the asset is not this process's own */
  of(asset: string): [partition: number, what: T] {
    const partition = this.partitionOf(asset);
    const what = this.partitions.get(partition);
    if (what === undefined)
      throw new Fenced(`Another instance of the fleet has the asset ${JSON.stringify(asset.slice(0, 60))}.`);
    return [partition, what];
  }

  /**
   * Tells that another process has a partition by now.
   *
   * @param partition undefined = it was given back before
   * @param what is that other's, for people
   */
  fenced(partition: number | undefined, what = `partition ${partition}`): Fenced {
    if (partition !== undefined) setImmediate(() => this.onFenced(partition));
    return new Fenced(`Another instance has taken over ${what}: nothing is written there any more.`);
  }

  entries(): [partition: number, what: T][] {
    return [...this.partitions];
  }
}
