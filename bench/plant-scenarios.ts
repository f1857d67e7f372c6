/** What happens in a plant's life, one object each. Times are readings; one reading a second unless told. */
import { Random } from "../src/forecaster/random";
import { Simulator } from "../src/simulator/simulator";
import type { AlarmPlan } from "./plant-chain";
import {
  dead,
  type Life,
  lie,
  lose,
  type Moment,
  mark,
  type PlantEvent,
  type PlantRow,
  respoken,
  runPlant,
  SWING,
  shownAs,
  TARGET,
  USUAL,
  type Visit,
  type Works,
} from "./plant-process";

export interface Scenario {
  name: string;
  /** Readings ahead, each a run of its own. */
  ahead: readonly number[];
  /** As a soft sensor: a label with every n-th reading, each a run of its own. */
  labels?: readonly number[];
  alarm?: AlarmPlan;
  /** A change of product that the inputs show, or one that they do not: how soon a soft sensor must be back. */
  product?: "seen" | "unseen";
  /** This share of all values is lost at random. */
  share?: number;
  /** A relation of the sensors that changes for good at this reading. */
  relation?: number;
  life(seed: number): Life;
}

const MINUTE = 60_000;
const N = 4000;
/** Where a life has one thing happen to it. */
const AT = 2000;
/** Readings that a change of the plant's state takes to be over, as far as the scenarios' marks go. */
const EVENT = 50;

const swings = (x: number): number => USUAL + SWING * x;
const HIGH: AlarmPlan = { kind: "high", limit: swings(5), deadband: SWING / 2 };
const LOW: AlarmPlan = { kind: "low", limit: swings(-5), deadband: SWING / 2 };

/** A stretch of a plan: so many readings at one level. */
interface Stretch {
  level: string;
  length: number;
  moment: Moment;
}

/** Runs a plant through stretches; every entry of a level is an event and a visit. */
function runPlan(works: Omit<Works, "operate" | "readings">, plan: readonly Stretch[]): Life {
  const at: Stretch[] = plan.flatMap((stretch) => Array.from({ length: stretch.length }, () => stretch));
  const life = runPlant({ ...works, readings: at.length, operate: (i) => at[i].moment });
  const events: PlantEvent[] = [];
  const visits: Visit[] = [];
  const times = new Map<string, number>();
  let from = 0;
  for (const { level, length } of plan) {
    const time = (times.get(level) ?? 0) + 1;
    times.set(level, time);
    visits.push({ level, time, from, to: from + length });
    if (from > 0) events.push({ kind: "change", from, to: from + Math.min(EVENT, length) });
    from += length;
  }
  return mark(life, events, visits);
}

/** A plant whose way changes at some readings, without levels that it comes back to. */
function runChanged(works: Omit<Works, "operate">, at: readonly number[], operate: (i: number) => Moment): Life {
  const life = runPlant({ ...works, operate });
  return mark(
    life,
    at.map((from) => ({ kind: "change", from, to: from + EVENT })),
  );
}

const repeat = (times: number, plan: readonly Stretch[]): Stretch[] => Array.from({ length: times }, () => plan).flat();

const RUN: Stretch = { level: "run", length: 900, moment: {} };
const REST: Stretch = { level: "rest", length: 480, moment: { run: false } };

/** Spells of rest of 200 … 400 readings at odd times. */
function idle(seed: number): Stretch[] {
  const random = new Random(31 * seed);
  return Array.from({ length: 8 }, () => [
    { ...RUN, length: 400 + Math.floor(300 * random.uniform()) },
    { ...REST, length: 200 + Math.floor(200 * random.uniform()) },
  ]).flat();
}

/** Under load and unloaded in turn, 10 … 40 readings each: faster than a level is learnt. */
function cycling(seed: number, readings: number): (i: number) => Moment {
  const random = new Random(37 * seed);
  const sets: number[] = [];
  for (let isLoaded = true; sets.length < readings; isLoaded = !isLoaded) {
    const length = 10 + Math.floor(30 * random.uniform());
    for (let i = 0; i < length; i++) sets.push(isLoaded ? 0 : -8);
  }
  return (i) => ({ set: [sets[i], 0, 0] });
}

/** The target shows so many readings later what the inputs show. */
function later(life: Life, by: number): Life {
  const rows = life.rows.map((row, i) => {
    const values = { ...row.values, [TARGET]: life.rows[Math.max(0, i - by)].values[TARGET] };
    return { ...row, values, healthy: values };
  });
  return { ...life, rows };
}

const RECIPES: readonly { set: readonly number[]; gain: number }[] = [
  { set: [0, 0, 0], gain: 1 },
  { set: [6, 2, -1], gain: 1.1 },
  { set: [-5, 4, 2], gain: 0.9 },
  { set: [10, -3, 4], gain: 1 },
  { set: [3, -8, -5], gain: 1.2 },
];

/** Each recipe for the first time, then each again in another order, then at random; 300 readings each. */
function recipes(seed: number): Stretch[] {
  const random = new Random(17 * seed);
  const drawn = Array.from({ length: 10 }, () => Math.floor(5 * random.uniform()));
  const order = [0, 1, 2, 3, 4, 2, 0, 3, 1, 4, ...drawn];
  const chosen = order.filter((recipe, i) => i === 0 || recipe !== order[i - 1]);
  return chosen.map((r) => ({ level: `recipe ${r}`, length: 300, moment: RECIPES[r] }));
}

const PHASES: readonly Stretch[] = [
  { level: "fill", length: 60, moment: { set: [-6, 3, 0] } },
  { level: "heat", length: 100, moment: { set: [5, 5, 0] } },
  { level: "react", length: 180, moment: { set: [2, 0, 4] } },
  { level: "cool", length: 80, moment: { set: [-4, -5, -2] } },
];

/** Set point that runs from one value to another in 60 … 240 readings and stays as long again. */
function ramps(seed: number): (i: number) => Moment {
  const random = new Random(13 * seed);
  const path: number[] = [];
  let set = 0;
  while (path.length < N) {
    const next = 8 * (random.uniform() - 0.5) * 2;
    const length = 60 + Math.floor(180 * random.uniform());
    for (let i = 1; i <= length; i++) path.push(set + ((next - set) * i) / length);
    for (let i = 0; i < length; i++) path.push(next);
    set = next;
  }
  return (i) => ({ set: [path[i], path[i] / 3, 0] });
}

/** Draws of Student's t with 3 degrees of freedom, standard deviation 1: heavy tails that are true. */
function heavy(random: Random): number {
  const chi = random.normal() ** 2 + random.normal() ** 2 + random.normal() ** 2;
  return random.normal() / Math.sqrt(chi);
}

/** A row comes only when a sensor has moved by half a swing or, at the latest, after eight readings; else nothing new. */
function onChange(life: Life): Life {
  let last = life.rows[0].values;
  let at = 0;
  const swing = new Map(life.inputs.concat(TARGET).map((name) => [name, deviation(life.rows, name)]));
  const rows = life.rows.flatMap((row, i) => {
    const moved = Object.entries(row.values).filter(
      ([name, x]) => Math.abs(x - last[name]) > (swing.get(name) as number) / 2,
    );
    if (i > 0 && moved.length === 0 && i - at < 8) return [];
    at = i;
    last = { ...last, ...Object.fromEntries(moved) };
    return [{ time: row.time, values: last, healthy: last }];
  });
  return { ...life, rows };
}

/** From a reading on, only every tenth comes. */
function slower(life: Life, from: number): Life {
  const rows = life.rows.filter((_, i) => i < from || (i - from) % 10 === 0);
  return mark({ ...life, rows }, [{ kind: "change", from, to: from + EVENT }]);
}

function deviation(rows: readonly PlantRow[], name: string): number {
  const mean = rows.reduce((sum, { values }) => sum + values[name], 0) / rows.length;
  return Math.sqrt(rows.reduce((sum, { values }) => sum + (values[name] - mean) ** 2, 0) / rows.length);
}

/** The target, and the inputs where `others`, run `height` swings up within `rise` readings, stay and come back. */
function excursion(life: Life, from: number, rise: number, stay: number, height: number, others: boolean): Life {
  const share = (i: number) =>
    i < from ? 0 : Math.min(1, (i - from) / rise, Math.max(0, (from + 2 * rise + stay - i) / rise));
  const scale = new Map(life.inputs.map((name) => [name, deviation(life.rows.slice(0, from), name)]));
  const rows = life.rows.map((row, i) => {
    const s = share(i);
    if (s === 0) return row;
    const values: Record<string, number> = { ...row.values, [TARGET]: row.values[TARGET] + s * height * SWING };
    if (others)
      for (const name of life.inputs)
        if (name !== "ambient") values[name] += (s * height * (scale.get(name) as number)) / 2;
    return { ...row, values, healthy: values };
  });
  return mark({ ...life, rows }, [{ kind: "change", from, to: from + 2 * rise + stay }]);
}

/** A life of its own shape: y and inputs given reading by reading. */
function given(
  seed: number,
  readings: number,
  step: number,
  say: (i: number, random: Random) => Record<string, number>,
): Life {
  const random = new Random(65_537 * seed);
  const rows: PlantRow[] = [];
  for (let i = 0; i < readings; i++) {
    const values = say(i, random);
    rows.push({ time: 1_790_000_000_000 + i * step, values, healthy: values });
  }
  const inputs = Object.keys(rows[0].values).filter((name) => name !== TARGET);
  return { inputs, rows, events: [], visits: [] };
}

/** A number that wanders by itself: standard deviation 1, correlated over so many readings. */
function wanderer(readings: number): (random: Random) => number {
  let x = 0;
  return (random) => {
    x += -x / readings + Math.sqrt(2 / readings) * random.normal();
    return x;
  };
}

/** Vibration at rest and at work: 8 h a day, one reading a minute, ten days; on day 5 the bearing reaches 6. */
function vibration(seed: number): Life {
  const day = 1440;
  const worn = 4 * day + 1080;
  const wear = (i: number) => (i < worn || i >= 5 * day ? 0 : 4 * Math.min(1, (i - worn) / 120));
  const runs = (i: number) => i % day >= 960;
  const [wander, warm] = [wanderer(60), wanderer(300)];
  let heat = 0;
  const life = given(seed, 10 * day, MINUTE, (i, random) => {
    const load = wander(random);
    const on = runs(i) ? 1 : 0;
    heat += (on - heat) / 40;
    return {
      y: on ? 2 + 0.35 * load + wear(i) + 0.2 * random.normal() : 0.02 + 0.005 * random.normal(),
      speed: on * (1480 + 6 * load + 2 * random.normal()),
      current: on * (80 + 9 * load + random.normal()) + 0.1 * random.normal(),
      bearing: 22 + 2 * warm(random) + heat * (35 + 2 * load) + (on * wear(i) * 8) / 4 + 0.3 * random.normal(),
    };
  });
  const events: PlantEvent[] = [];
  const visits: Visit[] = [];
  for (let d = 0; d < 10; d++) {
    visits.push({ level: "rest", time: d + 1, from: d * day, to: d * day + 960 });
    if (d !== 4) visits.push({ level: "run", time: d + 1, from: d * day + 960, to: (d + 1) * day });
    events.push({ kind: "change", from: d * day + 960, to: d * day + 1010 });
    if (d > 0) events.push({ kind: "change", from: d * day, to: d * day + EVENT });
  }
  return mark(life, events, visits);
}

/** Pressure 10 ± .05 runs to 22 in 24 readings and stays 300; temperature and flow show it too, or not. */
function runaway(seed: number, others: boolean, fault: boolean): Life {
  const from = AT;
  const share = (i: number) => (i < from || i >= from + 324 ? 0 : Math.min(1, (i - from + 1) / 24));
  const [wander, own] = [wanderer(50), wanderer(80)];
  const shown = (broken: boolean) => {
    const random = new Random(65_537 * seed);
    return (i: number) => {
      const load = wander(random);
      const s = share(i);
      const seen = others ? s : 0;
      return {
        y: 10 + 0.045 * load + 12 * (broken ? s : 0) + 0.005 * random.normal(),
        temperature: 180 + 1.5 * load + own(random) + 60 * seen + 0.2 * random.normal(),
        flow: 32 + 1.2 * load - 14 * seen + 0.12 * random.normal(),
        ambient: 20 + 2 * own(random) + 0.1 * random.normal(),
      };
    };
  };
  const life = given(seed, N, 1000, shown(true));
  if (!fault) return mark(life, [{ kind: "change", from, to: from + 324 }]);
  const rows = life.rows.map((row, i) => ({
    ...row,
    healthy: share(i) === 0 ? row.values : { ...row.values, y: row.values.y - 12 * share(i) },
  }));
  return mark({ ...life, rows }, [{ kind: "fault", from, to: from + 324, sensor: TARGET }]);
}

/** Four recipes 40, 55, 70, 90, 300 readings each, in random order. */
function fourRecipes(seed: number): Life {
  const random = new Random(23 * seed);
  const order: number[] = [];
  while (order.length < 20) {
    const next = [40, 55, 70, 90][Math.floor(4 * random.uniform())];
    if (next !== order.at(-1)) order.push(next);
  }
  const [wander, feed] = [wanderer(40), wanderer(120)];
  let y = order[0];
  const life = given(seed, 6000, 1000, (i, r) => {
    const set = order[Math.floor(i / 300)];
    const [a, b] = [wander(r), feed(r)];
    y += (set + 2.5 * a + 1.5 * b - y) / 5;
    return {
      y: y + 0.3 * r.normal(),
      heater: set * 3 + 9 * a + r.normal(),
      feed: 12 + b + 0.1 * r.normal(),
      draught: 5 + 0.05 * set + 0.4 * a + 0.05 * r.normal(),
    };
  });
  const times = new Map<number, number>();
  const visits = order.map((set, v) => {
    times.set(set, (times.get(set) ?? 0) + 1);
    return { level: String(set), time: times.get(set) as number, from: 300 * v, to: 300 * (v + 1) };
  });
  return mark(
    life,
    visits.slice(1).map(({ from }) => ({ kind: "change", from, to: from + EVENT })),
    visits,
  );
}

/** y follows three inputs within some readings and nothing else; its gain to one of them is another one from a reading on. */
function explained(seed: number, at: number, gain: number): Life {
  const [a, b, c] = [wanderer(40), wanderer(80), wanderer(120)];
  let y = 0;
  const life = given(seed, N, 1000, (i, r) => {
    const [x1, x2, x3] = [a(r), b(r), c(r)];
    // The input lies around three of its swings: another gain is another level as well.
    y += ((i < at ? 1 : gain) * (x1 + 3) - 3 + 0.6 * x2 - 0.4 * x3 - y) / 3;
    return {
      y: 60 + 5 * y + 0.5 * r.normal(),
      steam: 12 + 2 * x1 + 0.2 * r.normal(),
      feed: 400 + 30 * x2 + 3 * r.normal(),
      draught: 5 + 0.3 * x3 + 0.03 * r.normal(),
    };
  });
  return mark(life, [{ kind: "change", from: at, to: at + EVENT }]);
}

/** The boiler of the plant simulator: a reading each 30 s, 33 hours. */
function boiler(seed: number): Life {
  const plant = new Simulator({
    assets: [{ name: "boiler", rating: 20, age: 0 }],
    seed,
    interval: 30,
    load: "shift",
    ageingHours: 0,
    labelEvery: 1,
    existing: "none",
  });
  return given(seed, N, 30_000, () => {
    const { co2_kg_h, ...inputs } = plant.next()[0].values;
    return { ...inputs, [TARGET]: co2_kg_h };
  });
}

const steady = (seed: number, inputs = 4, more: Partial<Works> = {}): Life =>
  runPlant({ seed, readings: N, inputs, ...more });

const GAINS = [0.5, 0.7, 1.3, 1.6, 2];
const LOSSES = [0.01, 0.03, 0.1, 0.3];
/** How an input may lie. */
const LIES: readonly { name: string; say(x: number, i: number, before: number): number }[] = [
  { name: "stuck", say: (_x, _i, before) => before },
  { name: "dropout to 0", say: () => 0 },
  { name: "×1000", say: (x) => 1000 * x },
  { name: "+10 %", say: (x) => 1.1 * x },
];

export const SCENARIOS: readonly Scenario[] = [
  { name: "steady, 3 inputs", ahead: [1, 10], labels: [1, 10], life: (seed) => steady(seed, 3) },
  { name: "steady, 10 inputs", ahead: [1, 10], labels: [1, 10], life: (seed) => steady(seed, 10) },
  {
    name: "planned stop and start daily",
    ahead: [1, 10],
    labels: [1],
    life: (seed) => runPlan({ seed, step: MINUTE, inputs: 5 }, repeat(5, [RUN, REST])),
  },
  {
    name: "vibration, 8 h a day, bearing wears on day 5",
    ahead: [1],
    alarm: { kind: "high", limit: 4, deadband: 0.5 },
    life: vibration,
  },
  {
    name: "100 ± .1, then 0 ± .1 for good",
    ahead: [1, 5],
    labels: [1],
    life: (seed) => {
      const wander = wanderer(30);
      const life = given(seed, 6000, 1000, (i, r) => {
        const x = wander(r);
        const on = i < 5000 ? 1 : 0;
        return {
          y: 100 * on + 0.09 * x + 0.02 * r.normal(),
          load: on * 50 + 0.4 * x + 0.1 * r.normal(),
          flow: on * 12 + 0.1 * x + 0.05 * r.normal(),
          ambient: 20 + r.normal() * 0.2,
        };
      });
      return mark(life, [{ kind: "change", from: 5000, to: 5050 }]);
    },
  },
  {
    name: "trip and restart",
    ahead: [1, 5],
    labels: [1],
    alarm: LOW,
    life: (seed) =>
      runPlan({ seed, inputs: 5 }, [
        { ...RUN, length: 3000 },
        { level: "rest", length: 400, moment: { run: false, trip: true } },
        { ...RUN, length: 1200 },
        { level: "rest", length: 300, moment: { run: false, trip: true } },
        { ...RUN, length: 1100 },
      ]),
  },
  {
    name: "idle at exactly zero",
    ahead: [1, 5],
    labels: [1],
    life: (seed) => runPlan({ seed, inputs: 5, restNoise: 0 }, idle(seed)),
  },
  { name: "idle with noise", ahead: [1, 5], labels: [1], life: (seed) => runPlan({ seed, inputs: 5 }, idle(seed)) },
  {
    name: "batch in four phases",
    ahead: [1, 5],
    labels: [1, 10],
    life: (seed) => runPlan({ seed, inputs: 6 }, repeat(15, PHASES)),
  },
  {
    name: "five recipes, first and again",
    ahead: [1, 10],
    labels: [1, 10],
    product: "seen",
    life: (seed) => runPlan({ seed, inputs: 5 }, recipes(seed)),
  },
  {
    name: "product change that no input shows",
    ahead: [1, 10],
    labels: [1, 10],
    product: "unseen",
    life: (seed) =>
      runPlan(
        { seed, inputs: 5 },
        [0, 6, -5, 0, 9, 6, -5, 9].map((product) => ({
          level: `product ${product}`,
          length: 750,
          moment: { product },
        })),
      ),
  },
  { name: "four recipes 40, 55, 70, 90", ahead: [1, 10], labels: [1, 10], product: "seen", life: fourRecipes },
  {
    name: "60 ± 4, step to 95",
    ahead: [1, 5],
    alarm: { kind: "high", limit: 90, deadband: 2 },
    life: (seed) => {
      const [wander, own] = [wanderer(40), wanderer(90)];
      const life = given(seed, N, 1000, (i, r) => {
        const [x, o] = [wander(r), own(r)];
        return {
          y: (i < AT ? 60 : 95) + 3.6 * x + 1.2 * o + 0.4 * r.normal(),
          load: 500 + 80 * x + 8 * r.normal(),
          feed: 3 + 0.2 * o + 0.02 * r.normal(),
          ambient: 20 + 0.2 * r.normal(),
        };
      });
      // The level stays at 95 ± 4: what dips below the limit and comes back are alarms of their own.
      return mark(life, [{ kind: "change", from: AT, to: AT + EVENT }]);
    },
  },
  {
    name: "loads and unloads every half minute",
    ahead: [1, 5],
    labels: [1],
    life: (seed) => runPlant({ seed, readings: N, inputs: 4, operate: cycling(seed, N) }),
  },
  {
    name: "dead time of 15, a long life",
    ahead: [1, 10],
    labels: [1],
    life: (seed) => later(runPlant({ seed, readings: 5 * N, inputs: 4 }), 15),
  },
  {
    name: "set-point ramps",
    ahead: [1, 5],
    labels: [1],
    life: (seed) => runPlant({ seed, readings: N, inputs: 5, operate: ramps(seed) }),
  },
  { name: "daily cycle at 15 min", ahead: [1, 4], life: (seed) => steady(seed, 4, { step: 15 * MINUTE, cycle: 96 }) },
  { name: "daily cycle at 1 h", ahead: [1, 24], life: (seed) => steady(seed, 4, { step: 60 * MINUTE, cycle: 24 }) },
  {
    name: "fouling and cleaning",
    ahead: [1, 10],
    labels: [1, 10],
    life: (seed) =>
      runChanged({ seed, readings: N, inputs: 5 }, [1000, 2000, 3000], (i) => ({
        gain: 1 - (0.4 * (i % 1000)) / 1000,
        product: (-4 * (i % 1000)) / 1000,
      })),
  },
  ...["flow", TARGET].flatMap((sensor): Scenario[] => {
    const on = sensor === TARGET ? "target" : "input";
    const of = (life: Life) => life.rows.slice(0, AT).reduce((sum, { values }) => sum + values[sensor], 0) / AT;
    return [
      {
        name: `recalibration, offset 2 % of ${on}`,
        ahead: [1, 10],
        labels: [1],
        life: (seed) => {
          const life = steady(seed);
          return respoken(life, sensor, AT, (x) => x + 0.02 * of(life));
        },
      },
      {
        name: `recalibration, gain 10 % of ${on}`,
        ahead: [1, 10],
        labels: [1],
        life: (seed) => respoken(steady(seed), sensor, AT, (x) => 1.1 * x),
      },
      {
        name: `${on} replaced by another range`,
        ahead: [1],
        labels: [1],
        life: (seed) => respoken(steady(seed), sensor, AT, (x) => 4 + 0.16 * x),
      },
      {
        name: `unit of ${on} changed`,
        ahead: [1],
        labels: [1],
        life: (seed) => respoken(steady(seed), sensor, AT, (x) => 1.8 * x + 32),
      },
    ];
  }),
  ...LOSSES.map(
    (share): Scenario => ({
      name: `${100 * share} % of values lost, 10 inputs`,
      ahead: [1, 5],
      labels: [1, 10],
      share,
      life: (seed) => lose(steady(seed, 10), share, seed),
    }),
  ),
  {
    name: "1 % of values lost, 3 inputs",
    ahead: [1],
    labels: [1],
    share: 0.01,
    life: (seed) => lose(steady(seed, 3), 0.01, seed),
  },
  {
    name: "one input dead for good",
    ahead: [1, 5],
    labels: [1, 10],
    life: (seed) => dead(steady(seed, 3), "flow", 1500),
  },
  {
    name: "ambient sensor dead, then a true excursion",
    ahead: [1],
    alarm: HIGH,
    life: (seed) => excursion(dead(steady(seed, 5), "ambient", 1200), 2500, 24, 300, 10, true),
  },
  { name: "report on change", ahead: [1, 5], life: (seed) => onChange(steady(seed, 4, { readings: 8000 })) },
  {
    name: "sampling 1 s, then 10 s for good",
    ahead: [1, 5],
    labels: [1],
    life: (seed) => slower(steady(seed, 4, { readings: 22_000 }), AT),
  },
  {
    name: "quantised sensors",
    ahead: [1, 5],
    labels: [1],
    life: (seed) => {
      const life = steady(seed);
      const step = new Map([TARGET, ...life.inputs].map((name) => [name, deviation(life.rows, name) / 2]));
      return shownAs(life, (x, name) => {
        const s = step.get(name) as number;
        return s * Math.round(x / s);
      });
    },
  },
  {
    name: "target at 0 and 100 %",
    ahead: [1, 5],
    labels: [1],
    life: (seed) => shownAs(steady(seed), (x) => Math.min(100, Math.max(0, 50 + 60 * ((x - USUAL) / SWING))), TARGET),
  },
  { name: "heavy tails", ahead: [1, 5], labels: [1, 10], life: (seed) => steady(seed, 4, { noise: heavy }) },
  ...[true, false].map(
    (others): Scenario => ({
      name: `true excursion, ${others ? "others show it too" : "others unmoved"}`,
      ahead: [1, 5],
      alarm: HIGH,
      life: (seed) => excursion(steady(seed, 5), AT, 24, 300, 10, others),
    }),
  ),
  {
    name: "sensor fault of the shape of an excursion",
    ahead: [1, 5],
    alarm: HIGH,
    life: (seed) => {
      const rise = (i: number) => Math.min(1, i / 24, (348 - i) / 24);
      return lie(steady(seed, 5), TARGET, AT, 348, (x, i) => x + 10 * SWING * rise(i));
    },
  },
  ...[true, false].map(
    (others): Scenario => ({
      name: `pressure runs from 10 to 22, ${others ? "others show it too" : "others unmoved"}`,
      ahead: [1, 5],
      alarm: { kind: "high", limit: 15, deadband: 0.5 },
      life: (seed) => runaway(seed, others, false),
    }),
  ),
  {
    name: "pressure says 22 by a fault",
    ahead: [1, 5],
    alarm: { kind: "high", limit: 15, deadband: 0.5 },
    life: (seed) => runaway(seed, false, true),
  },
  ...GAINS.map(
    (gain): Scenario => ({
      name: `relation among many changed, gain × ${gain}`,
      ahead: [1],
      labels: [1],
      relation: 1200,
      life: (seed) => runChanged({ seed, readings: N, inputs: 6 }, [1200], (i) => ({ gain: i < 1200 ? 1 : gain })),
    }),
  ),
  ...GAINS.map(
    (gain): Scenario => ({
      name: `three inputs explain all, gain of one × ${gain} for good`,
      ahead: [1, 10],
      labels: [1, 10],
      relation: 1200,
      life: (seed) => explained(seed, 1200, gain),
    }),
  ),
  {
    name: "common upset, all sensors move",
    ahead: [1, 5],
    labels: [1],
    alarm: HIGH,
    life: (seed) =>
      runChanged({ seed, readings: N, inputs: 5 }, [1500, 1620, 3000, 3120], (i) => ({
        upset: [1500, 3000].some((at) => i >= at && i < at + 120) ? 8 : 0,
      })),
  },
  {
    name: "alarm with a delay of 5 s on a true excursion",
    ahead: [1],
    alarm: { ...HIGH, onDelay: 5 },
    life: (seed) => excursion(steady(seed, 5), AT, 3, 60, 9, true),
  },
  ...LIES.flatMap(({ name, say }): Scenario[] => [
    {
      name: `target ${name} for 300`,
      ahead: [1, 5],
      labels: [1, 10],
      alarm: name.startsWith("dropout") ? LOW : HIGH,
      life: (seed) => lie(steady(seed, 5), TARGET, AT, 300, say),
    },
    {
      name: `input ${name} for 300`,
      ahead: [1, 5],
      labels: [1],
      life: (seed) => lie(steady(seed, 5), "flow", AT, 300, say),
    },
  ]),
  ...["flow", TARGET].map(
    (sensor): Scenario => ({
      name: `isolated spikes of ${sensor === TARGET ? "target" : "input"}, 1 in 100`,
      ahead: [1, 5],
      labels: [1],
      alarm: sensor === TARGET ? HIGH : undefined,
      life: (seed) => {
        const random = new Random(41 * seed);
        let life = steady(seed, 5);
        for (let i = 500; i < N; i += 50 + Math.floor(100 * random.uniform()))
          life = lie(life, sensor, i, 1, (x) => 20 * x);
        return life;
      },
    }),
  ),
  { name: "simulated boiler, three shifts", ahead: [1, 5], labels: [1], life: boiler },
  {
    name: "simulated boiler, steam flow drops out for 300",
    ahead: [1],
    life: (seed) => lie(boiler(seed), "steam_flow_kg_s", AT, 300, () => 0),
  },
];
