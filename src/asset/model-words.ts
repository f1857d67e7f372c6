import type { MemoryProblem } from "../memory/memory-problem";
import { oneLine } from "../message/one-line";
import type { Rule, ValueProblem } from "../message/problem";
import type { Say } from "../message/say";
import type { Surroundings } from "./forecast-model";

/** Characters of an asset's name that a sentence has room for. */
const LONGEST_NAME = 60;

/**
 * What a forecast model says, in the user's language.
 *
 * @param warn tells people who look after Node-RED
 */
export function modelWords(say: Say, warn: (text: string) => void): Omit<Surroundings, "property" | "now"> {
  const named = (asset: string): string => oneLine(asset.slice(0, LONGEST_NAME));
  const ruleText = ({ sensor, rule, value, row }: ValueProblem): string => {
    const reading = row === undefined ? say("label.reading") : say("label.row", { row });
    return say("label.problem", {
      sensor: row === undefined ? sensor || reading : [reading, sensor].filter(Boolean).join(" "),
      value,
      rule: say(`rule.${rule}`),
    });
  };
  /** What has been said of one asset, and would be the same of others. */
  const told = new Set<Rule>();
  return {
    ruleText,
    errorText: (code, details) => say(`error.${code}`, inOneLine(details)),
    notice: ({ code, ...details }) => warn(say(`notice.${code}`, inOneLine(details))),
    remark: (asset, problem) => {
      if (told.has(problem.rule)) return;
      if (problem.rule !== "corrected") told.add(problem.rule);
      warn(say("label.remark", { asset: named(asset), text: ruleText(problem) }));
    },
    report: ({ code, asset, text, keptAs = "", usedPrevious, assets = 1 }: MemoryProblem) => {
      const next = say(`memory.${usedPrevious ? "usedPrevious" : "beginsAnew"}`);
      warn(say(`memory.${code}`, { asset: named(asset), text, keptAs, assets, next }));
    },
  };
}

/** Names that came in messages, as they may stand in a log. */
function inOneLine<T>(details: Readonly<Record<string, T>>): Record<string, T | string> {
  const lines = Object.entries(details).map(([name, value]) => [
    name,
    typeof value === "string" ? oneLine(value) : value,
  ]);
  return Object.fromEntries(lines);
}
