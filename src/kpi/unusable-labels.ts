/** Labels that judged nobody, because the value was none or known to be wrong: counted and named, not left out in silence. */
import { count, fields, finite, list, text } from "../memory/checked";

export interface UnusableFigures {
  count: number;
  /** The sensor whose values these were. */
  sensor: string;
  /** By the rule that found them, most frequent first. */
  rules: { rule: UnusableRule; count: number }[];
  /** Time of the last one, ms. */
  last: number | null;
}

/** Rules that are told apart. Any other word is a sender's own, and may be anything: it is counted as other. */
const UNUSABLE_RULES = [
  "missing",
  "null",
  "late",
  "notANumber",
  "sentinel",
  "range",
  "spike",
  "level",
  "rate",
  "flatline",
  "noise",
  "agreement",
  "maintenance",
  "senderBad",
  "bad",
  "other",
] as const;
export type UnusableRule = (typeof UNUSABLE_RULES)[number];
/** Rules in a record: those of before hold words of senders as well. */
const MOST_STORED = 21;

export class UnusableLabels {
  private all = 0;
  private last = Number.NEGATIVE_INFINITY;
  private readonly rules = new Map<UnusableRule, number>();

  /**
   * Counts one.
   *
   * @param time  ms; one that is not newer than the last came along another wire
   * @returns whether it was counted
   */
  add(rule: string, time: number): boolean {
    if (!(time > this.last)) return false;
    this.last = time;
    this.append(rule);
    return true;
  }

  /** Counts one that is known to be new, of any asset. */
  append(rule: string, time = this.last): void {
    this.last = Math.max(this.last, time);
    this.count(rule, 1);
  }

  private count(rule: string, times: number): void {
    const name = UNUSABLE_RULES.find((one) => one === rule) ?? "other";
    this.rules.set(name, (this.rules.get(name) ?? 0) + times);
    this.all += times;
  }

  /** @param sensor  the target */
  figures(sensor: string): UnusableFigures {
    const rules = [...this.rules].map(([rule, number]) => ({ rule, count: number })).sort((a, b) => b.count - a.count);
    return { count: this.all, sensor, rules, last: Number.isFinite(this.last) ? this.last : null };
  }

  state(): unknown {
    return { last: Number.isFinite(this.last) ? this.last : null, rules: [...this.rules] };
  }

  /** What `state` gave, or undefined from an older version. @throws TypeError where it is no such state */
  static of(state: unknown): UnusableLabels {
    const labels = new UnusableLabels();
    if (state === undefined) return labels;
    const { last, rules } = fields(state, "unusable labels");
    if (last !== null) labels.last = finite(last, "last unusable label");
    for (const entry of list(rules, "rules", MOST_STORED)) {
      const [rule, number] = list(entry, "rule", 2);
      labels.count(text(rule, "rule"), count(number, "rule"));
    }
    return labels;
  }
}
