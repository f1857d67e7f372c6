import type { NodeAPI, NodeDef } from "node-red";
import { commandAssets, type Outcome, withState } from "../src/asset/commanded-assets";
import type { ForecastMessage } from "../src/asset/forecast-message";
import type { ForecastModel } from "../src/asset/forecast-model";
import { Clock } from "../src/rollout/clock";
import { type Change, COMMANDS, Gate, type GateCommand } from "../src/rollout/gate";
import { gateStatus } from "../src/rollout/gate-status";
import { type Known, knownRows } from "../src/rollout/known";
import { GATE_FIELDS, type GateForm, gateSettings } from "../src/rollout/settings";
import { StagesSeen } from "../src/rollout/stages-seen";
import { columnsOf, type Standing, WordedGate } from "../src/rollout/worded-gate";
import { problemsText, unknownText } from "../src/rollout/words";
import type { Sliced } from "../src/slice/sliced";
import { forEditor } from "./kit/for-editor";
import { type Done, type Passing, type Refuse, type Send, senderOf, takeMessages } from "./kit/messages";
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
      load: (bytes, asset) => WordedGate.load(bytes, asset, settings, clock, subject),
    });
    const stages = new StagesSeen(model.settings.assetLimit);
    let shown = "";
    const show = (): void => {
      const status = gateStatus(stages.mostUrgent(), say);
      if (status.text !== shown) this.status(status);
      shown = status.text;
    };

    /** One message a change, on the second output; the log keeps who decided what. */
    const announce = (one: WordedGate, changes: readonly Change[], send: Send): void => {
      const { asset, ready, stage } = one.gate;
      stages.note(asset, ready ? "ready" : stage, one.why);
      show();
      for (const change of changes) {
        const told = one.told(change);
        if (change.what === "rolled-back") this.warn(told.payload);
        else this.log(told.payload);
        send([null, told]);
      }
    };

    function* decide(
      one: WordedGate,
      rows: Known[],
      batch: boolean,
      { msg, send, done }: Passing<GateMessage>,
    ): Sliced<void> {
      const { decided, changes } = yield* one.decide(rows, Date.now());
      gates.changed(one.gate.asset);
      announce(one, changes, send);
      // A late label brings a score and no forecast: it is counted, and there is nothing to act on.
      const columns = columnsOf(decided, batch);
      if (columns) send([Object.assign(msg, columns), null]);
      done();
    }

    const read = (msg: GateMessage, send: Send, done: Done, refuse: Refuse): void => {
      const rows = knownRows(msg as { [Name in keyof GateMessage]: unknown });
      const batch = Array.isArray(msg.forecast);
      const asset = model.reader.assetOf(msg as ForecastMessage);
      gates.work(asset, (one) => decide(one, rows, batch, { msg, send, done, refuse }), refuse);
    };

    const obey = (command: GateCommand, msg: GateMessage, _send: Send, done: Done): void => {
      const [who, reason] = [lineOf(msg.who), lineOf(msg.reason)];
      const act = withState(gates, (one, asset) => {
        const change = one.command(command, who, reason, Date.now());
        gates.changed(asset);
        announce(one, [change], senderOf(this));
      });
      const end = ({ assets, problems }: Outcome): void => {
        const texts = assets === 0 ? [say("error.noAsset")] : problems.map((problem) => (problem as Error).message);
        done(texts.length > 0 ? new Error(problemsText(texts, say)) : undefined);
      };
      commandAssets(gates, model.reader.commandAsset(msg as ForecastMessage), act, end, done);
    };

    const explain = (error: unknown, msg?: object): Error => unknownText(error, say) ?? model.explain(error, msg);
    const order = takeMessages<GateCommand, GateMessage>(this, model, { commands: COMMANDS, obey, read, explain });
    const forget = (asset: string): void => {
      stages.forget(asset);
      gates.remove(asset);
      show();
    };
    this.on("close", model.listeners.onRemoval(forget));

    const look = (asset: string): Standing | undefined => peek(gates, asset)?.standing();
    bearWitness(this, health, "gate", { stageOf: (asset) => stages.of(asset), look });
    const inOrder = (): string[] => [...gates.assets()].sort((a, b) => a.localeCompare(b));
    this.overview = () => inOrder().flatMap((asset) => look(asset) ?? []);
    this.knows = async (asset) => gates.assets().includes(asset) || (await gates.allAssets()).includes(asset);
    this.order = (command, asset, who, reason) => order(command, { asset, who, reason });
    show();
  }

  RED.nodes.registerType("rollout-gate", RolloutGate, forEditor({ rolloutGateFields: GATE_FIELDS }));
  serveDecisions(RED);
};
