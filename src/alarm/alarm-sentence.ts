/** A change of state in words, as an operator reads it in a mail: one line, then cause, consequence and response. */
import type { AlarmTransition } from "./alarm";
import type { Watch } from "./signal";

/** Gives the text of a key in the reader's language, with the values filled in. */
export type Translate = (key: string, values?: Record<string, string | number>) => string;

/** A number with as many digits as a reader needs. */
export function shortNumber(value: number): string {
  return String(Number(value.toPrecision(5)));
}

/**
 * @param translate  keys of the catalogue: sentence.…, priority.…, watched.…, qualityLevel.…
 * @param unit       of the watched signal, "" where none
 */
export function alarmSentence(t: AlarmTransition, watch: Watch, unit: string, translate: Translate): string {
  const minutes = (ms: number) => Math.max(0, Math.round(ms / 60_000));
  const number = (value: number) =>
    watch === "quality" ? translate(`qualityLevel.${value}`) : `${shortNumber(value)}${unit && ` ${unit}`}`;
  const state = translate(`sentence.${t.event === "reAlarm" ? t.event : t.state}`, {
    priority: translate(`priority.${t.priority}`),
    minutes: minutes((t.shelvedUntil ?? t.time) - t.time),
  });
  const facts = [`${t.asset ? translate("sentence.asset", { asset: t.asset, limit: t.limit }) : t.limit}: ${state}`];
  if (t.value !== undefined && t.setpoint !== undefined) {
    const setpoint = Array.isArray(t.setpoint) ? t.setpoint.map(number).join(" – ") : number(t.setpoint);
    facts.push(translate("sentence.value", { watch: translate(`watched.${watch}`), value: number(t.value), setpoint }));
  }
  if (t.active && t.timeToLimit !== undefined) {
    const ahead = t.timeToLimit < 600_000 ? (t.timeToLimit / 60_000).toFixed(1) : minutes(t.timeToLimit);
    facts.push(translate("sentence.timeToLimit", { minutes: ahead }));
  }
  if (t.who) facts.push(translate("sentence.by", { who: t.who }));
  const lines = [facts.join(translate("sentence.joint"))];
  if (t.message) lines.push(t.message);
  for (const key of ["cause", "consequence", "response", "comment"] as const) {
    const text = t[key];
    if (text) lines.push(translate(`sentence.${key}`, { text }));
  }
  return lines.join("\n");
}
