import type { Saved } from "../record/record";
import { AHEAD, FIRST_LINEAR, LIGHT, NOW } from "./horizon";
import type { Description } from "./options";
import { withExperts } from "./with-experts";

/** The experts before, in their order: of a soft sensor, the last two in one that is not light, and ahead. */
const BEFORE = ["reference", "frozen", "learner", "correctedLearner", "correctedFrozen", "linear", "quadratic"];
const BEFORE_AHEAD = ["reference", "frozen", "learner", "linear", "seasonal"];
/** Ahead, after that: nothing was said of what comes each day. */
const WITHOUT_RECURRING = ["reference", "frozen", "learner", "linear", "plain", "seasonal"];

/** A record of before knew no plain regressions, or nothing of what comes each day: they begin. */
export function withNewcomers(saved: Saved<Description>): Saved<Description> {
  const { horizon, light } = saved.description;
  const { parts } = saved;
  if (horizon[0] > 0) {
    const linear = parts.get(`horizon${horizon[0]}.frozen`)?.get("linear")?.length;
    if (light || linear === AHEAD.length - FIRST_LINEAR.ahead) return saved;
    const before = parts.has(`horizon${horizon[0]}.regression1`) ? WITHOUT_RECURRING : BEFORE_AHEAD;
    const sources = AHEAD.map((name) => before.indexOf(name));
    return withExperts(saved, before.length, sources);
  }
  if (parts.has("horizon0.plain")) return withColumns(saved);
  const names = light ? NOW.slice(0, LIGHT.now) : NOW;
  const sources = names.map((name) => BEFORE.indexOf(name));
  return withExperts(saved, light ? BEFORE.length - 2 : BEFORE.length, sources);
}

/** Their columns were a part of them once. */
function withColumns(saved: Saved<Description>): Saved<Description> {
  const plain = saved.parts.get("horizon0.plain");
  const values = saved.parts.get("horizon0.plain.rings");
  if (!plain?.has("scale") || !values) return saved;
  const parts = new Map(saved.parts).set("plainColumns", plain).set("plainColumns.rings", values);
  return { ...saved, parts };
}
