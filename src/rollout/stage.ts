/**
 * shadow       the plant acts on its existing forecast; the learner only runs beside it
 * pilot        a named scope acts on the learner
 * live         everybody acts on the learner
 * rolled-back  the learner failed once: as shadow, and a promotion leads back to the pilot
 * hold         as shadow, and nothing moves until a person resumes
 */
export const STAGES = ["shadow", "pilot", "live", "rolled-back", "hold"] as const;
export type Stage = (typeof STAGES)[number];

/** `rollback again` is the second rollback since a person last resumed. */
export type Step = "promote" | "rollback" | "rollback again" | "hold" | "resume" | "reset";

/**
 * Every move there is; a step that a stage does not list is not possible there. No stage is ever skipped, and nothing
 * but a promotion leads to a stage where the plant acts on the learner.
 */
const TRANSITIONS: Readonly<Record<Stage, Readonly<Partial<Record<Step, Stage>>>>> = {
  shadow: { promote: "pilot", hold: "hold", reset: "shadow" },
  pilot: { promote: "live", rollback: "rolled-back", "rollback again": "hold", hold: "hold", reset: "shadow" },
  live: { rollback: "rolled-back", "rollback again": "hold", hold: "hold", reset: "shadow" },
  "rolled-back": { promote: "pilot", hold: "hold", resume: "shadow", reset: "shadow" },
  hold: { resume: "shadow", reset: "shadow" },
};

/** Stage after a step, or nothing where the step is not possible. */
export function stageAfter(stage: Stage, step: Step): Stage | undefined {
  return TRANSITIONS[stage][step];
}

/** Whether the plant acts on the learner, inside or outside the pilot's scope. */
export function actsOnLearner(stage: Stage, inScope: boolean): boolean {
  return stage === "live" || (stage === "pilot" && inScope);
}
