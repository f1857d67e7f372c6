/** How the assets of a drift guard stand: for its status, for forecast health and for messages about changes. */
import type { DriftState } from "./model-drift";
import type { State } from "./quality";
import type { PlainReason, SpokenQuality } from "./spoken";

/** Where one asset stands. */
export interface Standing {
  state: State;
  /** The first sensor that was caught; empty for none, or for the whole reading. */
  sensor: string;
  /** By what it was caught; undefined where nothing was. */
  rule: PlainReason["rule"] | undefined;
  /** What was caught in the last reading, the first few, in the user's language. */
  reasons: readonly string[];
  model: DriftState;
  /** ms: when its last reading arrived here, and after what silence it is missed. */
  arrived: number;
  patience: number;
  silent: boolean;
  /** Whether it has been said that somebody's `msg.quality` was not understood. */
  unclear: boolean;
}

/** Reasons of one reading that are kept to be looked at. */
const MOST_REASONS = 10;
/** A shorter silence is never reported, ms. */
const SHORTEST_SILENCE = 5000;
const MODELS: readonly DriftState[] = ["ok", "learning", "recovering", "frozen", "warning", "drift"];

export class Standings {
  /** The longest silent first: they give way where there are too many. */
  private readonly all = new Map<string, Standing>();

  /** @param limit most assets that are held */
  constructor(private readonly limit: number) {}

  names(): IterableIterator<string> {
    return this.all.keys();
  }

  /** undefined where nothing is known of the asset. */
  find(asset: string): Standing | undefined {
    return this.all.get(asset);
  }

  forget(asset: string): void {
    this.all.delete(asset);
  }

  of(asset: string): Standing {
    const known = this.all.get(asset);
    if (known) return known;
    const standing: Standing = {
      state: "good",
      sensor: "",
      rule: undefined,
      reasons: [],
      model: "learning",
      arrived: 0,
      patience: Number.NaN,
      silent: false,
      unclear: false,
    };
    this.all.set(asset, standing);
    const [oldest] = this.all.keys();
    if (this.all.size > this.limit) this.all.delete(oldest as string);
    return standing;
  }

  /** A reading of an asset has arrived. @param now ms */
  heard(asset: string, now: number): Standing {
    const standing = this.of(asset);
    this.all.delete(asset);
    this.all.set(asset, standing);
    standing.arrived = now;
    return standing;
  }

  /** The one that people must know of first. */
  worst(): Standing | undefined {
    let worst: Standing | undefined;
    for (const standing of this.all.values()) if (!worst || rank(standing) > rank(worst)) worst = standing;
    return worst;
  }

  /** Those that have fallen silent since this was last asked. @param now ms */
  *fallenSilent(now: number): Generator<{ asset: string; standing: Standing; seconds: number }> {
    for (const [asset, standing] of this.all) {
      const silence = now - standing.arrived;
      if (standing.silent || !(silence > Math.max(SHORTEST_SILENCE, standing.patience))) continue;
      standing.silent = true;
      yield { asset, standing, seconds: silence / 1000 };
    }
  }
}

/**
 * Puts down what was found in a reading.
 *
 * @returns as what the asset stood before, where that was something else
 */
export function stand(standing: Standing, { state, reasons }: SpokenQuality): State | "silent" | undefined {
  const before = standing.silent ? "silent" : standing.state;
  const reason = reasons.find((one) => one.state === state);
  standing.silent = false;
  standing.state = state;
  standing.sensor = reason?.sensor ?? "";
  standing.rule = reason?.rule;
  standing.reasons = reasons.slice(0, MOST_REASONS).map(({ text }) => text);
  return before === state ? undefined : before;
}

/** The higher, the sooner the asset is shown. */
function rank({ silent, state, model }: Standing): number {
  return (silent ? 1000 : state === "bad" ? 100 : state === "uncertain" ? 10 : 0) + MODELS.indexOf(model);
}
