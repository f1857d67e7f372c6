import type { Node, NodeAPI, NodeDef, NodeMessage } from "node-red";
import type { Asset } from "../src/asset/asset";
import type { ForecastMessage } from "../src/asset/forecast-model";
import { type DriftAction, type DriftChange, Guard, type GuardOptions, type Verdict } from "../src/guard/guard";
import type { DriftState } from "../src/guard/model-drift";
import type { State } from "../src/guard/quality";
import type { Reason } from "../src/guard/reason";
import { CHECKS, type SensorLimits, type Tolerance } from "../src/guard/sensor";
import { AssetMemory } from "../src/memory/asset-memory";
import { assetsFor, commandOf } from "../src/message/command";
import { MessageProblem, shown } from "../src/message/problem";
import { qualityOf as readQuality, senderWord } from "../src/message/quality";
import { noReading, ruleOf } from "../src/message/reading";
import type { HasHealth } from "./forecast-health";

interface DriftGuardDef extends NodeDef {
  model: string;
  sensors: { name: string; min: number | string; max: number | string; rate: number | string }[];
  /** Checks that are to be other than normal; no sensor = all of them. */
  checks?: { sensor: string; check: string; setting: string }[];
  sentinels: string;
  /** Readings; empty, or from a flow older than the field = the engine's default. */
  contradiction?: number | string;
  /** Readings, in the same way. */
  newLevel?: number | string;
  action: DriftAction;
  /** Per cent. */
  delta: number | string;
  lambda: number | string;
  warn: number | string;
}

type Settings = Required<
  Pick<GuardOptions, "sensors" | "tolerance" | "sentinels" | "action" | "delta" | "lambda" | "warn">
> &
  Pick<GuardOptions, "contradiction" | "newLevel">;
type Fields = Record<string, unknown>;
type Send = (msgs: (NodeMessage | null)[]) => void;
type Done = (error?: Error) => void;

interface GuardMessage extends ForecastMessage {
  sensor?: unknown;
}

/** How an asset stands, for status and for messages about changes. */
interface Standing {
  state: State;
  /** The first sensor that was caught; empty for none, or for the whole reading. */
  sensor: string;
  /** Why, in the user's language. */
  text: string;
  /** What was caught in the last reading, the first few. */
  reasons: readonly string[];
  model: DriftState;
  /** ms: when its last reading arrived here, and after what silence it is missed. */
  arrived: number;
  patience: number;
  silent: boolean;
  /** Whether it has been said that somebody's `msg.quality` was not understood. */
  unclear: boolean;
}

/** A reason as it travels, with its text. */
interface PlainReason extends Pick<Reason, "sensor" | "value" | "state" | "ne107"> {
  rule: Reason["rule"] | "badTime";
  held: number | null;
  text: string;
}

const TOLERANCES: Readonly<Record<string, number>> = { tolerant: 2, off: Number.POSITIVE_INFINITY };
const COMMANDS = ["maintenance", "newLevel", "accept", "rollback", "freeze", "resume", "reset"] as const;
type Command = (typeof COMMANDS)[number];
const ACTIONS: readonly DriftAction[] = ["tell", "faster", "rollback", "freeze"];
/** How often silent assets are looked for, ms; a shorter silence is never reported. */
const TICK = 1000;
const SHORTEST_SILENCE = 5000;
/** Characters of a reason that a status has room for. */
const LONGEST_STATUS = 80;
/** The status changes at most this often, ms. */
const SHOW = 500;
/** Reasons of one reading that are kept to be looked at. */
const MOST_REASONS = 10;
const NO_SENSORS: ReadonlySet<string> = new Set();
/** More fields than this in one payload are a flood of names, not a machine. */
const FIELDS = 2000;

/** Judges readings before anything is learnt from them, and watches whether the model stays good. */
export = (RED: NodeAPI): void => {
  function DriftGuardNode(this: Node, config: DriftGuardDef): void {
    RED.nodes.createNode(this, config);
    const say = (key: string, values?: Record<string, string | number>): string => RED._(`drift-guard.${key}`, values);
    const refuse = (text: string): void => {
      this.status({ fill: "red", shape: "ring", text: "drift-guard.status.settings" });
      this.error(text);
      this.on("input", (_msg, _send, done) => done(new Error(text)));
    };
    const holder = RED.nodes.getNode(config.model) as (Node & HasHealth) | null;
    const model = holder?.model;
    if (!model) {
      refuse(holder?.problem ?? say("error.noModel"));
      return;
    }
    const settings = parsed(config);
    if (typeof settings === "string") {
      refuse(say(`error.${settings}`));
      return;
    }

    const options = { inputs: model.inputs, target: model.target, horizon: model.horizons[0], ...settings };
    const guards = new AssetMemory<Guard>({
      part: `${this.id} ${model.subject}`,
      kind: "guard",
      store: model.store,
      create: () => new Guard(options),
      save: (guard) => guard.save(),
      load: (bytes) => Guard.load(bytes, options),
      limit: model.settings.assetLimit,
      everyMs: model.settings.saveMs,
      everyChanges: model.settings.saveUpdates,
      report: (problem) => model.report(problem),
    });
    const errors = model.errorCounter<NodeMessage>((text, msg) => this.error(text, msg));
    const standings = new Map<string, Standing>();
    const standingOf = (asset: string): Standing => {
      const known = standings.get(asset);
      if (known) return known;
      const standing: Standing = {
        state: "good",
        sensor: "",
        text: "",
        reasons: [],
        model: "learning",
        arrived: 0,
        patience: Number.NaN,
        silent: false,
        unclear: false,
      };
      standings.set(asset, standing);
      const [oldest] = standings.keys();
      if (standings.size > model.settings.assetLimit) standings.delete(oldest);
      return standing;
    };

    let shownAt = 0;
    const show = (): void => {
      if (Date.now() - shownAt < SHOW) return;
      shownAt = Date.now();
      let worst: Standing | undefined;
      for (const standing of standings.values()) if (!worst || rank(standing) > rank(worst)) worst = standing;
      if (!worst) return;
      const { state, sensor, silent } = worst;
      if (silent) this.status({ fill: "red", shape: "ring", text: "drift-guard.status.silent" });
      else if (state !== "good" && sensor !== "")
        this.status({
          fill: state === "bad" ? "red" : "yellow",
          shape: "ring",
          text: worst.text.slice(0, LONGEST_STATUS),
        });
      else if (state !== "good")
        this.status({ fill: state === "bad" ? "red" : "yellow", shape: "ring", text: `drift-guard.status.${state}` });
      else this.status({ fill: COLOURS[worst.model], shape: "dot", text: `drift-guard.status.${worst.model}` });
    };

    /** One reason in the user's language, fit for a message. */
    const plain = ({ sensor, rule, value, state, ne107, limit, lasting, held }: Reason): PlainReason => ({
      sensor,
      rule,
      value,
      state,
      ne107,
      held: Number.isFinite(held) ? held : null,
      text: say(`rule.${textOf(rule, value)}`, {
        sensor: sensor || say("label.reading"),
        value,
        limit: short(limit),
        lasting,
      }),
    });

    const qualityOf = (verdict: Verdict) => ({
      state: verdict.state,
      ne107: verdict.ne107,
      learn: verdict.learn,
      ...(verdict.speed === 1 ? {} : { speed: verdict.speed }),
      held: [...verdict.held],
      doubts: { ...verdict.doubts },
      reasons: verdict.reasons.map(plain),
    });
    type Quality = ReturnType<typeof qualityOf>;

    /** The word on a row whose time cannot be read. */
    const untimed = (timestamp: unknown) => {
      const problem = { sensor: "", rule: "badTime", value: shown(timestamp) } as const;
      const standing = { state: "bad", ne107: "failure" } as const;
      const reason: PlainReason = { ...problem, ...standing, held: null, text: model.describe(problem) };
      return { ...standing, learn: 0, held: [], doubts: {}, reasons: [reason], usable: false };
    };

    const tellSensors = (
      asset: string,
      send: Send,
      from: State | "silent",
      to: State | "silent",
      q: Partial<Quality>,
    ) =>
      send([
        null,
        null,
        {
          topic: asset,
          payload: to,
          change: { of: "sensors", from, to, ne107: q.ne107, reasons: q.reasons },
        } as NodeMessage,
      ]);
    const tellModel = (asset: string, send: Send, changes: readonly DriftChange[]): void => {
      for (const change of changes)
        send([
          null,
          null,
          {
            topic: asset,
            payload: change.to,
            change: { of: "model", action: settings.action, ...change },
          } as NodeMessage,
        ]);
    };

    /** Judges one row of a message; time NaN = none came. */
    const judge = (
      guard: Guard,
      fields: Fields,
      given: number,
      word: unknown,
    ): Quality & { model: DriftState; usable: boolean } => {
      const sender = senderWord(word, new Set([model.target, ...model.inputs, ...Object.keys(fields)]));
      const verdict = guard.check(given, fields, Date.now(), sender);
      // Where the source's clock stands, the model need not find that out by readings of its own.
      const isMoved = !Number.isNaN(given) && !Number.isNaN(verdict.time) && verdict.time !== given;
      const quality = { ...qualityOf(verdict), ...(isMoved && { time: verdict.time }) };
      // The rollout gate takes a learner out that was frozen.
      return { ...quality, model: guard.model.state, usable: verdict.usable };
    };

    const read = (msg: GuardMessage, send: Send, done: Done): void => {
      const asset = model.assetOf(msg);
      // Behind a predictor the forecast is in the payload and the reading beside it.
      const payload = model.payloadOf(msg);
      const batch = Array.isArray(payload);
      // Array.from, because map would leave out the holes of a sparse array.
      const rows: readonly unknown[] = batch ? Array.from(payload) : [payload];
      if (rows.length === 0) throw new MessageProblem("emptyBatch", {}, "payload is an empty array: no reading in it");
      const fields = rows.map((row) => fieldsOf(row, model.target));
      const words = rows.map((_, i) => (batch && Array.isArray(msg.quality) ? msg.quality[i] : msg.quality));
      // In a batch a row that is no reading is one without values; alone it is an error.
      const problem = batch || isReading(payload) ? undefined : noReading(payload, model.target);
      const given = batch ? column(msg.timestamp, rows.length) : [msg.timestamp];
      const wrongTimes = new Map<number, MessageProblem>();
      const times = given.map((one, i) => {
        try {
          return model.timeOf(one);
        } catch (error) {
          // The model refuses that row of a batch, and says so.
          if (!batch || !(error instanceof MessageProblem)) throw error;
          wrongTimes.set(i, error);
          return Number.NaN;
        }
      });
      const [firstWrong] = wrongTimes.values();
      if (wrongTimes.size === rows.length) throw firstWrong;
      const act = (guard: Guard): void => {
        // What is known already is to hear that there is no value; what is not is no asset.
        if (problem && Number.isNaN(guard.lastTime)) {
          refuseReading(problem, msg, done);
          return;
        }
        const qualities = new Array<ReturnType<typeof judge>>(fields.length);
        const order = inOrder(times, wrongTimes);
        for (const i of order) qualities[i] = judge(guard, fields[i], times[i], words[i]);
        for (const i of wrongTimes.keys()) qualities[i] = { ...untimed(given[i]), model: guard.model.state };
        guards.changed(asset, qualities.length);
        const standing = standingOf(asset);
        // The longest silent first: they give way where there are too many.
        standings.delete(asset);
        standings.set(asset, standing);
        standing.arrived = Date.now();
        const unclear = standing.unclear ? undefined : words.find(isUnclear);
        if (unclear !== undefined) {
          standing.unclear = true;
          model.remark(asset, { sensor: "", rule: "unclearQuality", value: shown(unclear) });
        }
        standing.patience = guard.patience;
        standing.model = guard.model.state;
        const marks = qualities.map(({ usable: _, ...quality }) => quality);
        for (const i of order) {
          const quality = marks[i];
          const before = standing.silent ? "silent" : standing.state;
          standing.silent = false;
          standing.state = quality.state;
          const reason = quality.reasons.find(({ state }) => state === quality.state);
          standing.sensor = reason?.sensor ?? "";
          standing.text = reason?.text ?? "";
          standing.reasons = quality.reasons.slice(0, MOST_REASONS).map(({ text }) => text);
          if (before !== quality.state) tellSensors(asset, send, before, quality.state, quality);
        }
        msg.quality = batch ? marks : marks[0];
        const caught = marks.flatMap(({ reasons }) => reasons);
        const report =
          caught.length === 0
            ? null
            : {
                topic: asset,
                payload: caught,
                quality: msg.quality,
                reading: batch ? fields.map(copied) : copied(fields[0]),
              };
        const goesOn = batch || qualities[0].usable;
        send([goesOn ? (msg as NodeMessage) : null, report as NodeMessage | null, null]);
        show();
        if (problem) refuseReading(problem, msg, done);
        else done();
      };
      guards.use(asset, act, (error) => refuseReading(error, msg, done));
    };

    const refuseReading = (error: unknown, msg: GuardMessage, done: Done): void =>
      errors.refuse(model.explain(error, msg), msg as NodeMessage, done);

    const order = (command: Command, msg: GuardMessage, send: Send, done: Done): void => {
      const sensor = msg.sensor === undefined || msg.sensor === null ? "" : msg.sensor;
      if (typeof sensor !== "string") throw new Error(say("error.sensor", { value: shown(sensor) }));
      if (sensor !== "" && !model.inputs.includes(sensor) && model.inputs.length > 0 && sensor !== model.target)
        throw new Error(say("error.sensor", { value: shown(sensor) }));
      const over = msg.payload === false;
      let problem: Error | undefined;
      const carryOut = (assets: readonly string[], then: () => void): void => {
        let open = assets.length;
        if (open === 0) then();
        const finish = (error?: Error): void => {
          problem ??= error;
          open -= 1;
          if (open === 0) then();
        };
        const fail = (error: Error): void => finish(model.explain(error, msg));
        for (const asset of assets) {
          if (command === "reset") {
            guards.remove(asset);
            standings.delete(asset);
            finish();
            continue;
          }
          const act = (guard: Guard): void => {
            guards.changed(asset);
            if (command === "newLevel" && !guard.expectLevel(sensor)) {
              finish(new Error(say("error.sensor", { value: shown(sensor) })));
              return;
            }
            if (command === "maintenance") guard.maintain(!over, sensor);
            else if (command === "accept") guard.accept();
            else if (command === "freeze") tellModel(asset, send, guard.freeze());
            else if (command === "resume") tellModel(asset, send, guard.resume());
            standingOf(asset).model = guard.model.state;
            if (command === "rollback") model.withAsset(asset, (state) => finish(rollBack(guard, state, send)), fail);
            else finish();
          };
          guards.use(asset, act, fail);
        }
      };
      const end = (): void => {
        shownAt = 0;
        show();
        done(problem);
      };
      const one = model.commandAsset(msg);
      // Those in memory at once, since a reading that comes after the command must not overtake it; then those let go.
      const present = guards.assets();
      const fail = (error: unknown): void => done(model.explain(error, msg));
      if (one !== undefined && present.includes(one)) {
        carryOut([one], end);
        return;
      }
      if (one !== undefined) {
        Promise.all([guards.allAssets(), model.assetNames()])
          .then((known) => carryOut(assetsFor(one, [...new Set(known.flat())]), end))
          .catch(fail);
        return;
      }
      const restOf = (all: readonly string[]): void => {
        if (all.length === 0) throw new Error(say("error.noAsset"));
        carryOut(
          all.filter((asset) => !present.includes(asset)),
          end,
        );
      };
      carryOut(present, () =>
        guards
          .allAssets()
          .then((stored) => restOf([...new Set([...present, ...stored])]))
          .catch(fail),
      );
    };

    const rollBack = (guard: Guard, { name, forecaster }: Asset, send: Send): Error | undefined => {
      if (!forecaster) return new Error(say("error.noForecaster", { asset: shown(name) }));
      tellModel(name, send, guard.rollback(forecaster));
      standingOf(name).model = guard.model.state;
      model.changed(name);
      return undefined;
    };

    this.on("input", (msg: GuardMessage, send, done) => {
      // A wrong command is told each time, wrong readings are counted.
      let refuse = (error: unknown): void => done(model.explain(error, msg));
      try {
        const command = commandOf(msg, COMMANDS);
        if (command) order(command, msg, send as Send, done);
        else {
          refuse = (error) => refuseReading(error, msg, done);
          read(msg, send as Send, done);
        }
      } catch (error) {
        refuse(error);
      }
    });

    // Wherever the guard stands, it hears of every forecast of its model that has fallen due, once.
    const stopWatching = model.watch((asset, scored) => {
      if (scored.state === "bad" || !scored.running || scored.error === null) return;
      const { error, naive, actual } = scored;
      const act = (guard: Guard): void => {
        const lag = naive === null || actual === null ? Number.NaN : naive - actual;
        const changes = guard.score(error, lag, asset.forecaster);
        if (changes.length === 0) return;
        standingOf(asset.name).model = guard.model.state;
        guards.changed(asset.name);
        tellModel(asset.name, (msgs) => this.send(msgs), changes);
        shownAt = 0;
        show();
      };
      guards.use(asset.name, act, (error) => this.error(model.explain(error)));
    });

    const stopListening = model.onRemoval((asset) => {
      guards.remove(asset);
      standings.delete(asset);
    });

    // A dead line sends no message that could be judged: silence is looked for.
    const listening = setInterval(() => {
      for (const [asset, standing] of standings) {
        const silence = Date.now() - standing.arrived;
        if (standing.silent || !(silence > Math.max(SHORTEST_SILENCE, standing.patience))) continue;
        const from = standing.state;
        standing.silent = true;
        const reason = { sensor: "", rule: "late", state: "bad", ne107: "failure", held: null } as const;
        const text = say("rule.silent", { limit: short(silence / 1000) });
        const reasons = [{ ...reason, value: Math.round(silence / 1000), text }];
        tellSensors(asset, (msgs) => this.send(msgs), from, "silent", { ne107: "failure", reasons });
        shownAt = 0;
        show();
      }
    }, TICK);

    const leave = holder.health?.join("guard", {
      id: this.id,
      name: this.name ?? "",
      look: (asset) => standings.get(asset),
      order: (command, asset) =>
        new Promise((resolve, reject) => {
          const done = (error?: Error): void => (error ? reject(error) : resolve());
          order(command, { topic: asset, asset }, (msgs) => this.send(msgs), done);
        }),
    });

    this.on("close", (done: () => void) => {
      clearInterval(listening);
      errors.close();
      leave?.();
      stopWatching();
      stopListening();
      guards.close().then(done, done);
    });

    SPREADS.set(this.id, () => {
      // Of all assets the one whose errors vary most: it gives false alarms first.
      let widest: { spread: number; block: number; interval: number } | undefined;
      for (const asset of standings.keys()) {
        guards.use(asset, ({ model: drift, interval }) => {
          const { spread, block } = drift;
          if (spread > (widest?.spread ?? 0)) widest = { spread, block: block.size, interval: interval / 1000 };
        });
      }
      return widest;
    });
    this.on("close", () => SPREADS.delete(this.id));
  }

  /** What running nodes have measured, for their dialogs. */
  const SPREADS = new Map<string, () => { spread: number; block: number; interval: number } | undefined>();
  RED.httpAdmin.get("/drift-guard/:id/spread", RED.auth.needsPermission("flows.read"), (request, response) => {
    response.json(SPREADS.get(String(request.params.id))?.() ?? {});
  });

  RED.nodes.registerType("drift-guard", DriftGuardNode);
};

const COLOURS: Record<DriftState, "grey" | "green" | "yellow" | "red" | "blue"> = {
  learning: "grey",
  ok: "green",
  warning: "yellow",
  drift: "red",
  frozen: "blue",
  recovering: "yellow",
};

/** The higher, the sooner the asset is shown. */
function rank({ silent, state, model }: Standing): number {
  const models: DriftState[] = ["ok", "learning", "recovering", "frozen", "warning", "drift"];
  return (silent ? 1000 : state === "bad" ? 100 : state === "uncertain" ? 10 : 0) + models.indexOf(model);
}

/** Which text tells of a reason: a number that only stands in a text is no riddle, and the remedy is known. */
function textOf(rule: Reason["rule"], value: Reason["value"]): Reason["rule"] | "decimalComma" | "numberText" {
  if (rule !== "notANumber" || typeof value !== "string") return rule;
  const why = ruleOf(value);
  return why === "decimalComma" || why === "numberText" ? why : rule;
}

/** The values of a payload by sensor name, unjudged; what is no object of sensors is the target alone. */
function fieldsOf(payload: unknown, target: string): Fields {
  const fields: Fields = Object.create(null);
  if (typeof payload !== "object" || payload === null || Array.isArray(payload)) {
    fields[target] = payload;
    return fields;
  }
  let count = 0;
  for (const name of Object.keys(payload)) {
    if (count++ === FIELDS) break;
    try {
      fields[name] = (payload as Fields)[name];
    } catch {
      fields[name] = null; // a getter that throws: the sensor came and cannot be read
    }
  }
  return fields;
}

/** Whether a sender's `msg.quality` has no meaning that is known. */
function isUnclear(word: unknown): boolean {
  return readQuality(word, NO_SENSORS).unclear;
}

function isReading(payload: unknown): payload is number | object {
  return typeof payload === "number" || (typeof payload === "object" && payload !== null && !Array.isArray(payload));
}

/** A reading as it came, fit to travel on: what is neither a finite number nor text is only described. */
function copied(fields: Fields): Fields {
  const copy: Fields = {};
  for (const [name, value] of Object.entries(fields)) {
    const plain = Number.isFinite(value) || value === null || typeof value === "boolean";
    const text = typeof value === "string" && value.length <= 1000;
    Object.defineProperty(copy, name, { value: plain || text ? value : shown(value), enumerable: true });
  }
  return copy;
}

/** The timestamps of a batch, undefined where none came. */
function column(timestamps: unknown, rows: number): readonly unknown[] {
  if (timestamps === undefined || timestamps === null) return new Array(rows).fill(undefined);
  if (Array.isArray(timestamps) && timestamps.length === rows) return timestamps;
  const length = Array.isArray(timestamps) ? timestamps.length : shown(timestamps);
  throw new MessageProblem(
    "batchProperty",
    { property: "timestamp", rows, length },
    `payload is a batch of ${rows} readings, so timestamp must be an array of ${rows}, not ${length}`,
  );
}

/** The rows of a batch in the order of their times, those without one that can be read left out; as they came where one has none. */
function inOrder(times: readonly number[], wrong: ReadonlyMap<number, unknown>): number[] {
  const rows = times.map((_, i) => i).filter((i) => !wrong.has(i));
  return rows.some((i) => Number.isNaN(times[i])) ? rows : rows.sort((a, b) => times[a] - times[b]);
}

/** Four digits are what a reader can use. */
function short(x: number): string {
  return Number.isFinite(x) ? String(Number(x.toPrecision(4))) : "–";
}

/** The settings of the dialog as numbers, or the name of the first one that makes no sense. */
function parsed(config: DriftGuardDef): Settings | string {
  const sensors = new Map<string, SensorLimits>();
  for (const { name, min, max, rate } of Array.isArray(config.sensors) ? config.sensors : []) {
    const limits = { min: optional(min), max: optional(max), rate: optional(rate) };
    if (typeof name !== "string" || name.trim() === "") return "sensorName";
    if (sensors.has(name.trim())) return "sameSensor";
    if (Object.values(limits).some((x) => x !== undefined && !Number.isFinite(x))) return "range";
    if (limits.min !== undefined && limits.max !== undefined && limits.min >= limits.max) return "range";
    if (limits.rate !== undefined && !(limits.rate > 0)) return "rate";
    sensors.set(name.trim(), limits);
  }
  const tolerance: Record<string, number> = {};
  for (const { sensor, check, setting } of Array.isArray(config.checks) ? config.checks : []) {
    const times = TOLERANCES[setting];
    if (!CHECKS.some((one) => one === check) || times === undefined) return "check";
    const name = String(sensor ?? "").trim();
    const own = sensors.get(name);
    const before: Tolerance = name === "" ? tolerance : (own?.tolerance ?? {});
    if (before[check as keyof Tolerance] !== undefined) return "sameCheck";
    if (name === "") tolerance[check] = times;
    else sensors.set(name, { ...own, tolerance: { ...before, [check]: times } });
  }
  const sentinels = String(config.sentinels ?? "")
    .split(/[\s,;、,]+/)
    .filter(Boolean)
    .map(Number);
  if (sentinels.some((x) => !Number.isFinite(x))) return "sentinels";
  const contradiction = optional(config.contradiction);
  if (contradiction !== undefined && !(Number.isInteger(contradiction) && contradiction >= 10 && contradiction <= 1e6))
    return "contradiction";
  const newLevel = optional(config.newLevel);
  if (newLevel !== undefined && !(Number.isInteger(newLevel) && newLevel >= 1 && newLevel <= 1e6)) return "newLevel";
  if (!ACTIONS.includes(config.action)) return "action";
  const [delta, lambda, warn] = [Number(config.delta) / 100, Number(config.lambda), Number(config.warn)];
  if (!(delta >= 0.01 && delta <= 10)) return "delta";
  if (!(lambda > 0 && lambda <= 1000)) return "lambda";
  if (!(warn > 0 && warn <= lambda)) return "warn";
  return { sensors, tolerance, sentinels, contradiction, newLevel, action: config.action, delta, lambda, warn };
}

function optional(field: number | string | undefined | null): number | undefined {
  return String(field ?? "").trim() === "" ? undefined : Number(field);
}
