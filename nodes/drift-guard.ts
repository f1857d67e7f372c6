import type { Node, NodeAPI, NodeDef } from "node-red";
import type { ForecastMessage } from "../src/asset/forecast-model";
import { type DriftChange, Guard } from "../src/guard/guard";
import { GUARD_FIELDS, type GuardForm, guardSettings } from "../src/guard/guard-settings";
import { guardStatus } from "../src/guard/guard-status";
import { type JudgedMessage, judgeMessage } from "../src/guard/judge-message";
import type { State } from "../src/guard/quality";
import { copyOf, type SpokenQuality, silence } from "../src/guard/spoken";
import { Standings, stand } from "../src/guard/standing";
import { copied, type Unjudged, unjudged } from "../src/guard/unjudged";
import { shown, type ValueProblem } from "../src/message/problem";
import { isUnclear } from "../src/message/quality";
import { rangeOf } from "../src/settings/number-field";
import { mapSliced, type Sliced } from "../src/slice/sliced";
import { commandAssets } from "./kit/commanded-assets";
import { type Done, type Send, takeMessages } from "./kit/messages";
import { namedModel } from "./kit/named-model";
import { ordered } from "./kit/order";
import { ownMemory } from "./kit/own-memory";
import { refuseAll } from "./kit/refuse-all";
import { throttle } from "./kit/throttle";
import { bearWitness } from "./kit/witness";

interface DriftGuardDef extends NodeDef, GuardForm {
  model: string;
}

interface GuardMessage extends ForecastMessage {
  sensor?: unknown;
}

interface DriftGuardNode extends Node {
  /** Of all assets the one whose errors vary most, since it gives false alarms first. */
  spread?(): { spread: number; block: number; interval: number } | undefined;
}

const COMMANDS = ["maintenance", "newLevel", "accept", "rollback", "freeze", "resume", "reset"] as const;
type Command = (typeof COMMANDS)[number];
/** How often silent assets are looked for, ms. */
const TICK = 1000;

/** Judges readings before anything is learnt from them, and watches whether the model stays good. */
export = (RED: NodeAPI): void => {
  function DriftGuard(this: DriftGuardNode, config: DriftGuardDef): void {
    RED.nodes.createNode(this, config);
    const named = namedModel(RED, this, config);
    if (!named) return;
    const { model, health, say } = named;
    const settings = guardSettings(config);
    if (typeof settings === "string") {
      refuseAll(this, say(`error.${settings}`, rangeOf(GUARD_FIELDS, settings)));
      return;
    }
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

    const status = throttle(this, () => {
      const worst = standings.worst();
      if (worst) this.status(guardStatus(worst));
    });
    const sendOn: Send = (messages) => this.send(messages as never);
    type Sensors = State | "silent";
    const tellSensors = (topic: string, send: Send, from: Sensors, to: Sensors, why: Partial<SpokenQuality>): void => {
      const change = { of: "sensors", from, to, ne107: why.ne107, reasons: why.reasons };
      send([null, null, { topic, payload: to, change }]);
    };
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

    const read = (msg: GuardMessage, send: Send, done: Done): void => {
      const asset = model.assetOf(msg);
      const takingApart = takeApart(msg);
      // What is wrong with the message as a whole is no matter of the asset's.
      const begun = takingApart.next();
      const act = function* (guard: Guard): Sliced<void> {
        const rows = begun.done ? begun.value : yield* takingApart;
        const { batch, fields, words, order, problem } = rows;
        // What is known already is to hear that there is no value; what is not is no asset.
        if (problem && Number.isNaN(guard.lastTime)) {
          refuse(problem, msg, done);
          return;
        }
        const describe = (problem: ValueProblem): string => model.describe(problem);
        const judging = judgeMessage(guard, rows, [target, ...inputs], Date.now(), say, describe);
        let judged: JudgedMessage;
        try {
          judged = yield* judging;
        } finally {
          guards.changed(asset, fields.length);
        }
        const { qualities, isUsable } = judged;
        const standing = standings.heard(asset, Date.now());
        standing.patience = guard.patience;
        standing.model = guard.model.state;
        const isNew = standing.unclear ? [] : yield* mapSliced(words, isUnclear);
        const unclear = words[isNew.indexOf(true)];
        if (unclear !== undefined) {
          standing.unclear = true;
          model.remark(asset, { sensor: "", rule: "unclearQuality", value: shown(unclear) });
        }
        for (const i of order) {
          if (batch) yield;
          const quality = qualities[i] as SpokenQuality;
          const before = stand(standing, quality);
          if (before) tellSensors(asset, send, before, quality.state, quality);
        }
        msg.quality = batch ? qualities : qualities[0];
        let report: object | null = null;
        if (qualities.some(({ reasons }) => reasons.length > 0)) {
          // In objects of its own, and sent by itself: Node-RED would copy all of a long batch at once.
          const came = yield* mapSliced(fields, copied);
          const words = yield* mapSliced(qualities, copyOf);
          const payload = words.flatMap(({ reasons }) => reasons);
          const [reading, quality] = batch ? [came, words] : [came[0], words[0]];
          report = { topic: asset, payload, quality, reading };
        }
        send([isUsable ? msg : null, null, null]);
        if (report) send([null, report, null]);
        status.soon();
        if (problem) refuse(problem, msg, done);
        else done();
      };
      guards.work(asset, act, (error) => refuse(error, msg, done));
    };

    const obey = (command: Command, msg: GuardMessage, send: Send, done: Done): void => {
      const sensor = msg.sensor ?? "";
      const isKnown = sensor === "" || inputs.length === 0 || inputs.includes(sensor as string) || sensor === target;
      const wrongSensor = new Error(say("error.sensor", { value: shown(sensor) }));
      if (typeof sensor !== "string" || !isKnown) throw wrongSensor;
      const rollBack = (asset: string, guard: Guard, then: (problem?: unknown) => void): void =>
        model.withAsset(
          asset,
          ({ forecaster }) => {
            if (!forecaster) throw new Error(say("error.noForecaster", { asset: shown(asset) }));
            tellModel(asset, guard, send, guard.rollback(forecaster));
            model.changed(asset);
            then();
          },
          then,
        );
      const act = (asset: string, then: (problem?: unknown) => void): void => {
        if (command === "reset") {
          forget(asset);
          then();
          return;
        }
        const actOn = (guard: Guard): void => {
          guards.changed(asset);
          if (command === "newLevel" && !guard.expectLevel(sensor)) throw wrongSensor;
          if (command === "maintenance") guard.maintain(msg.payload !== false, sensor);
          if (command === "accept") guard.accept();
          const changes = command === "freeze" ? guard.freeze() : command === "resume" ? guard.resume() : [];
          tellModel(asset, guard, send, changes);
          if (command === "rollback") rollBack(asset, guard, then);
          else then();
        };
        guards.use(asset, actOn, then);
      };
      const fail = (error: unknown): void => done(model.explain(error, msg));
      const known = (): Promise<string[]> =>
        Promise.all([guards.allAssets(), model.assetNames()]).then((names) => [...new Set(names.flat())]);
      const one = model.commandAsset(msg);
      commandAssets(guards, one, {
        known: one === undefined ? () => guards.allAssets() : known,
        act,
        end: ({ assets, problems }) => {
          status.now();
          if (assets === 0) done(new Error(say("error.noAsset")));
          else if (problems.length > 0) fail(problems[0]);
          else done();
        },
        fail,
      });
    };

    const refuse = takeMessages<Command, GuardMessage>(this, model, { commands: COMMANDS, obey, read });
    const forget = (asset: string): void => {
      guards.remove(asset);
      standings.forget(asset);
    };
    this.on("close", model.onRemoval(forget));

    // Wherever the guard stands, it hears of every forecast of its model that has fallen due, once.
    const hear = model.watch((asset, scored) => {
      if (scored.state === "bad" || !scored.running || scored.error === null) return;
      const { error, naive, actual } = scored;
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
        const reasons = [silence(seconds, say)];
        tellSensors(asset, sendOn, standing.state, "silent", { ne107: "failure", reasons });
        status.now();
      }
    }, TICK);
    this.on("close", () => clearInterval(listening));

    bearWitness(this, health, "guard", {
      look: (asset) => standings.find(asset),
      order: (command, asset) => ordered((done) => obey(command, { topic: asset, asset }, sendOn, done)),
    });
    this.spread = () => {
      let widest: { spread: number; block: number; interval: number } | undefined;
      const look = ({ model: { spread, block }, interval }: Guard): void => {
        if (spread > (widest?.spread ?? 0)) widest = { spread, block: block.size, interval: interval / 1000 };
      };
      for (const asset of standings.names()) guards.use(asset, look);
      return widest;
    };
  }

  RED.nodes.registerType("drift-guard", DriftGuard, {
    settings: { driftGuardFields: { value: GUARD_FIELDS, exportable: true } },
  });

  // The dialog expects false alarms by what the running node has measured.
  RED.httpAdmin.get("/drift-guard/:id/spread", RED.auth.needsPermission("flows.read"), (req, res) => {
    const node = RED.nodes.getNode(String(req.params.id)) as DriftGuardNode | null;
    res.json((node?.type === "drift-guard" && node.spread?.()) || {});
  });
};
