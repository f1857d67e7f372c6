import type { ValueProblem } from "../message/problem";
import { senderWord } from "../message/quality";
import type { Say } from "../message/say";
import type { Sliced } from "../slice/sliced";
import type { Guard } from "./guard";
import { type SpokenQuality, spoken, untimed } from "./spoken";
import type { Fields, Unjudged } from "./unjudged";

/** What a guard says of the readings of a message. */
export interface JudgedMessage {
  /** One a row. */
  readonly qualities: SpokenQuality[];
  /** false: nothing but a copy. */
  readonly isUsable: boolean;
}

/**
 * Judges the readings of a message in the order of their times; each row is a part of the work.
 *
 * @param sensors the names that are known beside those that came
 * @param arrival ms
 * @param describe why a time cannot be read, in the user's language
 */
export function* judgeMessage(
  guard: Guard,
  { batch, fields, given, times, untimed: wrong, order, words }: Unjudged,
  sensors: readonly string[],
  arrival: number,
  say: Say,
  describe: (problem: ValueProblem) => string,
): Sliced<JudgedMessage> {
  const qualities = new Array<SpokenQuality>(fields.length);
  let isUsable = batch;
  for (const i of order) {
    if (batch) yield;
    const row = fields[i] as Fields;
    const time = times[i] as number;
    const word = words[i] ?? undefined;
    const sender = word === undefined ? word : senderWord(word, new Set([...sensors, ...Object.keys(row)]));
    const verdict = guard.check(time, row, arrival, sender);
    qualities[i] = spoken(verdict, time, guard.model.state, say);
    isUsable ||= verdict.usable;
  }
  for (const i of wrong) qualities[i] = untimed(given[i], guard.model.state, describe);
  return { qualities, isUsable };
}
