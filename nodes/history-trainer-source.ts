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

/** So deep the lists of an answer are wrapped. */
const DEEPEST = 4;

/** JSON as a service answers it, if it is parsed already: no list of rows, or one whose rows hold lists. */
function answerIn(given: unknown): string | undefined {
  try {
    const [first] = Array.isArray(given) ? given : [{ given }];
    return Object.values(Object(first)).some((value) => holdsList(value, 0)) ? JSON.stringify(given) : undefined;
  } catch {
    return undefined; // a getter that throws, or something that holds itself
  }
}

function holdsList(value: unknown, depth: number): boolean {
  if (Array.isArray(value)) return true;
  if (typeof value !== "object" || value === null || depth === DEEPEST) return false;
  return Object.values(value).some((inner) => holdsList(inner, depth + 1));
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
  const answer = answerIn(given);
  if (answer !== undefined) return { table: answer };
  if (Array.isArray(given)) return { table: given };
  throw new Error(say("error.noTable", { property: `msg.${property}`, value: shown(given) }));
}
