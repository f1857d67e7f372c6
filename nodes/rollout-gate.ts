import type { NodeAPI, NodeDef } from "node-red";
import type { ForecastMessage } from "../src/asset/forecast-model";
import { Clock } from "../src/rollout/clock";
import { type Change, COMMANDS, Gate, type GateCommand, GateProblem } from "../src/rollout/gate";
import { knownRows, UnknownForecast } from "../src/rollout/known";
import { GATE_FIELDS, type GateForm, gateSettings } from "../src/rollout/settings";
import { StagesSeen } from "../src/rollout/stages-seen";
import { type StageReport, type Standing, WordedGate } from "../src/rollout/worded-gate";
import { changeText, problemText } from "../src/rollout/words";
import { rangeOf } from "../src/settings/number-field";
import { commandAssets } from "./kit/commanded-assets";
import { type Done, type Send, takeMessages } from "./kit/messages";
import { namedModel } from "./kit/named-model";
import { ordered } from "./kit/order";
import { ownMemory } from "./kit/own-memory";
import { refuseAll } from "./kit/refuse-all";
import { lineOf } from "./kit/route";
import { bearWitness } from "./kit/witness";
import { type RolloutGateNode, serveDecisions } from "./rollout-gate-button";

interface RolloutGateDef extends NodeDef, GateForm {
  model: string;
}

interface GateMessage extends Omit<ForecastMessage, "forecast" | "scored"> {
  forecast?: unknown;
  scored?: unknown;
  who?: unknown;
  reason?: unknown;
  stage?: StageReport | (StageReport | null)[];
}

const LOOKS = {
  waiting: { fill: "grey", shape: "ring" },
  shadow: { fill: "grey", shape: "dot" },
  pilot: { fill: "blue", shape: "dot" },
  live: { fill: "green", shape: "dot" },
  ready: { fill: "yellow", shape: "dot" },
  "rolled-back": { fill: "red", shape: "ring" },
  hold: { fill: "red", shape: "dot" },
} as const;

/** Assets whose refusal is explained where a command was for all. */
const MOST_PROBLEMS = 10;

/** Sends on the forecast that the plant shall act on, and moves the learner from shadow over pilot to live by evidence. */
export = (RED: NodeAPI): void => {
  function RolloutGate(this: RolloutGateNode, config: RolloutGateDef): void {
    RED.nodes.createNode(this, config);
    const named = namedModel(RED, this, config);
    if (!named) return;
    const { model, health, say } = named;
    const horizon = model.horizons[0] as number;
    const settings = gateSettings(config, `${model.target}, ${model.nearest}`, horizon);
    if (typeof settings === "string") {
      refuseAll(this, say(`error.${settings}`, rangeOf(GATE_FIELDS, settings)));
      return;
    }
    const clock = new Clock(settings.zone);
    const subject = { target: model.target, horizon, period: settings.period, say };
    const gates = ownMemory<WordedGate>(this, model, {
      part: this.id,
      kind: "rollout gate",
      create: (asset) => new WordedGate(new Gate(asset, settings, clock), subject),
      save: ({ gate }) => gate.save(),
      load: (bytes, asset) => {
        const { gate, change } = Gate.load(bytes, asset, settings, Date.now(), clock);
        return new WordedGate(gate, subject, change);
      },
    });
    const stages = new StagesSeen(model.settings.assetLimit);
    let looked = "";
    const show = (): void => {
      const state = stages.mostUrgent() ?? "waiting";
      if (state !== looked) this.status({ ...LOOKS[state], text: `rollout-gate.status.${state}` });
      looked = state;
    };
    const sendOn: Send = (messages) => this.send(messages as never);
    const fail = (error: Error): void => this.error(error);

    /** One message a change, on the second output; the log keeps who decided what. */
    const announce = ({ gate }: WordedGate, changes: readonly Change[], send: Send): void => {
      const { asset, ready, stage } = gate;
      stages.note(asset, ready ? "ready" : stage);
      show();
      for (const change of changes) {
        const payload = changeText(change, asset, say);
        if (change.what === "rolled-back") this.warn(payload);
        else this.log(payload);
        send([null, { topic: asset, payload, change: { ...change, asset } }]);
      }
    };

    const read = (msg: GateMessage, send: Send, done: Done): void => {
      const rows = knownRows(msg as { [Name in keyof GateMessage]: unknown });
      const batch = Array.isArray(msg.forecast);
      const asset = model.assetOf(msg as ForecastMessage);
      const act = (one: WordedGate): void => {
        const { decided, changes } = one.decide(rows, Date.now());
        gates.changed(asset);
        announce(one, changes, send);
        // A late label brings a score and no forecast: it is counted, and there is nothing to act on.
        if (decided.some((row) => row)) {
          msg.payload = batch ? decided.map((row) => row?.payload ?? null) : decided[0]?.payload;
          msg.forecast = batch ? decided.map((row) => row?.forecast ?? null) : decided[0]?.forecast;
          msg.stage = batch ? decided.map((row) => row?.stage ?? null) : decided[0]?.stage;
          send([msg, null]);
        }
        done();
      };
      gates.use(asset, act, (error) => refuse(error, msg, done));
    };

    const order = (command: GateCommand, asset: string | undefined, who: string, reason: string, done: Done): void => {
      const texts: string[] = [];
      const act = (name: string, then: (problem?: unknown) => void): void => {
        const actOn = (one: WordedGate): void => {
          const change = one.gate.command(command, who, reason, Date.now());
          gates.changed(name);
          announce(one, [change], sendOn);
          then();
        };
        const failed = (error: Error): void => {
          texts.push(error instanceof GateProblem ? problemText(error, name, say) : error.message);
          then(error);
        };
        gates.use(name, actOn, failed);
      };
      commandAssets(gates, asset, {
        known: () => gates.allAssets(),
        act,
        end: ({ assets }) => {
          const more = texts.length - MOST_PROBLEMS;
          const lines = [...texts.slice(0, MOST_PROBLEMS), ...(more > 0 ? [say("error.more", { count: more })] : [])];
          if (assets === 0) done(new Error(say("error.noAsset")));
          else done(lines.length > 0 ? new Error(lines.join("\n")) : undefined);
        },
        fail: (error) => done(model.explain(error)),
      });
    };
    const obey = (command: GateCommand, msg: GateMessage, _send: Send, done: Done): void =>
      order(command, model.commandAsset(msg as ForecastMessage), lineOf(msg.who), lineOf(msg.reason), done);

    const explain = (error: unknown, msg?: object): Error =>
      error instanceof UnknownForecast
        ? new Error(say(`error.${error.code}`, { value: error.value }))
        : model.explain(error, msg);
    const refuse = takeMessages<GateCommand, GateMessage>(this, model, { commands: COMMANDS, obey, read, explain });
    const stopListening = model.onRemoval((asset) => {
      stages.forget(asset);
      gates.remove(asset);
      show();
    });
    this.on("close", stopListening);

    const sightOf = (asset: string): Standing | undefined => {
      let sight: Standing | undefined;
      const look = (one: WordedGate): void => {
        sight = one.standing();
      };
      if (gates.has(asset)) gates.use(asset, look, fail);
      return sight;
    };
    bearWitness(this, health, "gate", { stageOf: (asset) => stages.of(asset), look: sightOf });
    this.overview = () =>
      gates
        .assets()
        .flatMap((asset) => sightOf(asset) ?? [])
        .sort((a, b) => a.asset.localeCompare(b.asset));
    this.knows = async (asset) => gates.assets().includes(asset) || (await gates.allAssets()).includes(asset);
    this.order = (command, asset, who, reason) => ordered((done) => order(command, asset, who, reason, done));
    show();
  }

  RED.nodes.registerType("rollout-gate", RolloutGate, {
    settings: { rolloutGateFields: { value: GATE_FIELDS, exportable: true } },
  });

  serveDecisions(RED);
};
