import { Random } from "../forecaster/random";
import { circularShifts } from "./circular-shift";
import { correlation } from "./correlation";
import { heldAt } from "./differences";
import type { Finding, Ranking, TooLittle } from "./ranking";
import type { ReadingTable } from "./reading-ring";
import { chanceOf, FEWEST, type Prepared, preparing, type Relation, relating, strongest } from "./relation";

/** Two sensors that are as much alike as this, in changes or levels, say the same. */
const ALIKE = 0.9;
/** A sensor that changes with the target, and so much as it does, is the target in another form. */
const DISGUISE = 0.98;
/** Readings in the longest block in which it is looked for. */
const DISGUISE_SCALE = 4;
/** A weaker relation than this explains less than a hundredth of the target's changes: true or not, it is no use. */
const WEAKEST = 0.1;
/** A sensor of which less is good is none to start with. */
const FEWEST_GOOD = 0.5;
const MOST_CHOSEN = 2;

/** What is asked of the scout. */
export interface ScoutOptions {
  readonly target: string;
  /** Readings that the model looks ahead; 0 = an estimate of now. Default 1. */
  readonly ahead?: number;
  /** Same seed, same answer. Default 1. */
  readonly seed?: number;
}

interface Candidate {
  sensor: string;
  held: Float64Array;
  prepared: Prepared;
  relation?: Relation;
  intervalMs: number;
  good: number;
}

/**
 * Ranks all other sensors by what their changes tell of the target's coming change, and chooses the one or two to start
 * with; none is an answer too.
 *
 * A generator, so that the caller may let others work between two steps: 30 ms a sensor of 5,000 readings, at most 10 a step.
 *
 * @param table readings in the order of time
 * @returns the ranking, as the last result
 *
 * @example
 *     const random = new Random(1);
 *     const noise = Array.from({ length: 505 }, () => random.normal());
 *     const ring = new ReadingRing();
 *     for (let i = 0; i < 500; i++) ring.take({ time: 1000 * i, values: { y: noise[i], x: noise[i + 5] } });
 *     rank(ring.table(), { target: "y" }).chosen; // ["x"], which leads by 5 readings
 */
export function* ranking(table: ReadingTable, options: ScoutOptions): Generator<void, Ranking> {
  const { target, ahead = 1, seed = 1 } = options;
  const column = table.column(target);
  const rows = column ? [...column.keys()].filter((i) => !Number.isNaN(column[i])) : [];
  const names = table.names.filter((name) => name !== target);
  const nothing = (tooLittle: TooLittle): Ranking => ({
    target,
    readings: rows.length,
    sensors: [],
    chosen: [],
    tooLittle,
  });
  if (!column || rows.length === 0) return nothing("noTarget");
  if (names.length === 0) return nothing("noSensor");
  if (rows.length < FEWEST) return nothing("fewReadings");
  const y = yield* preparing(heldAt(column, rows));
  if (y.length === 0) return nothing("constantTarget");
  const shifts = circularShifts(rows.length, new Random(seed));

  const candidates: Candidate[] = [];
  for (const sensor of names) {
    yield;
    const own = table.column(sensor) as Float64Array;
    const held = heldAt(own, rows);
    const candidate: Candidate = { sensor, held, prepared: yield* preparing(held), ...coming(own, table) };
    candidates.push(candidate);
    if (candidate.prepared.length === 0 || candidate.good < FEWEST_GOOD) continue;
    candidate.relation = yield* relating(y, candidate.prepared, shifts);
  }
  yield;
  return yield* judged(candidates, { target, isAhead: ahead > 0, y, rows, table });
}

/** The same at once, for programs that have nothing else to do. */
export function rank(table: ReadingTable, options: ScoutOptions): Ranking {
  const steps = ranking(table, options);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

interface Asked {
  target: string;
  isAhead: boolean;
  y: Prepared;
  rows: readonly number[];
  table: ReadingTable;
}

/** A candidate with what was found of it. */
interface Judged extends Candidate {
  finding: Finding;
  score: number;
  /** Of what is no more than chance, the only order there is: a decoy is as likely the first of these as a sensor. */
  evidence: number;
  lead: number;
  twin?: string;
}

/** The order of the findings in the ranking. */
const ORDER: readonly Finding[] = ["leads", "redundant", "together", "disguise", "unrelated", "constant", "absent"];

function* judged(candidates: readonly Candidate[], asked: Asked): Generator<void, Ranking> {
  const { target, isAhead, rows, table } = asked;
  const related = candidates.flatMap(({ relation }) => relation ?? []);
  const chance = {
    coming: chanceOf(
      related.map(({ coming }) => coming),
      related.length,
    ),
    any: chanceOf(
      related.map(({ any }) => any),
      related.length,
    ),
  };
  const judge = (candidate: Candidate): Judged => {
    const { relation, good } = candidate;
    const nothing = { ...candidate, score: 0, evidence: 0, lead: Number.NaN };
    if (good < FEWEST_GOOD) return { ...nothing, finding: "absent" };
    if (!relation) return { ...nothing, finding: "constant" };
    const found = (lags: "coming" | "any"): { isFound: boolean; score: number; evidence: number; lead: number } => {
      const { peak, excess, chance: usual, evidence } = strongest(relation[lags], chance[lags], related.length);
      const isFound = excess > 1 && peak.strength >= WEAKEST;
      return { isFound, score: Math.sqrt(Math.max(0, peak.strength ** 2 - usual ** 2)), evidence, lead: peak.lead };
    };
    const any = found("any");
    if (isDisguise(candidate, asked)) return { ...candidate, ...any, finding: "disguise", lead: 0 };
    const main = isAhead ? found("coming") : any;
    if (main.isFound) return { ...candidate, ...main, finding: "leads" };
    if (any.isFound) return { ...candidate, ...any, finding: "together", lead: 0 };
    // The order of what is no more than chance: also what comes with the target is a hint.
    return { ...nothing, finding: "unrelated", evidence: any.evidence };
  };
  const strongestFirst = (a: Judged, b: Judged): number =>
    ORDER.indexOf(a.finding) - ORDER.indexOf(b.finding) || b.score - a.score || b.evidence - a.evidence;
  const sensors: Judged[] = [];
  for (const candidate of candidates) {
    yield;
    sensors.push(judge(candidate));
  }
  sensors.sort(strongestFirst);
  const [first, ...others] = sensors.filter(({ finding }) => finding === "leads");
  const chosen = first ? [first] : [];
  for (const other of others) {
    const twin = chosen.find((one) => isAlike(one, other));
    if (twin) Object.assign(other, { finding: "redundant", twin: twin.sensor });
    else if (chosen.length < MOST_CHOSEN) chosen.push(other);
  }
  const step = usualSpacing(rows.map((row) => table.times[row] as number));
  return {
    target,
    readings: rows.length,
    chosen: chosen.map(({ sensor }) => sensor),
    sensors: sensors.sort(strongestFirst).map(({ sensor, finding, score, lead, intervalMs, good, twin }, i) => ({
      sensor,
      rank: i + 1,
      finding,
      chosen: chosen.some((one) => one.sensor === sensor),
      score,
      leadReadings: lead,
      leadMs: table.isTimed ? lead * step : Number.NaN,
      intervalMs,
      good,
      ...(twin !== undefined && { twin }),
    })),
  };
}

/**
 * Whether a sensor changes when the target does and as much as it does, from reading to reading or, where it is rounded or
 * measured apart, from a few to the next few. Over longer times also what really drives the target goes with it.
 */
function isDisguise({ prepared: x }: Candidate, { y }: Asked): boolean {
  return x.some(({ scale, changes }, s) => {
    const target = y[s] as Prepared[number];
    return scale <= DISGUISE_SCALE && Math.abs(correlation(target.changes, changes)) > DISGUISE;
  });
}

/** Whether two sensors say the same: in their changes, at any scale, or in their levels. */
function isAlike(a: Candidate, b: Candidate): boolean {
  if (Math.abs(correlation(a.held, b.held)) >= ALIKE) return true;
  return a.prepared.some(({ changes }, s) => {
    const other = b.prepared[s];
    return other !== undefined && Math.abs(correlation(changes, other.changes)) >= ALIKE;
  });
}

/** At which distance a sensor usually comes, and which share of the values that this promises was good. */
function coming(column: Float64Array, { times, isTimed }: ReadingTable): { intervalMs: number; good: number } {
  const at = [...column.keys()].filter((i) => !Number.isNaN(column[i]));
  const spacing = usualSpacing(at);
  if (Number.isNaN(spacing)) return { intervalMs: Number.NaN, good: 0 };
  const good = Math.min(1, (at.length * spacing) / column.length);
  return { intervalMs: isTimed ? usualSpacing(at.map((i) => times[i] as number)) : Number.NaN, good };
}

/** The median distance of rising numbers; NaN of fewer than two. */
function usualSpacing(rising: readonly number[]): number {
  const distances = rising.slice(1).map((value, i) => value - (rising[i] as number));
  return distances.sort((a, b) => a - b)[Math.floor(distances.length / 2)] ?? Number.NaN;
}
