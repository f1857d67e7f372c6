import type { Node, NodeAPI, NodeDef, NodeMessage } from "node-red";
import type { ForecastMessage } from "../src/asset/forecast-model";
import { assetsFor } from "../src/message/command";
import type { PlainRanking } from "../src/scout/plain-ranking";
import { type ScoutedAsset, ScoutedAssets } from "../src/scout/scouted-assets";
import { answersAfter, SCOUT_FIELDS } from "../src/scout/settings";
import { takeIn } from "../src/scout/take-in";
import { rangeOf } from "../src/settings/number-field";
import { type Done, type Send, takeMessages } from "./kit/messages";
import { namedModel } from "./kit/named-model";
import { refuseAll } from "./kit/refuse-all";
import { jsonOnly, routeTexts, scopeOf } from "./kit/route";
import { STATUS_EVERY } from "./kit/throttle";

interface SensorScoutDef extends NodeDef {
  model: string;
  after: number | string;
}

const COMMANDS = ["rank", "reset"] as const;
type Command = (typeof COMMANDS)[number];

/** What a dialog shows. */
interface Overview {
  running: boolean;
  after: number;
  assets: ScoutedAsset[];
}

interface SensorScoutNode extends Node {
  overview?(): Overview;
  rank?(asset: string): Promise<void>;
}

/** Tells which one or two sensors to start a forecast with. */
export = (RED: NodeAPI): void => {
  function SensorScout(this: SensorScoutNode, config: SensorScoutDef): void {
    RED.nodes.createNode(this, config);
    const named = namedModel(RED, this, config);
    if (!named) return;
    const { model, say } = named;
    const after = answersAfter(config.after);
    if (after === undefined) {
      refuseAll(this, say("invalid.after", rangeOf(SCOUT_FIELDS, "after")));
      return;
    }
    const { target } = model;
    const scouted = new ScoutedAssets(target, model.horizons[0] as number, say);
    let closed = false;
    let shownAt = 0;
    const show = (fill: "blue" | "green" | "yellow", text: string): void => {
      shownAt = Date.now();
      this.status({ fill, shape: fill === "green" ? "dot" : "ring", text });
    };
    show("blue", "sensor-scout.status.waiting");

    const rank = (asset: string, give: (ranking: PlainRanking) => void): void =>
      scouted.rank(asset, (ranking) => {
        show(ranking.tooLittle ? "blue" : ranking.chosen.length > 0 ? "green" : "yellow", ranking.text);
        give(ranking);
      });
    const answer = (asset: string, rest: object, send: Send): void =>
      rank(asset, (payload) => send([{ ...rest, topic: asset, payload, text: payload.text }]));

    /** Takes the readings of a message in, then goes on with its asset. */
    const take = (msg: ForecastMessage, done: Done, then: (asset: string) => void): void => {
      const asset = model.assetOf(msg);
      const { zone, otherTimes, datesAsText, running } = model.settings;
      const raw = {
        payload: model.payloadOf(msg),
        timestamp: msg.timestamp,
        quality: msg.quality,
        running: running?.of === "msg" ? RED.util.getMessageProperty(msg as NodeMessage, running.name) : undefined,
      };
      const names = { target, inputs: undefined, existing: "", running };
      takeIn(
        raw,
        names,
        { zone, otherTimes, datesAsText },
        {
          keep: (reading, now) => scouted.keep(asset, reading, now),
          isClosed: () => closed,
          finish: () => then(asset),
          refuse: (error) => refuse(error, msg, done),
        },
      );
    };

    const read = (msg: ForecastMessage, send: Send, done: Done): void =>
      take(msg, done, (asset) => {
        const since = scouted.since(asset);
        if (after > 0 && since >= after) answer(asset, {}, send);
        else if (since > 0 && !scouted.isRanked(asset) && Date.now() - shownAt >= STATUS_EVERY)
          show("blue", say(after > 0 ? "progress.of" : "progress.count", { count: since, after }));
        done();
      });

    const obey = (command: Command, msg: ForecastMessage, send: Send, done: Done): void => {
      const meant = (): string[] => assetsFor(model.commandAsset(msg), scouted.names());
      if (command === "reset") {
        for (const asset of meant()) scouted.forget(asset);
        show("blue", "sensor-scout.status.waiting");
        done();
        return;
      }
      const { command: _, reset: __, payload: ___, ...rest } = msg;
      const rankAll = (assets: readonly string[]): void => {
        if (assets.length === 0) throw new Error(say("error.noReading"));
        for (const asset of assets) answer(asset, rest, send);
        done();
      };
      // An array may come with the command: it is taken in first.
      if (Array.isArray(msg.payload)) take(msg, done, (asset) => rankAll([asset]));
      else rankAll(meant());
    };

    const refuse = takeMessages<Command, ForecastMessage>(this, model, {
      commands: COMMANDS,
      takesLong: true,
      obey,
      read,
    });
    this.overview = () => ({ running: true, after, assets: scouted.overview(after) });
    this.rank = (asset) => new Promise((resolve) => rank(asset, () => resolve()));
    const stopListening = model.onRemoval((asset) => scouted.forget(asset));
    this.on("close", () => {
      closed = true;
      scouted.close();
      stopListening();
    });
  }

  RED.nodes.registerType("sensor-scout", SensorScout, {
    settings: { sensorScoutFields: { value: SCOUT_FIELDS, exportable: true } },
  });

  // The table in the dialog, and its button.
  const nodeOf = (id: unknown): SensorScoutNode | null => {
    const node = RED.nodes.getNode(String(id)) as SensorScoutNode | null;
    return node?.type === "sensor-scout" ? node : null;
  };
  const onlyJson = jsonOnly(routeTexts(RED));
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
};
