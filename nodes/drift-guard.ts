import type { NodeAPI, NodeDef } from "node-red";
import { type Act, commandAssets, type Outcome } from "../src/asset/commanded-assets";
import { deliveryOf } from "../src/asset/delivery";
import type { ForecastMessage } from "../src/asset/forecast-message";
import { Guard } from "../src/guard/guard";
import { COMMANDS, type GuardCommand, guardOrder } from "../src/guard/guard-order";
import { GUARD_FIELDS, type GuardForm, guardSettings } from "../src/guard/guard-settings";
import { guardStatus } from "../src/guard/guard-status";
import { Guards } from "../src/guard/guards";
import { type Unjudged, unjudged } from "../src/guard/unjudged";
import { restOf, type Sliced } from "../src/slice/sliced";
import { type DriftGuardNode, serveSpread, widestSpread } from "./drift-guard-dialog";
import { forEditor } from "./kit/for-editor";
import { type Done, type Passing, type Refuse, type Send, senderOf, takeMessages } from "./kit/messages";
import { namedModel } from "./kit/named-model";
import { ownMemory } from "./kit/own-memory";
import { throttle } from "./kit/throttle";
import { bearWitness } from "./kit/witness";

interface DriftGuardDef extends NodeDef, GuardForm {
  model: string;
}

interface GuardMessage extends ForecastMessage {
  sensor?: unknown;
}

/** How often silent assets are looked for, ms. */
const TICK = 1000;

/** Judges readings before anything is learnt from them, and watches whether the model stays good. */
export = (RED: NodeAPI): void => {
  function DriftGuard(this: DriftGuardNode, config: DriftGuardDef): void {
    RED.nodes.createNode(this, config);
    const named = namedModel(RED, this, config, guardSettings, (code) => `error.${code}`);
    if (!named) return;
    const { model, health, say, settings } = named;
    const { target, inputs } = model;
    const options = { inputs, target, horizon: model.horizons[0] as number, ...settings };
    const memory = ownMemory<Guard>(this, model, {
      part: `${this.id} ${model.subject}`,
      kind: "guard",
      create: () => new Guard(options),
      save: (guard) => guard.save(),
      load: (bytes) => Guard.load(bytes, options),
    });
    const guards = new Guards(memory, model, settings.action, say);
    const status = throttle(this, () => {
      const worst = guards.worst();
      if (worst) this.status(guardStatus(worst, say));
    });
    const sendOn = senderOf(this);
    const tell = (send: Send, changes: readonly object[]): void => {
      for (const change of changes) send([null, null, change]);
    };

    function* judge(
      guard: Guard,
      asset: string,
      takingApart: Sliced<Unjudged>,
      { msg, send, done, refuse }: Passing<GuardMessage>,
    ): Sliced<void> {
      const rows = yield* takingApart;
      // This guard may have seen it before its process ended, and the model not: that one knows what is new to it.
      if (deliveryOf(msg)?.again && rows.times.every((time) => time <= guard.lastTime)) {
        send([msg, null, null]);
        return done();
      }
      const { quality, isUsable, changes, caught } = yield* guards.judge(guard, asset, rows);
      msg.quality = quality;
      tell(send, changes);
      send([isUsable ? msg : null, null, null]);
      if (caught) send([null, caught, null]);
      status.soon();
      if (rows.problem) refuse(rows.problem);
      else done();
    }

    const read = (msg: GuardMessage, send: Send, done: Done, refuse: Refuse): void => {
      const asset = model.reader.assetOf(msg);
      const takingApart = unjudged(msg, model.reader);
      // What is wrong with the message as a whole is no matter of the asset's.
      const rows = restOf(takingApart, takingApart.next());
      memory.work(asset, (guard) => judge(guard, asset, rows, { msg, send, done, refuse }), refuse);
    };

    const obey = (command: GuardCommand, msg: GuardMessage, send: Send, done: Done): void => {
      const order = guardOrder(command, msg, model, say);
      const act: Act = (asset, then) => guards.order(asset, order, (changes) => tell(send, changes), then);
      const one = model.reader.commandAsset(msg);
      const end = ({ assets, problems }: Outcome): void => {
        status.now();
        done(assets === 0 ? new Error(say("error.noAsset")) : problems[0]);
      };
      commandAssets(memory, one, act, end, done, () => guards.known(one));
    };

    const order = takeMessages<GuardCommand, GuardMessage>(this, model, { commands: COMMANDS, obey, read });
    const tellNow = (changes: readonly object[]): void => {
      tell(sendOn, changes);
      if (changes.length > 0) status.now();
    };
    const fail = (problem: unknown): void => this.error(model.explain(problem));
    // A dead line sends no message that could be judged: silence is looked for.
    const listening = setInterval(() => tellNow(guards.fallenSilent(Date.now())), TICK);
    // Wherever the guard stands, it hears of every forecast of its model that has fallen due, once.
    const stopHearing = model.listeners.watch((asset, scored) => guards.hear(asset, scored, tellNow, fail));
    const stopForgetting = model.listeners.onRemoval((asset) => guards.forget(asset));
    this.on("close", () => {
      clearInterval(listening);
      stopHearing();
      stopForgetting();
    });
    bearWitness(this, health, "guard", {
      look: (asset) => guards.find(asset),
      order: (command, asset) => order(command, { topic: asset, asset }),
    });
    this.spread = () => widestSpread(memory, guards.names());
  }

  RED.nodes.registerType("drift-guard", DriftGuard, forEditor({ driftGuardFields: GUARD_FIELDS }));
  serveSpread(RED);
};
