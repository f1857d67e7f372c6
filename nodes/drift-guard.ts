import type { NodeAPI, NodeDef } from "node-red";
import type { Asset } from "../src/asset/asset";
import type { ForecastMessage } from "../src/asset/forecast-model";
import { type DriftChange, Guard } from "../src/guard/guard";
import { GUARD_FIELDS, type GuardForm, guardSettings } from "../src/guard/guard-settings";
import { guardStatus } from "../src/guard/guard-status";
import { type Judgement, judged, sensorsChanged, type Told } from "../src/guard/judgement";
import { silence } from "../src/guard/spoken";
import { Standings } from "../src/guard/standing";
import { type Unjudged, unjudged } from "../src/guard/unjudged";
import { shown } from "../src/message/problem";
import type { Sliced } from "../src/slice/sliced";
import { type DriftGuardNode, serveSpread, widestSpread } from "./drift-guard-dialog";
import { type Act, commandAssets, type Outcome } from "./kit/commanded-assets";
import { forEditor } from "./kit/for-editor";
import { type Done, type Refuse, type Send, senderOf, takeMessages } from "./kit/messages";
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

const COMMANDS = ["maintenance", "newLevel", "accept", "rollback", "freeze", "resume", "reset"] as const;
type Command = (typeof COMMANDS)[number];
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
    const guards = ownMemory<Guard>(this, model, {
      part: `${this.id} ${model.subject}`,
      kind: "guard",
      create: () => new Guard(options),
      save: (guard) => guard.save(),
      load: (bytes) => Guard.load(bytes, options),
    });
    const standings = new Standings(model.settings.assetLimit);
    const sendOn = senderOf(this);
    const status = throttle(this, () => {
      const worst = standings.worst();
      if (worst) this.status(guardStatus(worst));
    });
    const tellModel = (asset: string, guard: Guard, send: Send, changes: readonly DriftChange[]): void => {
      standings.of(asset).model = guard.model.state;
      for (const one of changes) {
        const change = { of: "model", action: settings.action, ...one };
        send([null, null, { topic: asset, payload: one.to, change }]);
      }
    };

    function* takeApart(msg: GuardMessage): Sliced<Unjudged> {
      // Behind a predictor the forecast is in the payload and the reading beside it.
      const payload = yield* model.payloadSliced(msg);
      return yield* unjudged({ ...msg, payload }, target, (time) => model.timeOf(time));
    }
    const told: Told = {
      sensors: [target, ...inputs],
      say,
      describe: (problem) => model.describe(problem),
      remark: (asset, problem) => model.remark(asset, problem),
    };

    const read = (msg: GuardMessage, send: Send, done: Done, refuse: Refuse): void => {
      const asset = model.assetOf(msg);
      const takingApart = takeApart(msg);
      // What is wrong with the message as a whole is no matter of the asset's.
      const begun = takingApart.next();
      const act = function* (guard: Guard): Sliced<void> {
        const rows = begun.done ? begun.value : yield* takingApart;
        const { problem } = rows;
        // What is known already is to hear that there is no value; what is not is no asset.
        if (problem && Number.isNaN(guard.lastTime)) {
          refuse(problem);
          return;
        }
        let judgement: Judgement;
        try {
          judgement = yield* judged(guard, asset, rows, standings, told);
        } finally {
          guards.changed(asset, rows.fields.length);
        }
        const { quality, isUsable, changes, caught } = judgement;
        msg.quality = quality;
        for (const change of changes) send([null, null, change]);
        send([isUsable ? msg : null, null, null]);
        if (caught) send([null, caught, null]);
        status.soon();
        if (problem) refuse(problem);
        else done();
      };
      guards.work(asset, act, refuse);
    };

    const obey = (command: Command, msg: GuardMessage, send: Send, done: Done): void => {
      const sensor = msg.sensor ?? "";
      const isKnown = sensor === "" || inputs.length === 0 || inputs.includes(sensor as string) || sensor === target;
      const wrongSensor = new Error(say("error.sensor", { value: shown(sensor) }));
      if (typeof sensor !== "string" || !isKnown) throw wrongSensor;
      const act: Act = (asset, then) => {
        const carryOut = (guard: Guard): void => {
          guards.changed(asset);
          if (command === "newLevel" && !guard.expectLevel(sensor)) throw wrongSensor;
          if (command === "maintenance") guard.maintain(msg.payload !== false, sensor);
          if (command === "accept") guard.accept();
          const changes = command === "freeze" ? guard.freeze() : command === "resume" ? guard.resume() : [];
          tellModel(asset, guard, send, changes);
          then();
        };
        const rollBack = (guard: Guard): void => {
          const back = ({ forecaster }: Asset): void => {
            if (!forecaster) throw new Error(say("error.noForecaster", { asset: shown(asset) }));
            guards.changed(asset);
            tellModel(asset, guard, send, guard.rollback(forecaster));
            model.changed(asset);
            then();
          };
          model.withAsset(asset, back, then);
        };
        if (command !== "reset") return guards.use(asset, command === "rollback" ? rollBack : carryOut, then);
        forget(asset);
        then();
      };
      const one = model.commandAsset(msg);
      const known = async (): Promise<string[]> => {
        const names = await Promise.all([guards.allAssets(), one === undefined ? [] : model.assetNames()]);
        return [...new Set(names.flat())];
      };
      const end = ({ assets, problems }: Outcome): void => {
        status.now();
        done(assets === 0 ? new Error(say("error.noAsset")) : problems[0]);
      };
      commandAssets(guards, one, act, end, done, known);
    };

    const order = takeMessages<Command, GuardMessage>(this, model, { commands: COMMANDS, obey, read });
    const forget = (asset: string): void => {
      guards.remove(asset);
      standings.forget(asset);
    };
    this.on("close", model.onRemoval(forget));

    // Wherever the guard stands, it hears of every forecast of its model that has fallen due, once.
    const hear = model.watch((asset, { state, running, error, naive, actual }) => {
      if (state === "bad" || !running || error === null) return;
      const act = (guard: Guard): void => {
        const lag = naive === null || actual === null ? Number.NaN : naive - actual;
        const changes = guard.score(error, lag, asset.forecaster);
        if (changes.length === 0) return;
        guards.changed(asset.name);
        tellModel(asset.name, guard, sendOn, changes);
        status.now();
      };
      guards.use(asset.name, act, (problem) => this.error(model.explain(problem)));
    });
    this.on("close", hear);

    // A dead line sends no message that could be judged: silence is looked for.
    const listening = setInterval(() => {
      for (const { asset, standing, seconds } of standings.fallenSilent(Date.now())) {
        const why = { ne107: "failure", reasons: [silence(seconds, say)] } as const;
        sendOn([null, null, sensorsChanged(asset, standing.state, "silent", why)]);
        status.now();
      }
    }, TICK);
    this.on("close", () => clearInterval(listening));

    bearWitness(this, health, "guard", {
      look: (asset) => standings.find(asset),
      order: (command, asset) => order(command, { topic: asset, asset }),
    });
    this.spread = () => widestSpread(guards, standings.names());
  }

  RED.nodes.registerType("drift-guard", DriftGuard, forEditor({ driftGuardFields: GUARD_FIELDS }));
  serveSpread(RED);
};
