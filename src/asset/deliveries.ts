import { f64, state } from "../record/state";

/** More are never on their way to one asset at once. */
const KEPT = 256;

/**
 * The last readings that a broker has delivered to an asset, by their hashes. They are saved with what was learnt from
 * them, in one record: so a reading that is delivered again after a failure is known, whatever its time.
 */
export class Deliveries {
  readonly state = state({
    hashes: f64(KEPT, { start: Number.NaN }),
    /** How many have come so far; the i-th lies at i modulo the length. */
    total: 0,
  });

  /** Whether the reading is among the last ones. */
  has(hash: number): boolean {
    return this.state.hashes.includes(hash);
  }

  /** Whether the reading is the last one. */
  isLast(hash: number): boolean {
    const { hashes, total } = this.state;
    return total > 0 && hashes[(total - 1) % KEPT] === hash;
  }

  /** @returns whether it was new */
  add(hash: number): boolean {
    const { state } = this;
    if (this.has(hash)) return false;
    state.hashes[state.total % KEPT] = hash;
    state.total += 1;
    return true;
  }
}

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
