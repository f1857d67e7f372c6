import { RunningCovariance, regress } from "../forecaster/covariance";

/** Complete readings before the relation between the sensors is believed, and how many of them it follows. */
const KNOWN = 300;
const MEMORY = 2000;
/** The relation is worked out anew after so many complete readings. */
const RENEW = 50;
/** Readings whose mean tells a drift from noise. */
const SMOOTH = 30;
/** A sensor is judged only where the others leave less than this share of its deviation unexplained … */
const EXPLAINED = 0.3;
/** … and, while some of them are out of the question, not more than so many times what all of them leave. */
const WEAKER = 3;
/** So many times the largest disagreement that was seen in health is too much … */
const TIMES = 3;
/** … with extra caution as long as few readings were seen … */
const CAUTION = 300;
/** … and less than this share of the sensor's deviation never is: of a reading, of a mean. */
const SMALL = [0.5, 0.1] as const;
/**
 * The largest disagreements are remembered by blocks of complete readings; the newest two do not count, they may hold a
 * drift.
 */
const BLOCK = 100;
/** They fade by this share a block. */
const FADE = 0.01;
/** Readings in whose mean an accused sensor must agree with the others to be believed again. */
const PROOF = 3;
/** An accused sensor that is absent for so many readings is out of the question. */
const GONE = 10;
/** A sensor that jumped and then follows the others as it used to, only in another way, was changed: so many readings … */
const CHANGED = 150;
/** … of which the new relation leaves at most so many times what the old one left. */
const AS_TIGHT = 3;
/** Where so many others are out of the range of some thousand readings, by this share of it, the plant runs elsewhere … */
const SEVERAL = 2;
const OUTSIDE = 0.2;
/** … until their range has followed them there, by this share of the way a reading; it forgets so much more slowly. */
const WIDEN = 0.01;
const NARROW = 1e-4;
/** More sensors than this are not broken at a time: the plant runs in a new way. */
const MOST_ACCUSED = 2;
/** Of two that contradict each other, the one so many times further off from all others is to blame. */
const BLAME = 3;
/** A mean beyond this share of its limit is unusual: the drift that it shows has begun before … */
const UNUSUAL = 1 / 5;
/** … by so many readings, and is followed back no further than so many. */
const ON_ITS_WAY = 30;
const FURTHEST_BACK = 128;
/** With more sensors than this the relation costs more than it is worth. */
const MOST_SENSORS = 32;

const WORKED_OUT = 0;
const SEEN = 1;
const LASTING = 2;
const AGREES = 3;
const IS_PAIR = 4;
const IS_SUDDEN = 5;
const IN_BLOCK = 6;

const READING = 0;
const MEAN = 1;

/**
 * Sensors of one machine are related, and a relation that has held for long accuses the sensor that leaves it: one that
 * drifts, or jumps, within its usual range is found by no rule that looks at it alone. Each sensor is compared with what
 * the linear regression on all others says of it, reading by reading and as a mean over thirty readings. Too much is
 * three times what was seen in health. Where leaving out one sensor makes all others agree, that one is to blame; where
 * two contradict each other, both are suspected as long as the others cannot tell which one is wrong.
 *
 * A disagreement that lasts, or of more than two sensors at a time, is no broken sensor: the plant runs in a new way, and
 * the relation is learnt anew.
 *
 * Source: analytical redundancy; largest normalised residual after Handschin et al. 1975, "Bad Data Analysis for Power
 * System State Estimation".
 */
export class Agreement {
  /** By sensor: 1 where it contradicts the others, or one other where these cannot tell which of the two is wrong; else 0. */
  readonly verdict: Float64Array;
  /** How many readings before this one turn out to have been wrong, of the sensors now accused; mostly 0. */
  late = 0;

  private readonly s = new Float64Array(7);
  private readonly covariance: RunningCovariance;
  /** By sensor: the range in which it has been for some time. */
  private readonly low: Float64Array;
  private readonly high: Float64Array;
  /** By sensor: readings for which it still counts as out of its range. */
  private readonly outside: Float64Array;
  /** What has come since sensors are accused. */
  private readonly since: RunningCovariance;
  /** Correlations and deviations when the relation was last worked out. */
  private readonly correlation: Float64Array;
  private readonly deviation: Float64Array;
  /** The last three readings, in deviations. */
  private readonly last: Float64Array;
  /** Running mean of the values. */
  private readonly level: Float64Array;
  /** Largest disagreements in health, in deviations: of readings, then of means. */
  private readonly largest: Float64Array;
  private readonly block: Float64Array;
  private readonly blockBefore: Float64Array;
  /** By sensor: readings in a row that it has been absent. */
  private readonly gone: Float64Array;
  /** By sensor: readings in a row whose mean is further off than most that were seen in health. */
  private readonly unusual: Float64Array;
  /** 1 for a sensor that is left out of the relation, since it or another one is wrong. */
  private readonly accused: Float64Array;

  // What follows from the above.
  private readonly absent: Uint8Array;
  /** How far reading, level and the mean of the last three are from the usual mean, in deviations. */
  private readonly now: Float64Array;
  private readonly long: Float64Array;
  private readonly recent: Float64Array;
  private readonly swept: Float64Array;
  private readonly correlationSince: Float64Array;
  private readonly deviationSince: Float64Array;
  private readonly without: Float64Array;
  private readonly wanted: Float64Array;
  /** Deviation that all others together leave unexplained. */
  private readonly unexplained: Float64Array;
  /** How far those not accused are off, by what the others leave open. */
  private readonly off: Float64Array;
  private isWorkedOut = false;
  private isByMean = false;

  /**
   * @param tolerance by sensor, ≥ 1: how many times more than the limit is too much where that sensor is the one to blame;
   *   more than 32 sensors are not compared
   * @param patience readings in a row that a disagreement may last before it is taken for the plant's new way
   */
  constructor(
    private readonly tolerance: readonly number[],
    private readonly patience = 1000,
  ) {
    const sensors = tolerance.length;
    const w = sensors <= MOST_SENSORS ? sensors : 0;
    this.verdict = new Float64Array(sensors);
    this.covariance = new RunningCovariance(w, MEMORY);
    this.since = new RunningCovariance(w, MEMORY);
    this.correlation = new Float64Array(w * w);
    this.deviation = new Float64Array(w);
    this.low = new Float64Array(w);
    this.high = new Float64Array(w);
    this.outside = new Float64Array(w);
    this.last = new Float64Array(PROOF * w);
    this.level = new Float64Array(w);
    this.largest = new Float64Array(2 * w);
    this.block = new Float64Array(2 * w);
    this.blockBefore = new Float64Array(2 * w);
    this.gone = new Float64Array(w);
    this.unusual = new Float64Array(w);
    this.accused = new Float64Array(w);
    this.absent = new Uint8Array(w);
    this.now = new Float64Array(w);
    this.long = new Float64Array(w);
    this.recent = new Float64Array(w);
    this.swept = new Float64Array(w * w);
    this.correlationSince = new Float64Array(w * w);
    this.deviationSince = new Float64Array(w);
    this.without = new Float64Array(w);
    this.wanted = new Float64Array(w);
    this.unexplained = new Float64Array(w);
    this.off = new Float64Array(w);
  }

  /** Readings in a row that the present accusation has lasted. */
  get lasting(): number {
    return this.s[LASTING];
  }

  /** Whether those accused agree with all others at this reading. */
  get isAgreeing(): boolean {
    return this.s[AGREES] === 1;
  }

  /** Whether any sensor is accused. */
  get isAnyAccused(): boolean {
    return this.accused.indexOf(1) >= 0;
  }

  /**
   * Compares the values of a reading, and learns from them where they agree.
   *
   * @param row a value for each sensor; NaN = none, or one that another rule found bad
   * Cost: 4 w² multiply-adds for w sensors, w³ at times. Allocates nothing.
   */
  judge(row: Float64Array): void {
    const { covariance, absent, since } = this;
    const w = absent.length;
    this.late = 0;
    if (w < 2) return;
    let there = 0;
    for (let i = 0; i < w; i++) {
      absent[i] = Number.isNaN(row[i]) ? 1 : 0;
      there += 1 - absent[i];
    }
    if (covariance.count >= KNOWN) {
      this.excuse();
      if (there > 1) this.compare(row);
      if (there === w && !this.isAnyAccused) this.remember();
    }
    if (there < w) return;
    const learner = this.isAnyAccused ? since : covariance;
    for (let i = 0; i < w; i++) learner.row[i] = row[i];
    learner.learn();
    if (learner === covariance) this.followRange(row);
    if (this.isChanged()) this.restart();
  }

  private followRange(row: Float64Array): void {
    const { low, high, covariance } = this;
    const share = covariance.count <= KNOWN ? 1 : WIDEN;
    for (let i = 0; i < row.length; i++) {
      if (covariance.count === 1) {
        low[i] = row[i];
        high[i] = row[i];
      }
      const span = high[i] - low[i];
      low[i] += row[i] < low[i] ? share * (row[i] - low[i]) : NARROW * span;
      high[i] += row[i] > high[i] ? share * (row[i] - high[i]) : -NARROW * span;
    }
  }

  /** Notes who is out of its range; the mean remembers that for some time. */
  private lookOutside(row: Float64Array): void {
    const { low, high, absent, outside } = this;
    for (let i = 0; i < low.length; i++) {
      const margin = OUTSIDE * (high[i] - low[i]);
      const isOut = absent[i] === 0 && (row[i] > high[i] + margin || row[i] < low[i] - margin);
      outside[i] = isOut ? SMOOTH : Math.max(0, outside[i] - 1);
    }
  }

  /**
   * Whether the plant runs where it has not been for long: what the sensors were to each other says nothing of that.
   *
   * @param suspect who does not count
   * @param lately 0: now or in the readings that the mean remembers; SMOOTH − 1: now
   */
  private isElsewhere(suspect: number, lately: number): boolean {
    const { outside, accused } = this;
    let count = 0;
    for (let i = 0; i < outside.length; i++) if (outside[i] > lately && i !== suspect && accused[i] === 0) count += 1;
    return count >= SEVERAL;
  }

  /** Whether the accused follow the others again, as closely as they used to, if in another way. */
  private isChanged(): boolean {
    const { s, since, accused, swept, correlationSince, deviationSince, unexplained, without } = this;
    const w = accused.length;
    if (s[IS_SUDDEN] === 0 || since.count < CHANGED || since.count % RENEW > 0) return false;
    since.correlate(correlationSince, deviationSince);
    without.fill(0);
    regress(correlationSince, w, without, swept);
    this.isWorkedOut = false;
    for (let i = 0; i < w; i++) {
      if (accused[i] === 1 && !(deviationSince[i] > 0 && this.left(i) < AS_TIGHT * unexplained[i])) return false;
    }
    return true;
  }

  /** What the others say that an accused sensor would have to show, in its unit. */
  expected(i: number): number {
    this.relate(true);
    const z = this.now[i] - this.residual(i, this.now);
    return this.covariance.mean[i] + z * this.deviation[i];
  }

  /** The sensors stand to each other in a new way: all that was known is forgotten. */
  restart(): void {
    for (const buffer of this.buffers()) buffer.fill(0);
    this.isWorkedOut = false;
  }

  private compare(row: Float64Array): void {
    this.relate(true);
    this.standardise(row);
    if (this.isAnyAccused) this.hearAgain();
    this.lookOutside(row);
    if (this.s[SEEN] > KNOWN) this.accuse();
    this.pronounce();
  }

  /** Where the reading and the level are, in deviations. What is absent is taken to be what the others say. */
  private standardise(row: Float64Array): void {
    const { s, now, last, recent, level, absent, deviation, covariance } = this;
    const { mean } = covariance;
    const w = now.length;
    for (let i = 0; i < w; i++) now[i] = absent[i] === 1 || deviation[i] === 0 ? 0 : (row[i] - mean[i]) / deviation[i];
    for (let i = 0; i < w; i++) if (absent[i] === 1) now[i] = -this.residual(i, now);
    s[SEEN] += 1;
    last.set(now, (s[SEEN] % PROOF) * w);
    recent.fill(0);
    for (let i = 0; i < last.length; i++) recent[i % w] += last[i] / PROOF;
    const share = 1 / Math.min(s[SEEN], SMOOTH);
    for (let i = 0; i < w; i++) level[i] += share * (mean[i] + now[i] * deviation[i] - level[i]);
    this.standardiseLevel();
  }

  private standardiseLevel(): void {
    const { long, level, deviation, covariance } = this;
    for (let i = 0; i < long.length; i++)
      long[i] = deviation[i] === 0 ? 0 : (level[i] - covariance.mean[i]) / deviation[i];
  }

  /**
   * An accused sensor that has been bad by another rule for some time is no matter of agreement, nor is whom it
   * contradicted; nor is one that is left alone.
   */
  private excuse(): void {
    const { accused, absent, gone } = this;
    let isGone = false;
    let around = 0;
    for (let i = 0; i < absent.length; i++) {
      gone[i] = absent[i] === 1 ? gone[i] + 1 : 0;
      if (gone[i] < GONE) around += 1;
      else if (accused[i] === 1) isGone = true;
    }
    if (this.isAnyAccused && (isGone || around < 2)) this.clear();
  }

  /** Clears all accused; that they were off is no longer counted. */
  private clear(): void {
    const { accused, level, deviation, s, long } = this;
    this.relate(true);
    this.standardiseLevel();
    // An accused sensor explains no other: one can be put right after the other.
    for (let i = 0; i < level.length; i++) {
      if (accused[i] === 0) continue;
      const off = this.residual(i, long);
      long[i] -= off;
      level[i] -= off * deviation[i];
    }
    accused.fill(0);
    this.verdict.fill(0);
    for (const buffer of this.since.buffers()) buffer.fill(0);
    for (const at of [LASTING, AGREES, IS_PAIR, IS_SUDDEN]) s[at] = 0;
  }

  /** Clears those who agree again, and loses patience in the end. */
  private hearAgain(): void {
    const { s, accused, absent, now, recent, patience } = this;
    s[LASTING] += 1;
    if (s[LASTING] > patience) {
      this.restart();
      return;
    }
    this.relate(false);
    let agrees = true;
    let agreed = s[LASTING] > PROOF;
    for (let i = 0; i < now.length; i++) {
      if (accused[i] === 0) continue;
      // One lost reading is no proof.
      if (absent[i] === 1) agrees = agreed = false;
      const limit = this.limit(i, MEAN) / 2;
      if (Math.abs(this.residual(i, now)) > limit) agrees = false;
      if (Math.abs(this.residual(i, recent)) > limit) agreed = false;
    }
    s[AGREES] = agrees ? 1 : 0;
    if (agreed) this.clear();
  }

  private accuse(): void {
    const { s, accused, unusual } = this;
    this.relate(true);
    const first = this.loudest();
    this.trace();
    if (first < 0 || this.isElsewhere(first, this.isByMean ? 0 : SMOOTH - 1)) return;
    const isNew = !this.isAnyAccused;
    const byMean = this.isByMean;
    const rival = this.runnerUp(first);
    accused[first] = 1;
    this.relate(true);
    const next = this.loudest();
    if (next >= 0) {
      accused[next] = 1;
      this.relate(true);
    } else {
      this.suspect(first, rival);
    }
    let count = 0;
    for (let i = 0; i < accused.length; i++) count += accused[i];
    if (count > MOST_ACCUSED || this.loudest() >= 0) {
      this.restart();
      return;
    }
    s[AGREES] = 0;
    if (!isNew) return;
    s[LASTING] = 1;
    // The way to this disagreement was no health.
    this.block.fill(0);
    this.blockBefore.fill(0);
    s[IS_SUDDEN] = byMean ? 0 : 1;
    if (byMean) this.late = Math.min(FURTHEST_BACK, ON_ITS_WAY + unusual[first]);
  }

  /** Follows since when each sensor is further off than it mostly is. */
  private trace(): void {
    const { unusual, long } = this;
    for (let i = 0; i < unusual.length; i++) {
      const off = Math.abs(this.residual(i, long));
      unusual[i] = off > UNUSUAL * this.limit(i, MEAN) ? unusual[i] + 1 : 0;
    }
  }

  /** The one that is furthest off beside the first, after `loudest`; −1 where no other is off at all. */
  private runnerUp(first: number): number {
    const { off } = this;
    let second = -1;
    for (let i = 0; i < off.length; i++) {
      if (i !== first && off[i] > 0 && (second < 0 || off[i] > off[second])) second = i;
    }
    return second;
  }

  /** Where leaving out another sensor makes the others agree as well, it may be that one. */
  private suspect(first: number, rival: number): void {
    const { s, accused } = this;
    if (rival < 0) return;
    accused[first] = 0;
    accused[rival] = 1;
    this.relate(true);
    const explains = this.loudest() < 0;
    accused[rival] = explains ? 1 : 0;
    accused[first] = 1;
    s[IS_PAIR] = explains ? 1 : 0;
    this.relate(true);
  }

  /** Of a pair that contradict each other only one is wrong. */
  private pronounce(): void {
    const { s, accused, verdict } = this;
    const wrong = s[IS_PAIR] === 1 ? this.decide() : -1;
    for (let i = 0; i < accused.length; i++) {
      verdict[i] = accused[i] === 1 && (wrong < 0 || i === wrong) ? 1 : 0;
    }
  }

  /** Of two that contradict each other the one that is far further off from all others; −1 where these cannot tell. */
  private decide(): number {
    const { accused, long } = this;
    const a = accused.indexOf(1);
    const b = accused.lastIndexOf(1);
    this.relate(true);
    const offA = Math.abs(this.residual(a, long)) / this.left(a);
    const offB = Math.abs(this.residual(b, long)) / this.left(b);
    if (Math.max(offA, offB) < BLAME || Math.max(offA, offB) < BLAME * Math.min(offA, offB)) return -1;
    return offA > offB ? a : b;
  }

  /**
   * Where any sensor that is not accused is beyond a limit, the one that is furthest off by what the others leave open: of
   * several that a single wrong one pulls along, that is the wrong one. −1 where all agree.
   */
  private loudest(): number {
    const { off, now, long, without, tolerance } = this;
    let tooMuch = 1;
    let seen: Float64Array | undefined;
    for (let i = 0; i < now.length; i++) {
      if (without[i] === 1 || !this.isJudged(i)) continue;
      const ofReading = Math.abs(this.residual(i, now)) / this.limit(i, READING);
      const ofMean = Math.abs(this.residual(i, long)) / this.limit(i, MEAN);
      if (Math.max(ofReading, ofMean) <= tooMuch) continue;
      tooMuch = Math.max(ofReading, ofMean);
      seen = ofReading > ofMean ? now : long;
    }
    if (!seen) return -1;
    this.isByMean = seen === long;
    let worst = -1;
    for (let i = 0; i < now.length; i++) {
      off[i] = without[i] === 1 || !this.isJudged(i) ? 0 : Math.abs(this.residual(i, seen)) / this.left(i);
      if (worst < 0 || off[i] > off[worst]) worst = i;
    }
    return tooMuch > tolerance[worst] ? worst : -1;
  }

  private isJudged(i: number): boolean {
    const left = this.left(i);
    return this.deviation[i] > 0 && left < EXPLAINED && left < WEAKER * this.unexplained[i];
  }

  /** Disagreement from which on sensor i is accused, in deviations: by one reading or by the mean. */
  private limit(i: number, kind: 0 | 1): number {
    const { largest, unexplained, s } = this;
    const seen = (1 + CAUTION / s[SEEN]) * largest[kind * unexplained.length + i];
    const weaker = Math.max(1, this.left(i) / unexplained[i]);
    return weaker * Math.max(SMALL[kind], TIMES * seen);
  }

  /** Brings the regression up to date. @param trusted only on sensors that are not accused, else on all that are there */
  private relate(trusted: boolean): void {
    const { s, accused, absent, wanted, without, correlation, deviation, covariance, unexplained, swept } = this;
    const w = wanted.length;
    for (let i = 0; i < w; i++) wanted[i] = absent[i] === 1 || (trusted && accused[i] === 1) ? 1 : 0;
    if (s[WORKED_OUT] === 0 || covariance.count - s[WORKED_OUT] >= RENEW) {
      s[WORKED_OUT] = covariance.count;
      covariance.correlate(correlation, deviation);
      this.isWorkedOut = false;
    }
    if (!this.isWorkedOut) {
      without.fill(0);
      regress(correlation, w, without, swept);
      for (let i = 0; i < w; i++) unexplained[i] = this.left(i);
      this.isWorkedOut = true;
    }
    let same = true;
    for (let i = 0; i < w; i++) if (wanted[i] !== without[i]) same = false;
    if (same) return;
    without.set(wanted);
    regress(correlation, w, without, swept);
  }

  /** Deviation that the present regression leaves of sensor i. */
  private left(i: number): number {
    const { swept, without } = this;
    const diagonal = swept[i * without.length + i];
    return Math.sqrt(without[i] === 1 ? Math.max(0, diagonal) : Math.max(0, -1 / diagonal));
  }

  /** How far sensor i is from what the present regression says of it, given how far all are from their means. */
  private residual(i: number, z: Float64Array): number {
    const { swept, without } = this;
    const w = without.length;
    let sum = 0;
    for (let j = 0; j < w; j++) if (without[j] === 0) sum += swept[i * w + j] * z[j];
    return without[i] === 1 ? z[i] - sum : sum / swept[i * w + i];
  }

  private remember(): void {
    const { s, block, blockBefore, largest, now, long, deviation } = this;
    const w = now.length;
    this.relate(true);
    for (let i = 0; i < w; i++) {
      if (deviation[i] === 0) continue;
      block[i] = Math.max(block[i], Math.abs(this.residual(i, now)));
      if (s[SEEN] > 2 * SMOOTH) block[w + i] = Math.max(block[w + i], Math.abs(this.residual(i, long)));
    }
    s[IN_BLOCK] += 1;
    if (s[IN_BLOCK] < BLOCK) return;
    s[IN_BLOCK] = 0;
    for (let i = 0; i < 2 * w; i++) {
      largest[i] = Math.max((1 - FADE) * largest[i], blockBefore[i]);
      blockBefore[i] = block[i];
      block[i] = 0;
    }
  }

  /** All that has to be remembered, in a fixed order. */
  buffers(): Float64Array[] {
    return [
      this.s,
      ...this.covariance.buffers(),
      ...this.since.buffers(),
      this.low,
      this.high,
      this.outside,
      this.last,
      this.correlation,
      this.deviation,
      this.level,
      this.largest,
      this.block,
      this.blockBefore,
      this.gone,
      this.unusual,
      this.accused,
      this.verdict,
    ];
  }
}
