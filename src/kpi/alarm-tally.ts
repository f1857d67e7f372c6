/** Counts of true, false and missed alarms, from outcomes: of one asset, or of all of them added up. */
import { fields, finite } from "../memory/checked";
import type { Outcome, Verdict, Warner } from "./alarm-outcome";
import { WARNERS } from "./alarm-outcome";
import type { ScoredForecast } from "./scored-forecast";

export interface WarnerCount {
  /** Exceedances that were warned of in time. */
  true: number;
  /** Warnings without exceedance. */
  false: number;
  /** Exceedances without a warning in time. */
  missed: number;
  /** Warnings that an operator called true although the limit was not reached: acted upon in time. */
  confirmed: number;
  /** Sum of the lead times of the true ones, ms. */
  lead: number;
  /** Readings on which this forecaster spoke. */
  readings: number;
}

/** Exceedances that both could have warned of: one warned and the other did not. */
export interface Advantage {
  judged: number;
  /** The learner alone warned; the reference alone warned. */
  gained: number;
  lost: number;
}

/** The counts of a period. All of them 0 or more. */
export class AlarmTally {
  private constructor(
    public exceedances: number,
    readonly count: Record<Warner, WarnerCount>,
    readonly advantage: Record<"existing" | "naive", Advantage>,
  ) {}

  static empty(): AlarmTally {
    return new AlarmTally(
      0,
      { learner: nothing(), existing: nothing(), naive: nothing() },
      { existing: { judged: 0, gained: 0, lost: 0 }, naive: { judged: 0, gained: 0, lost: 0 } },
    );
  }

  /** Counts who spoke on a reading: rates are per reading on which one could have warned. */
  heard(scored: ScoredForecast): void {
    for (const warner of WARNERS) if (!Number.isNaN(scored[warner])) this.count[warner].readings++;
  }

  add(outcome: Outcome): void {
    const { learner, existing } = this.count;
    switch (outcome.kind) {
      case "false":
        this.count[outcome.warner].false++;
        return;
      case "exceedance":
        this.exceedances++;
        for (const warner of WARNERS) {
          if (outcome.verdicts[warner] === "warned") {
            this.count[warner].true++;
            this.count[warner].lead += outcome.leads[warner];
          } else if (outcome.verdicts[warner] === "missed") this.count[warner].missed++;
        }
        this.compare(outcome.verdicts, 1);
        return;
      case "confirmed":
        // It would have been an exceedance: the existing forecast gets the same credit where it warned as well.
        learner.false--;
        learner.confirmed++;
        if (existing.readings > 0) {
          if (outcome.existingToo) existing.confirmed++;
          this.compare({ learner: "warned", existing: outcome.existingToo ? "warned" : "missed", naive: "missed" }, 1);
        } else this.compare({ learner: "warned", existing: "unjudged", naive: "missed" }, 1);
        return;
      case "rejected":
        learner.true--;
        learner.lead -= outcome.lead;
        learner.false++;
        // Not an exceedance in the operator's eyes, so nobody's merit and nobody's fault.
        this.exceedances--;
        for (const warner of ["existing", "naive"] as const)
          if (outcome.verdicts[warner] === "missed") this.count[warner].missed--;
        this.compare(outcome.verdicts, -1);
    }
  }

  private compare(verdicts: Record<Warner, Verdict>, sign: 1 | -1): void {
    for (const reference of ["existing", "naive"] as const) {
      const [mine, other] = [verdicts.learner, verdicts[reference]];
      if (mine === "unjudged" || other === "unjudged") continue;
      const advantage = this.advantage[reference];
      advantage.judged += sign;
      if (mine === "warned" && other === "missed") advantage.gained += sign;
      if (mine === "missed" && other === "warned") advantage.lost += sign;
    }
  }

  state(): unknown {
    return { exceedances: this.exceedances, count: this.count, advantage: this.advantage };
  }

  /** @throws TypeError where it is no such state */
  static of(state: unknown): AlarmTally {
    const stored = fields(state, "alarm counts");
    const tally = AlarmTally.empty();
    tally.exceedances = finite(stored.exceedances, "exceedances");
    const [counts, advantages] = [fields(stored.count, "counts"), fields(stored.advantage, "advantages")];
    for (const warner of WARNERS) finiteInto(tally.count[warner], counts[warner], warner);
    for (const reference of ["existing", "naive"] as const) {
      finiteInto(tally.advantage[reference], advantages[reference], reference);
    }
    return tally;
  }
}

/** Takes over every number that is there by name. A correction of an old count may have left one below 0. */
function finiteInto(into: WarnerCount | Advantage, stored: unknown, name: string): void {
  const values = fields(stored, name);
  for (const key of Object.keys(into)) Object.assign(into, { [key]: finite(values[key], `${name}.${key}`) });
}

function nothing(): WarnerCount {
  return { true: 0, false: 0, missed: 0, confirmed: 0, lead: 0, readings: 0 };
}
