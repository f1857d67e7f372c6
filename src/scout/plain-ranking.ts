import type { Finding, RankedSensor, Ranking, TooLittle } from "./ranking";
import { type Span, spanOf } from "./span";

/** One sensor of a ranking as it goes into a message or to a dialog: what is not known is null. */
export interface PlainSensor {
  sensor: string;
  rank: number;
  finding: Finding;
  /** Which sentence holds. */
  sentence: SentenceKey;
  chosen: boolean;
  /** 0 … 1, three digits. */
  score: number;
  leadReadings: number | null;
  leadMs: number | null;
  intervalMs: number | null;
  /** Per cent. */
  good: number;
  twin: string | null;
  /** Lead and interval as a person would say them. */
  lead: Span | null;
  interval: Span | null;
  /** In the user's language. */
  text: string;
}

/** A ranking as it goes into a message. */
export interface PlainRanking {
  target: string;
  readings: number;
  chosen: readonly string[];
  tooLittle: TooLittle | null;
  sensors: PlainSensor[];
  /** Which summary holds. */
  summary: SummaryKey;
  /** All in one sentence, in the user's language. */
  text: string;
}

/** A text of the user's language by its key, with values in it. */
export type Words = (key: string, values: Readonly<Record<string, string | number>>) => string;

/** Which of the sentences on a sensor holds, and of those on the whole. */
export type SentenceKey = Finding | "estimates";
export type SummaryKey = TooLittle | "none" | "one" | "two" | "oneNow" | "twoNow";

/** A ranking for people: with a sentence on each sensor and one on all. */
export function plainRanking(ranking: Ranking, words: Words): PlainRanking {
  const { target, readings, chosen, tooLittle } = ranking;
  const sensors = ranking.sensors.map((sensor) => plainSensor(sensor, target, words));
  const [first, second] = sensors.filter((sensor) => sensor.chosen);
  const now = first?.leadReadings === 0 ? "Now" : "";
  const summary: SummaryKey = tooLittle ?? (first ? (`${second ? "two" : "one"}${now}` as SummaryKey) : "none");
  const names = { target, sensor: first?.sensor ?? "", second: second?.sensor ?? "" };
  const values = { ...names, readings, all: sensors.length, lead: saySpan(first?.lead ?? undefined, words) };
  const text = words(`summary.${summary}`, values);
  return { target, readings, chosen, tooLittle: tooLittle ?? null, sensors, summary, text };
}

function plainSensor(sensor: RankedSensor, target: string, words: Words): PlainSensor {
  const { finding, leadReadings, leadMs, intervalMs } = sensor;
  const lead = spanOf(leadMs, leadReadings);
  const good = Math.round(100 * sensor.good);
  const sentence: SentenceKey = finding === "leads" && leadReadings === 0 ? "estimates" : finding;
  const values = { sensor: sensor.sensor, target, lead: saySpan(lead, words), twin: sensor.twin ?? "", good };
  return {
    sensor: sensor.sensor,
    rank: sensor.rank,
    finding,
    sentence,
    chosen: sensor.chosen,
    score: Math.round(1000 * sensor.score) / 1000,
    leadReadings: known(leadReadings),
    leadMs: known(leadMs),
    intervalMs: known(intervalMs),
    good,
    twin: sensor.twin ?? null,
    lead: lead ?? null,
    interval: spanOf(intervalMs, Number.NaN) ?? null,
    text: words(`sentence.${sentence}`, values),
  };
}

function saySpan(span: Span | undefined, words: Words): string {
  return span ? words(`span.${span.unit}`, { amount: span.amount }) : "";
}

function known(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
