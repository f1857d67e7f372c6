import { state } from "../record/state";
import type { State } from "./quality";

/** The short deviation must exceed so many long ones … */
const TIMES_LONG = 4;
/** … and so many times the largest short one seen in health. */
const TIMES_LARGEST = 1.5;
const CHANGES_KNOWN = 200;
const CAUTION = 300;
const BLOCK = 20;
/** The largest healthy block fades by this share a block. */
const FADE = 2e-3;
const LONG_MEMORY = 1000;
/** One jump is no noise: a change counts as so many long deviations at most. */
const WINSOR = 20;
/** A burst becomes the usual noise so many times more slowly than healthy readings do. */
const RELUCTANCE = 20;
const SLACK = 1 + 1e-9;

/**
 * A loose contact or an electric disturbance shows as noise: the sensor is right on average and shakes. The mean absolute
 * second difference of a block of 20 readings, which a ramp or a slow wave leaves at nothing, is compared with the same
 * over 1000 readings and with the largest of all healthy blocks before. The way into another level bends, and does not
 * shake: what the differences of a block come to in all is no noise.
 */
export class NoiseBurst {
  readonly s = state({
    last: 0,
    changes: 0,
    sum: 0,
    /** Sum of the second differences with their signs: what bends one way does not shake. */
    bend: 0,
    long: 0,
    largest: 0,
    started: 0,
    before: 0,
    filled: 0,
    burst: 0,
    lasting: 0,
    ratio: 0,
  });

  /** @param tolerance multiplies the limit; Infinity: nothing is a burst */
  constructor(private readonly tolerance = 1) {}

  /** How many times stronger than usual the noise of this block is. */
  get ratio(): number {
    return this.s.ratio;
  }

  /** Readings in a row that the burst has lasted. */
  get lasting(): number {
    return this.s.lasting;
  }

  /**
   * Takes in a value that no other rule found bad.
   *
   * @param x finite
   * @returns uncertain in a burst: from the reading that proves it to the end of the first quiet block
   */
  judge(x: number): State {
    const s = this.s;
    const turn = x - s.last - (s.last - s.before);
    const shake = Math.abs(turn);
    s.before = s.last;
    s.last = x;
    if (s.started < 2) {
      s.started += 1;
      return "good";
    }
    if (shake === 0 && s.long === 0) return "good";
    const counted = s.changes > BLOCK ? Math.min(shake, WINSOR * s.long) : shake;
    s.changes += 1;
    s.sum += counted;
    s.bend += Math.sign(turn) * counted;
    s.filled += 1;
    const mean = (s.sum - Math.abs(s.bend)) / BLOCK;
    const most = Math.max(TIMES_LONG * s.long, TIMES_LARGEST * (1 + CAUTION / s.changes) * s.largest);
    const loud = s.changes > CHANGES_KNOWN && mean > this.tolerance * most * SLACK;
    if (loud) s.burst = 1;
    s.lasting = s.burst === 1 ? s.lasting + 1 : 0;
    if (s.burst === 1) s.ratio = mean / s.long;
    s.long += (counted - s.long) / (Math.min(s.changes, LONG_MEMORY) * (s.burst === 1 ? RELUCTANCE : 1));
    if (s.filled === BLOCK) {
      if (!loud) {
        s.largest = Math.max(s.largest * (1 - FADE), mean);
        s.burst = 0;
      }
      s.sum = 0;
      s.bend = 0;
      s.filled = 0;
    }
    return s.burst === 1 ? "uncertain" : "good";
  }

  /** The sensor has come from another level: what it did when it was here last is no part of what it does now. */
  arrive(): void {
    Object.assign(this.s, { started: 0, sum: 0, bend: 0, filled: 0, burst: 0, lasting: 0 });
  }

  /** Forgets the usual noise. */
  restart(): void {
    Object.assign(this.s, new NoiseBurst().s);
  }
}
