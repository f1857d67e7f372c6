import type { Node, NodeAPI, NodeDef } from "node-red";
import type { Asset } from "../src/asset/asset";
import type { ForecastMessage } from "../src/asset/forecast-message";
import type { TakenMessage } from "../src/asset/forecast-model";
import { KeptPauses, PAUSES_RECORD } from "../src/asset/kept-pauses";
import { LEARNING_FIELDS, type LearningForm, learningSettings } from "../src/asset/learning-settings";
import type { Pauses } from "../src/asset/pauses";
import { type Tuned, tunerPaused, tunerStatus, tunerWaiting } from "../src/asset/tuner-status";
import { type LearnFrom, lastTuning, learnWaiting } from "../src/asset/waiting-labels";
import type { Tuning } from "../src/forecaster/forecast";
import type { Forecaster } from "../src/forecaster/forecaster";
import type { Sliced } from "../src/slice/sliced";
import { forEditor } from "./kit/for-editor";
import { inWords } from "./kit/in-words";
import { type Done, type Passing, type Refuse, type Send, takeMessages } from "./kit/messages";
import { namedModel } from "./kit/named-model";
import { newestStatus } from "./kit/newest-status";
import { ownMemory } from "./kit/own-memory";
import { bearWitness } from "./kit/witness";

interface RtrlTunerDef extends NodeDef, LearningForm {
  model: string;
}

const COMMANDS = ["pause", "resume", "reset", "freeze", "approve", "rollback"] as const;
type Command = (typeof COMMANDS)[number];
/** Which of them pause learning, and which let it go on. */
const PAUSES: Readonly<Partial<Record<Command, boolean>>> = { pause: true, freeze: true, resume: false };

/** Learns from each reading, or from a label that comes late, by real-time recurrent learning. */
export = (RED: NodeAPI): void => {
  function RtrlTuner(this: Node, config: RtrlTunerDef): void {
    RED.nodes.createNode(this, config);
    const named = namedModel(RED, this, config, learningSettings, (code) => `invalid.${code}`);
    if (!named) return;
    const { model, health, say, settings: options } = named;
    const kept = new KeptPauses(ownMemory<Pauses>(this, model, { ...PAUSES_RECORD, part: this.id }));
    const status = newestStatus<Tuned>(this, say, (tuned) => tunerStatus(tuned, model.trouble, say));

    function* pass(
      taken: TakenMessage,
      paused: boolean,
      learn: LearnFrom,
      { msg, send, done, refuse }: Passing<ForecastMessage>,
    ): Sliced<void> {
      const { asset, forecaster, forecast, intake, refused } = taken;
      const tunings = intake?.tunings ?? (yield* learnWaiting(taken, msg.quality, learn, paused));
      if (!intake) model.changed(asset.name);
      const last = lastTuning(forecast, tunings);
      msg.tuning = Array.isArray(forecast) ? tunings : last;
      status.tell({ asset, paused, tuning: last });
      send([msg, telemetry(asset.name, forecaster.lastTime, last)]);
      if (refused) refuse(refused);
      else done();
    }

    const read = (msg: ForecastMessage, send: Send, done: Done, refuse: Refuse): void => {
      const fail = (error: unknown): void => {
        status.failed();
        refuse(error);
      };
      const learnFrom = (pauses: Pauses): void => {
        const learn: LearnFrom = (asset, factor, upTo) => {
          if (pauses.has(asset.name) || factor === 0) return asset.learn({ learn: false, upTo });
          return asset.learn({ upTo, ...options, speed: options.speed * factor });
        };
        const act = (taken: TakenMessage) =>
          pass(taken, pauses.has(taken.asset.name), learn, { msg, send, done, refuse });
        model.work(this.id, msg, act, fail, (asset, reading) => learn(asset, reading.speed));
      };
      kept.use(learnFrom, (error) => done(model.explain(error, msg)));
    };

    const obey = (command: Command, msg: ForecastMessage, send: Send, done: Done): void => {
      const one = model.reader.commandAsset(msg);
      const paused = PAUSES[command];
      const obeyed = (): void => {
        status.clear(paused ? tunerPaused(say) : tunerWaiting(say));
        send([null, { topic: msg.topic, payload: { command } }]);
        done();
      };
      const carryOut = (pauses: Pauses): void => {
        const setPause = (asset: string | undefined): void => {
          if (paused !== undefined) kept.set(pauses, asset, paused);
        };
        const act = (forecaster: Forecaster, asset: Asset): void => {
          if (one !== undefined) setPause(asset.name);
          if (command === "rollback") forecaster.rollback();
          else if (command === "reset") asset.reset();
          else if (command === "approve" || command === "freeze") forecaster.approve();
        };
        // For all it holds at once, also at assets that are still to come.
        if (one === undefined) setPause(undefined);
        if (one === undefined && (command === "pause" || command === "resume")) obeyed();
        else model.each(one, act, obeyed, done);
      };
      kept.use(carryOut, done);
    };

    const order = takeMessages<Command, ForecastMessage>(this, model, { commands: COMMANDS, obey, read });
    this.on(
      "close",
      model.listeners.onRemoval((asset) => kept.forget(asset, (error) => this.error(inWords(error)))),
    );
    bearWitness(this, health, "tuner", {
      isPaused: (asset) => kept.has(asset),
      order: (command, asset) => order(command, { topic: asset, asset }),
    });
    this.status(tunerWaiting(say));
  }

  RED.nodes.registerType("rtrl-tuner", RtrlTuner, forEditor({ rtrlTunerFields: LEARNING_FIELDS }));
};

/** What was learnt, for a chart or a log; nothing where no label came. */
function telemetry(asset: string, time: number, tuning: Tuning): object | null {
  if (tuning.skipped === "nothing new") return null;
  return { topic: asset, payload: { asset, ...tuning }, timestamp: time };
}
