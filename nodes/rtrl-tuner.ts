import type { Node, NodeAPI, NodeDef, NodeMessage } from "node-red";
import type { Asset } from "../src/asset/asset";
import type { ForecastMessage, TakenMessage } from "../src/asset/forecast-model";
import { LEARNING_FIELDS, type LearningForm, learningSettings } from "../src/asset/learning-settings";
import { Pauses } from "../src/asset/pauses";
import type { PlainForecast } from "../src/asset/plain";
import type { Tuning } from "../src/forecaster/forecast";
import type { Forecaster } from "../src/forecaster/forecaster";
import type { LearnOptions } from "../src/forecaster/horizon";
import { AssetMemory } from "../src/memory/asset-memory";
import { commandOf } from "../src/message/command";
import { guardWord } from "../src/message/quality";
import type { HasHealth } from "./forecast-health";

interface RtrlTunerDef extends NodeDef, LearningForm {
  model: string;
}

const COMMANDS = ["pause", "resume", "reset", "freeze", "approve", "rollback"] as const;
type Command = (typeof COMMANDS)[number];
type Send = (msg: (NodeMessage | null)[]) => void;
type Done = (error?: Error) => void;
/** The pauses of all assets are one record. */
const ALL = "";
const PAUSED: LearnOptions = { learn: false };
/** Status texts come at most so often, ms: a fast flow must not spend its time on them. */
const STATUS_EVERY = 500;

/** Learns from each reading, or from a label that comes late, by real-time recurrent learning. */
export = (RED: NodeAPI): void => {
  function RtrlTunerNode(this: Node, config: RtrlTunerDef): void {
    RED.nodes.createNode(this, config);
    const owner = RED.nodes.getNode(config.model) as (Node & HasHealth) | null;
    const { model, problem } = owner ?? {};
    const options = learningSettings(config);
    if (!model || typeof options === "string") {
      const text = model ? RED._(`rtrl-tuner.invalid.${options}`) : (problem ?? RED._("rtrl-tuner.error.noModel"));
      this.status({ fill: "red", shape: "ring", text: "rtrl-tuner.status.settings" });
      this.error(text);
      this.on("input", (_msg, _send, done) => done(new Error(text)));
      return;
    }

    const memory = new AssetMemory<Pauses>({
      part: this.id,
      kind: "pauses",
      store: model.store,
      create: () => new Pauses(),
      save: (pauses) => pauses.save(),
      load: Pauses.load,
      everyChanges: 1,
      report: (problem) => model.report(problem),
    });

    const errors = model.errorCounter<NodeMessage>((text, msg) => this.error(text, msg));
    let failing = false;
    let newest: { asset: Asset; paused: boolean; held: boolean; updates: number; change: number } | undefined;
    let timer: NodeJS.Timeout | undefined;
    const show = (): void => {
      timer = undefined;
      if (!newest) return;
      failing = false;
      const { asset, paused, held, updates, change } = newest;
      const { trouble } = model;
      if (asset.isTargetMissing) this.status({ fill: "red", shape: "ring", text: "rtrl-tuner.status.noTarget" });
      else if (trouble) this.status({ fill: "yellow", shape: "ring", text: `rtrl-tuner.status.${trouble}` });
      else if (paused) this.status({ fill: "grey", shape: "dot", text: "rtrl-tuner.status.paused" });
      else if (held) this.status({ fill: "yellow", shape: "ring", text: "rtrl-tuner.status.held" });
      else if (updates === 0) this.status({ fill: "blue", shape: "ring", text: "rtrl-tuner.status.waiting" });
      else {
        const text = RED._("rtrl-tuner.progress.learnt", { count: updates, change: (100 * change).toFixed(1) });
        this.status({ fill: "green", shape: "dot", text });
      }
    };
    const showSoon = (asset: Asset, paused: boolean, tuning: Tuning): void => {
      const first = newest === undefined;
      newest = { asset, paused, held: tuning.skipped === "quality", updates: tuning.updates, change: tuning.change };
      if (first) show();
      else timer ??= setTimeout(show, STATUS_EVERY);
    };
    this.status({ fill: "blue", shape: "ring", text: "rtrl-tuner.status.waiting" });

    this.on("input", (message, send, done) => {
      const msg = message as ForecastMessage;
      const refuse = (error: unknown): void => done(model.explain(error, msg));
      let command: Command | undefined;
      try {
        command = commandOf(msg, COMMANDS);
      } catch (error) {
        return refuse(error);
      }
      memory.use(
        ALL,
        (pauses) => {
          if (command === undefined) tune(msg, pauses, send, done);
          else obey(command, msg, send, done);
        },
        refuse,
      );
    });

    const tune = (msg: ForecastMessage, pauses: Pauses, send: Send, done: Done): void => {
      const learn = (asset: Asset, factor: number, upTo?: number): Tuning => {
        if (pauses.has(asset.name) || factor === 0) return asset.learn({ ...PAUSED, upTo });
        return asset.learn({ ...options, speed: options.speed * factor, upTo });
      };
      // Taken in by a predictor before: its labels have waited for this node, and each reading has a speed of its own. The
      // drift guard may have said what it thinks of a reading only since then, or on this wire only.
      const learnWaiting = ({ asset, forecast, learns }: TakenMessage): (Tuning | null)[] => {
        const batch = Array.isArray(forecast);
        const rows = batch ? forecast : [forecast];
        const tunings: (Tuning | null)[] = rows.map(() => null);
        for (const i of inOrder(rows)) {
          const word = guardWord(batch && Array.isArray(msg.quality) ? msg.quality[i] : msg.quality);
          const weighed = learns?.[i] ?? word.learn;
          const weight = word.learn < weighed ? word.learn / weighed : 1;
          const tuning = { ...learn(asset, word.speed * weight, rows[i]?.origin ?? undefined) };
          if (weight === 0 && tuning.skipped === "paused" && !pauses.has(asset.name)) tuning.skipped = "quality";
          tunings[i] = tuning;
        }
        return tunings;
      };
      model.take(
        this.id,
        msg,
        (taken) => {
          const { asset, forecaster, forecast, intake, refused } = taken;
          const tunings = intake?.tunings ?? learnWaiting(taken);
          if (!intake) model.changed(asset.name);
          const last = inOrder([forecast].flat())
            .map((i) => tunings[i])
            .findLast((tuning) => tuning !== null) as Tuning;
          msg.tuning = Array.isArray(forecast) ? tunings : last;
          showSoon(asset, pauses.has(asset.name), last);
          send([msg as NodeMessage, telemetry(asset.name, forecaster.lastTime, last)]);
          done(refused);
        },
        (error) => {
          if (!failing) this.status({ fill: "red", shape: "ring", text: "rtrl-tuner.status.error" });
          failing = true;
          newest = undefined;
          errors.refuse(error, msg as NodeMessage, done);
        },
        (asset, reading) => learn(asset, reading.speed),
      );
    };

    const obey = (command: Command, msg: ForecastMessage, send: Send, done: Done): void => {
      const one = model.commandAsset(msg);
      const pause = {
        pause: true,
        freeze: true,
        resume: false,
        approve: undefined,
        rollback: undefined,
        reset: undefined,
      };
      const setPause = (asset: string | undefined): void => {
        const paused = pause[command];
        if (paused === undefined) return;
        const set = (pauses: Pauses): void => {
          pauses.set(asset, paused);
          memory.changed(ALL);
        };
        memory.use(ALL, set, done);
      };
      const act = (forecaster: Forecaster, asset: Asset): void => {
        if (one !== undefined) setPause(asset.name);
        if (command === "rollback") forecaster.rollback();
        else if (command === "reset") asset.reset();
        else if (command === "approve" || command === "freeze") forecaster.approve();
      };
      const obeyed = (): void => {
        newest = undefined;
        if (pause[command]) this.status({ fill: "grey", shape: "dot", text: "rtrl-tuner.status.paused" });
        else this.status({ fill: "blue", shape: "ring", text: "rtrl-tuner.status.waiting" });
        send([null, { topic: msg.topic, payload: { command } } as NodeMessage]);
        done();
      };
      // For all it holds at once, also at assets that are still to come.
      if (one === undefined) setPause(undefined);
      if (one === undefined && (command === "pause" || command === "resume")) obeyed();
      else model.each(one, act, obeyed, done);
    };

    const stopListening = model.onRemoval((asset) => {
      const forget = (pauses: Pauses): void => {
        pauses.forget(asset);
        memory.changed(ALL);
      };
      memory.use(ALL, forget, (error) => this.error(error));
    });

    const leave = owner?.health?.join("tuner", {
      id: this.id,
      name: this.name ?? "",
      isPaused: (asset) => {
        let paused = false;
        memory.use(
          ALL,
          (pauses) => {
            paused = pauses.has(asset);
          },
          () => {}, // it closes
        );
        return paused;
      },
      order: (command, asset) =>
        new Promise((resolve, reject) => {
          const done = (error?: Error): void => (error ? reject(error) : resolve());
          obey(command, { topic: asset, asset }, (msgs) => this.send(msgs), done);
        }),
    });

    this.on("close", (done: () => void) => {
      clearTimeout(timer);
      errors.close();
      leave?.();
      stopListening();
      memory.close().then(done, done);
    });
  }

  RED.nodes.registerType("rtrl-tuner", RtrlTunerNode, {
    settings: { rtrlTunerFields: { value: LEARNING_FIELDS, exportable: true } },
  });
};

/** The rows of a batch that were forecast from, in the order in which they were taken in: that of their times. */
function inOrder(rows: readonly (PlainForecast | null)[]): number[] {
  const origin = (i: number): number => rows[i]?.origin ?? Number.NaN;
  return rows.flatMap((row, i) => (row ? [i] : [])).sort((a, b) => origin(a) - origin(b) || a - b);
}

/** What was learnt, for a chart or a log; nothing where no label came. */
function telemetry(asset: string, time: number, tuning: Tuning): NodeMessage | null {
  if (tuning.skipped === "nothing new") return null;
  return { topic: asset, payload: { asset, ...tuning }, timestamp: time } as NodeMessage;
}
