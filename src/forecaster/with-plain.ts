import type { Saved } from "../record/record";
import { LIGHT, NOW } from "./horizon";
import type { Description } from "./options";
import { withExperts } from "./with-experts";

/** The experts of a soft sensor before, in their order, the last two in one that is not light. */
const BEFORE = ["reference", "frozen", "learner", "correctedLearner", "correctedFrozen", "linear", "quadratic"];

/** A record of a soft sensor of before knew no plain regressions: they begin. */
export function withPlain(saved: Saved<Description>): Saved<Description> {
  const { horizon, light } = saved.description;
  if (horizon[0] > 0 || saved.parts.has("horizon0.plain")) return saved;
  const names = light ? NOW.slice(0, LIGHT.now) : NOW;
  const sources = names.map((name) => BEFORE.indexOf(name));
  return withExperts(saved, light ? BEFORE.length - 2 : BEFORE.length, sources);
}
