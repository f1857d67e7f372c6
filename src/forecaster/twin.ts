import type { History } from "./history";
import { Lru } from "./lru";
import { Readout } from "./readout";

/** A model that only runs forward beside the one that learns, with parameters of another day. */
export class Twin {
  /** State of its layer, length 2n. */
  readonly h: Float64Array;
  private readonly layer: Lru;
  private readonly readout: Readout;

  /**
   * @param units complex units of the layer, n
   * @param inputs length of an input vector
   * @param features length of the readout's features
   * @param gates of the readout
   * @param parameters the layer's, then the readout's; call `refresh` after changes
   */
  constructor(
    units: number,
    inputs: number,
    features: number,
    gates: number,
    readonly parameters: Float64Array,
  ) {
    this.h = new Float64Array(2 * units);
    this.layer = new Lru(units, inputs, parameters);
    this.readout = new Readout(features, gates, parameters.subarray(Lru.parameterCount(units, inputs)));
  }

  /** The output of the last `answer`, in units of the model. */
  get output(): number {
    return this.readout.output;
  }

  /** Works out what is derived from the parameters, after they were set. */
  refresh(): void {
    this.layer.refresh();
  }

  /** Takes in reading i. Allocates nothing. */
  forward(history: History, i: number): void {
    this.layer.forward(this.h, history.inputs, history.slot(i) * history.width);
  }

  /** Corrects the state for what is now known of the newest inputs, see `Lru.correct`. Allocates nothing. */
  correct(change: Float64Array): void {
    this.layer.correct(this.h, change);
  }

  /**
   * Works out the output. Allocates nothing.
   *
   * @param phi features of the reading at hand, whose first 2n numbers, the state, are replaced by its own
   */
  answer(phi: Float64Array): void {
    phi.set(this.h);
    this.readout.forward(phi);
  }

  /** Becomes the twin of another model. */
  become(parameters: Float64Array, h: Float64Array): void {
    this.parameters.set(parameters);
    this.h.set(h);
    this.refresh();
  }
}
