import type { Node, NodeAPI, NodeDef, NodeMessage } from "node-red";
import type { ForecastMessage } from "../src/asset/forecast-model";
import { allOf } from "../src/asset/plain";
import { AssetMemory } from "../src/memory/asset-memory";
import { assetsFor, commandOf } from "../src/message/command";
import { shown } from "../src/message/problem";
import { Clock } from "../src/rollout/clock";
import {
  type Change,
  COMMANDS,
  type Decision,
  Gate,
  type GateCommand,
  GateProblem,
  type Summary,
} from "../src/rollout/gate";
import { forecastInUse, isUnusable, type Known, offerOf, outcomeOf } from "../src/rollout/known";
import { type GateForm, gateSettings } from "../src/rollout/settings";
import type { Stage } from "../src/rollout/stage";
import { changeText, missingText, problemText, progressText, type Say } from "../src/rollout/words";
import type { HasHealth } from "./forecast-health";
import { ALL, jsonOnly, lineOf, type RouteSay, scopeOf, whoAsks } from "./kit/route";

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

/** What stands in `msg.stage`. */
interface StageReport extends Omit<Summary, "missing" | "last" | "unusable"> {
  asset: string;
  source: Decision["source"];
  /** "better in 31 of 40 shifts, 12 % on average, evidence 8 of 20" */
  text: string;
  /** What a promotion still needs, in words. */
  missing: string[];
  /** Labels that judged nobody, because the value was none or known to be wrong, and of which sensor. */
  unusable: { count: number; sensor: string };
  /** The learner's own forecast, whatever is used. */
  learner: Known["forecast"];
}

/** A gate, and the words for where it stands, which change far less often than readings come. */
interface Told {
  readonly gate: Gate;
  /** A change that loading it has made and that nobody has been told yet. */
  change?: Change;
  key: string;
  text: string;
  missing: string[];
}

/** Where one asset stands, for the editor. */
interface Standing {
  asset: string;
  stage: string;
  text: string;
  ready: boolean;
  missing: string[];
  last: string;
}

interface RolloutGateNode extends Node {
  /** Where the assets in memory stand. */
  overview(): Standing[];
  /** Whether there is such an asset, by its exact name. */
  knows(asset: string): Promise<boolean>;
  /** Carries out a person's command for one asset, or for all. */
  order(command: GateCommand, asset: string | undefined, who: string, reason: string): Promise<void>;
}

type Send = (msgs: (object | null)[]) => void;
type Done = (error?: Error) => void;

const LOOKS = {
  settings: { fill: "red", shape: "ring" },
  waiting: { fill: "grey", shape: "ring" },
  shadow: { fill: "grey", shape: "dot" },
  pilot: { fill: "blue", shape: "dot" },
  live: { fill: "green", shape: "dot" },
  ready: { fill: "yellow", shape: "dot" },
  "rolled-back": { fill: "red", shape: "ring" },
  hold: { fill: "red", shape: "dot" },
} as const;

/** Stages in the order in which an operator wants to know of them. */
const URGENCY = ["hold", "rolled-back", "ready", "pilot", "shadow", "live"] as const;

/** Assets whose refusal is explained where a command was for all. */
const MOST_PROBLEMS = 10;

/** Sends on the forecast that the plant shall act on, and moves the learner from shadow over pilot to live by evidence. */
export = (RED: NodeAPI): void => {
  const say: Say = (key, values) => RED._(`rollout-gate.${key}`, values ?? {});

  function RolloutGate(this: RolloutGateNode, config: RolloutGateDef): void {
    RED.nodes.createNode(this, config);
    const look = (state: keyof typeof LOOKS): void =>
      this.status({ ...LOOKS[state], text: `rollout-gate.status.${state}` });
    const refuse = (text: string): void => {
      look("settings");
      this.error(text);
      this.on("input", (_msg, _send, done) => done(new Error(text)));
      this.overview = () => [];
      this.knows = () => Promise.resolve(false);
      this.order = () => Promise.reject(new Error(text));
    };
    const owner = RED.nodes.getNode(config.model) as (Node & HasHealth) | null;
    const model = owner?.model;
    if (!model) {
      refuse(owner?.problem ?? say("error.noModel"));
      return;
    }
    const [horizon] = model.horizons;
    const settings = gateSettings(config, `${model.target}, ${model.nearest}`, horizon);
    if (typeof settings === "string") {
      refuse(say(`error.${settings}`));
      return;
    }

    const clock = new Clock(settings.zone);
    const told = (gate: Gate, change?: Change): Told => ({ gate, change, key: "", text: "", missing: [] });
    const gates = new AssetMemory<Told>({
      part: this.id,
      kind: "rollout gate",
      store: model.store,
      limit: model.settings.assetLimit,
      everyMs: model.settings.saveMs,
      everyChanges: model.settings.saveUpdates,
      create: (asset) => told(new Gate(asset, settings, clock)),
      save: ({ gate }) => gate.save(),
      load: (bytes, asset) => {
        const { gate, change } = Gate.load(bytes, asset, settings, Date.now(), clock);
        return told(gate, change);
      },
      report: (problem) => model.report(problem),
    });
    /** Stages for the status, and how many assets are in each. The gates belong to the memory, which may let them go. */
    const seen = new Map<string, Stage | "ready">();
    const assetsIn = new Map<Stage | "ready", number>();

    const summaryOf = (one: Told): Summary => {
      const { summary } = one.gate;
      const { stage, blocks, better, gain, proof, against, missing, filling, doubt, unusable, stopped } = summary;
      const aside = [Math.floor(10 * doubt), unusable, stopped];
      const key = JSON.stringify([
        stage,
        blocks,
        better,
        gain,
        proof,
        against,
        missing,
        blocks === 0 && filling,
        aside,
      ]);
      if (key !== one.key) {
        one.key = key;
        one.text = progressText(summary, settings.period, say, model.target);
        one.missing = missing.map((point) => missingText(point, say));
      }
      return summary;
    };

    let looked = "";
    const show = (): void => {
      const state = URGENCY.find((one) => assetsIn.get(one)) ?? "waiting";
      if (state !== looked) look(state);
      looked = state;
    };

    const forget = (asset: string): void => {
      const before = seen.get(asset);
      if (before) assetsIn.set(before, (assetsIn.get(before) ?? 0) - 1);
      seen.delete(asset);
    };

    const note = (asset: string, state: Stage | "ready"): void => {
      // The longest silent first: they give way where there are more than the model has room for.
      forget(asset);
      seen.set(asset, state);
      assetsIn.set(state, (assetsIn.get(state) ?? 0) + 1);
      if (seen.size > model.settings.assetLimit) {
        const [oldest] = seen.keys();
        forget(oldest);
      }
      show();
    };

    /** One message a change, on the second output; the log keeps who decided what. */
    const announce = (one: Told, changes: readonly Change[], send: Send): void => {
      const { asset, ready, stage } = one.gate;
      note(asset, ready ? "ready" : stage);
      for (const change of changes) {
        const payload = changeText(change, asset, say);
        if (change.what === "rolled-back") this.warn(payload);
        else this.log(payload);
        send([null, { topic: asset, payload, change: { ...change, asset } }]);
      }
    };

    /** Counts what fell due and decides on one forecast. */
    const decide = (one: Told, known: Known, changes: Change[]) => {
      for (const scored of allOf(known.scored)) {
        const outcome = outcomeOf({ ...known, scored }, model.target);
        if (outcome) changes.push(...one.gate.score(outcome));
      }
      if (isUnusable(known, model.target, horizon)) one.gate.unusable();
      const offer = offerOf(known, Date.now());
      if (!offer || !known.forecast) return undefined;
      const { decision, changes: more } = one.gate.decide(offer);
      changes.push(...more);
      const { last: _, missing: __, unusable: count, ...summary } = summaryOf(one);
      const { text, missing } = one;
      const { asset } = one.gate;
      const unusable = { count, sensor: model.target };
      const { source } = decision;
      const stage: StageReport = { asset, source, text, ...summary, missing, unusable, learner: known.forecast };
      return {
        payload: Number.isFinite(decision.value) ? decision.value : null,
        stage,
        forecast: forecastInUse(known.forecast, decision),
      };
    };

    const read = (msg: GateMessage, send: Send, done: Done): void => {
      const { forecast, scored, quality } = msg;
      const batch = Array.isArray(forecast);
      const rows: unknown[] = batch ? Array.from(forecast) : [forecast];
      // A late label brings a score and no forecast; in a batch null stands for a reading that could not be used.
      const wrong = rows.find((row) => row !== undefined && row !== null && !objectOf(row));
      if (wrong !== undefined) throw new Error(say("error.badForecast", { value: shown(wrong) }));
      if (!rows.some(objectOf) && (batch || !objectOf(scored))) throw new Error(say("error.noForecast"));
      const asset = model.assetOf(msg as ForecastMessage);
      const act = (one: Told): void => {
        const changes: Change[] = one.change ? [one.change] : [];
        one.change = undefined;
        const at = (value: unknown, i: number): unknown => (batch && Array.isArray(value) ? value[i] : value);
        const known = rows.map((item, i) => ({
          forecast: objectOf(item),
          scored: objectOf(at(scored, i)),
          quality: at(quality, i),
        }));
        const decided: ReturnType<typeof decide>[] = new Array(rows.length).fill(undefined);
        for (const i of inOrder(known)) decided[i] = decide(one, known[i], changes);
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
      gates.use(asset, act, (error) => errors.refuse(model.explain(error, msg), msg as NodeMessage, done));
    };

    const errors = model.errorCounter<NodeMessage>((text, msg) => this.error(text, msg));
    const carryOut = (command: GateCommand, asset: string, who: string, reason: string): Promise<void> =>
      new Promise((resolve, reject) => {
        const act = (one: Told): void => {
          const change = one.gate.command(command, who, reason, Date.now());
          gates.changed(asset);
          announce(one, [change], (msgs) => this.send(msgs as NodeMessage[]));
          resolve();
        };
        const fail = (error: unknown): void =>
          reject(error instanceof GateProblem ? new Error(problemText(error, asset, say)) : error);
        gates.use(asset, act, fail);
      });

    /** The assets that a command is for; where there is none, the error is in the user's language. */
    const namesFor = async (asset: string | undefined): Promise<string[]> => {
      try {
        return assetsFor(asset, await gates.allAssets());
      } catch (error) {
        throw model.explain(error);
      }
    };

    this.order = async (command, asset, who, reason) => {
      const isPresent = asset !== undefined && gates.assets().includes(asset);
      // At once where it is in memory: a reading that comes after a command must not overtake it.
      const names = isPresent ? [asset] : await namesFor(asset);
      if (names.length === 0) throw new Error(say("error.noAsset"));
      const results = await Promise.allSettled(names.map((name) => carryOut(command, name, who, reason)));
      const problems = results.flatMap((result) => (result.status === "rejected" ? [result.reason.message] : []));
      if (problems.length === 0) return;
      const more = problems.length - MOST_PROBLEMS;
      const lines = problems.slice(0, MOST_PROBLEMS);
      if (more > 0) lines.push(say("error.more", { count: more }));
      throw new Error(lines.join("\n"));
    };

    this.knows = async (asset) => gates.assets().includes(asset) || (await gates.allAssets()).includes(asset);

    const describe = (one: Told): Standing => {
      const { stage, ready, last } = summaryOf(one);
      const { asset } = one.gate;
      const { text, missing } = one;
      return {
        asset,
        stage: say(`stage.${stage}`),
        text,
        ready,
        missing,
        last: last ? changeText(last, asset, say) : "",
      };
    };
    this.overview = () => {
      const standings: Standing[] = [];
      const list = (one: Told): unknown => standings.push(describe(one));
      for (const asset of gates.assets()) gates.use(asset, list, (error) => this.error(error));
      return standings.sort((a, b) => a.asset.localeCompare(b.asset));
    };

    this.on("input", (input, send, done) => {
      const msg = input as GateMessage;
      // A wrong command is told each time, wrong readings are counted.
      let refuse = (error: unknown): void => done(model.explain(error, msg));
      try {
        const command = commandOf(msg, COMMANDS);
        if (command === undefined) {
          refuse = (error) => errors.refuse(model.explain(error, msg), input, done);
          read(msg, send as Send, done);
          return;
        }
        const one = model.commandAsset(msg as ForecastMessage);
        this.order(command, one, lineOf(msg.who), lineOf(msg.reason)).then(() => done(), done);
      } catch (error) {
        refuse(error);
      }
    });
    const stopListening = model.onRemoval((asset) => {
      forget(asset);
      gates.remove(asset);
      show();
    });
    const leave = owner.health?.join("gate", {
      id: this.id,
      name: this.name ?? "",
      stageOf: (asset) => seen.get(asset),
      look: (asset) => {
        let sight: Standing | undefined;
        const look = (one: Told): void => {
          sight = describe(one);
        };
        if (gates.has(asset)) gates.use(asset, look, (error) => this.error(error));
        return sight;
      },
    });
    this.on("close", (done: () => void) => {
      errors.close();
      leave?.();
      stopListening();
      gates.close().finally(done);
    });
    show();
  }

  RED.nodes.registerType("rollout-gate", RolloutGate);

  // The button on the node: a person looks where the rollout stands and decides.
  const sayRoute: RouteSay = (key, values) => RED._(`forecast-model.route.${key}`, values ?? {});
  const nodeOf = (id: unknown): RolloutGateNode | undefined => {
    const node = RED.nodes.getNode(String(id)) as RolloutGateNode | null;
    return node?.type === "rollout-gate" ? node : undefined;
  };
  RED.httpAdmin.get("/rollout-gate/:id", RED.auth.needsPermission("flows.read"), (req, res) => {
    const node = nodeOf(req.params.id);
    if (node) res.json(node.overview());
    else res.sendStatus(404);
  });
  RED.httpAdmin.post("/rollout-gate/:id", RED.auth.needsPermission("flows.write"), jsonOnly(sayRoute), (req, res) => {
    const node = nodeOf(req.params.id);
    const { command, reason } = objectOf(req.body) ?? {};
    const known = COMMANDS.find((one) => one === command);
    const scope = scopeOf(req.body);
    if (!node || !known) res.sendStatus(404);
    else if (scope === undefined) res.status(400).json({ error: sayRoute("asset") });
    else {
      const order = async (): Promise<void> => {
        if (scope !== ALL && !(await node.knows(scope))) {
          res.status(404).json({ error: sayRoute("noSuchAsset", { asset: lineOf(scope) }) });
          return;
        }
        await node.order(known, scope === ALL ? undefined : scope, whoAsks(req), lineOf(reason));
        res.json(node.overview());
      };
      order().catch((error: Error) => res.status(409).json({ error: error.message }));
    }
  });
};

/** The rows of a batch in the order of their times: the newest first is a batch as well. */
function inOrder(rows: readonly Known[]): number[] {
  const origin = (i: number): number => {
    const time = rows[i]?.forecast?.origin;
    return typeof time === "number" ? time : Number.NaN;
  };
  return rows.map((_, i) => i).sort((a, b) => origin(a) - origin(b) || 0);
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}
