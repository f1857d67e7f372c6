/** Which asset wants to be looked at first. */

/** How urgent it is: somebody must act; somebody should look; all is well; nothing is known yet. */
export const LEVELS = ["bad", "warning", "good", "unknown"] as const;
export type Level = (typeof LEVELS)[number];

/** What a list says of one asset. */
export interface Standing {
  asset: string;
  level: Level;
  /** Of the guard, the worst where there are several: a word of `GuardSight`, "silent", or undefined without guard. */
  guard: string | undefined;
  /** Of the rollout gate, the most urgent one; "ready" = awaits a person's approval. */
  stage: string | undefined;
  paused: boolean;
  /** Error of the learner relative to the existing forecast, or to the last value where there is none; NaN = not known. */
  ratio: number;
  /** ms of the last actual value; NaN = none since the start. */
  time: number;
}

const BAD = ["silent", "bad", "drift", "hold", "rolled-back"];
const WARNING = ["uncertain", "warning", "frozen", "recovering", "ready"];

/** How urgent an asset is. An error above that of the last value is worth a look, whatever the guard says. */
export function levelOf({ guard, stage, paused, ratio, time }: Omit<Standing, "asset" | "level">): Level {
  const words = [guard, stage];
  if (words.some((word) => word && BAD.includes(word))) return "bad";
  if (paused || ratio > 1 || words.some((word) => word && WARNING.includes(word))) return "warning";
  return Number.isNaN(time) ? "unknown" : "good";
}

/** Order for a list: the most urgent first, among them the largest error, then by name. */
export function worstFirst(a: Standing, b: Standing): number {
  const level = LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level);
  if (level !== 0) return level;
  const ratio = (Number.isNaN(b.ratio) ? -1 : b.ratio) - (Number.isNaN(a.ratio) ? -1 : a.ratio);
  return ratio || (a.asset < b.asset ? -1 : a.asset > b.asset ? 1 : 0);
}
