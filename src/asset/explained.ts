import { MemoryClosed, MemoryFull } from "../memory/asset-memory";
import { type MessageCode, MessageProblem, type ValueProblem } from "../message/problem";
import { unreadable } from "../message/unreadable";

/** The user's language. */
export interface ErrorWords {
  /** Why a message cannot be used. */
  errorText(code: MessageCode, details: Readonly<Record<string, string | number>>): string;
  /** Why a value cannot be used. */
  ruleText(problem: ValueProblem): string;
}

/** An error names so many bad values, and counts the others. */
const MOST_NAMED = 8;

/**
 * An error of a message or the engine as one in the user's language, with the first as its cause.
 *
 * @param msg that was worked on: what no node can foresee, a property that throws, is looked for in it
 */
export function explained(error: unknown, words: ErrorWords, msg?: object): Error {
  const problem = problemOf(error) ?? (msg && unforeseen(msg));
  if (!problem) return error instanceof Error ? error : new Error(String(error));
  const { code, problems } = problem;
  const named = problems.slice(0, MOST_NAMED).map((one) => words.ruleText(one));
  if (problems.length > MOST_NAMED) named.push(`… (${problems.length})`);
  const came = named.join("; ");
  const details = came === "" ? problem.details : { ...problem.details, came };
  return new Error(words.errorText(code, details), { cause: error });
}

/** What a part of the engine says that users can do something about. */
function problemOf(error: unknown): MessageProblem | undefined {
  if (error instanceof MessageProblem) return error;
  if (error instanceof MemoryClosed) return new MessageProblem("memoryClosed", {}, error.message);
  if (!(error instanceof MemoryFull)) return undefined;
  return new MessageProblem("memoryFull", { limit: error.limit }, error.message);
}

/** What is wrong with a message on which a node has failed; undefined where the message is sound. */
function unforeseen(msg: object): MessageProblem | undefined {
  if (!Object.isExtensible(msg))
    return new MessageProblem("frozenMessage", {}, "the message is frozen: nodes must be able to write into it");
  const found = unreadable(msg);
  return found && new MessageProblem("unreadable", found, `msg.${found.property} cannot be read: ${found.reason}`);
}
