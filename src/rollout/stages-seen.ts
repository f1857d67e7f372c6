import type { Stage } from "./stage";

/** Stages in the order in which an operator wants to know of them. */
const URGENCY = ["hold", "rolled-back", "ready", "pilot", "shadow", "live"] as const satisfies (Stage | "ready")[];

/** Where an asset was seen. */
export interface Seen {
  readonly stage: Stage | "ready";
  /** As a text; empty where the stage speaks for itself. */
  readonly why: string;
}

/** In which stage assets were seen, and which in each: the gates themselves may have been let go. */
export class StagesSeen {
  /** The longest silent first: they give way where there are more than there is room for. */
  private readonly seen = new Map<string, Seen>();
  private readonly assets = new Map<Stage | "ready", Set<string>>(URGENCY.map((stage) => [stage, new Set()]));

  /** @param limit most assets that are held */
  constructor(private readonly limit: number) {}

  of(asset: string): Stage | "ready" | undefined {
    return this.seen.get(asset)?.stage;
  }

  note(asset: string, stage: Stage | "ready", why: string): void {
    this.forget(asset);
    this.seen.set(asset, { stage, why });
    this.assets.get(stage)?.add(asset);
    const [oldest] = this.seen.keys();
    if (this.seen.size > this.limit) this.forget(oldest as string);
  }

  forget(asset: string): void {
    const before = this.seen.get(asset);
    if (before) this.assets.get(before.stage)?.delete(asset);
    this.seen.delete(asset);
  }

  /** What an operator must know of first, with its reason where it is one asset's; undefined where none was seen. */
  mostUrgent(): Seen | undefined {
    const stage = URGENCY.find((one) => this.assets.get(one)?.size);
    if (stage === undefined) return undefined;
    const [asset, another] = this.assets.get(stage) ?? [];
    return another === undefined ? this.seen.get(asset as string) : { stage, why: "" };
  }
}
