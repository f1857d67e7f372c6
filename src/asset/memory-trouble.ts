import type { MemoryProblem } from "../memory/memory-problem";

/** What a status says of the memory. */
export type Trouble = "unsaved" | "setAside" | "unread" | "inUse" | "full";

const TROUBLE: Partial<Record<MemoryProblem["code"], Trouble>> = {
  damaged: "setAside",
  foreign: "setAside",
  newer: "setAside",
  mismatch: "setAside",
  inUse: "inUse",
  full: "full",
  rejected: "setAside",
  loadFailed: "unread",
  loadLate: "unread",
};
/** How long a status tells of what has happened once, ms. */
const NOTICE = 600_000;

/** What is wrong with the memory of a model and of the nodes that keep their states in the same store. */
export class MemoryTrouble {
  /** Whose states could not be saved. */
  private readonly failing = new Set<string>();
  private noticed: { trouble?: Trouble; at: number } = { at: Number.NEGATIVE_INFINITY };

  /**
   * Hears of a problem.
   *
   * @param now ms
   * @returns whether people need to be told: where the store fails, it fails for all nodes. One of them says so, and the
   *   last one that it is over.
   */
  isNews({ code, part }: MemoryProblem, now: number): boolean {
    if (code === "saveFailed") this.failing.add(part);
    if (code === "saveRecovered") this.failing.delete(part);
    const [first] = this.failing;
    if ((code === "saveFailed" && part !== first) || (code === "saveRecovered" && first !== undefined)) return false;
    const trouble = TROUBLE[code];
    if (trouble) this.noticed = { trouble, at: now };
    return true;
  }

  /**
   * What the user should know of the memory now: states that could not be saved (they are in memory, and it is tried
   * again); for a while after it has happened, a record that was set aside, or one that could not be read; that another
   * process uses the folder.
   */
  at(now: number): Trouble | undefined {
    if (this.failing.size > 0) return "unsaved";
    const { trouble, at } = this.noticed;
    return now - at < NOTICE ? trouble : undefined;
  }
}
