import { Random } from "../forecaster/random";
import { shown } from "../message/problem";
import { Boiler, type BoilerState } from "./boiler";
import { ExistingForecast, type PlantRule } from "./existing-forecast";
import { Fault, type FaultKind } from "./fault";
import { faultOrder, OrderError } from "./fault-order";
import { INSTRUMENTS, SENSORS } from "./instrument";
import type { LoadProfile } from "./load";

/** The reference boiler for which the instruments are chosen, kg/s of steam. */
const REFERENCE_RATING = 20 / 3.6;
const TARGET: keyof BoilerState = "co2_kg_h";

export interface SimulatedAsset {
  name: string;
  /** Rated steam flow, t/h, in (0, 10000]. */
  rating: number;
  /** Fouling and wear at the start, 0 to 1. */
  age: number;
}

export interface SimulatorOptions {
  /** At least one, names all different. */
  assets: readonly SimulatedAsset[];
  seed: number;
  /** Plant time between readings, s, > 0. */
  interval: number;
  load: LoadProfile;
  /** Hours of operation in which a boiler wears out; 0: it never does. */
  ageingHours: number;
  /** CO2 is in every Nth reading only; 1: in all. */
  labelEvery: number;
  existing: PlantRule;
}

/** What the plant's system receives from one boiler at one time. */
export interface SimulatedReading {
  asset: string;
  /** Plant time since the start, s. */
  elapsed: number;
  /** By sensor name; CO2 is absent where its label is not due. */
  values: Record<string, number>;
  /** The plant's own forecast of CO2; absent without a rule. */
  existing?: number;
  /** The faults that are on, for whoever wants to know the truth. */
  faults: { sensor: string; kind: FaultKind }[];
}

interface Site {
  asset: SimulatedAsset;
  boiler: Boiler;
  instruments: Random;
  mischief: Random;
  rule: ExistingForecast;
  faults: Map<string, Fault>;
}

/**
 * A plant of several boilers, read by imperfect instruments. The same options and orders give the same numbers, on any
 * machine and however fast it is asked.
 *
 * @example
 *     const boiler = { name: "boiler-1", rating: 20, age: 0 };
 *     const usual = { seed: 1, interval: 1, load: "day", ageingHours: 0, labelEvery: 1, existing: "none" };
 *     const plant = new Simulator({ assets: [boiler], ...usual });
 *     plant.next().map(({ asset, elapsed }) => [asset, elapsed]); // [["boiler-1", 1]], after a second
 */
export class Simulator {
  private readonly sites: Site[];
  private readonly steps: number;
  private index = 0;

  constructor(private readonly options: SimulatorOptions) {
    // Euler steps of at most a second; the smallest whole number of them that fills the interval.
    this.steps = Math.ceil(options.interval);
    const dt = options.interval / this.steps;
    this.sites = options.assets.map((asset) => {
      const parameters = {
        rating: asset.rating / 3.6,
        age: asset.age,
        ageingHours: options.ageingHours === 0 ? Number.POSITIVE_INFINITY : options.ageingHours,
        load: options.load,
      };
      return {
        asset,
        boiler: new Boiler(parameters, new Random(streamSeed(options.seed, `${asset.name}/boiler`)), dt),
        instruments: new Random(streamSeed(options.seed, `${asset.name}/instruments`)),
        mischief: new Random(streamSeed(options.seed, `${asset.name}/faults`)),
        rule: new ExistingForecast(options.existing),
        faults: new Map(),
      };
    });
  }

  /** How worn each boiler is, 0 to 1, by its name: a plant that starts again is no new one. */
  get wear(): Record<string, number> {
    return Object.fromEntries(this.sites.map(({ asset, boiler }) => [asset.name, boiler.age]));
  }

  /** Boilers as worn as they were; what is no wear of one of them is left out. */
  set wear(known: unknown) {
    for (const { asset, boiler } of this.sites) {
      const age: unknown = Object.hasOwn(Object(known), asset.name) ? Object(known)[asset.name] : undefined;
      if (typeof age === "number" && age >= 0 && age <= 1) boiler.age = age;
    }
  }

  /** Moves on by one interval and reads every boiler once, in the order of the options. */
  next(): SimulatedReading[] {
    this.index++;
    return this.sites.map((site) => this.read(site));
  }

  /**
   * Breaks a sensor or heals it.
   *
   * @param payload  `{ sensor, kind, readings?, size? }`, kind "none" to heal
   * @param asset    one boiler; absent: all
   * @throws OrderError for an order that makes no sense or an unknown boiler; nothing is changed then
   */
  fault(payload: unknown, asset?: string): void {
    const order = faultOrder(payload, SENSORS);
    const sites = asset === undefined ? this.sites : this.sites.filter((site) => site.asset.name === asset);
    if (sites.length === 0) {
      throw new OrderError(
        "asset",
        shown(asset),
        this.sites.map((site) => site.asset.name),
      );
    }
    for (const site of sites) {
      if (order.kind === "none") site.faults.delete(order.sensor);
      else site.faults.set(order.sensor, new Fault(order, span(order.sensor, site.asset), site.mischief));
    }
  }

  private read(site: Site): SimulatedReading {
    const { boiler, asset, instruments, faults, rule } = site;
    for (let i = 0; i < this.steps; i++) boiler.advance();
    const values: Record<string, number> = {};
    for (const sensor of SENSORS) {
      const { noise, resolution } = INSTRUMENTS[sensor];
      const noisy = boiler.state[sensor] + noise * scale(sensor, asset) * instruments.normal();
      const digits = Math.round(noisy / resolution) * resolution;
      const sound = Number(digits.toFixed(decimals(resolution)));
      const fault = faults.get(sensor);
      if (fault?.healed) faults.delete(sensor);
      values[sensor] = (faults.get(sensor)?.apply(sound) ?? sound) as number;
    }
    const reading: SimulatedReading = {
      asset: asset.name,
      elapsed: this.index * this.options.interval,
      values,
      faults: [...faults.values()].map(({ order }) => ({ sensor: order.sensor, kind: order.kind })),
    };
    if (this.index % this.options.labelEvery !== 0) delete values[TARGET];
    if (this.options.existing !== "none") {
      reading.existing = rule.next(values.steam_flow_kg_s as number, values[TARGET] ?? Number.NaN);
    }
    return reading;
  }
}

/** Flows grow with the boiler; temperatures, pressures and percentages do not. */
function scale(sensor: keyof BoilerState, asset: SimulatedAsset): number {
  return sensor.endsWith("kg_s") || sensor.endsWith("kg_h") ? asset.rating / 3.6 / REFERENCE_RATING : 1;
}

function span(sensor: string, asset: SimulatedAsset): number {
  const name = sensor as keyof BoilerState;
  return INSTRUMENTS[name].span * scale(name, asset);
}

function decimals(resolution: number): number {
  return Math.round(-Math.log10(resolution));
}

/** Splits one seed into streams by name (FNV-1a), so that an asset does not change when another is added. */
function streamSeed(seed: number, name: string): number {
  let hash = (0x811c9dc5 ^ seed) | 0;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}
