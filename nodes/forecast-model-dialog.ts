/** The admin routes of the forecast model's dialog: which sensors the running model uses, and how much memory it takes. */
import type { Node, NodeAPI } from "node-red";
import type { ForecastModel, HasForecastModel } from "../src/asset/forecast-model";
import { memoryOfForm } from "../src/asset/memory-need";
import { ALL, type Answer, jsonOnly, routeTexts, scopeOf, textsFor, whoAsks } from "./kit/route";

/** Registers the routes. */
export function serveModel(RED: NodeAPI): void {
  const read = RED.auth.needsPermission("flows.read");
  const write = RED.auth.needsPermission("flows.write");
  const nodeOf = (id: unknown): (Node & HasForecastModel) | undefined => {
    const node = RED.nodes.getNode(String(id)) as (Node & HasForecastModel) | null;
    return node?.type === "forecast-model" ? node : undefined;
  };
  const failed = (error: Error, res: Answer): void => {
    res.status(500).json({ error: error.message });
  };
  const answer = (model: ForecastModel, res: Answer): void => {
    model.sensorLists().then(
      (lists) => res.json({ running: true, ...lists }),
      (error: Error) => failed(error, res),
    );
  };

  RED.httpAdmin.get("/forecast-model/:id/sensors", read, (req, res) => {
    const model = nodeOf(req.params.id)?.model;
    if (model) answer(model, res);
    else res.json({ running: false });
  });
  // The button that lets the lists settle anew: all at once, which must be asked for by its own word.
  RED.httpAdmin.post("/forecast-model/:id/sensors", write, jsonOnly(RED), (req, res) => {
    const node = nodeOf(req.params.id);
    const model = node?.model;
    const scope = scopeOf(req.body);
    if (!model) res.sendStatus(404);
    else if (scope !== ALL) res.status(400).json({ error: routeTexts(RED, req)("all") });
    else
      model.restartSensorLists(
        () => {
          const say = textsFor(RED, req, "forecast-model", model.settings.language);
          node.log(say("done.sensors", { who: whoAsks(req) || say("done.nobody") }));
          answer(model, res);
        },
        (error) => failed(error, res),
      );
  });

  // What the settings in an open dialog take for an asset, in bytes.
  RED.httpAdmin.get("/forecast-model/memory", read, (req, res) => {
    const { sensors, steady, ...form } = req.query;
    const asked = { ...form, steady: steady === "true" } as unknown as Parameters<typeof memoryOfForm>[0];
    res.json(memoryOfForm(asked, Number(sensors)) ?? {});
  });
}
