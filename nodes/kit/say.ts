import type { NodeAPI } from "node-red";

/** A text of a node's catalogue in the user's language, by its key and with its figures. */
export type Say = (key: string, values?: Record<string, string | number>) => string;

/** The texts of one node. */
export function textsOf(RED: NodeAPI, type: string): Say {
  return (key, values) => RED._(`${type}.${key}`, values ?? {});
}
