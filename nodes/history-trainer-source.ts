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

/** Whether something is JSON as a service answers it, already parsed: no list of rows, or one whose rows hold lists. */
function isAnswer(given: unknown): boolean {
  if (!Array.isArray(given)) return typeof given === "object" && given !== null && Object.values(given).some(isTable);
  return given.length > 0 && Object.values(Object(given[0])).some(Array.isArray);
}

function isTable(value: unknown): boolean {
  return (
    Array.isArray(value) || (typeof value === "object" && value !== null && Object.values(value).some(Array.isArray))
  );
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
  if (typeof given === "string" || given instanceof Uint8Array) return { table: given };
  if (isAnswer(given)) return { table: JSON.stringify(given) };
  if (Array.isArray(given)) return { table: given };
  throw new Error(say("error.noTable", { property: `msg.${property}`, value: shown(given) }));
}
