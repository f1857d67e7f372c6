import type { Parts } from "../record/part";
import { f32, f64, state } from "../record/state";
import type { RunningRms } from "../stream/running-rms";
import type { History } from "./history";
import { Lru } from "./lru";
import { LAGS } from "./network";
import { Random } from "./random";

const LAG_CLIP = 6;
/** With more inputs than this their products are left out: they would be too many to be told apart. */
const MOST_FACTORS = 12;

/**
 * The columns that the linear experts see of each reading: the states of a recurrent unit that is drawn once and never
 * learns, the last changes of the inputs, the inputs, 1, and the last changes of the target; of a soft sensor the products
 * of the inputs instead of these.
 */
export class Regressors {
  readonly rows: Float32Array;
  /** Length of a row. */
  readonly width: number;
  /** Where the inputs begin. */
  readonly inputs: number;
  /** The column behind the constant 1. */
  readonly plain: number;
  readonly state;
  private readonly layer: Lru;

  constructor(
    units: number,
    private readonly history: History,
    private readonly lagScale: RunningRms,
    private readonly ahead: boolean,
    seed: number,
  ) {
    const d = history.width;
    this.inputs = 2 * units + d;
    this.plain = this.inputs + d + 1;
    const products = d <= MOST_FACTORS ? (d * (d + 1)) / 2 : d;
    this.width = this.plain + (ahead ? LAGS : products);
    this.layer = new Lru(units, d, new Float64Array(Lru.parameterCount(units, d)));
    this.layer.initialise(new Random(seed));
    const ring = { total: "history.total" };
    this.state = state({
      h: f64(2 * units),
      rows: f32(history.capacity * this.width, { ring: { ...ring, width: this.width } }),
    });
    this.rows = this.state.rows;
  }

  /** Takes in reading i, whose inputs the history holds. */
  take(i: number, since: number): void {
    const { history, state, rows, width, layer } = this;
    const d = history.width;
    const slot = history.slot(i);
    const { inputs } = history;
    layer.forward(state.h, inputs, slot * d);
    let at = slot * width;
    for (const x of state.h) rows[at++] = x;
    const before = i > since ? history.slot(i - 1) : slot;
    for (let k = 0; k < d; k++) rows[at++] = inputs[slot * d + k] - inputs[before * d + k];
    for (let k = 0; k < d; k++) rows[at++] = inputs[slot * d + k];
    rows[at++] = 1;
    if (this.ahead) this.takeLags(i, since, at);
    else this.takeProducts(slot, at);
  }

  private takeLags(i: number, since: number, at: number): void {
    const { history, rows } = this;
    const sigma = this.lagScale.value;
    let later = history.naive[history.slot(i)];
    for (let lag = 1; lag <= LAGS; lag++) {
      let change = 0;
      if (i - lag >= since) {
        const earlier = history.naive[history.slot(i - lag)];
        if (sigma > 0 && !Number.isNaN(earlier)) change = (later - earlier) / sigma;
        later = earlier;
      }
      rows[at++] = Math.max(-LAG_CLIP, Math.min(LAG_CLIP, change));
    }
  }

  private takeProducts(slot: number, at: number): void {
    const { history, rows } = this;
    const d = history.width;
    const u = slot * d;
    const { inputs } = history;
    const all = d <= MOST_FACTORS;
    for (let k = 0; k < d; k++)
      for (let l = k; l < (all ? d : k + 1); l++) rows[at++] = inputs[u + k] * inputs[u + l];
  }

  forgetReadings(): void {
    this.state.h.fill(0);
  }

  parts(): Parts {
    return { regressors: this.state };
  }
}
