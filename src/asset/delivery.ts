/** What a broker's node writes into a message, so that the model can say when what it has learnt from it is safe. */
export interface Delivery {
  /** Which one it is, for the node that has sent it into the flow. */
  readonly id: string;
  /** Of its content: the same when it comes again. */
  readonly hash: number;
  /** It was delivered before, perhaps to a process that has ended since. */
  readonly again?: boolean;
}

/** Who gives readings to a model and wants to know what became of them. */
export interface DeliveryWatcher {
  /** Whether the reading is still this process's to take in; one that is not comes again, here or elsewhere. */
  isCurrent(id: string): boolean;
  /** The model has taken the reading in for an asset, or refused it for good; undefined where it names no asset. */
  settled(asset: string | undefined, id: string): void;
  /** A record of the asset was made; what is returned is called once the store has it. */
  saving(asset: string): () => void;
}

/** The delivery of a message; undefined where it came by another way. */
export function deliveryOf(msg: { readonly delivery?: unknown }): Delivery | undefined {
  if (msg.delivery === undefined) return undefined;
  const { id, hash, again } = Object(msg.delivery) as Partial<Delivery>;
  return typeof id === "string" && typeof hash === "number" ? { id, hash, again } : undefined;
}

/** All who give readings to a model. */
export class DeliveryWatchers {
  private readonly watchers = new Set<DeliveryWatcher>();

  /**
   * Lets a node that takes readings from a broker know what becomes of them.
   *
   * @returns call it to hear no more
   */
  watch(watcher: DeliveryWatcher): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  /** Whether a broker has given the message to another process, or will give it again. */
  isOutdated(msg: { readonly delivery?: unknown }): boolean {
    const delivery = deliveryOf(msg);
    return delivery !== undefined && [...this.watchers].some((watcher) => !watcher.isCurrent(delivery.id));
  }

  /** Tells of a delivery that has done what it can do for an asset; undefined where it names none. */
  settled(asset: string | undefined, id: string): void {
    for (const watcher of this.watchers) watcher.settled(asset, id);
  }

  /** A record of the asset was made; what is returned is called once the store has it. */
  saving(asset: string): () => void {
    const landed = [...this.watchers].map((watcher) => watcher.saving(asset));
    return () => {
      for (const one of landed) one();
    };
  }
}
