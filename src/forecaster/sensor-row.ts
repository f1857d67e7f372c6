import type { Parts } from "../record/part";
import { EndStop } from "../stream/end-stop";
import { beyond, expand, Levels } from "../stream/levels";
import { SensorRelation } from "../stream/sensor-relation";
import type { HeldValue, Reading } from "./reading";

/** Beyond this no sensor reading is believed, in any unit: a float of a controller ends at 3.4e38, and so do ours. */
export const ABSURD = 1e30;
/** With more columns than this the relation of the sensors costs more than it is worth. */
const MOST_COLUMNS = 64;

/**
 * The sensors of one asset at the reading at hand: what came, standardised, an estimate by the other sensors where nothing
 * came, and how sure that is. A soft sensor's target is its label, which the estimate must not have seen.
 */
export class SensorRow {
  /** Where each input lives, and the target. */
  readonly levels: readonly Levels[];
  readonly targetLevels = new Levels();
  /** Between these the target lies. */
  readonly lowest = new EndStop(-1);
  readonly highest = new EndStop(1);
  /** What the inputs and, last, the target say of each other. */
  readonly relation: SensorRelation;
  /** By network input: variance of the value used, standardised; 0 = sure. */
  readonly variance: Float64Array;
  /** The values that were not used as they came. */
  readonly held: HeldValue[] = [];
  /** Inputs, then the target, as they came (NaN = no number), and standardised. */
  private readonly row: Float64Array;
  private readonly u: Float64Array;
  private readonly values: Float64Array;
  /** By input: what that leaves out, see `Levels.offset`. */
  private readonly offsets: Float64Array;
  /** Whether an input that lives at several levels is on its way from one to another. */
  isMoving = false;
  /** 1 for each of them that has no value of its own. */
  private readonly missing: Uint8Array;
  private readonly inputs: readonly string[];
  private readonly target: string;
  private readonly isAhead: boolean;
  private readonly lastGood: Float64Array;

  /**
   * @param of inputs and target by name; isAhead: false for a soft sensor; width: of the networks' input; lastGood: where the
   *   last value of each is remembered
   */
  constructor(of: {
    inputs: readonly string[];
    target: string;
    isAhead: boolean;
    width: number;
    lastGood: Float64Array;
  }) {
    const { inputs, isAhead } = of;
    const columns = inputs.length + 1;
    this.inputs = inputs;
    this.target = of.target;
    this.isAhead = isAhead;
    this.lastGood = of.lastGood;
    this.levels = inputs.map(() => new Levels());
    this.relation = new SensorRelation(columns <= MOST_COLUMNS ? columns : 0, !isAhead);
    this.row = new Float64Array(columns);
    this.u = new Float64Array(columns);
    this.values = new Float64Array(columns);
    this.offsets = new Float64Array(inputs.length);
    this.missing = new Uint8Array(columns);
    this.variance = new Float64Array(of.width);
  }

  /** Reads the values, standardises them, and names those that are none. */
  take({ values, ordered }: Reading): void {
    const { row, u, missing, levels, lastGood, inputs, target } = this;
    this.held.length = 0;
    this.isMoving = false;
    for (let i = 0; i < row.length; i++) {
      const x: unknown = ordered ? ordered[i] : values[i < inputs.length ? inputs[i] : target];
      row[i] = typeof x === "number" ? x : Number.NaN;
      missing[i] = Math.abs(row[i]) <= ABSURD ? 0 : 1;
      // For a soft sensor a reading without label is the rule, not a fault.
      const isExpected = i < inputs.length || this.isAhead;
      if (missing[i] === 1 && (isExpected || !Number.isNaN(row[i]))) this.hold(i);
      if (i === inputs.length) continue;
      const before = levels[i].levelOf(lastGood[i]);
      if (missing[i] === 0) {
        levels[i].update(row[i]);
        lastGood[i] = row[i];
      }
      u[i] = levels[i].standardise(lastGood[i]);
      this.offsets[i] = levels[i].offset(lastGood[i], u[i]);
      if (levels[i].hasSpan) this.isMoving ||= beyond(u[i]) > 0 || levels[i].levelOf(lastGood[i]) !== before;
    }
  }

  private hold(i: number): void {
    const { inputs, target, row, held } = this;
    const rule = Number.isNaN(row[i]) ? "missing" : "absurd";
    held.push({ sensor: i < inputs.length ? inputs[i] : target, rule, value: row[i] });
  }

  /** How many inputs live at several levels. */
  get spans(): number {
    let count = 0;
    for (const { hasSpan } of this.levels) if (hasSpan) count += 1;
    return count;
  }

  /** The target's value, which came with the reading; NaN where none did. */
  get actual(): number {
    const at = this.inputs.length;
    return this.missing[at] === 0 ? this.row[at] : Number.NaN;
  }

  /** Whether something stands in for a value that the forecast leans on. */
  get isAnyMissing(): boolean {
    return this.isAnyInputMissing || (this.isAhead && this.isTargetMissing);
  }

  private get isAnyInputMissing(): boolean {
    for (let i = 0; i < this.inputs.length; i++) if (this.missing[i] === 1) return true;
    return false;
  }

  private get isTargetMissing(): boolean {
    return this.missing[this.inputs.length] === 1;
  }

  /** Whether the others say what a target that did not come should be. */
  get isTargetEstimated(): boolean {
    return this.isAhead && this.isTargetMissing && this.relation.columns > 0;
  }

  /** What they say, standardised. */
  get targetEstimate(): number {
    return this.u[this.inputs.length];
  }

  /** How doubtful the values are that came; see `Reading.doubts`. */
  takeDoubts({ doubts }: Reading, hasTarget: boolean): void {
    const { variance, missing, inputs, target } = this;
    variance.fill(0);
    if (!doubts) return;
    for (let i = 0; i < inputs.length; i++) {
      const doubt = doubts[inputs[i]];
      if (doubt > 0 && missing[i] === 0) variance[i] = doubt;
    }
    if (hasTarget && this.isAhead && doubts[target] > 0) variance[inputs.length] = doubts[target];
  }

  /**
   * Puts estimates where values are missing.
   *
   * @param last the target's last value, in its unit
   * @param to where the networks read the inputs, from index `at` on
   */
  complete(last: number, to: Float32Array, at: number): void {
    const { relation, u, missing, variance } = this;
    const count = this.inputs.length;
    this.values[count] = last;
    u[count] = this.targetLevels.standardise(this.isAhead ? last : this.actual);
    const hidden = missing[count];
    // A soft sensor estimates before it sees the label.
    if (!this.isAhead) missing[count] = 1;
    if (relation.columns > 0) relation.complete(u, 0, missing);
    missing[count] = hidden;
    for (let i = 0; i < count; i++) {
      to[at + i] = u[i];
      if (missing[i] === 1) variance[i] = relation.columns > 0 ? relation.variance[i] : 1;
    }
  }

  /**
   * A soft sensor: what the label at hand says of missing inputs of its own reading.
   *
   * @param shown whether the label is known in service as well
   * @returns whether `complete` would now write other values
   */
  correct(shown: boolean): boolean {
    const { relation, u, missing } = this;
    if (this.isTargetMissing) return false;
    const at = this.inputs.length;
    u[at] = this.targetLevels.standardise(this.actual);
    return shown && this.isAnyInputMissing && relation.correct(u, 0, missing, u[at]);
  }

  /** Writes the inputs as they are used where the networks read them, from index `at` on. */
  write(to: Float32Array, at: number): void {
    for (let i = 0; i < this.inputs.length; i++) to[at + i] = this.u[i];
  }

  /** Writes how far their levels lie from home, likewise. */
  writeOffsets(to: Float32Array, at: number): void {
    for (let i = 0; i < this.inputs.length; i++) to[at + i] = this.offsets[i];
  }

  /** Learns what the sensors show together, with a weight of 0 … 1. */
  learn(weight: number): void {
    if (this.relation.columns > 0) this.relation.learn(this.u, 0, this.missing, weight);
  }

  /** The inputs as they are used, and the target's last value, in their own units; written again at the next reading. */
  get used(): Float64Array {
    const { levels, row, u, missing, values } = this;
    for (let k = 0; k < levels.length; k++)
      values[k] = missing[k] === 0 ? row[k] : levels[k].mean + levels[k].deviation * expand(u[k]);
    return values;
  }

  /** Whether what was read in makes sense together. */
  get isSound(): boolean {
    return [...this.levels, this.targetLevels].every((levels) => levels.isSound);
  }

  /** All that has to be remembered, by name. */
  parts(): Parts {
    return {
      relation: this.relation.state,
      levels: this.levels.map(({ state }) => state),
      targetLevels: this.targetLevels.state,
      lowest: this.lowest.state,
      highest: this.highest.state,
    };
  }
}
