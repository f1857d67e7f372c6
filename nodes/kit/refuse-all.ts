import type { Node } from "node-red";

/** A node that cannot work says why once, and again to every message that comes. */
export function refuseAll(node: Node, text: string): void {
  node.status({ fill: "red", shape: "ring", text: `${node.type}.status.settings` });
  node.error(text);
  node.on("input", (_msg, _send, done) => done(text as never));
}
