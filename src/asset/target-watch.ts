import { isFields } from "../message/fields";
import { nearestOf, sameButForWriting } from "../message/nearest";
import { nameOf } from "../message/reading";

/** A target that has not come in so many readings will not come: its name is wrong. */
const PATIENCE = 20;
/** Names of a payload that a warning lists. */
const MOST_LISTED = 20;

/** What the model waits for in vain, for people. */
export interface NoTarget {
  readonly wanted: string;
  /** Names that the payload has. */
  readonly came: string;
  /** The name that is probably meant; empty where there is none. */
  readonly nearest: string;
}

/** Notices that the value to forecast does not come, because it is spelt otherwise in the messages, or is from now on. */
export class TargetWatch {
  /** Whether it has not come for so long that something must be wrong. */
  isMissing = false;
  /** Readings since it came last. */
  private readings = 0;

  /**
   * @param rare whether it may well come now and then only, as the labels of a soft sensor do: then it is missing where
   *   a name comes that differs from it only in capitals, width or separators
   * @param found whether it has come before: then it may be out of order, and is missing as one that is rare
   */
  constructor(
    private readonly target: string,
    private readonly rare: boolean,
    private found: boolean,
  ) {}

  /** Whether it has not come for some readings. */
  get isAway(): boolean {
    return this.readings >= PATIENCE;
  }

  /**
   * Counts a reading.
   *
   * @param row of the payload
   * @returns what is wrong, once, when it has become clear
   */
  take(row: unknown): NoTarget | undefined {
    const names = typeof row === "object" && row !== null ? Object.keys(row) : [this.target];
    if (names.includes(this.target)) {
      this.found = true;
      this.isMissing = false;
      this.readings = 0;
      return undefined;
    }
    if (++this.readings % PATIENCE !== 0 || this.isMissing) return undefined;
    const nearest = nearestOf(this.target, names);
    if ((this.rare || this.found) && (nearest === undefined || !sameButForWriting(nearest, this.target)))
      return undefined;
    this.isMissing = true;
    const shown = (name: string): string => (isFields(row) ? nameOf(row, name) : name);
    const more = names.length > MOST_LISTED ? ` … (${names.length})` : "";
    return {
      wanted: this.target,
      came: names.slice(0, MOST_LISTED).map(shown).join(", ") + more,
      nearest: nearest ?? "",
    };
  }
}
