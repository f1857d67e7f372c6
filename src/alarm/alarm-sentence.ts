/** A change of state in words, as an operator reads it in a mail: one line and, when there is something to do, why and what. */
import { oneLine } from "../message/one-line";
import type { Say } from "../message/say";
import type { AlarmRecord, AlarmTransition } from "./alarm";
import { isAside } from "./alarm-state";
import type { Priority } from "./priority";
import type { Watch } from "./signal";

/** The words of the reader's language. */
export interface AlarmWords {
  /** The text of a part of the sentence, with the values filled in. */
  sentence(part: string, values?: Record<string, string | number>): string;
  priority(priority: Priority): string;
  /** What the watched signal is called. */
  watched(watch: Watch): string;
  /** The name of a quality level, 0 to 2. */
  quality(level: number): string;
}

/** These words, of the catalogue of the alarm rule. */
export function alarmWords(say: Say): AlarmWords {
  return {
    sentence: (part, values) => say(`sentence.${part}`, values),
    priority: (priority) => say(`priority.${priority}`),
    watched: (watch) => say(`watched.${watch}`),
    quality: (level) => say(`qualityLevel.${level}`),
  };
}

/** A time of day such as "14:02", with the date where it was another day: "2026-03-14 14:02". By this computer's zone. */
export function clockTime(time: number, now: number): string {
  const two = (n: number): string => String(n).padStart(2, "0");
  const [at, today] = [new Date(time), new Date(now)];
  const day = (d: Date): string => `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}`;
  const hour = `${two(at.getHours())}:${two(at.getMinutes())}`;
  return day(at) === day(today) ? hour : `${day(at)} ${hour}`;
}

/**
 * What an operator must know of an alarm beside its state: for how long it is still shelved, who has put it where it is,
 * that nothing has been judged since when and why, that it is not confirmed, or that it was withdrawn. "" where there is
 * nothing of that kind.
 *
 * @param now  ms by this computer's clock
 */
export function alarmNote(
  { state, active, confirmed, held, heldSince, heldWhy, shelvedUntil, who }: AlarmRecord,
  now: number,
  words: AlarmWords,
) {
  const notes: string[] = [];
  // Rounded up: an alarm that is still shelved has never no time left.
  if (state === "shelved" && shelvedUntil !== undefined)
    notes.push(words.sentence("left", { minutes: Math.max(1, Math.ceil((shelvedUntil - now) / 60_000)) }));
  // Whoever has brought an alarm back has nothing to do with how it stands.
  const isPersons = isAside(state) || state === "acknowledged" || state === "latchedAcknowledged";
  if (who && isPersons) notes.push(words.sentence("by", { who: oneLine(who) }));
  if (held) {
    const since = heldSince === undefined ? "" : clockTime(heldSince, now);
    notes.push(words.sentence(since === "" ? held : `${held}Since`, { time: since }));
    if (heldWhy) notes.push(heldWhy.replace(/[.。]$/, ""));
  }
  if (confirmed === false) notes.push(words.sentence(active ? "unconfirmed" : "withdrawn"));
  return notes.join(words.sentence("joint"));
}

/** A number with as many digits as a reader needs. */
function shortNumber(value: number): string {
  return String(Number(value.toPrecision(5)));
}

/** A value of the watched signal as people read it, with its unit. */
export function watchedNumber(watch: Watch, unit: string, words: AlarmWords): (value: number) => string {
  return (value) => (watch === "quality" ? words.quality(value) : `${shortNumber(value)}${unit && ` ${unit}`}`);
}

/**
 * @param unit       of the watched signal, "" where none
 * @param because    what has moved the forecast, in words; "" where nobody knows
 */
export function alarmSentence(t: AlarmTransition, watch: Watch, unit: string, words: AlarmWords, because = ""): string {
  const minutes = (ms: number) => Math.max(0, Math.round(ms / 60_000));
  const number = watchedNumber(watch, unit, words);
  const ofItself = t.event === "reAlarm" || t.event === "confirm" || t.event === "withdraw";
  const state = words.sentence(ofItself ? t.event : t.state, {
    priority: words.priority(t.priority),
    minutes: minutes((t.shelvedUntil ?? t.time) - t.time),
  });
  const facts = [`${t.asset ? words.sentence("asset", { asset: t.asset, limit: t.limit }) : t.limit}: ${state}`];
  if (t.value !== undefined && t.setpoint !== undefined) {
    const setpoint = Array.isArray(t.setpoint) ? t.setpoint.map(number).join(" – ") : number(t.setpoint);
    facts.push(words.sentence("value", { watch: words.watched(watch), value: number(t.value), setpoint }));
  }
  if (t.active && t.timeToLimit !== undefined) {
    const seconds = Math.round(t.timeToLimit / 1000);
    const time =
      seconds < 120
        ? words.sentence("seconds", { seconds })
        : words.sentence("minutes", { minutes: Math.round(seconds / 60) });
    facts.push(words.sentence("timeToLimit", { time }));
  }
  if (t.active && t.confirmed === false) facts.push(words.sentence("unconfirmed"));
  if (t.who) facts.push(words.sentence("by", { who: t.who }));
  const lines = [facts.join(words.sentence("joint"))];
  // What to do is told when it is to be done, not when it is over.
  const calling = t.state === "unacknowledged";
  if (calling && t.message) lines.push(t.message);
  if (calling && t.active && because !== "") lines.push(words.sentence("because", { text: because }));
  for (const key of ["cause", "consequence", "response"] as const) {
    const text = t[key];
    if (calling && text) lines.push(words.sentence(key, { text }));
  }
  if (t.comment) lines.push(words.sentence("comment", { text: t.comment }));
  return lines.join("\n");
}
