import type { Node, NodeAPI, NodeDef } from "node-red";
import type { ForecastModel } from "../../src/asset/forecast-model";
import type { Health } from "../../src/health/health";
import type { Say } from "../../src/message/say";
import type { HasHealth } from "../forecast-health";
import { refuseAll } from "./refuse-all";
import { textsOf } from "./say";

/** The forecast model that a node names, and what of it is shown to people. */
export interface NamedModel {
  readonly model: ForecastModel;
  readonly health: Health | undefined;
  /** The node's own texts in the model's language. */
  readonly say: Say;
}

/**
 * The forecast model that a node names in its settings.
 *
 * @returns undefined where there is none, or its own settings are wrong: then the node refuses every message and says why
 */
export function namedModel(RED: NodeAPI, node: Node, config: NodeDef & { model: string }): NamedModel | undefined {
  const owner = RED.nodes.getNode(config.model) as (Node & HasHealth) | null;
  if (owner?.model) {
    const { model, health } = owner;
    return { model, health, say: textsOf(RED, node.type, model.settings.language) };
  }
  refuseAll(node, owner?.problem ?? RED._(`${node.type}.error.noModel`));
  return undefined;
}
