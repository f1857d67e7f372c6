import type { Node, NodeAPI, NodeDef } from "node-red";
import type { ForecastModel } from "../../src/asset/forecast-model";
import type { Health } from "../../src/health/health";
import type { HasHealth } from "../forecast-health";
import { refuseAll } from "./refuse-all";

/** The forecast model that a node names, and what of it is shown to people. */
export interface NamedModel {
  readonly model: ForecastModel;
  readonly health: Health | undefined;
}

/**
 * The forecast model that a node names in its settings.
 *
 * @returns undefined where there is none, or its own settings are wrong: then the node refuses every message and says why
 */
export function namedModel(RED: NodeAPI, node: Node, config: NodeDef & { model: string }): NamedModel | undefined {
  const owner = RED.nodes.getNode(config.model) as (Node & HasHealth) | null;
  if (owner?.model) return { model: owner.model, health: owner.health };
  refuseAll(node, owner?.problem ?? RED._(`${node.type}.error.noModel`));
  return undefined;
}
