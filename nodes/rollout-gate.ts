import type { NodeAPI, NodeDef } from "node-red";
import type { ForecastMessage, ForecastModel } from "../src/asset/forecast-model";
import { Clock } from "../src/rollout/clock";
import { type Change, COMMANDS, Gate, type GateCommand, GateProblem } from "../src/rollout/gate";
import { gateStatus } from "../src/rollout/gate-status";
import { knownRows, UnknownForecast } from "../src/rollout/known";
import { GATE_FIELDS, type GateForm, gateSettings } from "../src/rollout/settings";
import { StagesSeen } from "../src/rollout/stages-seen";
import { type StageReport, type Standing, WordedGate } from "../src/rollout/worded-gate";
import { changeText, problemsText, problemText } from "../src/rollout/words";
import type { Sliced } from "../src/slice/sliced";
import { commandAssets, type Outcome, withState } from "./kit/commanded-assets";
import { forEditor } from "./kit/for-editor";
import { type Done, type Refuse, type Send, senderOf, takeMessages } from "./kit/messages";
import { namedModel } from "./kit/named-model";
import { ownMemory } from "./kit/own-memory";
import { peek } from "./kit/peek";
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

/** Sends on the forecast that the plant shall act on, and moves the learner from shadow over pilot to live by evidence. */
export = (RED: NodeAPI): void => {
  function RolloutGate(this: RolloutGateNode, config: RolloutGateDef): void {
    RED.nodes.createNode(this, config);
    const settingsFor = (form: GateForm, { target, nearest, horizons }: ForecastModel) =>
      gateSettings(form, `${target}, ${nearest}`, horizons[0] as number);
    const named = namedModel(RED, this, config, settingsFor, (code) => `error.${code}`);
    if (!named) return;
    const { model, health, say, settings } = named;
    const { horizon } = settings;
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
    let shown = "";
    const show = (): void => {
      const status = gateStatus(stages.mostUrgent());
      if (status.text !== shown) this.status(status);
      shown = status.text;
    };

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

    const read = (msg: GateMessage, send: Send, done: Done, refuse: Refuse): void => {
      const rows = knownRows(msg as { [Name in keyof GateMessage]: unknown });
      const batch = Array.isArray(msg.forecast);
      const asset = model.assetOf(msg as ForecastMessage);
      const act = function* (one: WordedGate): Sliced<void> {
        const { decided, changes } = yield* one.decide(rows, Date.now());
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
      gates.work(asset, act, refuse);
    };

    const obey = (command: GateCommand, msg: GateMessage, _send: Send, done: Done): void => {
      const [who, reason] = [lineOf(msg.who), lineOf(msg.reason)];
      const act = withState(gates, (one, asset) => {
        try {
          const change = one.gate.command(command, who, reason, Date.now());
          gates.changed(asset);
          announce(one, [change], senderOf(this));
        } catch (error) {
          throw error instanceof GateProblem ? new Error(problemText(error, asset, say)) : error;
        }
      });
      const end = ({ assets, problems }: Outcome): void => {
        const texts = assets === 0 ? [say("error.noAsset")] : problems.map((problem) => (problem as Error).message);
        done(texts.length > 0 ? new Error(problemsText(texts, say)) : undefined);
      };
      commandAssets(gates, model.commandAsset(msg as ForecastMessage), act, end, done);
    };

    const explain = (error: unknown, msg?: object): Error =>
      error instanceof UnknownForecast
        ? new Error(say(`error.${error.code}`, { value: error.value }))
        : model.explain(error, msg);
    const order = takeMessages<GateCommand, GateMessage>(this, model, { commands: COMMANDS, obey, read, explain });
    const forget = (asset: string): void => {
      stages.forget(asset);
      gates.remove(asset);
      show();
    };
    this.on("close", model.onRemoval(forget));

    const look = (asset: string): Standing | undefined => peek(gates, asset)?.standing();
    bearWitness(this, health, "gate", { stageOf: (asset) => stages.of(asset), look });
    this.overview = () =>
      gates
        .assets()
        .flatMap((asset) => look(asset) ?? [])
        .sort((a, b) => a.asset.localeCompare(b.asset));
    this.knows = async (asset) => gates.assets().includes(asset) || (await gates.allAssets()).includes(asset);
    this.order = (command, asset, who, reason) => order(command, { asset, who, reason });
    show();
  }

  RED.nodes.registerType("rollout-gate", RolloutGate, forEditor({ rolloutGateFields: GATE_FIELDS }));
  serveDecisions(RED);
};
