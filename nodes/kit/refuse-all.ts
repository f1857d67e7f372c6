import type { Node, NodeAPI, NodeMessage } from "node-red";
import { ErrorCounter } from "../../src/message/error-counter";
import { inWords } from "./in-words";
import { modelTexts } from "./say";

/** A node that cannot work says why at once, to the first message that comes, and then how many more it has refused. */
export function refuseAll(RED: NodeAPI, node: Node, text: string): void {
  node.status({ fill: "red", shape: "ring", text });
  node.error(text);
  const say = modelTexts(RED);
  const errors = new ErrorCounter<NodeMessage>(({ count, seconds, msg }) =>
    node.error(say("error.repeated", { count, seconds, text }), msg),
  );
  node.on("input", (msg, _send, done) => errors.refuse(new Error(text), msg, (error) => done(inWords(error))));
  node.on("close", () => errors.close());
}
