/** What a KPI meter says of messages that it cannot use, and in which language it reports. */
import { MessageProblem, shown } from "../message/problem";
import { LANGUAGES, type Language, languageNamed, type Say } from "../message/say";
import { ScoredProblem } from "./scored-forecast";

/** Why something cannot be counted or answered, in the user's language; undefined where that is no matter of the meter's. */
export function meterError(error: unknown, say: Say): Error | undefined {
  if (error instanceof MessageProblem && error.code === "noModel")
    return new Error(say("error.noAsset", { asset: shown(error.details.asset) }), { cause: error });
  if (!(error instanceof ScoredProblem)) return undefined;
  const field = ["scored", error.field].filter(Boolean).join(".");
  return new Error(say(`error.${error.code}`, { field, value: shown(error.value) }), { cause: error });
}

/**
 * The language of a report.
 *
 * @param given by who asks for it; undefined = as set
 * @param set "auto" = that of the other texts
 * @throws Error where one was asked for that the pack does not speak
 */
export function reportLanguage(given: unknown, set: Language | "auto", say: Say): Language {
  const language = languageNamed(given ?? (set === "auto" ? say("report.language") : set));
  if (language) return language;
  // The language of Node-RED may be one that the report does not speak; one that was asked for must be known.
  if (given === undefined) return "en-US";
  throw new Error(say("error.language", { language: shown(given), known: LANGUAGES.join(", ") }));
}

/** An operator's word on an alarm: whether it was right. @throws Error where it is neither */
export function verdictIn(value: unknown, say: Say): boolean {
  if (value === true || value === "true") return true;
  if (value === false || value === "false") return false;
  throw new Error(say("error.verdict"));
}
