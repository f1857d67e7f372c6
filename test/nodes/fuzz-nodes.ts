/** Every node, and all of them in a row, under hostile messages: the cases that the short and the long fuzz spec share. */
import assert from "node:assert/strict";
import { Random } from "../../src/forecaster/random";
import type { KpiFigures } from "../../src/kpi/figures";
import { plant } from "../scout/plant";
import {
  MODEL,
  GATE as PLAIN_GATE,
  GUARD as PLAIN_GUARD,
  RULE as PLAIN_RULE,
  PREDICTOR,
  TUNER,
  until,
  withServer,
} from "./forecast-flow";
import { type Duty, type Fuzz, fuzzed } from "./fuzz";
import { HOSTILE_ASSETS, hostileMessages, hostileOrders } from "./hostile-messages";

type Fields = Record<string, unknown>;

export const GUARD = {
  ...PLAIN_GUARD,
  sensors: [{ name: "u", min: -1e6, max: 1e6, rate: "" }],
  sentinels: "-200, -999, -9999",
  action: "rollback",
};
export const GATE = { ...PLAIN_GATE, leastDays: 0 };
export const RULE = {
  ...PLAIN_RULE,
  watch: "crossing",
  limits: [
    ...PLAIN_RULE.limits,
    { name: "__proto__", kind: "low", low: "spec.limit", lowType: "msg", priority: "low", severity: "" },
  ],
};
const SCOUT = { id: "scout", type: "sensor-scout", z: "tab", model: "model", after: 300 };
export const METER = { id: "meter", type: "kpi-meter", z: "tab", model: "model", emitEvery: 10, emitUnit: "readings" };
const SIMULATOR = {
  id: "simulator",
  type: "plant-simulator",
  z: "tab",
  assets: [
    { name: "line 1", rating: 20, age: 0 },
    { name: "__proto__", rating: 40, age: 0.5 },
  ],
  load: "shift",
  autostart: true,
  pace: "times",
  interval: 1,
  speed: 100,
  count: "",
  output: "reading",
  labelEvery: 2,
  existing: "smoothing",
  ageingHours: 24,
  seed: 1,
  start: "",
};

const COMMANDS = {
  guard: ["maintenance", "newLevel", "accept", "rollback", "freeze", "resume", "reset"],
  tuner: ["pause", "resume", "reset", "freeze", "approve", "rollback"],
  predictor: ["reset", "export", "import"],
  gate: ["approve", "hold", "resume", "rollback", "reset"],
  rule: [
    "ack",
    "shelve",
    "unshelve",
    "suppress",
    "unsuppress",
    "outOfService",
    "inService",
    "reset",
    "feedback",
    "list",
  ],
  meter: ["report", "csv", "figures", "feedback", "reset"],
  simulator: ["start", "stop", "reset", "fault"],
  scout: ["rank", "reset"],
};

const isOrder = ({ command, reset }: Fields): boolean =>
  (command ?? (reset === undefined || reset === null || reset === false ? undefined : "reset")) !== undefined;
const isObject = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
/** A property that the node has written, not one that came. */
const own = (msg: Fields, came: Fields, ...names: string[]): unknown[] =>
  names.map((name) => (Object.is(msg[name], came[name]) ? undefined : msg[name]));

const NAMES =
  /msg\.\w+|command|asset|reading of|late value|an alarm|no model of|this file|this model|the message is frozen/i;

const NO_NUMBER = /NaN|Infinity|undefined/g;

/** What a document says for a number, other than as the name of an asset or of an operating mode. */
function noNumbersIn(document: string, { asset, accuracy }: KpiFigures): number[] {
  const names = [asset, ...accuracy.assets.map((one) => one.asset), ...accuracy.modes.map((one) => one.mode)];
  const unnamed = names
    .filter((name) => name.match(NO_NUMBER))
    .reduce((text, name) => text.replaceAll(name, ""), document);
  return (unnamed.match(NO_NUMBER) ?? []).map(Number);
}

const DUTIES: Record<string, Duty> = {
  guard: {
    // Most orders are carried out without a word; only a change of state is told.
    silent: isOrder,
    wrote: (msg, port, came) =>
      port === 0 ? own(msg, came, "quality") : [msg.payload, msg.quality, msg.reading, msg.change],
    names: NAMES,
  },
  tuner: {
    silent: () => false,
    wrote: (msg, port, came) =>
      port === 0 ? own(msg, came, "tuning", "scored", "forecast") : [msg.payload, msg.timestamp],
    names: NAMES,
  },
  predictor: {
    silent: ({ command, ...came }) => isOrder({ command, ...came }) && command !== "export",
    wrote: (msg, _, came) =>
      ArrayBuffer.isView(msg.payload) ? undefined : own(msg, came, "forecast", "scored", "payload"),
    names: NAMES,
  },
  gate: {
    // A late label brings a score and no forecast that could be acted on.
    silent: (came) => isOrder(came) || (!came.forecast && isObject(came.scored)),
    wrote: ({ payload, stage, change }, port) => {
      const stages = (Array.isArray(stage) ? stage : [stage]) as (Fields | null | undefined)[];
      return port === 1 ? change : [payload, stages.map((one) => ({ ...one, learner: undefined }))];
    },
    names:
      /msg\.\w+|command|asset|no model of|frozen|: "\w+" (is not possible in the stage|needs a name)|: not yet. Missing/i,
  },
  rule: {
    // Only changes of state are sent; a reading that changes nothing has no answer.
    silent: () => true,
    wrote: ({ alarm, payload }) => [alarm, payload],
    names:
      /msg\.\w+|command|asset|limit|\w+ing .*is not possible: .* is |the reading of|time of (the|a) reading|no alarm|frozen/i,
  },
  meter: {
    silent: (came) => isOrder(came),
    wrote: (msg, port, came) => [
      own(msg, came, "kpi"),
      port === 1 && [msg.payload, msg.total],
      port === 2 && noNumbersIn(String(msg.payload), msg.kpi as KpiFigures),
    ],
    names: /msg\.\w+|scored|command|asset|language|frozen/i,
  },
  scout: {
    // Its answers come by themselves, once they are worked out.
    silent: () => true,
    wrote: ({ payload }) => payload,
    names: /msg\.\w+|command|asset|no reading has come|no model of|frozen/i,
  },
  simulator: {
    // Orders change what the plant does next.
    silent: isOrder,
    wrote: ({ payload, faults, baseline }) => {
      const faulty = new Set(((faults ?? []) as { sensor: string }[]).map(({ sensor }) => sensor));
      return [baseline, Object.entries(payload as Fields).filter(([sensor]) => !faulty.has(sensor))];
    },
    names: /msg\.\w+|payload|command|sensor|kind|readings|size|boiler/i,
  },
};

/** A process with a lag and noise, and its readings on an asset, one a second from `from` on. */
function healthy(count: number): { u: number; y: number }[] {
  const random = new Random(3);
  let y = 0;
  return Array.from({ length: count }, (_, t) => {
    const u = Math.sin(t / 7) + 0.5 * Math.sin(t / 3.1) + 0.05 * random.normal();
    y += 0.2 * (u - y);
    return { u, y: 20 + 5 * y + 0.05 * random.normal() };
  });
}
const READINGS = healthy(4000);
/** Readings before the rubbish comes. */
const BEFORE = 1000;
const START = Date.UTC(2026, 0, 1);
const readings = (topic: string, from: number, to: number, extra: Fields = {}): Fields[] =>
  READINGS.slice(from, to).map((payload, i) => ({
    topic,
    timestamp: START + 1000 * (from + i),
    payload: { ...payload },
    ...extra,
  }));

function meanOfLast(values: readonly number[]): number {
  const last = values.slice(-1000);
  return last.reduce((sum, value) => sum + value) / last.length;
}

/** Forecasts that fell due, one an hour; the learner's are twice as good as the existing ones. */
function verdicts(topic: string, count: number): Fields[] {
  const random = new Random(5);
  return Array.from({ length: count }, (_, hour) => {
    const origin = START + 3_600_000 * hour;
    const actual = 100 + Math.sin(hour);
    const [forecast, existing, naive] = [0.5, 1, 2].map((size) => actual + size * random.normal());
    const covered = random.uniform() < 0.9;
    const scored = { origin: origin - 3_600_000, time: origin, horizon: 1, actual, forecast, existing, naive, covered };
    const next = { origin, due: origin + 3_600_000, horizon: 1, value: 7, coverage: 0.9, naive: 1, existing: 3 };
    return { topic, payload: 7, scored, forecast: next };
  });
}

/**
 * @param count hostile messages to each node
 * @param timeout ms for one node
 */
export function fuzzNodes(count: number, timeout: number): void {
  describe(`${count} hostile messages`, function () {
    this.timeout(timeout);
    let fuzz: Fuzz | undefined;
    const prototype = Object.getOwnPropertyNames(Object.prototype).sort();
    withServer();
    afterEach(() => {
      fuzz?.end();
      assert.deepEqual(Object.getOwnPropertyNames(Object.prototype).sort(), prototype);
      assert.equal(({} as Fields).polluted, undefined);
    });

    /** Nodes alone: what they send is looked at and goes nowhere. */
    const alone = async (node: { id: string }, outputs: number): Promise<Fuzz> => {
      const wires = Array.from({ length: outputs }, (_, port) => [`out ${port}`]);
      const ends = wires.map(([id]) => ({ id, type: "helper", z: "tab" }));
      fuzz = await fuzzed([MODEL, { ...node, wires }, ...ends], { [node.id]: DUTIES[node.id] }, false);
      return fuzz;
    };

    /** Error and width of interval of the forecasts that fall due by the last readings of a healthy stretch. */
    const judge = async (
      f: Fuzz,
      asset: string,
      entry: string,
      scorer: string,
    ): Promise<{ error: number; width: number }> => {
      const errors: number[] = [];
      const widths: number[] = [];
      f.hear = (from, port, { scored, topic }) => {
        if (from !== scorer || port !== 0 || topic !== asset || !isObject(scored)) return;
        errors.push(Math.abs(Number(scored.error)));
        widths.push(Number(scored.upper) - Number(scored.lower));
      };
      await f.feed(entry, readings(asset, BEFORE, READINGS.length));
      f.hear = () => {};
      assert.ok(errors.length >= READINGS.length - BEFORE - 1, `${errors.length} forecasts of ${asset} were scored`);
      return { error: meanOfLast(errors), width: meanOfLast(widths) };
    };

    /** Forecasts after the rubbish beside those of an asset that never saw any. */
    const goesOn = async (f: Fuzz, entry: string, scorer: string): Promise<string> => {
      const [dirty] = HOSTILE_ASSETS;
      const after = await judge(f, dirty, entry, scorer);
      await f.feed(entry, readings("clean", 0, BEFORE));
      const clean = await judge(f, "clean", entry, scorer);
      const figure = `error afterwards ${after.error.toPrecision(3)}, without any rubbish ${clean.error.toPrecision(3)}; width of the interval ${after.width.toPrecision(3)} and ${clean.width.toPrecision(3)}`;
      // After 100,000 of them 1.07 was measured alone, 1.19 in a row: scales that rubbish has widened come back slowly.
      assert.ok(after.error < 1.25 * clean.error && after.width < 1.3 * clean.width, figure);
      return figure;
    };

    const tell = (f: Fuzz, ...more: string[]): void => {
      for (const line of [...f.figures(), ...more]) console.log(`      ${line}`);
    };

    it("to a tuner: it goes on learning as one that never saw them", async () => {
      const f = await alone(TUNER, 2);
      await f.feed("tuner", readings(HOSTILE_ASSETS[0], 0, BEFORE));
      await f.send("tuner", hostileMessages(COMMANDS.tuner), count);
      await f.feed("tuner", [{ command: "resume" }]);
      tell(f, await goesOn(f, "tuner", "tuner"));
    });

    it("to a predictor: it goes on forecasting as one that never saw them", async () => {
      const f = await alone(PREDICTOR, 1);
      await f.feed("predictor", readings(HOSTILE_ASSETS[0], 0, BEFORE));
      await f.send("predictor", hostileMessages(COMMANDS.predictor), count);
      tell(f, await goesOn(f, "predictor", "predictor"));
    });

    it("to a drift guard: it goes on judging", async () => {
      const f = await alone(GUARD, 3);
      await f.feed("guard", readings(HOSTILE_ASSETS[0], 0, BEFORE));
      await f.send("guard", hostileMessages(COMMANDS.guard), count);
      await f.feed("guard", [{ command: "maintenance", payload: false }, { command: "resume" }]);
      const states: string[] = [];
      f.hear = (_, port, { quality }) => {
        if (port === 0) states.push((quality as { state: string }).state);
      };
      await f.feed("guard", readings(HOSTILE_ASSETS[0], BEFORE, READINGS.length));
      const good = states.slice(-1000).filter((state) => state === "good").length;
      assert.ok(good > 990, `good are ${good} of 1000`);
      tell(f, `${good} of 1000 healthy readings good afterwards`);
    });

    it("to a rollout gate: it goes on deciding", async () => {
      const f = await alone(GATE, 2);
      await f.send("gate", hostileMessages(COMMANDS.gate), count);
      await f.feed("gate", [{ topic: HOSTILE_ASSETS[0], command: "reset", who: "Sato", reason: "clean again" }]);
      let last: Fields = {};
      f.hear = (_, port, { stage }) => {
        if (port === 0) last = stage as Fields;
      };
      await f.feed("gate", verdicts(HOSTILE_ASSETS[0], 1500));
      assert.equal(last.stage, "live", "a learner that is better is believed");
      tell(f, `a better learner is ${last.stage} afterwards`);
    });

    it("to a sensor scout: it goes on finding what leads", async () => {
      const f = await alone(SCOUT, 1);
      await f.send("scout", hostileMessages(COMMANDS.scout), count);
      const chosen: unknown[] = [];
      f.hear = (_, __, { topic, payload }) => {
        if (topic === "kiln") chosen.push((payload as Fields).chosen);
      };
      const rows = plant({ seed: 1, readings: 600 }).map(({ time, values }) => ({
        topic: "kiln",
        timestamp: time,
        payload: { ...values },
      }));
      await f.feed("scout", [{ reset: true }, ...rows]);
      await until(() => chosen.length === 2);
      assert.deepEqual(chosen.at(-1), ["x"]);
      tell(f, `chosen afterwards: ${chosen.at(-1)}`);
    });

    it("to an alarm rule: it still raises the alarm", async () => {
      const f = await alone(RULE, 3);
      await f.send("rule", hostileMessages(COMMANDS.rule), count);
      const [topic] = HOSTILE_ASSETS;
      // Whatever state the orders have left: out of it, below the limit, done with.
      const orders = ["inService", "unsuppress", "unshelve", "ack", "reset"];
      // As the clock goes on: what is older than the rubbish from the future counts again once it keeps pace with it.
      const feed = async (...values: number[]): Promise<void> => {
        for (const value of values) {
          await new Promise((resolve) => setTimeout(resolve, 100));
          const origin = Date.now();
          await f.feed("rule", [{ topic, forecast: { origin, due: origin + 1000, horizon: 1, value, naive: value } }]);
        }
      };
      await feed(20, 20, 20, 20, 20, 20, 20, 20);
      await f.feed(
        "rule",
        orders.map((command) => ({ topic, limit: "H", command, who: "Sato" })),
      );
      const states: unknown[] = [];
      f.hear = (_, port, { alarm }) => {
        const { limit, state } = (alarm ?? {}) as Fields;
        if (port === 0 && limit === "H") states.push(state);
      };
      await feed(20, 20, 20, 120);
      assert.deepEqual(states, ["unacknowledged"]);
      tell(f, "the alarm is raised afterwards");
    });

    it("to a KPI meter: it goes on counting", async () => {
      const f = await alone(METER, 3);
      await f.send("meter", hostileMessages(COMMANDS.meter), count);
      const errors = new Map<unknown, unknown>();
      f.hear = (_, port, { topic, payload }) => {
        if (port === 1) errors.set(topic, (payload as KpiFigures).accuracy.window.learner.mae);
      };
      for (const topic of [HOSTILE_ASSETS[0], "clean"])
        await f.feed("meter", [...verdicts(topic, 600), { topic, command: "figures" }]);
      assert.equal(errors.get(HOSTILE_ASSETS[0]), errors.get("clean"));
      tell(f, `error of the last 500 forecasts afterwards ${errors.get("clean")}, without any rubbish the same`);
    });

    it("to a plant simulator: the plant runs on", async () => {
      const f = await alone(SIMULATOR, 1);
      await f.send("simulator", hostileOrders(COMMANDS.simulator), count);
      const after: Fields[] = [];
      f.hear = (_, __, msg) => after.push(msg);
      await f.feed("simulator", [{ command: "stop" }, { command: "reset" }, { command: "start" }]);
      await until(() => after.length >= 20);
      for (const { payload, faults } of after) {
        assert.equal(faults, undefined);
        assert.ok((payload as { steam_pressure_bar: number }).steam_pressure_bar > 1);
      }
      tell(f, "the plant starts anew afterwards");
    });

    it("to all of them in a row: the forecast goes on as one that never saw them", async () => {
      const ports = (id: string, count: number): string[][] => Array.from({ length: count }, (_, i) => [`${id} ${i}`]);
      const wired = [
        { ...GUARD, wires: [["tuner"], ["guard 1"], ["guard 2"]] },
        { ...TUNER, wires: [["predictor"], ["tuner 1"]] },
        { ...PREDICTOR, wires: [["gate", "meter"]] },
        { ...GATE, wires: [["rule"], ["gate 1"]] },
        { ...RULE, wires: ports("rule", 3) },
        { ...METER, wires: ports("meter", 3) },
      ];
      const nodes = new Set(wired.map(({ id }) => id));
      const ends = [...new Set(wired.flatMap(({ wires }) => wires.flat()))].filter((id) => !nodes.has(id));
      const { guard, tuner, predictor, gate, rule, meter } = DUTIES;
      const f = await fuzzed(
        [MODEL, ...wired, ...ends.map((id) => ({ id, type: "helper", z: "tab" }))],
        { guard, tuner, predictor, gate, rule, meter },
        true,
      );
      fuzz = f;
      await f.feed("guard", readings(HOSTILE_ASSETS[0], 0, BEFORE));
      await f.send("guard", hostileMessages(COMMANDS.guard), count);
      await f.feed("guard", [{ command: "maintenance", payload: false }, { command: "resume" }]);
      tell(f, await goesOn(f, "guard", "predictor"));
    });
  });
}
