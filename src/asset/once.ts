/**
 * Recognises a reading that comes to several nodes of one model by parallel wires, so that it is taken in once.
 *
 * Node-RED gives each wire a copy with the same `_msgid`. The id alone is not enough: a CSV or function node sends many
 * readings under one id. But they come to each node in the same order, so the j-th message of an id at one node is the
 * j-th at every other.
 */
export class Once {
  private id: unknown;
  private readonly visits = new Map<string, number>();
  private taken = 0;

  /**
   * Counts a message that comes to a node.
   *
   * @returns whether another node has taken its readings in already
   */
  isTaken(node: string, id: unknown): boolean {
    if (id === undefined || id !== this.id) {
      this.id = id;
      this.visits.clear();
      this.taken = 0;
    }
    const visit = (this.visits.get(node) ?? 0) + 1;
    this.visits.set(node, visit);
    return visit <= this.taken;
  }

  /** The message that came to this node last has been taken in. */
  take(node: string): void {
    this.taken = Math.max(this.taken, this.visits.get(node) ?? 0);
  }
}
