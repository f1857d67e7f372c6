import { allOf } from "../asset/plain";
import type { Say } from "../message/say";
import type { Sliced } from "../slice/sliced";
import type { Clock } from "./clock";
import {
  type Change,
  type Decision,
  Gate,
  type GateCommand,
  GateProblem,
  type GateSettings,
  type Summary,
} from "./gate";
import { forecastInUse, isUnusable, type Known, offerOf, outcomeOf } from "./known";
import type { Period } from "./scope";
import { changeText, missingText, problemText, progressText, whyText } from "./words";

/** What stands in `msg.stage`. */
export interface StageReport extends Omit<Summary, "missing" | "last" | "unusable"> {
  asset: string;
  source: Decision["source"];
  /** "better in 31 of 40 shifts, 12 % on average, evidence 8 of 20" */
  text: string;
  /** What a promotion still needs, in words. */
  missing: string[];
  /** Labels that judged nobody, because the value was none or known to be wrong, and of which sensor. */
  unusable: { count: number; sensor: string };
  /** The learner's own forecast, whatever is used. */
  learner: Known["forecast"];
}

/** What is made of one row of a message. */
export interface DecidedRow {
  /** The forecast to act on; null where there is none. */
  payload: number | null;
  stage: StageReport;
  forecast: object;
}

/** Where one asset stands, for people. */
export interface Standing {
  asset: string;
  stage: string;
  text: string;
  ready: boolean;
  missing: string[];
  last: string;
}

/** What the words need to know beside the gate. */
export interface Subject {
  /** Name of the sensor that is forecast. */
  readonly target: string;
  /** Readings ahead. */
  readonly horizon: number;
  readonly period: Period;
  readonly say: Say;
}

/** A gate, and the words for where it stands, which change far less often than readings come. */
export class WordedGate {
  private key = "";
  private text = "";
  private missing: string[] = [];

  /** The one that `gate.save` has written, for the settings of today. */
  static load(bytes: Uint8Array, asset: string, settings: GateSettings, clock: Clock, subject: Subject): WordedGate {
    const { gate, change } = Gate.load(bytes, asset, settings, Date.now(), clock);
    return new WordedGate(gate, subject, change);
  }

  /** @param change one that loading the gate has made and that nobody has been told yet */
  constructor(
    readonly gate: Gate,
    private readonly subject: Subject,
    private change?: Change,
  ) {}

  /**
   * Counts what fell due and decides on the forecasts of a message, row by row.
   *
   * @param rows one where it is no batch; decided in the order of their times
   * @returns undefined for a row without a forecast; and the changes of stage on the way
   */
  *decide(rows: readonly Known[], now: number): Sliced<{ decided: (DecidedRow | undefined)[]; changes: Change[] }> {
    const changes = this.change ? [this.change] : [];
    this.change = undefined;
    const decided = new Array<DecidedRow | undefined>(rows.length).fill(undefined);
    for (const i of inOrder(rows)) {
      decided[i] = this.decideRow(rows[i] as Known, now, changes);
      if (rows.length > 1) yield;
    }
    return { decided, changes };
  }

  /**
   * A person's word.
   *
   * @throws Error in the user's language where it cannot be carried out
   */
  command(command: GateCommand, who: string, reason: string, now: number): Change {
    try {
      return this.gate.command(command, who, reason, now);
    } catch (error) {
      if (!(error instanceof GateProblem)) throw error;
      throw new Error(problemText(error, this.gate.asset, this.subject.say), { cause: error });
    }
  }

  /** A change as a message tells of it. */
  told(change: Change): { topic: string; payload: string; change: object } {
    const { asset } = this.gate;
    return { topic: asset, payload: changeText(change, asset, this.subject.say), change: { ...change, asset } };
  }

  /** Why the asset is back at the existing forecast, short enough for a status; empty where it is not. */
  get why(): string {
    const { stage, record } = this.gate;
    if (stage !== "rolled-back" && stage !== "hold") return "";
    const change = record.findLast(({ from, to }) => to === stage && from !== to);
    return change ? whyText(change, this.subject.say) : "";
  }

  private decideRow(known: Known, now: number, changes: Change[]): DecidedRow | undefined {
    const { target, horizon } = this.subject;
    for (const scored of allOf(known.scored)) {
      const outcome = outcomeOf({ ...known, scored }, target);
      if (outcome) changes.push(...this.gate.score(outcome));
    }
    if (isUnusable(known, target, horizon)) this.gate.unusable();
    const offer = offerOf(known, now);
    if (!offer || !known.forecast) return undefined;
    const { decision, changes: more } = this.gate.decide(offer);
    changes.push(...more);
    const { last: _, missing: __, unusable: count, ...summary } = this.summary();
    const { text, missing } = this;
    const { asset } = this.gate;
    const unusable = { count, sensor: target };
    const { source } = decision;
    return {
      payload: Number.isFinite(decision.value) ? decision.value : null,
      stage: { asset, source, text, ...summary, missing, unusable, learner: known.forecast },
      forecast: forecastInUse(known.forecast, decision),
    };
  }

  /** Where the asset stands. */
  standing(): Standing {
    const { say } = this.subject;
    const { stage, ready, last } = this.summary();
    const { asset } = this.gate;
    const { text, missing } = this;
    return {
      asset,
      stage: say(`stage.${stage}`),
      text,
      ready,
      missing,
      last: last ? changeText(last, asset, say) : "",
    };
  }

  private summary(): Summary {
    const { say, period, target } = this.subject;
    const { summary } = this.gate;
    const { stage, blocks, better, gain, proof, against, missing, filling, doubt, unusable, stopped } = summary;
    const figures = [stage, blocks, better, gain, proof, against, missing];
    const aside = [Math.floor(10 * doubt), unusable, stopped];
    const key = JSON.stringify([...figures, blocks === 0 && filling, aside]);
    if (key !== this.key) {
      this.key = key;
      this.text = progressText(summary, period, say, target);
      this.missing = missing.map((point) => missingText(point, say));
    }
    return summary;
  }
}

/** What a message carries of what was decided, each an array where it is a batch; undefined where there is nothing to act on. */
export function columnsOf(decided: readonly (DecidedRow | undefined)[], batch: boolean) {
  if (decided.every((row) => row === undefined)) return undefined;
  const column = <Name extends keyof DecidedRow>(name: Name) =>
    batch ? decided.map((row) => row?.[name] ?? null) : decided[0]?.[name];
  return { payload: column("payload"), forecast: column("forecast"), stage: column("stage") };
}

/** The rows of a batch in the order of their times: the newest first is a batch as well. */
function inOrder(rows: readonly Known[]): number[] {
  const origin = (i: number): number => {
    const time = rows[i]?.forecast?.origin;
    return typeof time === "number" ? time : Number.NaN;
  };
  return rows.map((_, i) => i).sort((a, b) => origin(a) - origin(b) || 0);
}
