/** Commands are messages too: what a node is told to do, instead of a reading. */
import { MessageProblem, shown } from "./problem";

/**
 * The command of a message: its `command`, or "reset" where `reset` is set, as Node-RED's own nodes have it.
 *
 * @param msg the message, of which only `command` and `reset` are read
 * @param known the commands of this node
 * @returns one of them; undefined where the message is a reading
 * @throws MessageProblem unknownCommand, which lists the known ones
 */
export function commandOf<Command extends string>(
  msg: { readonly command?: unknown; readonly reset?: unknown },
  known: readonly Command[],
): Command | undefined {
  const { command, reset } = msg;
  const given = command ?? (reset !== undefined && reset !== null && reset !== false ? "reset" : undefined);
  if (given === undefined) return undefined;
  const found = known.find((name) => name === given);
  if (found !== undefined) return found;
  const value = shown(given);
  const list = known.join(", ");
  throw new MessageProblem("unknownCommand", { value, known: list }, `unknown command ${value}; known: ${list}`);
}
