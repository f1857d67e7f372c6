import type { Node, NodeAPI, NodeDef, NodeMessage } from "node-red";
import type { Asset } from "../src/asset/asset";
import { type BecauseWords, becauseSentence, madeOf } from "../src/asset/because-sentence";
import { chartMessages } from "../src/asset/chart-messages";
import type { ForecastMessage } from "../src/asset/forecast-model";
import { movePayload } from "../src/asset/moved";
import { OWN_PROPERTIES } from "../src/asset/own-properties";
import type { PlainForecast } from "../src/asset/plain";
import { type Predicted, predictorStatus } from "../src/asset/predictor-status";
import { mapSliced } from "../src/slice/sliced";
import { type Done, type Send, takeMessages } from "./kit/messages";
import { namedModel } from "./kit/named-model";
import { refuseAll } from "./kit/refuse-all";
import { throttle } from "./kit/throttle";

interface LruPredictorDef extends NodeDef {
  model: string;
  output: string;
  outputType: "msg";
  why?: boolean;
  /** Whether the second output brings points for a chart. */
  chart?: boolean;
}

const COMMANDS = ["forecast", "reset", "export", "import", "remove"] as const;
type Command = (typeof COMMANDS)[number];

/** Forecasts from each reading with the model of its asset. */
export = (RED: NodeAPI): void => {
  function LruPredictor(this: Node, config: LruPredictorDef): void {
    RED.nodes.createNode(this, config);
    const named = namedModel(RED, this, config);
    if (!named) return;
    const { model, say } = named;
    const output = (String(config.output ?? "").trim() || "payload").replace(/^msg\./, "");
    if (!isPlace(output)) {
      refuseAll(this, say("invalid.output"));
      return;
    }
    const { unit, buildOn } = model.settings;
    const reasonWords: BecauseWords = {
      part: (part, values) => say(`because.${part}`, values),
      expert: (name) => say(`expert.${name === "reference" && buildOn === "existing" ? "existing" : name}`),
    };
    const putInWords = (forecast: PlainForecast | null): void => {
      if (!forecast || !config.why) return;
      forecast.madeOf = madeOf(forecast, reasonWords);
      if (forecast.because) forecast.because.text = becauseSentence(forecast, reasonWords);
    };
    /** Sends a message on, and what a chart needs of it where that was asked for. */
    const sendOn = (send: Send, msg: ForecastMessage, asset: string): void =>
      send(config.chart ? [msg, chartMessages(msg, asset, unit, say)] : [msg]);
    /** Puts a forecast where the user wants it. @throws where it cannot be put there */
    const put = (msg: ForecastMessage, reading: unknown, value: unknown): void => {
      if (output === "payload") movePayload(msg, reading, value);
      else if ((RED.util.setMessageProperty(msg as NodeMessage, output, value, true) as boolean | undefined) === false)
        throw new Error(say("error.noPlace", { output }));
    };

    let newest: Predicted | undefined;
    let failing = false;
    const status = throttle(this, () => {
      if (newest) this.status(predictorStatus(newest, model.trouble, unit, say));
    });
    const showSoon = (forecast: PlainForecast | null | undefined, quality: unknown, asset: Asset): void => {
      if (!forecast) return;
      const isFirst = newest === undefined;
      newest = { forecast, quality, isTargetMissing: asset.isTargetMissing, rhythm: asset.rhythm };
      failing = false;
      if (isFirst) status.now();
      else status.soon();
    };
    this.status({ fill: "grey", shape: "ring", text: "lru-predictor.status.waiting" });

    const read = (msg: ForecastMessage, send: Send, done: Done): void => {
      const fail = (error: Error): void => {
        if (!failing) this.status({ fill: "red", shape: "ring", text: "lru-predictor.status.error" });
        failing = true;
        newest = undefined;
        refuse(error, msg, done);
      };
      model.work(
        this.id,
        msg,
        function* ({ asset, forecast, reading, refused }) {
          const batch = Array.isArray(forecast);
          yield* mapSliced([forecast].flat(), putInWords);
          msg.forecast = forecast;
          try {
            put(msg, reading, batch ? forecast.map((row) => row?.value ?? null) : forecast.value);
          } catch (error) {
            fail(error as Error);
            return;
          }
          showSoon(batch ? forecast.findLast((row) => row !== null) : forecast, msg.quality, asset);
          sendOn(send, msg, asset.name);
          done(refused);
        },
        fail,
      );
    };

    const obey = (command: Command, msg: ForecastMessage, send: Send, done: Done): void => {
      const fail = (error: unknown): void => done(model.explain(error, msg));
      const end = (): void => done();
      const one = model.commandAsset(msg);
      if (command === "forecast") {
        const give = (asset: Asset, asked: ForecastMessage): void => {
          const forecast = asked.forecast as PlainForecast;
          putInWords(forecast);
          put(asked, undefined, forecast.value);
          showSoon(forecast, newest?.quality, asset);
          sendOn(send, asked, asset.name);
        };
        model.ask(this.id, msg, give, end, fail);
      } else if (command === "import") {
        model.import(one ?? "", msg.payload, end, fail);
      } else if (command === "remove") {
        model.remove(one, end, fail);
      } else if (command === "export") {
        const { payload: _, ...rest } = msg;
        const give = ({ asset, file, bytes }: { asset: string; file: string; bytes: Uint8Array }): void =>
          send([{ ...rest, topic: asset, filename: file, payload: bytes }]);
        model.export(one, give, end, fail);
      } else {
        model.each(one, (_, asset) => asset.reset(), end, fail);
      }
    };

    const refuse = takeMessages<Command, ForecastMessage>(this, model, { commands: COMMANDS, obey, read });
    const stopAsking = config.why ? model.askWhy() : undefined;
    this.on("close", () => stopAsking?.());
  }

  /** Whether a forecast can be put there: a path in a message that is not one of this pack's own properties. */
  function isPlace(property: string): boolean {
    try {
      const path = RED.util.normalisePropertyExpression(property);
      return path.length > 1 || !OWN_PROPERTIES.includes(String(path[0]));
    } catch {
      return false;
    }
  }

  RED.nodes.registerType("lru-predictor", LruPredictor, {
    settings: { lruPredictorOwn: { value: OWN_PROPERTIES, exportable: true } },
  });
};
