import { Arena } from "../kernel/arena";
import { Lru } from "./lru";
import type { Random } from "./random";
import { Readout } from "./readout";

/** Last differences of the target that the readout sees (horizon ≥ 1). */
export const LAGS = 24;

/** The lengths that follow from horizon, units and inputs. */
export interface NetworkShape {
  units: number;
  inputs: number;
  /** Length of φ: state (2n), inputs (d), 1, and the lags of a forecast ahead. */
  features: number;
  gates: number;
  /** Parameters of the layer, which come first, and of all. */
  layer: number;
  total: number;
}

/** The shape of the network of a horizon of k readings with n units and d inputs. */
export function shapeOf(horizon: number, units: number, inputs: number): NetworkShape {
  const features = 2 * units + inputs + 1 + (horizon > 0 ? LAGS : 0);
  const gates = horizon > 0 ? 8 : 16;
  const layer = Lru.parameterCount(units, inputs);
  return { units, inputs, features, gates, layer, total: layer + Readout.parameterCount(features, gates) };
}

/**
 * An LRU layer and a gated readout over one list of parameters, with a state that runs forward. The learner and its
 * frozen twin are two of them.
 */
export class Network {
  /** The layer's, then the readout's; call `refresh` after changes. */
  parameters: Float64Array;
  /** State of the layer, length 2n. */
  readonly h: Float64Array;
  readonly layer: Lru;
  readonly readout: Readout;
  private readonly dphi: Float64Array;

  /**
   * @param arena where the numbers lie, and those of the readings that it is given
   * @param parameters to begin with, if not of its own; in the same arena
   */
  constructor(
    readonly shape: NetworkShape,
    arena = Arena.plain(),
    parameters = arena.f64(shape.total),
  ) {
    const { units, inputs, features, gates, layer } = shape;
    this.parameters = parameters;
    this.h = arena.f64(2 * units);
    this.layer = new Lru(units, inputs, this.parameters, arena);
    this.readout = new Readout(features, gates, this.parameters.subarray(layer), arena);
    this.dphi = new Float64Array(2 * units + inputs);
  }

  /** Draws the parameters of a new model, whose output is 0. */
  initialise(random: Random): void {
    this.layer.initialise(random);
    this.readout.initialise(random);
  }

  /** Works out what is derived from the parameters, after they were set. */
  refresh(): void {
    this.layer.refresh();
  }

  /** Takes over parameters of the same length. */
  adopt(parameters: Float64Array): void {
    this.parameters.set(parameters);
    this.refresh();
  }

  /** From now on works with these parameters, which lie in the same arena. */
  use(parameters: Float64Array): void {
    const { layer, readout, shape } = this;
    this.parameters = parameters;
    layer.parameters = parameters;
    readout.parameters = parameters.subarray(shape.layer);
    this.refresh();
  }

  /**
   * Takes in a reading.
   *
   * @param u inputs, d numbers from index `at` on, standardised, no NaN
   */
  advance(u: Float32Array, at: number): void {
    this.layer.forward(this.h, u, at);
  }

  /**
   * The output, in units of the model.
   *
   * @param phi features of the reading at hand, whose first 2n numbers are replaced by the state
   */
  answer(phi: Float64Array): number {
    phi.set(this.h);
    return this.readout.forward(phi);
  }

  /**
   * The variance that doubtful inputs of the newest reading bring into the answer just given: what the model leans on
   * counts, what it does not use does not.
   *
   * @param variance by input, standardised
   */
  doubt(variance: Float64Array): number {
    const { dphi, layer, shape } = this;
    // As a rule every value is sure.
    if (variance.every((one) => one === 0)) return 0;
    this.readout.slopes(dphi);
    let sum = 0;
    for (let k = 0; k < variance.length; k++)
      if (variance[k] > 0) sum += variance[k] * (dphi[2 * shape.units + k] + layer.slope(k, dphi)) ** 2;
    return sum;
  }

  /**
   * How much the inputs and the target's own past have moved the output since an earlier reading, each against having
   * stayed where it was then. The sum is exactly the change of the output from all of them having stayed; what was on its
   * way before is not in it.
   *
   * @param phi features of the newest reading, whose first 2n numbers are replaced by the state
   * @param moved by how much the inputs were away from where they were then, reading by reading; the last one is the newest
   * @param to for each of the d inputs, and last for the target's own past, in units of the model; overwritten
   * Cost: d (4n + 1) multiply-adds a reading.
   */
  attribute(phi: Float64Array, moved: Float64Array, to: Float64Array): void {
    const { layer, shape } = this;
    const { inputs: d, features } = shape;
    const states = 2 * shape.units;
    const steps = moved.length / d;
    phi.set(this.h);
    const effects = new Float64Array(d * states);
    const before = phi.slice();
    for (let k = 0; k < d; k++) {
      layer.effect(moved, steps, k, effects, k * states);
      for (let f = 0; f < states; f++) before[f] -= effects[k * states + f];
      before[states + k] -= moved[moved.length - d + k];
    }
    // Changes of the target that are younger than the earlier reading; none where it stayed.
    const lags = states + d + 1;
    const young = Math.min(features, lags + steps);
    before.fill(0, Math.min(lags, features), young);
    const slopes = new Float64Array(features);
    this.readout.secants(before, phi, slopes);
    for (let k = 0; k < d; k++) {
      to[k] = slopes[states + k] * moved[moved.length - d + k];
      for (let f = 0; f < states; f++) to[k] += slopes[f] * effects[k * states + f];
    }
    to[d] = 0;
    for (let f = lags; f < young; f++) to[d] += slopes[f] * phi[f];
  }
}
