import type { Node, NodeAPI, NodeDef, NodeMessage } from "node-red";
import type { Asset } from "../src/asset/asset";
import { becauseWords, putInWords } from "../src/asset/because-sentence";
import { chartMessages } from "../src/asset/chart-messages";
import type { ForecastMessage } from "../src/asset/forecast-message";
import type { ForecastModel, TakenMessage } from "../src/asset/forecast-model";
import { OWN_PROPERTIES, placeOf, putForecast } from "../src/asset/forecast-place";
import type { PlainForecast } from "../src/asset/plain";
import { type Predicted, predictorStatus } from "../src/asset/predictor-status";
import { CrossedModels } from "../src/health/crossed-models";
import { eachSliced, type Sliced } from "../src/slice/sliced";
import type { HasHealth } from "./forecast-health";
import { forEditor } from "./kit/for-editor";
import { type Done, type Passing, type Refuse, type Send, takeMessages } from "./kit/messages";
import { namedModel } from "./kit/named-model";
import { newestStatus } from "./kit/newest-status";
import { bearWitness } from "./kit/witness";

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
    const place = ({ output }: LruPredictorDef): string => placeOf(output, RED.util.normalisePropertyExpression);
    const named = namedModel(RED, this, config, place, (code) => `invalid.${code}`);
    if (!named) return;
    const { model, health, say, settings: output } = named;
    const { unit, buildOn } = model.settings;
    const words = becauseWords(say, buildOn);
    const explainForecast = (forecast: PlainForecast | null): void => {
      if (forecast && config.why) putInWords(forecast, words);
    };
    /** Sends a message on, and what a chart needs of it where that was asked for. */
    const sendOn = (send: Send, msg: ForecastMessage, asset: string): void =>
      send(config.chart ? [msg, chartMessages(msg, asset, unit, say)] : [msg]);
    /** Puts a forecast where the user wants it. @throws where it cannot be put there */
    const put = (msg: ForecastMessage, reading: unknown, value: unknown): void => {
      const set = (to: object, path: string, what: unknown) =>
        RED.util.setMessageProperty(to as NodeMessage, path, what, true);
      if (!putForecast(msg, output, reading, value, set)) throw new Error(say("error.noPlace", { output }));
    };

    const status = newestStatus<Predicted>(this, say, (news) => predictorStatus(news, model.trouble, unit, say));
    const ownerOf = (id: string) => RED.nodes.getNode(id) as (Node & HasHealth) | null;
    const crossed = new CrossedModels(health, (id) => ownerOf(id)?.health);
    const lookForTuner = ({ observed }: ForecastMessage): void => {
      const nameOf = ({ id, subject }: ForecastModel): string => ownerOf(id)?.name || subject;
      const other = crossed.look(observed);
      if (other) this.warn(say("error.otherModel", { own: nameOf(model), learnt: nameOf(other.model) }));
    };
    const tell = (forecast: PlainForecast, quality: unknown, { isTargetMissing, rhythm }: Asset): void => {
      status.tell({ forecast, quality, isTargetMissing, rhythm, isUntaught: crossed.isSo });
    };

    function* pass(
      { asset, forecast, reading, refused }: TakenMessage,
      { msg, send, done, refuse }: Passing<ForecastMessage>,
    ): Sliced<void> {
      const batch = Array.isArray(forecast);
      if (config.why) yield* eachSliced([forecast].flat(), explainForecast);
      msg.forecast = forecast;
      try {
        put(msg, reading, batch ? forecast.map((row) => row?.value ?? null) : forecast.value);
      } catch (error) {
        status.failed();
        refuse(error);
        return;
      }
      const newest = batch ? forecast.findLast((row) => row !== null) : forecast;
      // What was refused, as rows that came in the batch before, says nothing of the forecast.
      const isUsed = (_: unknown, i: number): boolean => !batch || forecast[i] !== null;
      const quality = Array.isArray(msg.quality) ? msg.quality.filter(isUsed) : msg.quality;
      if (newest) tell(newest, quality, asset);
      sendOn(send, msg, asset.name);
      if (refused) refuse(refused);
      else done();
    }

    const read = (msg: ForecastMessage, send: Send, done: Done, refuse: Refuse): void => {
      lookForTuner(msg);
      const fail = (error: unknown): void => {
        status.failed();
        refuse(error);
      };
      const act = (taken: TakenMessage) => pass(taken, { msg, send, done, refuse });
      model.work(this.id, msg, act, fail);
    };

    const obey = (command: Command, msg: ForecastMessage, send: Send, done: Done): void => {
      const one = model.reader.commandAsset(msg);
      const give = (asset: Asset, asked: ForecastMessage): void => {
        const forecast = asked.forecast as PlainForecast;
        explainForecast(forecast);
        put(asked, undefined, forecast.value);
        tell(forecast, status.newest?.quality, asset);
        sendOn(send, asked, asset.name);
      };
      const giveFile = ({ asset, file, bytes }: { asset: string; file: string; bytes: Uint8Array }): void =>
        send([{ ...msg, topic: asset, filename: file, payload: bytes }]);
      const end = (): void => done();
      if (command === "forecast") model.ask(this.id, msg, give, end, done);
      else if (command === "import") model.import(one ?? "", msg.payload, end, done);
      else if (command === "remove") model.remove(one, end, done);
      else if (command === "export") model.export(one, giveFile, end, done);
      else model.each(one, (_, asset) => asset.reset(), end, done);
    };

    takeMessages<Command, ForecastMessage>(this, model, { commands: COMMANDS, obey, read });
    bearWitness(this, health, "predictor", {});
    const stopAsking = config.why ? model.listeners.askWhy() : undefined;
    this.on("close", () => stopAsking?.());
    this.status({ fill: "grey", shape: "ring", text: say("status.waiting") });
  }

  RED.nodes.registerType("lru-predictor", LruPredictor, forEditor({ lruPredictorOwn: OWN_PROPERTIES }));
};
