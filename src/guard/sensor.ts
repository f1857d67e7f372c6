import { type Parts, within } from "../record/part";
import { LEVELS, RETURN } from "../stream/levels";
import { UsualSpacing } from "../stream/usual-spacing";
import { Flatline } from "./flatline";
import { Level } from "./level";
import { NoiseBurst } from "./noise-burst";
import type { State } from "./quality";
import { RateOfChange } from "./rate-of-change";
import type { Rule } from "./reason";

/** Beyond this no sensor reading is believed, in any unit. */
const ABSURD = 1e30;
/** The first readings at a new level are called spikes. */
const SPIKE = 3;
/** A value is late after so many of its usual intervals. */
const LATE = 3;
const VALUES_KNOWN = 3;
/** Values from which it is known how often a sensor comes; readings without one after which it is gone. */
const STEADY_KNOWN = 50;
const GONE = 1000;
/** A code for "no value" is believed to be one if the sensor has moved so often without coming near it. */
const MOVES_KNOWN = 20;
/** Variance of a value that is only uncertain, relative to the sensor's own; of one that is more likely wrong; at most. */
const UNCERTAIN = 1;
const DOUBTED = 9;
const MOST_DOUBT = 100;

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

/** What stands in a record for a level at which a sensor has never been. */
const UNHEARD = new NoiseBurst();

/** How long doubts last at most, in readings. */
export interface Patience {
  /** A new level. */
  level: number;
  /** A sensor that stands still, or contradicts the others. */
  contradiction: number;
}

/**
 * One sensor: its value goes through the rules in turn. One that is no value, or lies outside what the plant's engineer
 * allows, is not to be used; one that is only unusual is used, and in doubt for a while.
 */
export class Sensor {
  readonly flatline: Flatline;
  readonly level: Level;
  private readonly rate: RateOfChange;
  /** What is usual differs from level to level: a machine that runs shakes more than one that rests. */
  private readonly noise = new Array<NoiseBurst | undefined>(LEVELS).fill(undefined);
  private readonly interval = new UsualSpacing();
  private readonly readings = new UsualSpacing();
  readonly s = {
    /** Values that came; readings in a row without one. */
    count: 0,
    absent: 0,
    /** The last number that came; the last one that could be used, and when; the range of those. */
    last: Number.NaN,
    lastGood: Number.NaN,
    lastSeen: Number.NaN,
    low: Number.NaN,
    high: Number.NaN,
    /** The level at which it was with that value, and for how many readings it has been there. */
    level: 0,
    here: Number.POSITIVE_INFINITY,
  };

  /** What was found of the last value. */
  state: State = "good";
  /** The rule that caught the last value; undefined where it was good. */
  rule: Rule | undefined;
  /** The limit that it passed; see `Reason`. */
  limit = Number.NaN;
  /** Readings in a row that this has lasted. */
  lasting = 1;
  /** Variance of the last value relative to the sensor's own: 0 = sure. */
  doubt = 0;

  /**
   * @param name of the sensor
   * @param limits what the plant knows of it
   * @param sentinels numbers that stand for "no value" where they lie outside what the sensor has shown
   * @param rare whether the value comes now and then by nature (the label of a soft sensor)
   * @param patience how long doubts last at most
   */
  constructor(
    readonly name: string,
    private readonly limits: SensorLimits,
    private readonly sentinels: readonly number[],
    private readonly rare: boolean,
    private readonly patience: Patience,
  ) {
    const { spike, rate, flatline } = limits.tolerance ?? {};
    this.flatline = new Flatline(flatline);
    this.level = new Level(patience.level, spike);
    this.rate = new RateOfChange(rate);
  }

  private noiseAt(level: number): NoiseBurst {
    // Mostly a sensor lives at one of them.
    this.noise[level] ??= new NoiseBurst(this.limits.tolerance?.noise);
    return this.noise[level];
  }

  /** The last value that could be used; NaN before the first. */
  get lastGood(): number {
    return this.s.lastGood;
  }

  /** Whether the last value is at a level that is new to the sensor. */
  get isElsewhere(): boolean {
    return this.rule === "spike" || this.rule === "level";
  }

  /** Whether the last value changed faster than it ever did, and nothing else is in doubt. */
  get isHurried(): boolean {
    return this.rule === "rate" && this.state === "uncertain";
  }

  /** Readings since it left the level at which it lived: for one that is new, or for one that it knows. */
  get away(): number {
    return this.isElsewhere ? this.lasting : this.level.levels.gone || this.s.here + RETURN;
  }

  /** After how many readings its value comes, in the mean; Infinity where too few came, or none for long. */
  get usualReadings(): number {
    const { s } = this;
    return s.count < STEADY_KNOWN || s.absent >= GONE ? Number.POSITIVE_INFINITY : this.readings.value;
  }

  /** How much further than usual the sensor may be from what the others say; Infinity: it is not compared with them. */
  get toleranceOfOthers(): number {
    return this.limits.tolerance?.agreement ?? 1;
  }

  /**
   * Judges the value of a reading and learns from it if it can be used. `state`, `rule`, `limit`, `lasting` and `doubt`
   * tell the result.
   *
   * @param value what the reading holds under the sensor's name; undefined = nothing
   * @param time of the reading, ms
   * @param required whether the sensor must be there from the first reading on
   */
  judge(value: unknown, time: number, required: boolean): void {
    this.begin();
    if (value === undefined) {
      this.judgeAbsence(time, required);
      return;
    }
    this.followInterval(time);
    if (typeof value === "number") this.s.last = value;
    this.judgePlain(value);
    if (this.state !== "bad") this.judgeBehaviour(value as number, time);
  }

  private begin(): void {
    this.state = "good";
    this.rule = undefined;
    this.limit = Number.NaN;
    this.lasting = 1;
    this.doubt = 0;
  }

  /** The rules that need no past. */
  private judgePlain(value: unknown): void {
    this.begin();
    const { min, max } = this.limits;
    if (typeof value !== "number" || !(Math.abs(value) <= ABSURD)) this.refuse("notANumber", Number.NaN);
    else if (this.isSentinel(value)) this.refuse("sentinel", Number.NaN);
    else if (min !== undefined && value < min) this.refuse("range", min);
    else if (max !== undefined && value > max) this.refuse("range", max);
  }

  private judgeBehaviour(x: number, time: number): void {
    const { s, flatline, level, patience } = this;
    const fast = this.rate.judge(x, time, this.limits.rate ?? Number.NaN);
    if (fast === "bad") {
      this.refuse("rate", this.limits.rate as number);
      return;
    }
    const still = flatline.judge(x);
    const far = level.judge(x);
    const { present } = level.levels;
    const noise = this.noiseAt(present);
    s.here += 1;
    if (present !== s.level) {
      noise.arrive();
      s.here = 0;
    }
    s.level = present;
    // A jump to another level is no noise, nor is the way there.
    const isThere = far === 0 && level.levels.gone < RETURN;
    const shaking = isThere && noise.judge(x) === "uncertain" && noise.lasting <= patience.contradiction;
    // The way back from a spike is not fast.
    if (!(far > 0 && level.doubted <= SPIKE)) this.rate.accept(x, time);
    s.lastGood = x;
    if (!(x >= s.low)) s.low = x;
    if (!(x <= s.high)) s.high = x;
    if (far > 0) this.doubtFar(far);
    else if (this.isStill(still)) this.doubtStill(still);
    else if (fast === "uncertain") this.doubtIt("rate", this.rate.usual, UNCERTAIN);
    else if (shaking) {
      this.lasting = noise.lasting;
      this.doubtIt("noise", noise.ratio, noise.ratio ** 2 - 1);
    } else if (noise.lasting > patience.contradiction) noise.restart();
  }

  /**
   * Judges a label that comes alone, with a time of its own. What comes now and then by nature, as from an analyser, is a
   * sequence of its own and learnt from; labels are too rare to doubt more of them than a spike has, or an analyser that
   * says the same for too long.
   */
  judgeLabel(value: unknown): void {
    this.judgePlain(value);
    if (this.state === "bad") return;
    const x = value as number;
    const far = this.rare ? this.level.judge(x) : this.level.distance(x);
    const still = this.rare ? this.flatline.judge(x) : "good";
    if (this.rare) this.s.lastGood = x;
    if (far === 0) {
      if (this.isStill(still)) this.doubtStill(still);
      return;
    }
    if (this.level.doubted > SPIKE) this.believe();
    else this.doubtFar(far);
  }

  /** Whether a value that repeats itself is in doubt; not for ever. */
  private isStill(still: State): boolean {
    return still !== "good" && this.flatline.run <= this.flatline.limit + this.patience.contradiction;
  }

  private doubtStill(still: State): void {
    const { flatline } = this;
    this.lasting = flatline.run;
    this.doubtIt("flatline", Math.floor(flatline.doubt), still === "bad" ? DOUBTED : UNCERTAIN);
  }

  /** @param far times the limit that the last value is away from where the sensor lives */
  private doubtFar(far: number): void {
    const { level } = this;
    const isSpike = level.doubted <= SPIKE;
    this.lasting = Math.max(1, level.doubted);
    this.doubtIt(isSpike ? "spike" : "level", isSpike ? level.limit : level.believedAfter, DOUBTED * far * far);
  }

  private refuse(rule: Rule, limit: number): void {
    this.state = "bad";
    this.rule = rule;
    this.limit = limit;
  }

  private doubtIt(rule: Rule, limit: number, doubt: number): void {
    this.state = "uncertain";
    this.rule = rule;
    this.limit = limit;
    this.doubt = Math.min(MOST_DOUBT, doubt);
  }

  /** Where the sensor is now, it lives: others have moved with it. */
  believe(): void {
    this.level.believe();
    this.begin();
  }

  /** It is on its way, as others are: no level of its own, and no doubt. */
  excuse(): void {
    this.begin();
  }

  /** Somebody has moved a set point: its levels may be new. */
  expectLevel(): void {
    this.level.expect();
  }

  /**
   * Takes in that the other sensors contradict the last value.
   *
   * @param isHeld whether they explain it so well that what they say stands in; else it is in doubt
   * @param expected what they say
   * @param excess how many times too far it is
   * @param lasting readings that they have contradicted it
   */
  contradict(isHeld: boolean, expected: number, excess: number, lasting: number): void {
    if (isHeld) this.refuse("agreement", expected);
    else this.doubtIt("agreement", expected, DOUBTED * excess * excess);
    this.lasting = lasting;
  }

  private isSentinel(x: number): boolean {
    const { s } = this;
    if (!this.sentinels.includes(x)) return false;
    if (this.level.state.moves < MOVES_KNOWN) return true;
    const span = s.high - s.low;
    return !(x >= s.low - span && x <= s.high + span);
  }

  private followInterval(time: number): void {
    const { s } = this;
    const elapsed = time - s.lastSeen;
    if (elapsed > 0) {
      this.readings.update(s.absent + 1);
      this.interval.update(elapsed);
    }
    s.count += 1;
    s.absent = 0;
    s.lastSeen = time;
  }

  private judgeAbsence(time: number, required: boolean): void {
    const { s } = this;
    const { late = 1 } = this.limits.tolerance ?? {};
    const limit = LATE * late * this.interval.value;
    const known = s.count >= VALUES_KNOWN;
    s.absent += 1;
    this.lasting = s.absent;
    if (late === Number.POSITIVE_INFINITY || (!known && (!required || this.rare))) return;
    if (known && time - s.lastSeen > limit) {
      this.refuse("late", limit / 1000);
      // A soft sensor without labels goes on estimating; only its learning waits.
      if (this.rare) this.state = "uncertain";
    } else if (!this.rare && !(known && s.absent < this.readings.value - 0.5)) {
      // A sensor that comes with every tenth reading is not missed before the tenth.
      this.refuse("missing", Number.NaN);
    }
  }

  /** Before a record is read, and `tidy` afterwards. */
  makeRoom(): void {
    for (let level = 0; level < LEVELS; level++) this.noiseAt(level);
  }

  tidy(): void {
    this.noise.forEach((one, level) => {
      if (one && Object.values(one.s).every((number) => number === 0)) this.noise[level] = undefined;
    });
  }

  /** All that has to be remembered, by name. */
  parts(): Parts {
    const { s, flatline, level, rate, noise, interval, readings } = this;
    return {
      sensor: s,
      ...within("sensor", {
        interval: interval.state,
        readings: readings.state,
        flatline: flatline.s,
        level: level.state,
        levels: level.levels.state,
        rate: rate.s,
        noise: noise.map((one) => (one ?? UNHEARD).s),
      }),
    };
  }
}
