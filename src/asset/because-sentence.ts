/** Why a forecast has changed and what it is made of, in the few words that a line on a screen has room for. */
import type { Say } from "../message/say";
import type { PlainForecast } from "./plain";
import type { ModelSettings } from "./settings";

export type BecausePart = "joint" | "percent" | "value" | "own" | "existing" | "rest" | "share";

/** The words of the reader's language. */
export interface BecauseWords {
  /** A part of the line, with the values filled in. */
  part(part: BecausePart, values?: Record<string, string | number>): string;
  /** What an expert is called, such as "learner"; "cycle" is what goes by the cycles of a machine instead of days. */
  expert(name: string): string;
}

/** @param buildOn what the forecast is built on, which is what its first expert is called */
export function becauseWords(say: Say, buildOn: ModelSettings["buildOn"]): BecauseWords {
  return {
    part: (part, values) => say(`because.${part}`, values),
    expert: (name) => say(`expert.${name === "reference" && buildOn === "existing" ? "existing" : name}`),
  };
}

/** Writes into a forecast what it is made of and why it has changed. */
export function putInWords(forecast: PlainForecast, words: BecauseWords): void {
  forecast.madeOf = madeOf(forecast, words);
  if (forecast.because) forecast.because.text = becauseSentence(forecast, words);
}

/** What has done less than this share of all that moved the forecast is not worth a word, … */
const LEAST = 0.05;
/** … nor an expert with a smaller share. */
const LEAST_EXPERT = 0.05;
const NAMED = 3;
/** Changes from … to so many per cent are told in per cent. */
const LEAST_PERCENT = 1;
const MOST_PERCENT = 100;

interface Mention {
  words: string;
  share: number;
}

/**
 * What has moved a forecast most, the strongest first: "load +12 %, air flow −3 %". The target's own past, an existing
 * forecast and what is none of the inputs are among them where they have done more.
 *
 * @returns "" where nothing has moved it, or nobody asked
 */
export function becauseSentence({ because }: PlainForecast, words: BecauseWords): string {
  if (!because) return "";
  const { inputs, own, existing, others, rest } = because;
  const of = (share: number | null): number => Math.abs(share ?? 0);
  const mentions: Mention[] = inputs.map((cause) => ({
    words: moved(cause.sensor, cause, words),
    share: of(cause.share),
  }));
  mentions.push({ words: moved(words.part("own", { sensor: own.sensor }), own, words), share: of(own.share) });
  mentions.push({ words: words.part("existing"), share: of(existing) });
  mentions.push({ words: words.part("rest"), share: of(rest) + of(others) });
  const all = mentions.reduce((sum, { share }) => sum + share, 0);
  return inWords(
    mentions.filter(({ share }) => share > LEAST * all),
    words,
  );
}

/** What a forecast is made of: "learner 71 %, yesterday 22 %". */
export function madeOf({ experts, cycle }: PlainForecast, words: BecauseWords): string {
  const known = (name: string): string => (name === "seasonal" && cycle !== undefined ? "cycle" : name);
  const mentions = Object.entries(experts).map(([name, share]) => ({
    words: words.part("share", { expert: words.expert(known(name)), percent: Math.round(100 * (share ?? 0)) }),
    share: share ?? 0,
  }));
  return inWords(
    mentions.filter(({ share }) => share >= LEAST_EXPERT),
    words,
  );
}

function inWords(mentions: readonly Mention[], words: BecauseWords): string {
  const strongest = [...mentions].sort((a, b) => b.share - a.share).slice(0, NAMED);
  return strongest.map((mention) => mention.words).join(words.part("joint"));
}

/** By how much a value has moved: in per cent where that says something, else from where to where. */
function moved(sensor: string, { from, to }: { from: number | null; to: number | null }, words: BecauseWords): string {
  if (from === null || to === null) return sensor;
  const percent = (100 * (to - from)) / Math.abs(from);
  if (from * to > 0 && Math.abs(percent) >= LEAST_PERCENT && Math.abs(percent) <= MOST_PERCENT)
    return words.part("percent", { sensor, percent: signed(Math.round(percent)) });
  // With as many digits as tell the two apart.
  const digits = [4, 5, 6, 7, 8].find((n) => from.toPrecision(n) !== to.toPrecision(n));
  return digits ? words.part("value", { sensor, from: short(from, digits), to: short(to, digits) }) : sensor;
}

function signed(value: number): string {
  return `${value < 0 ? "−" : "+"}${Math.abs(value)}`;
}

function short(value: number, digits: number): string {
  return String(Number(value.toPrecision(digits))).replace("-", "−");
}
