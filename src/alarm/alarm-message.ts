/** The door of the alarm rule: what a message says of readings, limits and a person's action, as plain typed values. */
import type { ForecastMessage } from "../asset/forecast-message";
import { MessageProblem, shown, stateOf, type ValueProblem } from "../message/problem";
import type { MessageReadings } from "../message/reading";
import { hearing, trustOf } from "../message/trust";
import { mapSliced, type Sliced } from "../slice/sliced";
import type { Action, AlarmTransition } from "./alarm";
import { AlarmProblem } from "./alarm-problem";
import type { GivenSetpoints } from "./alarm-rule";
import { type AlarmWords, alarmSentence } from "./alarm-sentence";
import type { AlarmEvent } from "./alarm-state";
import type { Setpoint } from "./condition";
import { type Observation, observationOf } from "./observation";
import type { SetpointSource } from "./rule-settings";
import type { Watch } from "./signal";

/** A message as an alarm rule reads it. Nothing of it has been checked. */
export interface AlarmMessage extends ForecastMessage {
  limit?: unknown;
  who?: unknown;
  comment?: unknown;
  minutes?: unknown;
  verdict?: unknown;
}

/** The properties that belong to an order. */
const ORDER_FIELDS = ["command", "reset", "limit", "who", "comment", "minutes", "verdict"] as const;

/** What a person or a logic orders: what happens to alarms, by the command. */
const EVENTS = {
  ack: "acknowledge",
  shelve: "shelve",
  unshelve: "unshelve",
  suppress: "suppress",
  unsuppress: "unsuppress",
  outOfService: "outOfService",
  inService: "inService",
  reset: "reset",
} as const satisfies Record<string, AlarmEvent>;
export type AlarmCommand = keyof typeof EVENTS | "feedback" | "list";
export const ALARM_COMMANDS: readonly AlarmCommand[] = [
  ...(Object.keys(EVENTS) as (keyof typeof EVENTS)[]),
  "feedback",
  "list",
];

/** An order: something that happens to alarms, or an operator's verdict on them. */
export interface Order {
  readonly event: AlarmEvent | "feedback";
  readonly action: Action & { limit?: string };
  /** Of a feedback: whether the alarm was right. */
  readonly verdict: boolean;
}

const WATCHES_FORECAST: readonly Watch[] = ["forecast", "interval", "crossing"];

/** The forecast model, as far as it reads messages. */
export interface ReadingSource {
  readonly target: string;
  readings(msg: AlarmMessage): MessageReadings;
  /** The payload with the reading of a message; undefined where a forecast was asked for between readings. */
  payloadOf(msg: AlarmMessage): unknown;
  /** A timestamp in ms since 1970; NaN where none came. */
  timeOf(timestamp: unknown): number;
  /** Why a value cannot be used, in the user's language: sensor, value and rule. */
  describe(problem: ValueProblem): string;
}

/** What an alarm rule takes from one reading: the observation and, where its value is no number, why not. */
export interface Observed {
  /** Its place in a batch. */
  row?: number;
  observation: Observation;
  problem?: AlarmProblem;
}

/**
 * One observation for each reading of a message: one, or those of a batch, in which every property is an array. Each is
 * made when asked for, and may throw an AlarmProblem or MessageProblem of its own.
 *
 * @param arrival  ms, the time of readings that bring none
 * @throws MessageProblem where nothing of the message can be used
 */
export function observationsOf(
  msg: AlarmMessage,
  watch: Watch,
  source: ReadingSource,
  arrival: number,
): (() => Observed)[] {
  // Asked for between two readings, there is a forecast and nothing else to hear.
  const isAsked =
    !WATCHES_FORECAST.includes(watch) && msg.forecast !== undefined && source.payloadOf(msg) === undefined;
  if (isAsked && !(watch === "deviation" && msg.scored)) return [];
  const of = (property: unknown, wanted: boolean, i: number): unknown => (wanted ? entry(property, i) : undefined);
  const make = (i: number, batch: boolean, time: number, actual?: number): Observed => ({
    row: batch ? i : undefined,
    observation: observationOf({
      time,
      actual,
      sensor: source.target,
      quality: entry(msg.quality, i),
      // What the rule does not watch may be another node's and look as it likes.
      forecast: of(msg.forecast, WATCHES_FORECAST.includes(watch), i),
      scored: of(msg.scored, watch === "deviation" || watch === "rate", i),
    }),
  });
  if (watch === "actual" || watch === "rate") {
    const { quality } = msg;
    const heard = Array.isArray(quality)
      ? quality.map((one) => hearing(one, source.target))
      : hearing(quality, source.target);
    const { batch, rows } = source.readings({ ...msg, quality: heard });
    return rows.map((reading, i) => () => {
      if (reading instanceof MessageProblem) throw reading;
      const time = Number.isNaN(reading.time) ? arrival : reading.time;
      const isWrong = ({ sensor, rule }: ValueProblem): boolean => sensor === source.target && stateOf(rule) === "bad";
      const wrong = reading.problems.find(isWrong);
      const value = reading.values[source.target];
      const observed = make(i, batch, time, Number.isNaN(value) && !wrong ? undefined : value);
      // Where somebody has said so before, the alarm list tells: it is no error of the message.
      if (!wrong || observed.observation.trust.state === "unusable") return observed;
      const text = source.describe(wrong);
      return { ...observed, problem: new AlarmProblem("badActual", { problem: text }, text) };
    });
  }
  const watched = msg[watch === "deviation" ? "scored" : watch === "quality" ? "quality" : "forecast"];
  const batch = Array.isArray(watched);
  const entries: unknown[] = batch ? watched : [watched];
  const observations = entries.map(
    (one, i) => () =>
      make(
        i,
        batch,
        timeOfEntry(one, () => source.timeOf(entry(msg.timestamp, i)), arrival),
      ),
  );
  // A row of a batch that could not be used has nothing to judge, nor has a reading by which no forecast fell due,
  // unless that is because its label cannot be used.
  if (!batch && watch !== "deviation") return observations;
  const isLost = (i: number): boolean =>
    watch === "deviation" && trustOf(entry(msg.quality, i), source.target).state === "unusable";
  return observations.filter((_, i) => (entries[i] !== undefined && entries[i] !== null) || isLost(i));
}

/**
 * The readings of a batch in the order of their times: the newest first is a batch as well. Those of which nothing can be
 * used come first, or where they are if the others are in order.
 */
export function* inOrder(observations: readonly (() => Observed)[]): Sliced<readonly (() => Observed)[]> {
  if (observations.length < 2) return observations;
  const timed = yield* mapSliced(observations, (observe) => {
    try {
      const observed = observe();
      return { observe: () => observed, time: observed.observation.time };
    } catch {
      return { observe, time: Number.NEGATIVE_INFINITY };
    }
  });
  const times = timed.map(({ time }) => time).filter(Number.isFinite);
  if (times.every((time, i) => i === 0 || time >= (times[i - 1] as number))) return observations;
  return timed.sort((a, b) => a.time - b.time || 0).map(({ observe }) => observe);
}

/**
 * The limits that come with a message; those it lacks are absent. One that is no number is a problem and absent as
 * well: the last one holds, and the reading is judged all the same.
 *
 * @param row       which reading of a batch; a limit may then be an array
 * @param property  reads a path such as "spec.limit"; may throw where the way there ends
 */
export function givenSetpoints(
  msg: AlarmMessage,
  sources: readonly SetpointSource[],
  row: number | undefined,
  property: (msg: object, path: string) => unknown,
): { given: GivenSetpoints; problems: AlarmProblem[] } {
  const given = new Map<string, Partial<Setpoint>>();
  const problems: AlarmProblem[] = [];
  for (const { limit, end, property: path } of sources) {
    let value: unknown;
    try {
      value = property(msg, path);
      if (row !== undefined) value = entry(value, row);
    } catch {
      continue;
    }
    if (value === undefined || value === null) continue;
    if (typeof value === "number" && Number.isFinite(value)) {
      given.set(limit, { ...given.get(limit), [end]: value });
    } else {
      const details = { limit, property: path, value: shown(value) };
      problems.push(new AlarmProblem("badSetpoint", details, `${limit}: msg.${path} is no number: ${details.value}`));
    }
  }
  return { given, problems };
}

/**
 * The order of a message, which is taken out of it: it is carried out here, and nodes behind must not take it for theirs.
 *
 * @throws AlarmProblem badText, badVerdict
 */
export function takeOrder(command: Exclude<AlarmCommand, "list">, msg: AlarmMessage): Order {
  const event = command === "feedback" ? command : EVENTS[command];
  const action = actionOf(msg);
  const verdict = command === "feedback" && verdictOf(msg.verdict);
  for (const key of ORDER_FIELDS) delete msg[key];
  return { event, action, verdict };
}

/**
 * On which limit a command acts, who gave it, why, and for how long something is shelved.
 *
 * @throws AlarmProblem badText
 */
function actionOf(msg: AlarmMessage): Action & { limit?: string } {
  const { minutes } = msg;
  return {
    limit: textOf(msg, "limit"),
    who: textOf(msg, "who"),
    comment: textOf(msg, "comment"),
    duration: minutes === undefined || minutes === null ? undefined : minutesOf(minutes),
  };
}

/** @throws AlarmProblem badVerdict */
function verdictOf(value: unknown): boolean {
  if (value === true || value === "true") return true;
  if (value === false || value === "false") return false;
  throw new AlarmProblem("badVerdict", {}, "msg.verdict must be true or false");
}

/** A name or a comment is a line, not a book. */
const LONGEST = 500;

/** ms from minutes as a number or, from a form, as text; NaN for anything else, which no shelving accepts. */
function minutesOf(minutes: unknown): number {
  return typeof minutes === "number" || typeof minutes === "string" ? Number(minutes) * 60_000 : Number.NaN;
}

function textOf(msg: AlarmMessage, field: "limit" | "who" | "comment"): string | undefined {
  const value = msg[field];
  if (value === undefined || value === null || value === "") return undefined;
  if (typeof value === "string") return value.slice(0, LONGEST);
  throw new AlarmProblem("badText", { field }, `msg.${field} must be text`);
}

/** What belongs to one reading: in a batch every property is an array. */
function entry(value: unknown, i: number): unknown {
  return Array.isArray(value) ? value[i] : value;
}

/**
 * The time of a reading by what is watched: when the actual value of a forecast that fell due was measured, or when the
 * forecast was made; else its timestamp, or its arrival.
 */
function timeOfEntry(watched: unknown, timestamp: () => number, arrival: number): number {
  const { origin, time } = Object(watched);
  // What fell due has an origin as well, but that is the past.
  if (typeof time === "number") return time;
  if (typeof origin === "number") return origin;
  const given = timestamp();
  return Number.isNaN(given) ? arrival : given;
}

/**
 * What has moved the forecast of a message, or the last one of a batch, in the predictor's words; "" where it does not say,
 * or where the rule watches something else.
 */
function becauseOf({ forecast }: AlarmMessage, watch: Watch): string {
  if (!WATCHES_FORECAST.includes(watch)) return "";
  const { because } = Object([forecast].flat().at(-1)) as { because?: unknown };
  const { text } = Object(because) as { text?: unknown };
  return typeof text === "string" ? text : "";
}

/** How changes of state are told of. */
export interface Telling {
  readonly watch: Watch;
  /** Of the watched signal, "" where none. */
  readonly unit: string;
  readonly words: AlarmWords;
  /** A message to go out beside another. */
  copy(msg: AlarmMessage): AlarmMessage;
}

/**
 * One message a change, each with what has come in the message that has brought it about.
 *
 * @param msg that message, which becomes the first one; undefined where none has come
 */
export function alarmMessages(
  transitions: readonly AlarmTransition[],
  msg: AlarmMessage | undefined,
  { watch, unit, words, copy }: Telling,
): object[] {
  const because = msg ? becauseOf(msg, watch) : "";
  const outs = transitions.map((_, i) => (msg && i > 0 ? copy(msg) : (msg ?? {})));
  return transitions.map((alarm, i) => {
    const payload = alarmSentence(alarm, watch, unit, words, because);
    return Object.assign(outs[i] as object, { topic: alarm.asset, alarm, payload });
  });
}
