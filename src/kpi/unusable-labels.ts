/** Labels that judged nobody, because the value was none or known to be wrong: counted and named, not left out in silence. */
import { count, fields, finite, list, text } from "../memory/checked";

export interface UnusableFigures {
  count: number;
  /** The sensor whose values these were. */
  sensor: string;
  /** By the rule that found them, most frequent first. */
  rules: { rule: string; count: number }[];
  /** Time of the last one, ms. */
  last: number | null;
}

/** Rules that are told apart; further ones are counted as other. */
const MOST_RULES = 20;
const OTHER = "other";

export class UnusableLabels {
  private all = 0;
  private last = Number.NEGATIVE_INFINITY;
  private readonly rules = new Map<string, number>();

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
    const name = this.rules.has(rule) || this.rules.size < MOST_RULES ? rule : OTHER;
    this.rules.set(name, (this.rules.get(name) ?? 0) + 1);
    this.all++;
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
    for (const entry of list(rules, "rules", MOST_RULES + 1)) {
      const [rule, number] = list(entry, "rule", 2);
      labels.rules.set(text(rule, "rule"), count(number, "rule"));
      labels.all += number as number;
    }
    return labels;
  }
}
