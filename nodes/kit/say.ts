import type { NodeAPI } from "node-red";
import type { Say } from "../../src/message/say";

/** The texts of one node. */
export function textsOf(RED: NodeAPI, type: string): Say {
  return (key, values) => RED._(`${type}.${key}`, values ?? {});
}
