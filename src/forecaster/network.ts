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
  readonly parameters: Float64Array;
  /** State of the layer, length 2n. */
  readonly h: Float64Array;
  readonly layer: Lru;
  readonly readout: Readout;
  private readonly dphi: Float64Array;

  constructor(readonly shape: NetworkShape) {
    const { units, inputs, features, gates, layer, total } = shape;
    this.parameters = new Float64Array(total);
    this.h = new Float64Array(2 * units);
    this.layer = new Lru(units, inputs, this.parameters);
    this.readout = new Readout(features, gates, this.parameters.subarray(layer));
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
    this.readout.slopes(dphi);
    let sum = 0;
    for (let k = 0; k < variance.length; k++)
      if (variance[k] > 0) sum += variance[k] * (dphi[2 * shape.units + k] + layer.slope(k, dphi)) ** 2;
    return sum;
  }
}
