import type { Node, NodeAPI, NodeDef, NodeMessage } from "node-red";
import type { Asset } from "../src/asset/asset";
import { type BecauseWords, becauseSentence, madeOf } from "../src/asset/because-sentence";
import { chartPoints } from "../src/asset/chart-series";
import type { ForecastMessage, HasForecastModel } from "../src/asset/forecast-model";
import { type ForecastWords, forecastSentence } from "../src/asset/forecast-sentence";
import { movePayload } from "../src/asset/moved";
import type { PlainForecast } from "../src/asset/plain";
import { commandOf } from "../src/message/command";

interface LruPredictorDef extends NodeDef {
  model: string;
  output: string;
  outputType: "msg";
  why?: boolean;
  /** Whether the second output brings points for a chart. */
  chart?: boolean;
}

const COMMANDS = ["forecast", "reset", "export", "import", "remove"] as const;
/** Properties that the nodes of this pack read: a forecast put there would break the flow behind. */
const OWN = [
  "topic",
  "timestamp",
  "reading",
  "observed",
  "quality",
  "scored",
  "tuning",
  "forecast",
  "command",
  "reset",
];
/** Status texts come at most so often, ms: a fast flow must not spend its time on them. */
const STATUS_EVERY = 500;
type Send = (msg: NodeMessage | (NodeMessage | NodeMessage[])[]) => void;

/** Forecasts from each reading with the model of its asset. */
export = (RED: NodeAPI): void => {
  function LruPredictorNode(this: Node, config: LruPredictorDef): void {
    RED.nodes.createNode(this, config);
    const { model, problem } = (RED.nodes.getNode(config.model) as (Node & HasForecastModel) | null) ?? {};
    const output = (String(config.output ?? "").trim() || "payload").replace(/^msg\./, "");
    if (!model || !isPlace(output)) {
      const text = model ? "lru-predictor.invalid.output" : "lru-predictor.error.noModel";
      const error = new Error(problem ?? RED._(text));
      this.status({ fill: "red", shape: "ring", text: "lru-predictor.status.settings" });
      this.error(error.message);
      this.on("input", (_msg, _send, done) => done(error));
      return;
    }

    const errors = model.errorCounter<NodeMessage>((text, msg) => this.error(text, msg));
    const stopAsking = config.why ? model.askWhy() : undefined;
    const isOnExisting = model.settings.buildOn === "existing";
    const reasonWords: BecauseWords = {
      part: (part, values) => RED._(`lru-predictor.because.${part}`, values),
      expert: (name) => RED._(`lru-predictor.expert.${name === "reference" && isOnExisting ? "existing" : name}`),
    };
    const putInWords = (forecast: PlainForecast | null): void => {
      if (!forecast) return;
      forecast.madeOf = madeOf(forecast, reasonWords);
      if (forecast.because) forecast.because.text = becauseSentence(forecast, reasonWords);
    };
    let newest: PlainForecast | undefined;
    let failing = false;
    let quality: unknown;
    const words: ForecastWords = (part, values) => RED._(`lru-predictor.progress.${part}`, values);
    /** Points for a chart by the reading of a message, or by the newest of a batch: a message each, the series as its topic. */
    const pointsOf = ({ forecast, scored }: ForecastMessage, asset: string): NodeMessage[] => {
      const made = Array.isArray(forecast) ? forecast.findLast((row) => row !== null) : forecast;
      const due = Array.isArray(scored) ? scored.findLast((row) => row !== null) : scored;
      const { unit } = model.settings;
      return chartPoints(made ?? null, due).map(({ series, value, time }) => {
        const name = RED._(`lru-predictor.series.${series}`);
        const topic = `${asset === "" ? "" : `${asset}: `}${name}${unit === "" ? "" : ` (${unit})`}`;
        return { topic, payload: value, asset, series, unit, ...(!Number.isNaN(time) && { timestamp: time }) };
      });
    };
    /** Sends a message on, and what a chart needs of it where that was asked for. */
    const sendOn = (send: Send, msg: ForecastMessage, asset: string): void =>
      send(config.chart ? [msg as NodeMessage, pointsOf(msg, asset)] : (msg as NodeMessage));
    let targetMissing = false;
    let rhythm: Asset["rhythm"];
    let timer: NodeJS.Timeout | undefined;
    const show = (): void => {
      timer = undefined;
      if (!newest) return;
      failing = false;
      const { trouble } = model;
      if (targetMissing) {
        this.status({ fill: "red", shape: "ring", text: "lru-predictor.status.noTarget" });
        return;
      }
      if (trouble) {
        this.status({ fill: "yellow", shape: "ring", text: `lru-predictor.status.${trouble}` });
        return;
      }
      if (rhythm) {
        const text = RED._("lru-predictor.progress.rhythm", rhythm);
        this.status({ fill: "blue", shape: "ring", text });
        return;
      }
      const { text, isGood } = forecastSentence(newest, { unit: model.settings.unit, quality }, words);
      if (newest.value === null) this.status({ fill: "grey", shape: "dot", text });
      else if (isGood) this.status({ fill: "green", shape: "dot", text });
      else this.status({ fill: "yellow", shape: "ring", text });
    };
    const showSoon = (forecast: PlainForecast | null | undefined): void => {
      if (!forecast) return;
      const first = newest === undefined;
      newest = forecast;
      if (first) show();
      else timer ??= setTimeout(show, STATUS_EVERY);
    };
    this.status({ fill: "grey", shape: "ring", text: "lru-predictor.status.waiting" });

    this.on("input", (message, send, done) => {
      const msg = message as ForecastMessage;
      const fail = (error: Error): void => {
        if (!failing) this.status({ fill: "red", shape: "ring", text: "lru-predictor.status.error" });
        failing = true;
        newest = undefined;
        errors.refuse(error, message, done);
      };
      try {
        const command = commandOf(msg, COMMANDS);
        if (command !== undefined) return obey(command, msg, send, done);
      } catch (error) {
        return done(model.explain(error, msg));
      }
      model.take(
        this.id,
        msg,
        ({ asset, forecast, reading, refused }) => {
          if (config.why) [forecast].flat().forEach(putInWords);
          msg.forecast = forecast;
          const value = Array.isArray(forecast) ? forecast.map((row) => row?.value ?? null) : forecast.value;
          const problem = put(msg, reading, value);
          if (problem) return fail(problem);
          quality = worstOf(msg.quality);
          targetMissing = asset.isTargetMissing;
          rhythm = asset.rhythm;
          showSoon(Array.isArray(forecast) ? forecast.findLast((row) => row !== null) : forecast);
          sendOn(send, msg, asset.name);
          done(refused);
        },
        fail,
      );
    });

    /** Puts a forecast where the user wants it; the error is why it cannot be put there. */
    const put = (msg: ForecastMessage, reading: unknown, value: unknown): Error | undefined => {
      if (output === "payload") movePayload(msg, reading, value);
      else if ((RED.util.setMessageProperty(msg as NodeMessage, output, value, true) as boolean | undefined) === false)
        return new Error(RED._("lru-predictor.error.noPlace", { output }));
      return undefined;
    };

    const obey = (
      command: (typeof COMMANDS)[number],
      msg: ForecastMessage,
      send: Send,
      done: (error?: Error) => void,
    ): void => {
      const fail = (error: unknown): void => done(model.explain(error, msg));
      try {
        const one = model.commandAsset(msg);
        if (command === "forecast") {
          const give = (asset: Asset, asked: ForecastMessage): void => {
            const forecast = asked.forecast as PlainForecast;
            if (config.why) putInWords(forecast);
            const problem = put(asked, undefined, forecast.value);
            if (problem) throw problem;
            rhythm = asset.rhythm;
            showSoon(forecast);
            sendOn(send, asked, asset.name);
          };
          model.ask(this.id, msg, give, () => done(), fail);
        } else if (command === "import") {
          model.import(one ?? "", msg.payload, () => done(), fail);
        } else if (command === "remove") {
          model.remove(one, () => done(), fail);
        } else if (command === "export") {
          const { payload: _, ...rest } = msg;
          model.export(
            one,
            ({ asset, file, bytes }) => send({ ...rest, topic: asset, filename: file, payload: bytes } as NodeMessage),
            () => done(),
            fail,
          );
        } else {
          model.each(
            one,
            (_, asset) => asset.reset(),
            () => done(),
            fail,
          );
        }
      } catch (error) {
        fail(error);
      }
    };

    this.on("close", () => {
      clearTimeout(timer);
      stopAsking?.();
      errors.close();
    });
  }

  /** Whether a forecast can be put there: a path in a message that is not one of this pack's own properties. */
  function isPlace(property: string): boolean {
    try {
      const path = RED.util.normalisePropertyExpression(property);
      return path.length > 1 || !OWN.includes(String(path[0]));
    } catch {
      return false;
    }
  }

  RED.nodes.registerType("lru-predictor", LruPredictorNode);
};

/** The quality of a reading; of a batch that of the last row that is worst. */
function worstOf(quality: unknown): unknown {
  if (!Array.isArray(quality)) return quality;
  const rank = (one: unknown): number => ["uncertain", "bad"].indexOf((Object(one) as { state?: string }).state ?? "");
  return quality.reduce((worst, one) => (rank(one) >= rank(worst) ? one : worst), undefined);
}
