import type { Node, NodeAPI, NodeDef } from "node-red";
import type { ForecastModel } from "../../src/asset/forecast-model";
import type { Health } from "../../src/health/health";
import type { Say } from "../../src/message/say";
import type { HasHealth } from "../forecast-health";
import { refuseAll } from "./refuse-all";
import { textsOf } from "./say";
import { settingsOf } from "./settings-of";

/** The forecast model that a node names, and what of it is shown to people; and the node's own settings. */
export interface NamedModel<Settings> {
  readonly model: ForecastModel;
  readonly health: Health | undefined;
  /** The node's own texts in the model's language. */
  readonly say: Say;
  readonly settings: Settings;
}

/**
 * The forecast model that a node names in its settings, and these, checked.
 *
 * @param read makes the settings of what the dialog has kept; throws a SettingsProblem where they make no sense
 * @param reason the text of the node's catalogue that says what is wrong, by the problem's code
 * @returns undefined where there is no such model, or its own or the node's settings are wrong: then the node refuses
 *   every message and says why
 */
export function namedModel<Def extends NodeDef & { model: string }, Settings>(
  RED: NodeAPI,
  node: Node,
  config: Def,
  read: (config: Def, model: ForecastModel) => Settings,
  reason: (code: string) => string,
): NamedModel<Settings> | undefined {
  const owner = RED.nodes.getNode(config.model) as (Node & HasHealth) | null;
  const say = textsOf(RED, node.type, owner?.model?.settings.language ?? "");
  // Errors and the log call a node by its name, and one without by its id, which tells nobody anything.
  node.name ||= say("paletteLabel");
  if (!owner?.model) {
    refuseAll(RED, node, owner?.problem ?? RED._(`${node.type}.error.noModel`));
    return undefined;
  }
  const { model, health } = owner;
  const settings = settingsOf(RED, node, say, () => read(config, model), reason);
  return settings === undefined ? undefined : { model, health, say, settings };
}
