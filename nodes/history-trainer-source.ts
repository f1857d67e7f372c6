/** Where the history of a trainer is: in a file, or in a message. */
import { resolve } from "node:path";
import type { Node, NodeAPI, NodeMessage } from "node-red";
import { shown } from "../src/message/problem";
import type { Say } from "../src/message/say";
import type { TableSource } from "../src/training/trainer";

/** As the dialog keeps it. */
export interface SourceForm {
  /** A message property that holds the table, or the path of a file. */
  source: string;
  sourceType: "msg" | "str" | "env";
}

/** The path of a file as the user has written it. */
export function pathOf(RED: NodeAPI, file: string): string {
  return resolve((RED.settings as { fileWorkingDirectory?: string }).fileWorkingDirectory || ".", file.trim());
}

/** @throws Error where no file is named, or the message holds no table */
export function sourceOf(RED: NodeAPI, node: Node, form: SourceForm, msg: object, say: Say): TableSource {
  const { source, sourceType = "msg" } = form;
  const property = source || "payload";
  const given: unknown =
    sourceType === "msg"
      ? RED.util.getMessageProperty(msg as NodeMessage, property)
      : RED.util.evaluateNodeProperty(source, sourceType, node, msg as NodeMessage);
  if (sourceType === "str" || sourceType === "env") {
    const file = String(given ?? "").trim();
    if (file === "") throw new Error(say("error.noFile"));
    return { path: pathOf(RED, file) };
  }
  if (typeof given === "string" || given instanceof Uint8Array || Array.isArray(given)) return { table: given };
  throw new Error(say("error.noTable", { property: `msg.${property}`, value: shown(given) }));
}
