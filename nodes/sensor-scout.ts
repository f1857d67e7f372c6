import type { NodeAPI, NodeDef, NodeMessage } from "node-red";
import type { ForecastMessage } from "../src/asset/forecast-message";
import { assetsFor } from "../src/message/command";
import type { PlainRanking } from "../src/scout/plain-ranking";
import { ScoutedAssets } from "../src/scout/scouted-assets";
import { SCOUT_FIELDS, type ScoutForm, scoutSettings } from "../src/scout/settings";
import { takeIn } from "../src/scout/take-in";
import { forEditor } from "./kit/for-editor";
import { type Done, type Refuse, type Send, takeMessages } from "./kit/messages";
import { namedModel } from "./kit/named-model";
import { STATUS_EVERY } from "./kit/throttle";
import { type SensorScoutNode, serveRanking } from "./sensor-scout-dialog";

interface SensorScoutDef extends NodeDef, ScoutForm {
  model: string;
}

const COMMANDS = ["rank", "reset"] as const;
type Command = (typeof COMMANDS)[number];

/** Tells which one or two sensors to start a forecast with. */
export = (RED: NodeAPI): void => {
  function SensorScout(this: SensorScoutNode, config: SensorScoutDef): void {
    RED.nodes.createNode(this, config);
    const named = namedModel(RED, this, config, scoutSettings, (code) => `invalid.${code}`);
    if (!named) return;
    const { model, say, settings } = named;
    const { after } = settings;
    const { target } = model;
    const scouted = new ScoutedAssets(target, model.horizons[0] as number, say);
    let closed = false;
    let shownAt = 0;
    const show = (fill: "blue" | "green" | "yellow", text: string): void => {
      shownAt = Date.now();
      this.status({ fill, shape: fill === "green" ? "dot" : "ring", text });
    };

    const rank = (asset: string, give: (ranking: PlainRanking) => void): void =>
      scouted.rank(asset, (ranking) => {
        show(ranking.tooLittle ? "blue" : ranking.chosen.length > 0 ? "green" : "yellow", ranking.text);
        give(ranking);
      });
    const answer = (asset: string, rest: object, send: Send): void =>
      rank(asset, (payload) => send([{ ...rest, topic: asset, payload, text: payload.text }]));

    /** Takes the readings of a message in, then goes on with its asset. */
    const take = (msg: ForecastMessage, then: (asset: string) => void, refuse: (error: unknown) => void): void => {
      const asset = model.reader.assetOf(msg);
      const { running, zone, otherTimes, datesAsText } = model.settings;
      const raw = {
        payload: model.reader.payloadOf(msg),
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
          refuse,
        },
      );
    };

    const read = (msg: ForecastMessage, send: Send, done: Done, refuse: Refuse): void => {
      const goOn = (asset: string): void => {
        const since = scouted.since(asset);
        if (after > 0 && since >= after) answer(asset, {}, send);
        else if (since > 0 && !scouted.isRanked(asset) && Date.now() - shownAt >= STATUS_EVERY)
          show("blue", say(after > 0 ? "progress.of" : "progress.count", { count: since, after }));
        done();
      };
      take(msg, goOn, refuse);
    };

    const obey = (command: Command, msg: ForecastMessage, send: Send, done: Done): void => {
      const meant = (): string[] => assetsFor(model.reader.commandAsset(msg), scouted.names());
      if (command === "reset") {
        for (const asset of meant()) scouted.forget(asset);
        show("blue", say("status.waiting"));
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
      if (Array.isArray(msg.payload)) take(msg, (asset) => rankAll([asset]), done);
      else rankAll(meant());
    };

    takeMessages<Command, ForecastMessage>(this, model, { commands: COMMANDS, takesLong: true, obey, read });
    this.overview = () => ({ running: true, after, assets: scouted.overview(after) });
    this.rank = (asset) => new Promise((resolve) => rank(asset, () => resolve()));
    this.on(
      "close",
      model.listeners.onRemoval((asset) => scouted.forget(asset)),
    );
    this.on("close", () => {
      closed = true;
      scouted.close();
    });
    show("blue", say("status.waiting"));
  }

  RED.nodes.registerType("sensor-scout", SensorScout, forEditor({ sensorScoutFields: SCOUT_FIELDS }));
  serveRanking(RED);
};
