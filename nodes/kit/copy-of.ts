import type { NodeAPI, NodeMessage } from "node-red";

/** A message to go out beside another. What cannot be cloned, such as what is nested without end, is shared. */
export function copyOf<Message extends object>(RED: NodeAPI, msg: Message): Message {
  try {
    return RED.util.cloneMessage(msg as NodeMessage) as Message;
  } catch {
    return { ...msg };
  }
}
