/** What a person or a timer orders of a KPI meter: to report, to take an operator's word, to begin anew. */
import type { Language, Say } from "../message/say";
import { reportLanguage, verdictIn } from "./meter-words";

export const COMMANDS = ["report", "csv", "figures", "feedback", "reset"] as const;
export type MeterCommand = (typeof COMMANDS)[number];

export interface MeterOrder {
  readonly command: MeterCommand;
  /** Of what is answered. */
  readonly language: Language;
  /** Of a feedback: whether the last alarm was right. */
  readonly verdict: boolean;
}

/** The properties of a message that belong to an order. */
interface OrderFields {
  command?: unknown;
  reset?: unknown;
  verdict?: unknown;
  language?: unknown;
}

/**
 * The order of a message, which is taken out of it: it is carried out here, and nodes behind must not take it for theirs.
 *
 * @param set the language of the node's settings
 * @throws Error where the language or the verdict is none
 */
export function takeOrder(command: MeterCommand, msg: OrderFields, set: Language | "auto", say: Say): MeterOrder {
  const language = reportLanguage(msg.language, set, say);
  const verdict = command === "feedback" && verdictIn(msg.verdict, say);
  for (const key of ["command", "reset", "verdict", "language"] as const) delete msg[key];
  return { command, language, verdict };
}
