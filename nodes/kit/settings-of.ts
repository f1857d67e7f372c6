import type { Node, NodeAPI } from "node-red";
import type { Say } from "../../src/message/say";
import { SettingsProblem } from "../../src/settings/settings-problem";
import { refuseAll } from "./refuse-all";

/** Where the catalogues have what the fields of a dialog are called. */
const LABELS = "label";

/**
 * The settings of a node.
 *
 * @param read makes them of what its dialog has kept; throws a SettingsProblem where they make no sense
 * @param reason the text of its catalogue that says what is wrong, by the problem's code
 * @returns undefined where they make no sense: then the node refuses every message and says why
 */
export function settingsOf<Settings>(
  RED: NodeAPI,
  node: Node,
  say: Say,
  read: () => Settings,
  reason: (code: string) => string,
): Settings | undefined {
  try {
    return read();
  } catch (problem) {
    if (!(problem instanceof SettingsProblem)) throw problem;
    const { code, field, details } = problem;
    refuseAll(RED, node, say(reason(code), { ...(field && { field: say(`${LABELS}.${field}`) }), ...details }));
    return undefined;
  }
}
