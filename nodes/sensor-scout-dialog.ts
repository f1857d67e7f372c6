/** The admin routes of the sensor scout's dialog: its table, and the button that ranks. */
import type { Node, NodeAPI } from "node-red";
import type { ScoutedAsset } from "../src/scout/scouted-assets";
import { jsonOnly, scopeOf } from "./kit/route";

/** What the dialog shows. */
interface Overview {
  running: boolean;
  /** Readings after which the node answers by itself; 0 = never. */
  after: number;
  assets: ScoutedAsset[];
}

/** What the dialog asks a running node; absent where its settings are wrong. */
export interface SensorScoutNode extends Node {
  overview?(): Overview;
  rank?(asset: string): Promise<void>;
}

/** Registers the routes. */
export function serveRanking(RED: NodeAPI): void {
  const nodeOf = (id: unknown): SensorScoutNode | null => {
    const node = RED.nodes.getNode(String(id)) as SensorScoutNode | null;
    return node?.type === "sensor-scout" ? node : null;
  };
  const onlyJson = jsonOnly(RED);
  RED.httpAdmin.get("/sensor-scout/:id", RED.auth.needsPermission("flows.read"), (req, res) => {
    res.json(nodeOf(req.params.id)?.overview?.() ?? { running: false, after: 0, assets: [] });
  });
  RED.httpAdmin.post("/sensor-scout/:id", RED.auth.needsPermission("flows.write"), onlyJson, (req, res) => {
    const node = nodeOf(req.params.id);
    const asset = scopeOf(req.body);
    if (!node?.rank || typeof asset !== "string") {
      res.sendStatus(node?.rank ? 400 : 404);
      return;
    }
    node.rank(asset).then(
      () => res.json(node.overview?.()),
      (error: Error) => res.status(404).json({ error: error.message }),
    );
  });
}
