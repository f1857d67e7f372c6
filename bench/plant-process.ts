/**
 * A plant to run scenarios on: a few drives that nobody sees move all sensors and the target, each with a gain, a lag, a
 * unit and a noise of its own. What can befall it (losses, broken sensors, other ranges) is put over a finished life.
 */
import { Random } from "../src/forecaster/random";

export const TARGET = "y";
/** Value of the target in normal operation and its usual swing: alarm limits of scenarios are in this unit. */
export const USUAL = 60;
export const SWING = 5;
/** Standard deviation of measurement noise, in swings. */
const NOISE = 0.1;
/** Noise at rest, in swings, unless a scenario says otherwise. */
const REST_NOISE = 0.02;
const NAMES = ["load", "flow", "temperature", "pressure", "current", "speed", "level", "valve", "torque", "ambient"];
/** Readings over which the drives wander. */
const WANDER = [40, 80, 200];
/** Readings in which a drive follows its set point, and the plant a start or a planned stop. */
const FOLLOW = 4;
const START = 1_790_000_000_000;

/** One reading. */
export interface PlantRow {
  /** ms since 1970. */
  time: number;
  /** What came: a lost value is absent. */
  values: Readonly<Record<string, number>>;
  /** What would have come from sensors that are all in order; the same object where nothing is broken. */
  healthy: Readonly<Record<string, number>>;
}

/**
 * What happens from one reading up to another (not included).
 * change: the plant or a sensor is truly other than before. fault: a sensor lies. loss: values are absent; nothing lies.
 */
export interface PlantEvent {
  kind: "change" | "fault" | "loss";
  from: number;
  to: number;
  sensor?: string;
}

/** A stay at a level: which time it is that the plant is there. */
export interface Visit {
  level: string;
  /** 1 = it has never been here before. */
  time: number;
  from: number;
  to: number;
}

/** A plant's life, with what is known of it beforehand. */
export interface Life {
  inputs: readonly string[];
  rows: readonly PlantRow[];
  events: readonly PlantEvent[];
  visits: readonly Visit[];
}

/** How the plant is run at one reading; what is absent is normal operation. */
export interface Moment {
  /** Set points of the drives, in swings. Default 0. */
  set?: readonly number[];
  /** false: it stands still. */
  run?: boolean;
  /** Runs down or up within one reading instead of some. */
  trip?: boolean;
  /** How strongly the target follows the first drive. Default 1. */
  gain?: number;
  /** Added to the target alone, in swings: what no sensor shows. */
  product?: number;
  /** Added to every sensor and to the target at once, in swings of each. */
  upset?: number;
}

export interface Works {
  seed: number;
  readings: number;
  /** Number of inputs, 2 … 10; the last one is the weather, which moves by itself. */
  inputs?: number;
  /** ms between readings. Default 1000. */
  step?: number;
  /** Noise at rest in swings; 0 = exactly the same number. */
  restNoise?: number;
  /** Standard deviation of what the drives do by themselves, in swings. Default 0.6. */
  wander?: number;
  /** Draws of measurement noise with standard deviation 1. Default normal. */
  noise?: (random: Random) => number;
  /** Readings of a cycle that the first drive and the weather follow; 0 = none. */
  cycle?: number;
  operate?: (i: number) => Moment;
}

/** The sensors of a plant: unit, place and dynamics of each. */
interface Instrument {
  name: string;
  scale: number;
  base: number;
  gains: readonly number[];
  lag: number;
}

function instruments(random: Random, count: number): Instrument[] {
  const names = [...NAMES.slice(0, count - 1), NAMES[NAMES.length - 1]];
  return names.map((name, i) => {
    const scale = [0.05, 1, 8, 100, 2500][Math.floor(5 * random.uniform())];
    const base = scale * (8 + 8 * random.uniform());
    const lag = i === 0 ? 1 : 1 + Math.floor(10 * random.uniform());
    const sign = random.uniform() < 0.3 ? -1 : 1;
    const main = i === 0 ? 1 : sign * (0.5 + 0.5 * random.uniform());
    const gains = i === 0 ? [1, 0, 0] : [main, random.uniform() - 0.5, random.uniform() - 0.5];
    return { name, scale, base, gains: name === "ambient" ? [0, 0, 0] : gains, lag };
  });
}

/** Runs a plant; nothing is broken, and the life has no events yet. */
export function runPlant(works: Works): Life {
  const { seed, readings, step = 1000, restNoise = REST_NOISE, wander = 0.6, cycle = 0, operate } = works;
  const draw = works.noise ?? ((r: Random) => r.normal());
  const random = new Random(7919 * seed);
  const sensors = instruments(random, works.inputs ?? 4);
  const target: Instrument = { name: TARGET, scale: SWING, base: USUAL, gains: [1, 0.5, -0.3], lag: 5 };
  const all = [...sensors, target];
  const lagged = all.map(() => 0);
  const set = [0, 0, 0];
  const own = WANDER.map(() => wander * random.normal());
  let weather = random.normal();
  let run = 1;
  const rows: PlantRow[] = [];
  for (let i = 0; i < readings; i++) {
    const moment = operate?.(i) ?? {};
    const turn = cycle > 0 ? (2 * Math.PI * i) / cycle : 0;
    for (let d = 0; d < set.length; d++) {
      set[d] += ((moment.set?.[d] ?? 0) - set[d]) / FOLLOW;
      own[d] += -own[d] / WANDER[d] + wander * Math.sqrt(2 / WANDER[d]) * random.normal();
    }
    weather += -weather / 500 + Math.sqrt(2 / 500) * random.normal();
    const wanted = moment.run === false ? 0 : 1;
    run += (wanted - run) / (moment.trip ? 1 : FOLLOW);
    if (Math.abs(wanted - run) < 0.01) run = wanted;
    const values: Record<string, number> = {};
    all.forEach((sensor, j) => {
      const { name, gains, scale, base, lag } = sensor;
      let signal = 0;
      for (let d = 0; d < set.length; d++) {
        const daily = d === 0 && cycle > 0 ? 1.5 * Math.sin(turn) : 0;
        const drive = set[d] + own[d] + daily;
        signal += gains[d] * drive * (sensor === target && d === 0 ? (moment.gain ?? 1) : 1);
      }
      if (sensor === target) signal += moment.product ?? 0;
      lagged[j] += (signal - lagged[j]) / lag;
      const isWeather = name === "ambient";
      const shown = isWeather ? weather + (cycle > 0 ? Math.cos(turn) : 0) : lagged[j] + (moment.upset ?? 0);
      const level = isWeather ? base + scale * shown : run * (base + scale * shown);
      const sigma = !isWeather && run === 0 ? restNoise : NOISE;
      values[name] = level + scale * sigma * draw(random);
    });
    rows.push({ time: START + i * step, values, healthy: values });
  }
  return { inputs: sensors.map(({ name }) => name), rows, events: [], visits: [] };
}

/** A life with further events and visits. */
export function mark(life: Life, events: readonly PlantEvent[], visits: readonly Visit[] = []): Life {
  return { ...life, events: [...life.events, ...events], visits: [...life.visits, ...visits] };
}

/** From `from` up to `to` every value of a sensor is replaced; `before` is its last value before. */
type Say = (x: number, i: number, before: number) => number;

function replaced(life: Life, sensor: string, from: number, to: number, say: Say, healthyToo: boolean): Life {
  const before = life.rows[Math.max(0, from - 1)].values[sensor];
  const rows = life.rows.map((row, i) => {
    if (i < from || i >= to) return row;
    const values = { ...row.values, [sensor]: say(row.values[sensor], i - from, before) };
    return { ...row, values, healthy: healthyToo ? values : row.healthy };
  });
  return { ...life, rows };
}

/** A sensor lies for a while. */
export function lie(life: Life, sensor: string, from: number, length: number, say: Say): Life {
  const to = Math.min(life.rows.length, from + length);
  return mark(replaced(life, sensor, from, to, say, false), [{ kind: "fault", from, to, sensor }]);
}

/** A sensor truly speaks otherwise from a reading on: another range, another unit, a recalibration. */
export function respoken(life: Life, sensor: string, from: number, say: (x: number) => number): Life {
  const changed = replaced(life, sensor, from, life.rows.length, say, true);
  return mark(changed, [{ kind: "change", from, to: from + 50, sensor }]);
}

/** Every value of these sensors is absent with a probability, from a reading on. */
export function lose(life: Life, share: number, seed: number, sensors?: readonly string[], from = 0): Life {
  const random = new Random(104_729 * seed + 1);
  const rows = life.rows.map((row, i) => {
    const kept: Record<string, number> = {};
    for (const [name, x] of Object.entries(row.values)) {
      const lost = random.uniform() < share && i >= from && (sensors === undefined || sensors.includes(name));
      if (!lost) kept[name] = x;
    }
    return { ...row, values: kept };
  });
  return mark({ ...life, rows }, [{ kind: "loss", from, to: life.rows.length }]);
}

/** A sensor says nothing any more. */
export function dead(life: Life, sensor: string, from: number): Life {
  const silent = lose(life, 1, 1, [sensor], from);
  return { ...silent, events: silent.events.map((e) => (e.kind === "loss" ? { ...e, sensor } : e)) };
}

/** Every value, or those of one sensor, as an instrument shows it that cannot do better. */
export function shownAs(life: Life, show: (x: number, sensor: string) => number, only?: string): Life {
  const rows = life.rows.map((row) => {
    const values = Object.fromEntries(
      Object.entries(row.values).map(([name, x]) => [name, only === undefined || only === name ? show(x, name) : x]),
    );
    return { ...row, values, healthy: values };
  });
  return { ...life, rows };
}

/** As a soft sensor sees it: the target comes with every n-th reading only. What is healthy stays known to the judge. */
export function labelled(life: Life, every: number): Life {
  if (every === 1) return life;
  const rows = life.rows.map((row, i) => {
    if ((i + 1) % every === 0) return row;
    const { [TARGET]: _, ...values } = row.values;
    return { ...row, values };
  });
  return { ...life, rows };
}
