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
