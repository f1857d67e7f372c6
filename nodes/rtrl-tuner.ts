import type { Node, NodeAPI, NodeDef } from "node-red";
import type { Asset } from "../src/asset/asset";
import type { ForecastMessage } from "../src/asset/forecast-model";
import { LEARNING_FIELDS, type LearningForm, learningSettings } from "../src/asset/learning-settings";
import { Pauses } from "../src/asset/pauses";
import { type LearnFrom, lastTuning, learnWaiting } from "../src/asset/waiting-labels";
import type { Tuning } from "../src/forecaster/forecast";
import type { Forecaster } from "../src/forecaster/forecaster";
import { rangeOf } from "../src/settings/number-field";
import { type Done, type Send, takeMessages } from "./kit/messages";
import { namedModel } from "./kit/named-model";
import { ordered } from "./kit/order";
import { ownMemory } from "./kit/own-memory";
import { refuseAll } from "./kit/refuse-all";
import { throttle } from "./kit/throttle";
import { bearWitness } from "./kit/witness";

interface RtrlTunerDef extends NodeDef, LearningForm {
  model: string;
}

const COMMANDS = ["pause", "resume", "reset", "freeze", "approve", "rollback"] as const;
type Command = (typeof COMMANDS)[number];
/** Which of them pause learning, and which let it go on. */
const PAUSES: Readonly<Partial<Record<Command, boolean>>> = { pause: true, freeze: true, resume: false };
/** The pauses of all assets are one record. */
const ALL = "";

/** What a status tells of. */
interface Newest {
  asset: Asset;
  paused: boolean;
  tuning: Tuning;
}

/** Learns from each reading, or from a label that comes late, by real-time recurrent learning. */
export = (RED: NodeAPI): void => {
  function RtrlTuner(this: Node, config: RtrlTunerDef): void {
    RED.nodes.createNode(this, config);
    const named = namedModel(RED, this, config);
    if (!named) return;
    const { model, health, say } = named;
    const options = learningSettings(config);
    if (typeof options === "string") {
      refuseAll(this, say(`invalid.${options}`, rangeOf(LEARNING_FIELDS, options === "speed" ? "rate" : options)));
      return;
    }
    const memory = ownMemory<Pauses>(this, model, {
      part: this.id,
      kind: "pauses",
      everyChanges: 1,
      create: () => new Pauses(),
      save: (pauses) => pauses.save(),
      load: Pauses.load,
    });
    const changePauses = (change: (pauses: Pauses) => void, fail: (error: Error) => void): void => {
      const act = (pauses: Pauses): void => {
        change(pauses);
        memory.changed(ALL);
      };
      memory.use(ALL, act, fail);
    };

    let failing = false;
    let newest: Newest | undefined;
    const status = throttle(this, () => {
      if (newest) this.status(lookOf(newest));
    });
    const lookOf = ({ asset, paused, tuning }: Newest) => {
      const { trouble } = model;
      if (asset.isTargetMissing) return { fill: "red", shape: "ring", text: "rtrl-tuner.status.noTarget" } as const;
      if (trouble) return { fill: "yellow", shape: "ring", text: `rtrl-tuner.status.${trouble}` } as const;
      if (paused) return { fill: "grey", shape: "dot", text: "rtrl-tuner.status.paused" } as const;
      if (tuning.skipped === "quality")
        return { fill: "yellow", shape: "ring", text: "rtrl-tuner.status.held" } as const;
      if (tuning.updates === 0) return { fill: "blue", shape: "ring", text: "rtrl-tuner.status.waiting" } as const;
      // Short, so that it ends before the predictor beside it.
      const change = Math.round(100 * tuning.change);
      const text = say("progress.learnt", { count: tuning.updates, change });
      return { fill: "green", shape: "dot", text } as const;
    };

    const read = (msg: ForecastMessage, send: Send, done: Done): void => {
      const learnFrom = (pauses: Pauses): void => {
        const learn: LearnFrom = (asset, factor, upTo) => {
          if (pauses.has(asset.name) || factor === 0) return asset.learn({ learn: false, upTo });
          return asset.learn({ ...options, speed: options.speed * factor, upTo });
        };
        model.work(
          this.id,
          msg,
          function* (taken) {
            const { asset, forecaster, forecast, intake, refused } = taken;
            const paused = pauses.has(asset.name);
            const tunings = intake?.tunings ?? (yield* learnWaiting(taken, msg.quality, learn, paused));
            if (!intake) model.changed(asset.name);
            const last = lastTuning(forecast, tunings);
            msg.tuning = Array.isArray(forecast) ? tunings : last;
            const isFirst = newest === undefined;
            newest = { asset, paused, tuning: last };
            failing = false;
            if (isFirst) status.now();
            else status.soon();
            send([msg, telemetry(asset.name, forecaster.lastTime, last)]);
            done(refused);
          },
          (error) => {
            if (!failing) this.status({ fill: "red", shape: "ring", text: "rtrl-tuner.status.error" });
            failing = true;
            newest = undefined;
            refuse(error, msg, done);
          },
          (asset, reading) => learn(asset, reading.speed),
        );
      };
      memory.use(ALL, learnFrom, (error) => done(model.explain(error, msg)));
    };

    const obey = (command: Command, msg: ForecastMessage, send: Send, done: Done): void => {
      const fail = (error: unknown): void => done(model.explain(error, msg));
      const one = model.commandAsset(msg);
      const paused = PAUSES[command];
      const setPause = (asset: string | undefined): void => {
        if (paused !== undefined) changePauses((pauses) => pauses.set(asset, paused), fail);
      };
      const act = (forecaster: Forecaster, asset: Asset): void => {
        if (one !== undefined) setPause(asset.name);
        if (command === "rollback") forecaster.rollback();
        else if (command === "reset") asset.reset();
        else if (command === "approve" || command === "freeze") forecaster.approve();
      };
      const obeyed = (): void => {
        newest = undefined;
        if (paused) this.status({ fill: "grey", shape: "dot", text: "rtrl-tuner.status.paused" });
        else this.status({ fill: "blue", shape: "ring", text: "rtrl-tuner.status.waiting" });
        send([null, { topic: msg.topic, payload: { command } }]);
        done();
      };
      const carryOut = (): void => {
        // For all it holds at once, also at assets that are still to come.
        if (one === undefined) setPause(undefined);
        if (one === undefined && (command === "pause" || command === "resume")) obeyed();
        else model.each(one, act, obeyed, done);
      };
      memory.use(ALL, carryOut, fail);
    };

    const refuse = takeMessages<Command, ForecastMessage>(this, model, { commands: COMMANDS, obey, read });
    const stopListening = model.onRemoval((asset) =>
      changePauses(
        (pauses) => pauses.forget(asset),
        (error) => this.error(error),
      ),
    );
    this.on("close", stopListening);
    bearWitness(this, health, "tuner", {
      isPaused: (asset) => {
        let paused = false;
        const look = (pauses: Pauses): void => {
          paused = pauses.has(asset);
        };
        memory.use(ALL, look, () => {}); // it closes
        return paused;
      },
      order: (command, asset) => {
        const send: Send = (messages) => this.send(messages as never);
        return ordered((done) => obey(command, { topic: asset, asset }, send, done));
      },
    });
    this.status({ fill: "blue", shape: "ring", text: "rtrl-tuner.status.waiting" });
  }

  RED.nodes.registerType("rtrl-tuner", RtrlTuner, {
    settings: { rtrlTunerFields: { value: LEARNING_FIELDS, exportable: true } },
  });
};

/** What was learnt, for a chart or a log; nothing where no label came. */
function telemetry(asset: string, time: number, tuning: Tuning): object | null {
  if (tuning.skipped === "nothing new") return null;
  return { topic: asset, payload: { asset, ...tuning }, timestamp: time };
}
