import { stateOf, type ValueProblem } from "./problem";
import { isGuardWord } from "./quality";
import { UNCERTAIN } from "./sender-status";

/**
 * The quality of a reading, with the values that were not used as they came added to what the drift guard said.
 *
 * @param describe why a value cannot be used, in the user's language
 */
export function withUnused(
  before: unknown,
  problems: readonly ValueProblem[],
  describe: (problem: ValueProblem) => string,
): object {
  const known = isGuardWord(before) ? (before as Record<string, unknown>) : {};
  const reasons = Array.isArray(known.reasons) ? known.reasons : [];
  const named = new Set(reasons.map((reason) => reason?.sensor));
  const more = problems
    .filter(({ sensor }) => sensor === "" || !named.has(sensor))
    .map(({ sensor, rule, value }) => ({
      sensor,
      rule,
      value,
      state: stateOf(rule),
      text: describe({ sensor, rule, value }),
    }));
  const all = { state: "good", ne107: "good", learn: 1, ...known, reasons: [...reasons, ...more] };
  const held = Array.isArray(known.held) ? known.held : [];
  const wrong = more.filter(({ state }) => state !== "good");
  if (wrong.length === 0) return { ...all, held };
  const lost = wrong.filter(({ sensor, rule }) => sensor !== "" && rule !== "senderUncertain");
  const doubted = wrong.filter(({ rule }) => rule === "senderUncertain");
  return {
    ...all,
    state: known.state === "bad" || wrong.some(({ rule }) => rule === "senderBad") ? "bad" : "uncertain",
    ne107: all.ne107 === "good" ? "failure" : all.ne107,
    held: [...new Set([...held, ...lost.map(({ sensor }) => sensor)])],
    ...(doubted.length > 0 && {
      doubts: { ...Object(known.doubts), ...Object.fromEntries(doubted.map(({ sensor }) => [sensor, UNCERTAIN])) },
    }),
  };
}
