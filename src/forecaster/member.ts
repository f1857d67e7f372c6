import type { Arena } from "../kernel/arena";
import type { Parts } from "../record/part";
import { Adam } from "./adam";
import { LruTraces } from "./lru";
import { Network, type NetworkShape } from "./network";
import type { Random } from "./random";
import { TrustRegion } from "./trust-region";

/** How far fine-tuning may go from the base where no limit is set, relative to the base's norm. */
export const DEFAULT_LIMIT = 1;
const GRADIENT_NORM = 1;
const RECURRENT_RATE = 3;

/**
 * A network that learns and its frozen twin, which run forward side by side, and a learning copy of the state with traces
 * that follows behind up to the origin whose label has come. One is a forecaster's learner; several of different seeds
 * are a committee, whose mean varies less with the seed (Hansen and Salamon 1990, "Neural network ensembles").
 */
export class Member {
  readonly learner: Network;
  /** The network as pretrained or last approved, the base of fine-tuning: assets that have the same share its parameters. */
  readonly twin: Network;
  /** Whether it is as it was drawn: a record need not hold what the seed gives. */
  private isDrawn = false;
  readonly traces: LruTraces;
  readonly adam: Adam;
  readonly region: TrustRegion;
  /** The answer that `compare` has found, in units of the model. */
  output = 0;
  private readonly dphi: Float64Array;

  /** @param arena where the numbers lie, and those of the readings that it is given */
  constructor(
    readonly shape: NetworkShape,
    private readonly arena: Arena,
  ) {
    this.learner = new Network(shape, arena);
    // Its own parameters come with `base`.
    this.twin = new Network(shape, arena, this.learner.parameters);
    this.region = new TrustRegion(this.learner.parameters, arena.kernel);
    this.traces = new LruTraces(shape.units, shape.inputs, arena);
    this.adam = new Adam(shape.total, arena);
    this.dphi = arena.f64(2 * shape.units);
  }

  /** Draws the parameters of a new model, whose output is 0. */
  initialise(random: Random): void {
    this.learner.initialise(random);
    this.approve();
    this.isDrawn = true;
  }

  /** The parameters of today become the base. */
  approve(): void {
    const { learner, twin, region } = this;
    this.base(learner.parameters);
    twin.h.set(learner.h);
    region.hold(DEFAULT_LIMIT);
  }

  /** The base is as `initialise` has drawn it, by the same random numbers; what was learnt stays. */
  drawBase(random: Random): void {
    const drawn = new Network(this.shape);
    drawn.initialise(random);
    this.base(drawn.parameters);
    this.isDrawn = true;
  }

  /** These parameters become the base; they are copied. */
  base(parameters: Float64Array): void {
    const { arena, twin, region } = this;
    twin.use(arena.share(parameters, twin.parameters));
    region.rebase(twin.parameters);
    this.isDrawn = false;
  }

  /** Takes over parameters (same length); the optimiser starts afresh. */
  restore(parameters: Float64Array): void {
    this.learner.adopt(parameters);
    this.region.hold(Number.POSITIVE_INFINITY);
    this.adam.clear();
  }

  /** Works out what is derived from the parameters, after they were set from outside. */
  refresh(): void {
    this.learner.refresh();
    this.twin.refresh();
    this.region.rebase(this.twin.parameters);
  }

  /** Forgets the states. */
  forgetReadings(): void {
    this.learner.h.fill(0);
    this.twin.h.fill(0);
    this.traces.clear();
  }

  /**
   * Corrects the states for what is now known of the newest reading's inputs.
   *
   * @param change by how much each of those inputs was wrong, standardised
   */
  correct(change: Float64Array): void {
    this.learner.layer.correct(this.learner.h, change);
    this.twin.layer.correct(this.twin.h, change);
  }

  /** Learner and twin take in a reading, whose inputs lie from index `at` on. */
  advance(inputs: Float32Array, at: number): void {
    this.learner.advance(inputs, at);
    this.twin.advance(inputs, at);
  }

  /** The learning copy takes in a reading. */
  follow(inputs: Float32Array, at: number): void {
    this.learner.layer.trace(this.traces, inputs, at);
  }

  /** What the learner answers at the learning copy's reading, left in `output`: `gradient` follows. */
  compare(phi: Float64Array): void {
    phi.set(this.traces.h);
    this.output = this.learner.readout.forward(phi);
  }

  /**
   * The gradient of the loss of `output` with respect to every parameter.
   *
   * @param delta slope of the loss
   * @param phi features at the learning copy's reading, whose first 2n numbers are replaced by its state
   * @param to `shape.total` numbers, overwritten
   */
  gradient(delta: number, phi: Float64Array, to: Float64Array): void {
    const { learner, traces, shape, dphi } = this;
    phi.set(traces.h);
    learner.readout.gradient(delta, phi, to, shape.layer, dphi);
    learner.layer.gradient(traces, dphi, to);
  }

  /**
   * Takes one step of Adam against the gradient, cut to a norm of 1, and stays within the trust region.
   *
   * @param of from … to: the parameters that learn; rate; limit of the trust region, 0 or absent = the engine's own
   * @returns false where the gradient is not finite: nothing was changed
   */
  step(gradient: Float64Array, of: { from: number; to: number; rate: number; limit: number | undefined }): boolean {
    const { learner, adam, shape } = this;
    const { from, to, rate } = of;
    const square = this.arena.kernel.square(gradient, from, to);
    if (!Number.isFinite(square)) return false;
    const scale = square > GRADIENT_NORM * GRADIENT_NORM ? GRADIENT_NORM / Math.sqrt(square) : 1;
    adam.advance();
    adam.step(learner.parameters, gradient, from, Math.min(to, shape.layer), scale, RECURRENT_RATE * rate);
    adam.step(learner.parameters, gradient, Math.max(from, shape.layer), to, scale, rate);
    this.region.hold(of.limit || DEFAULT_LIMIT);
    if (from < shape.layer) learner.layer.clamp();
    return true;
  }

  /**
   * All that has to be remembered, by name.
   *
   * @param base where the parameters of the base are to be read into, for `base` to take; not said: they are written
   */
  parts(base?: Float64Array): Parts {
    const { learner, twin, traces, adam, region, isDrawn } = this;
    const parameters = base ?? twin.parameters;
    return {
      learner: { parameters: learner.parameters, h: learner.h },
      twin: isDrawn && !base ? { h: twin.h } : { parameters, h: twin.h },
      traces: { h: traces.h, e: traces.e, c: traces.c, E: traces.E },
      adam: adam.state,
      region: region.state,
    };
  }
}
