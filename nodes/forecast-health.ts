/** The admin routes of forecast health: what page and sidebar ask for, which needs the permission to read or change flows. */
import type { Node, NodeAPI } from "node-red";
import type { HasForecastModel } from "../src/asset/forecast-model";
import { HEALTH_COMMANDS, type Health } from "../src/health/health";
import { type Standing, worstFirst } from "../src/health/worst-first";
import { type Language, languageNamed } from "../src/message/say";
import { rounded } from "../src/text/rounded";
import { HTML, serveHealthPage } from "./forecast-health-page";
import {
  ALL,
  type Asked,
  answering,
  attachment,
  jsonOnly,
  lineOf,
  Refusal,
  type Reply,
  routeTexts,
  scopeOf,
  textsFor,
  whoAsks,
} from "./kit/route";

/** The part of a config node that the nodes that name it use. */
export interface HasHealth extends HasForecastModel {
  /** undefined where a setting is wrong. */
  readonly health: Health | undefined;
}

/** A list shows so many assets; the others are counted. */
const MOST_LISTED = 200;

/**
 * Registers the routes, once for the process.
 *
 * @param models the running forecast models by the id of their config node
 */
export function registerHealth(RED: NodeAPI, models: ReadonlyMap<string, { node: Node; health: Health }>): void {
  const read = RED.auth.needsPermission("flows.read");
  const write = RED.auth.needsPermission("flows.write");
  serveHealthPage(RED);

  const languageOf = ({ health }: { health: Health }): Language | "" => health.model.settings.language;
  const runningIn = (req: Asked, fields: unknown): { node: Node; health: Health } => {
    const model = models.get(String(Object(fields).model));
    if (!model) throw new Refusal(404, routeTexts(RED, req)("noSuchModel"));
    return model;
  };

  /** The model and asset that a request names; both exist. */
  const named = async (req: Asked, fields: unknown): Promise<{ node: Node; health: Health; asset: string }> => {
    const model = runningIn(req, fields);
    const asset = scopeOf(fields);
    if (typeof asset !== "string") throw new Refusal(400, routeTexts(RED, req)("asset"));
    if (!(await model.health.knows(asset)))
      throw new Refusal(404, routeTexts(RED, req, languageOf(model))("noSuchAsset", { asset: lineOf(asset) }));
    return { ...model, asset };
  };

  RED.httpAdmin.get("/forecast-health/list", read, (req: Asked, res: Reply) =>
    answering(res, async () => {
      const search = lineOf(req.query.search);
      const standings: (Standing & { model: string })[] = [];
      const list = [];
      for (const [id, { node, health }] of models) {
        const { target, nearest, trouble, isTimed } = health.model;
        list.push({ id, name: node.name ?? "", target, nearest, isTimed, trouble, fleet: health.fleet(search) });
        if (req.query.model && req.query.model !== id) continue;
        for (const standing of await health.standings(search)) standings.push({ ...standing, model: id });
      }
      const assets = standings.sort(worstFirst).slice(0, MOST_LISTED);
      const user = whoAsks({ user: req.user });
      res.json(rounded({ user, now: Date.now(), models: list, assets, count: standings.length }));
    }),
  );

  RED.httpAdmin.get("/forecast-health/asset", read, (req: Asked, res: Reply) =>
    answering(res, async () => {
      const asset = scopeOf(req.query);
      if (typeof asset !== "string") throw new Refusal(400, routeTexts(RED, req)("asset"));
      // What a page asks for again and again is gone once a flow was replaced: that is an answer, and no error.
      const health = models.get(String(req.query.model))?.health;
      if (!health) res.json({ gone: "model" });
      else if (!(await health.knows(asset))) res.json({ gone: "asset" });
      else res.json(rounded({ now: Date.now(), ...(await health.view(asset)) }));
    }),
  );

  RED.httpAdmin.get("/forecast-health/export", read, (req: Asked, res: Reply) =>
    answering(res, async () => {
      const { health, asset } = await named(req, req.query);
      const { file, bytes } = await health.export(asset);
      res.set({ ...attachment(file), "Content-Type": "application/octet-stream" });
      res.send(Buffer.from(bytes));
    }),
  );

  RED.httpAdmin.get("/forecast-health/report", read, (req: Asked, res: Reply) =>
    answering(res, async () => {
      const model = runningIn(req, req.query);
      const all = req.query.all === "true";
      const asset = all ? undefined : (await named(req, req.query)).asset;
      const language = languageNamed(req.query.language) ?? "en-US";
      const report = await model.health.report(String(req.query.meter), asset, language);
      if (!report) throw new Refusal(404, routeTexts(RED, req, languageOf(model))("noSuchMeter"));
      // A document of its own: it has no scripts, and none may run in it.
      res.set({ "Content-Type": HTML, "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'" }); // biome-ignore format: one line
      res.send(report.html);
    }),
  );

  RED.httpAdmin.post("/forecast-health/command", write, jsonOnly(RED), (req: Asked, res: Reply) =>
    answering(res, async () => {
      const body = Object(req.body);
      const say = routeTexts(RED, req);
      const command = HEALTH_COMMANDS.find((one) => one === body.command);
      if (!command) throw new Refusal(400, say("command", { known: HEALTH_COMMANDS.join(", ") }));
      if (scopeOf(body) === ALL) throw new Refusal(400, say("oneAsset"));
      const { node, health, asset } = await named(req, body);
      await health.order(command, asset);
      const sayOf = textsFor(RED, req, "forecast-model", languageOf({ health }));
      const who = whoAsks(req) || sayOf("done.nobody");
      const done = sayOf(`done.${command}`, { asset: lineOf(asset) || sayOf("health.unnamed"), who });
      const reason = lineOf(body.reason);
      node.log(reason ? `${done}: ${reason}` : done);
      res.json({ done });
    }),
  );
}
