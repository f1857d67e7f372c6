import { Flatline } from "./flatline";
import { NoiseBurst } from "./noise-burst";
import type { State } from "./quality";
import { RateOfChange } from "./rate-of-change";
import type { Rule } from "./reason";
import { Spike } from "./spike";

/** Beyond this no sensor reading is believed, in any unit. */
const ABSURD = 1e100;
/** The first readings at a new level that are still called spikes. */
const SPIKE = 3;
/** A value is late after so many of its usual intervals. */
const LATE = 3;
const VALUES_KNOWN = 3;
/** Values from which it is known how often a sensor comes. */
const STEADY_KNOWN = 50;
/** A sensor that has been bad, or absent, for so many readings is gone. */
const GONE = 1000;
/** A code for "no value" is believed to be one if the sensor has moved so often without coming near it. */
const MOVES_KNOWN = 20;

const COUNT = 0;
const LAST_GOOD = 1;
const LAST_SEEN = 2;
const INTERVAL = 3;
const ABSENT = 4;
const LOW = 5;
const HIGH = 6;
const LAST = 7;
const READINGS = 8;
/** Readings in a row that were bad. */
const BAD = 9;
const WAS_STUCK = 10;

/** The checks that learn what is usual; each can be told to be more tolerant, or switched off. */
export const CHECKS = ["late", "spike", "rate", "flatline", "noise", "agreement"] as const;
export type Check = (typeof CHECKS)[number];

/** How many times further than usual a check lets a sensor go; absent = 1, Infinity = the check is off. */
export type Tolerance = Readonly<Partial<Record<Check, number>>>;

/** What the plant knows of a sensor; everything else is learnt. */
export interface SensorLimits {
  /** Physical range, in the sensor's unit; absent = none. */
  min?: number;
  max?: number;
  /** Fastest possible change, in the sensor's unit per second, > 0; absent = none. */
  rate?: number;
  tolerance?: Tolerance;
}

/**
 * One sensor: its value goes through the rules in turn, from the plainest to the finest; the first that finds it bad ends
 * the walk, so that a bad value teaches the others nothing.
 */
export class Sensor {
  private readonly flatline: Flatline;
  private readonly spike: Spike;
  private readonly rate: RateOfChange;
  private readonly noise: NoiseBurst;
  /** A value is late after so many of its usual intervals. */
  private readonly patience: number;
  private readonly s = new Float64Array(11).fill(Number.NaN, 1, 4);

  /** What was found of the last value. */
  state: State = "good";
  /** The rule that caught the last value; undefined where it was good. */
  rule: Rule | undefined;
  /** The limit that it passed; see `Reason`. */
  limit = Number.NaN;
  /** Readings in a row that this has lasted. */
  lasting = 1;
  /** Whether the last value was believed at a new level. */
  hasMoved = false;
  /** For how many readings before this one the others show that it was wrong. */
  private wrongBefore = 0;
  private goodBefore = Number.NaN;

  /**
   * @param name of the sensor
   * @param limits what the plant knows of it
   * @param sentinels numbers that stand for "no value" where they lie outside what the sensor has shown
   * @param rare whether the value comes now and then by nature (the label of a soft sensor)
   */
  constructor(
    readonly name: string,
    private readonly limits: SensorLimits,
    private readonly sentinels: readonly number[],
    private readonly rare: boolean,
  ) {
    const { late = 1, spike, rate, flatline, noise } = limits.tolerance ?? {};
    this.flatline = new Flatline(flatline);
    this.spike = new Spike(spike);
    this.rate = new RateOfChange(rate);
    this.noise = new NoiseBurst(noise);
    this.patience = LATE * late;
    this.s[LOW] = Number.NaN;
    this.s[HIGH] = Number.NaN;
    this.s[LAST] = Number.NaN;
  }

  /** Readings in a row with the present value. */
  get run(): number {
    return this.flatline.run;
  }

  /** Whether it has stood at its present value before, and left it by itself. */
  get isFamiliar(): boolean {
    return this.flatline.familiar;
  }

  /** The last number that came, good or bad; NaN before the first. */
  get last(): number {
    return this.s[LAST];
  }

  /** The last value that was not bad; NaN before the first. */
  get lastGood(): number {
    return this.s[LAST_GOOD];
  }

  /**
   * Judges the value of a reading and learns from it if it is not bad. `rule`, `limit` and `lasting` tell the rest.
   *
   * @param value what the reading holds under the sensor's name; undefined = nothing
   * @param time of the reading, ms
   * @param required whether the sensor must be there from the first reading on
   */
  judge(value: unknown, time: number, required: boolean): State {
    this.state = this.find(value, time, required);
    return this.state;
  }

  /**
   * Takes in what the guard made of the last verdict, seeing all sensors.
   *
   * @returns for how many readings before this one, found usable at the time, it shows that they were bad; mostly 0
   */
  settle(state: State): number {
    const { s } = this;
    const isStuck = state === "bad" && this.rule === "flatline";
    const wasStuck = s[WAS_STUCK] === 1;
    const badBefore = s[BAD];
    // A lost reading does not end it.
    s[WAS_STUCK] = isStuck || (wasStuck && state === "bad") ? 1 : 0;
    s[BAD] = state === "bad" ? badBefore + 1 : 0;
    // What stood still only while it was bad already has taught nothing.
    if (isStuck && !wasStuck && this.lasting - 1 > badBefore)
      return Math.round((this.lasting - 1) * Math.max(1, s[READINGS]));
    return state === "bad" && badBefore === 0 ? this.wrongBefore : 0;
  }

  /** How much further than usual the sensor may be from what the others say; Infinity: it is not compared with them. */
  get toleranceOfOthers(): number {
    return this.limits.tolerance?.agreement ?? 1;
  }

  /** After how many readings its value comes, in the mean; Infinity where too few came, or none of use for long. */
  get usualReadings(): number {
    const { s } = this;
    const isGone = s[BAD] >= GONE || s[ABSENT] >= GONE;
    return s[COUNT] < STEADY_KNOWN || isGone ? Number.POSITIVE_INFINITY : s[READINGS];
  }

  /**
   * Takes in that the other sensors contradict the last value.
   *
   * @param state what follows
   * @param expected what the others say
   * @param lasting readings in a row that they contradict it
   * @param wrongBefore for how many readings before they do so in hindsight
   */
  contradict(state: State, expected: number, lasting: number, wrongBefore: number): void {
    this.state = this.caught("agreement", state, expected);
    if (state === "bad") this.s[LAST_GOOD] = this.goodBefore;
    this.lasting = lasting;
    this.wrongBefore = wrongBefore;
  }

  private find(value: unknown, time: number, required: boolean): State {
    this.rule = undefined;
    this.hasMoved = false;
    this.wrongBefore = 0;
    this.limit = Number.NaN;
    this.lasting = 1;
    if (value === undefined) return this.judgeAbsence(time, required);
    this.followInterval(time);
    if (typeof value === "number") this.s[LAST] = value;
    const plain = this.judgePlain(value);
    if (plain === "bad") return plain;
    return this.judgeBehaviour(value as number, time);
  }

  /** The rules that need no past: a late label, which is no part of the sequence, goes through these only. */
  judgePlain(value: unknown): State {
    this.rule = undefined;
    if (typeof value !== "number" || !(Math.abs(value) <= ABSURD)) return this.caught("notANumber", "bad", Number.NaN);
    if (this.isSentinel(value)) return this.caught("sentinel", "bad", Number.NaN);
    const { min, max } = this.limits;
    if (min !== undefined && value < min) return this.caught("range", "bad", min);
    if (max !== undefined && value > max) return this.caught("range", "bad", max);
    return "good";
  }

  private judgeBehaviour(x: number, time: number): State {
    const still = this.flatline.judge(x);
    const isInRange = x >= this.s[LOW] && x <= this.s[HIGH];
    const far = this.spike.judge(x, isInRange);
    // Where it has been before it may lie: that is for the others to say.
    this.hasMoved = far === "new level" && !isInRange;
    if (far === "new level") {
      this.spike.restart();
      this.rate.restart();
      this.noise.restart();
      this.s[LOW] = x;
      this.s[HIGH] = x;
    } else if (far === "bad") {
      const { suspects } = this.spike;
      this.lasting = suspects;
      if (suspects <= SPIKE) return this.caught("spike", "bad", this.spike.limit);
      return this.caught("level", "bad", this.spike.patience);
    }
    if (still === "bad") {
      this.lasting = this.flatline.run;
      return this.caught("flatline", "bad", Math.floor(this.flatline.limit));
    }
    const fast = this.rate.judge(x, time, this.limits.rate ?? Number.NaN);
    if (fast === "bad") return this.caught("rate", "bad", this.limits.rate as number);
    const shaking = this.noise.judge(x);
    this.accept(x, time);
    if (still === "uncertain") {
      this.lasting = this.flatline.run;
      return this.caught("flatline", "uncertain", Math.floor(this.flatline.doubt));
    }
    if (fast === "uncertain") return this.caught("rate", "uncertain", this.rate.usual);
    if (shaking === "uncertain") return this.caught("noise", "uncertain", this.noise.ratio);
    return "good";
  }

  private accept(x: number, time: number): void {
    const s = this.s;
    this.spike.accept(x);
    this.rate.accept(x, time);
    this.goodBefore = s[LAST_GOOD];
    s[LAST_GOOD] = x;
    if (!(x >= s[LOW])) s[LOW] = x;
    if (!(x <= s[HIGH])) s[HIGH] = x;
  }

  private isSentinel(x: number): boolean {
    if (!this.sentinels.includes(x)) return false;
    if (this.spike.moves < MOVES_KNOWN) return true;
    const span = this.s[HIGH] - this.s[LOW];
    return !(x >= this.s[LOW] - span && x <= this.s[HIGH] + span);
  }

  private followInterval(time: number): void {
    const s = this.s;
    const elapsed = time - s[LAST_SEEN];
    const absent = s[ABSENT];
    s[COUNT] += 1;
    s[ABSENT] = 0;
    s[LAST_SEEN] = time;
    if (!(elapsed > 0)) return;
    const readings = absent + 1;
    s[READINGS] += s[READINGS] === 0 ? readings : 0.05 * (Math.min(readings, LATE * s[READINGS]) - s[READINGS]);
    if (Number.isNaN(s[INTERVAL])) s[INTERVAL] = elapsed;
    else s[INTERVAL] += 0.05 * (Math.min(elapsed, LATE * s[INTERVAL]) - s[INTERVAL]);
  }

  private judgeAbsence(time: number, required: boolean): State {
    const s = this.s;
    const elapsed = time - s[LAST_SEEN];
    const known = s[COUNT] >= VALUES_KNOWN;
    s[ABSENT] += 1;
    if (this.patience === Number.POSITIVE_INFINITY) return "good";
    if (!known && (!required || this.rare)) return "good";
    this.lasting = s[ABSENT];
    // A soft sensor without labels goes on estimating; only its learning waits.
    if (known && elapsed > this.patience * s[INTERVAL])
      return this.caught("late", this.rare ? "uncertain" : "bad", (this.patience * s[INTERVAL]) / 1000);
    // A sensor that comes with every tenth reading is not missed before the tenth.
    if (this.rare || (known && s[ABSENT] < s[READINGS] - 0.5)) return "good";
    return this.caught("missing", "bad", Number.NaN);
  }

  private caught(rule: Rule, state: State, limit: number): State {
    this.rule = rule;
    this.limit = limit;
    return state;
  }

  /** All that has to be remembered, in a fixed order. */
  buffers(): Float64Array[] {
    return [
      this.s,
      ...this.flatline.buffers(),
      ...this.spike.buffers(),
      ...this.rate.buffers(),
      ...this.noise.buffers(),
    ];
  }
}
