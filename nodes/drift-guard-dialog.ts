/** The admin route of the drift guard's dialog, which expects false alarms by what the running node has measured. */
import type { Node, NodeAPI } from "node-red";
import type { Guard } from "../src/guard/guard";
import type { AssetMemory } from "../src/memory/asset-memory";

/** How much the errors of an asset vary. */
export interface Spread {
  readonly spread: number;
  /** Readings in a block. */
  readonly block: number;
  /** s between two readings. */
  readonly interval: number;
}

export interface DriftGuardNode extends Node {
  /** Absent where the settings are wrong. */
  spread?(): Spread | undefined;
}

/** Of some assets the one whose errors vary most, since it gives false alarms first. */
export function widestSpread(guards: AssetMemory<Guard>, assets: Iterable<string>): Spread | undefined {
  let widest: Spread | undefined;
  const look = ({ model: { spread, block }, interval }: Guard): void => {
    if (spread > (widest?.spread ?? 0)) widest = { spread, block: block.size, interval: interval / 1000 };
  };
  for (const asset of assets) guards.use(asset, look);
  return widest;
}

/** Registers the route. */
export function serveSpread(RED: NodeAPI): void {
  RED.httpAdmin.get("/drift-guard/:id/spread", RED.auth.needsPermission("flows.read"), (req, res) => {
    const node = RED.nodes.getNode(String(req.params.id)) as DriftGuardNode | null;
    res.json((node?.type === "drift-guard" && node.spread?.()) || {});
  });
}
