/**
 * Which messages are still on their way through a flow: at a node that was given one and has not said that it is done with
 * it. A node that keeps a message for a while, such as a delay, is done when it has sent it on.
 *
 * @example
 *     const through = [];
 *     const way = new UnderWay((id) => through.push(id));
 *     way.begin("1", "fleet in");
 *     way.given("1", "tuner");
 *     way.done("1", "fleet in");
 *     way.done("1", "tuner");
 *     through; // ["1"]
 */
export class UnderWay {
  /** Of each message the nodes that have it. */
  private readonly at = new Map<string, string[]>();

  /** @param through told once of each message that has come through */
  constructor(private readonly through: (id: string) => void) {}

  begin(id: string, node: string): void {
    this.at.set(id, [node]);
  }

  given(id: string, node: string): void {
    this.at.get(id)?.push(node);
  }

  done(id: string, node: string): void {
    const nodes = this.at.get(id);
    const i = nodes?.indexOf(node) ?? -1;
    if (!nodes || i < 0) return; // given by another way, such as a link
    nodes.splice(i, 1);
    if (nodes.length > 0) return;
    this.at.delete(id);
    this.through(id);
  }

  has(id: string): boolean {
    return this.at.has(id);
  }

  forget(id: string): void {
    this.at.delete(id);
  }
}
