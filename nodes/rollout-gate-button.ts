/** The admin routes of the button on a rollout gate: a person looks where the rollout stands and decides. */
import type { Node, NodeAPI } from "node-red";
import { COMMANDS, type GateCommand } from "../src/rollout/gate";
import type { Standing } from "../src/rollout/worded-gate";
import { ALL, answering, jsonOnly, lineOf, Refusal, routeTexts, scopeOf, whoAsks } from "./kit/route";

/** What the button asks a running node; all absent where its settings are wrong. */
export interface RolloutGateNode extends Node {
  /** Where the assets in memory stand. */
  overview?(): Standing[];
  /** Whether there is such an asset, by its exact name. */
  knows?(asset: string): Promise<boolean>;
  /** Carries out a person's command for one asset, or for all. */
  order?(command: GateCommand, asset: string | undefined, who: string, reason: string): Promise<void>;
}

/** Registers the routes. */
export function serveDecisions(RED: NodeAPI): void {
  const nodeOf = (id: unknown): RolloutGateNode | undefined => {
    const node = RED.nodes.getNode(String(id)) as RolloutGateNode | null;
    return node?.type === "rollout-gate" ? node : undefined;
  };
  RED.httpAdmin.get("/rollout-gate/:id", RED.auth.needsPermission("flows.read"), (req, res) => {
    const node = nodeOf(req.params.id);
    if (node) res.json(node.overview?.() ?? []);
    else res.sendStatus(404);
  });
  RED.httpAdmin.post("/rollout-gate/:id", RED.auth.needsPermission("flows.write"), jsonOnly(RED), (req, res) => {
    const node = nodeOf(req.params.id);
    const { command, reason } = Object(req.body) as { command?: unknown; reason?: unknown };
    const known = COMMANDS.find((one) => one === command);
    const scope = scopeOf(req.body);
    if (!node?.order || !known) res.sendStatus(404);
    else if (scope === undefined) res.status(400).json({ error: routeTexts(RED, req)("asset") });
    else
      answering(res, async () => {
        if (scope !== ALL && !(await node.knows?.(scope)))
          throw new Refusal(404, routeTexts(RED, req)("noSuchAsset", { asset: lineOf(scope) }));
        await node.order?.(known, scope === ALL ? undefined : scope, whoAsks(req), lineOf(reason));
        res.json(node.overview?.() ?? []);
      });
  });
}
