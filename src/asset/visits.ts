/** The readings that the nodes of one model have seen lately: one reading comes to several nodes and is taken in once. */

/** So many readings are remembered, the rows of batches counted: a burst fills the queues of Node-RED before it drains. */
const MOST_READINGS = 20_000;
/** ms. A branch that is slower than this must carry the mark of a node in front of it. */
const LONGEST = 600_000;

/** By what a reading is known. */
export interface Sighting {
  readonly asset: string;
  /** Node-RED's id of the message; every copy of it has the same, but so have many readings sent by one node. */
  readonly id: unknown;
  /** The time that came with it; undefined = none. */
  readonly stamp: string | undefined;
  /** Its values. */
  readonly content: string;
}

interface Seen<Found> {
  readonly keys: readonly string[];
  readonly asset: string;
  readonly stamped: boolean;
  /** A few: a list takes less room than a set. */
  readonly nodes: string[];
  readonly rows: number;
  readonly arrived: number;
  readonly found: Found;
}

/**
 * Decides whether a reading that comes to a node is one that another node of the same model has taken in already.
 *
 * It is the same reading where the values are equal and, beside them, the given time; or, where one of the two came
 * without a time, the id of the message. Of several that fit, as from a function node that sends the same values again
 * and again under one id, the j-th at one node is the j-th at every other. A node sees a reading once: what comes to the
 * same node again is another reading, equal or not.
 */
export class Visits<Found> {
  /** In the order of arrival, under each key. */
  private readonly byKey = new Map<string, Seen<Found>[]>();
  /** Oldest first, behind the places of some that are forgotten: a set would look through all these for its first entry. */
  private all: (Seen<Found> | undefined)[] = [];
  private forgotten = 0;
  private rows = 0;

  /**
   * Counts the visit of a reading to a node.
   *
   * @returns what was found in it when another node took it in; undefined where it is new, then `keep` what is found
   */
  recognise(node: string, sighting: Sighting): Found | undefined {
    const seen = this.first(sighting, ({ nodes }) => !nodes.includes(node));
    seen?.nodes.push(node);
    return seen?.found;
  }

  /** Whether such a reading has been at this node. */
  hasSeen(node: string, sighting: Sighting): boolean {
    return this.first(sighting, ({ nodes }) => nodes.includes(node)) !== undefined;
  }

  /**
   * Remembers a reading that a node has taken in.
   *
   * @param rows how many readings it is
   * @param now ms
   */
  keep(node: string, sighting: Sighting, found: Found, rows: number, now: number): void {
    const { asset, stamp } = sighting;
    const keys = [idKey(sighting), stampKey(sighting)].filter((key) => key !== undefined);
    if (keys.length === 0) return;
    const stamped = stamp !== undefined;
    const seen: Seen<Found> = { keys, asset, stamped, nodes: [node], rows, arrived: now, found };
    for (const key of keys) {
      const same = this.byKey.get(key);
      if (same) same.push(seen);
      else this.byKey.set(key, [seen]);
    }
    this.all.push(seen);
    this.rows += rows;
    for (;;) {
      const oldest = this.all[this.forgotten];
      if (!oldest || oldest === seen || (this.rows <= MOST_READINGS && now - oldest.arrived <= LONGEST)) break;
      this.drop(oldest);
      this.all[this.forgotten] = undefined;
      this.forgotten += 1;
    }
    if (this.forgotten <= this.all.length / 2) return;
    this.all = this.all.slice(this.forgotten);
    this.forgotten = 0;
  }

  /** Forgets the readings of an asset that begins anew. */
  forget(asset: string): void {
    for (const seen of this.all) if (seen?.asset === asset) this.drop(seen);
    this.all = this.all.filter((seen) => seen && seen.asset !== asset);
    this.forgotten = 0;
  }

  private first(sighting: Sighting, fits: (seen: Seen<Found>) => boolean): Seen<Found> | undefined {
    const { stamp } = sighting;
    const byStamp = stampKey(sighting);
    if (byStamp !== undefined) for (const seen of this.byKey.get(byStamp) ?? []) if (fits(seen)) return seen;
    const byId = idKey(sighting);
    if (byId === undefined) return undefined;
    // Of two times that differ, both given, the id says nothing.
    for (const seen of this.byKey.get(byId) ?? [])
      if (!(seen.stamped && stamp !== undefined) && fits(seen)) return seen;
    return undefined;
  }

  private drop(seen: Seen<Found>): void {
    this.rows -= seen.rows;
    for (const key of seen.keys) {
      const same = this.byKey.get(key);
      if (!same) continue;
      // The oldest one is dropped first as a rule, and stands in front.
      same.splice(same.indexOf(seen), 1);
      if (same.length === 0) this.byKey.delete(key);
    }
  }
}

function idKey({ asset, id, content }: Sighting): string | undefined {
  return typeof id === "string" && id !== "" ? key("id", id, content, asset) : undefined;
}

function stampKey({ asset, stamp, content }: Sighting): string | undefined {
  return stamp === undefined ? undefined : key("time", stamp, content, asset);
}

/** Joined, which makes one text of them: a template keeps its pieces as long as nobody reads it. */
function key(...parts: string[]): string {
  return parts.join("\n");
}
