import type { Forecaster } from "../forecaster/forecaster";
import { isNotice, MessageProblem, type Notice, type ValueProblem } from "../message/problem";
import type { MessageReading } from "../message/reading";
import { Apart } from "./apart";
import { type NoTarget, TargetWatch } from "./target-watch";

const MOST_LISTED = 20;

/**
 * What people must know of an asset: sensors have joined or left its list, or come in messages of their own, the value
 * to forecast never comes, or the readings of a batch have no times of their own where horizons are spans of time.
 */
export type AssetNotice = { readonly asset: string } & (
  | { readonly code: "joined" | "left" | "apart"; readonly sensors: string }
  | ({ readonly code: "noTarget" } & NoTarget)
  | { readonly code: "noTimes" }
);

/** Tells what people must know of an asset's readings, each thing once. */
export class AssetNotices {
  private target: TargetWatch | undefined;
  private apart: Apart | undefined;
  private isTimeMissing = false;
  /** What needs to be said of values once has been said. */
  private readonly said = new Set<Notice>();

  constructor(
    private readonly asset: string,
    private readonly tell: (notice: AssetNotice) => void,
  ) {}

  /** Whether the value to forecast has not come for so long that its name must be wrong. */
  get isTargetMissing(): boolean {
    return this.target?.isMissing ?? false;
  }

  /** Whether the value to forecast has not come for some readings. */
  get isTargetAway(): boolean {
    return this.target?.isAway ?? false;
  }

  /**
   * Looks at a reading.
   *
   * @param row of the payload
   */
  look({ target, horizons, updates }: Forecaster, values: MessageReading["values"], row: unknown): void {
    const isSoft = horizons[0] === 0;
    this.target ??= new TargetWatch(target, isSoft, updates > 0);
    const missing = this.target.take(row);
    if (missing) this.tell({ code: "noTarget", asset: this.asset, ...missing });
    this.apart ??= new Apart(isSoft ? target : undefined);
    const apart = this.apart.take(row, values);
    if (apart) this.tellOf("apart", apart);
  }

  /** Looks at the readings of a batch: those without a time of their own are one moment. */
  lookAtTimes(rows: readonly (MessageReading | MessageProblem)[]): void {
    if (this.isTimeMissing) return;
    const isMissing = (row: MessageReading | MessageProblem): boolean =>
      !(row instanceof MessageProblem) && Number.isNaN(row.time);
    this.isTimeMissing = rows.filter(isMissing).length > 1;
    if (this.isTimeMissing) this.tell({ code: "noTimes", asset: this.asset });
  }

  /** The list of sensors has become another. */
  listChanged(joined: readonly string[], left: readonly string[]): void {
    if (joined.length > 0) this.tellOf("joined", joined);
    if (left.length > 0) this.tellOf("left", left);
  }

  /** Whether a problem of a value is one, or a notice that has not been given yet. */
  readonly isNews = ({ rule }: ValueProblem): boolean => {
    if (!isNotice(rule) || rule === "corrected") return true;
    const known = this.said.has(rule);
    this.said.add(rule);
    return !known;
  };

  /** Another model may wait for another value. */
  forgetTarget(): void {
    this.target = undefined;
  }

  /** The first of very many names. */
  private tellOf(code: "joined" | "left" | "apart", names: readonly string[]): void {
    const more = names.length > MOST_LISTED ? ` … (${names.length})` : "";
    this.tell({ code, asset: this.asset, sensors: names.slice(0, MOST_LISTED).join(", ") + more });
  }
}
