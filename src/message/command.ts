/** Commands are messages too: what a node is told to do, instead of a reading. */
import { nearestOf } from "./nearest";
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

/**
 * The assets that a command is for.
 *
 * @param topic undefined = all; the name of one, where upper and lower case and blanks count; or an MQTT topic filter
 *   over the names: "+" stands for one level between slashes, "#" at the end for all that follow
 * @param names of the assets that this node knows
 * @returns some of the names; none only where all are meant and none is known
 * @throws MessageProblem where no name fits; it tells the nearest one
 */
export function assetsFor(topic: string | undefined, names: readonly string[]): string[] {
  if (topic === undefined) return [...names];
  if (names.includes(topic)) return [topic];
  const found = isFilter(topic) ? names.filter((name) => fits(topic, name)) : [];
  if (found.length > 0) return found;
  throw noSuchAsset(topic, names);
}

/** Whether a topic stands for several names: "+" or "#" fill a level of it, "#" the last one. */
export function isFilter(topic: string): boolean {
  const levels = topic.split("/");
  const at = levels.indexOf("#");
  return levels.includes("+") || (at >= 0 && at === levels.length - 1);
}

/** Why a command cannot be carried out: there is no such asset, and this is the nearest name. */
export function noSuchAsset(asset: string, names: readonly string[]): MessageProblem {
  const nearest = nearestOf(asset, names);
  if (nearest === undefined) return new MessageProblem("noModel", { asset }, `there is no model of "${asset}" yet`);
  const text = `there is no asset ${JSON.stringify(asset)}; the nearest name is ${JSON.stringify(nearest)}`;
  return new MessageProblem("noSuchAsset", { asset, nearest }, text);
}

/** Whether a name fits an MQTT topic filter; "a/#" fits "a" as well. */
function fits(filter: string, name: string): boolean {
  const wanted = filter.split("/");
  const levels = name.split("/");
  const open = wanted.at(-1) === "#";
  if (open) wanted.pop();
  if (open ? levels.length < wanted.length : levels.length !== wanted.length) return false;
  return wanted.every((level, i) => level === "+" || level === levels[i]);
}
