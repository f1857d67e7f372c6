import type { Stage } from "./stage";

/** Stages in the order in which an operator wants to know of them. */
const URGENCY = ["hold", "rolled-back", "ready", "pilot", "shadow", "live"] as const satisfies (Stage | "ready")[];

/** In which stage assets were seen, and how many in each: the gates themselves may have been let go. */
export class StagesSeen {
  /** The longest silent first: they give way where there are more than there is room for. */
  private readonly stages = new Map<string, Stage | "ready">();
  private readonly counts = new Map<Stage | "ready", number>();

  /** @param limit most assets that are held */
  constructor(private readonly limit: number) {}

  of(asset: string): Stage | "ready" | undefined {
    return this.stages.get(asset);
  }

  note(asset: string, stage: Stage | "ready"): void {
    this.forget(asset);
    this.stages.set(asset, stage);
    this.counts.set(stage, (this.counts.get(stage) ?? 0) + 1);
    const [oldest] = this.stages.keys();
    if (this.stages.size > this.limit) this.forget(oldest as string);
  }

  forget(asset: string): void {
    const before = this.stages.get(asset);
    if (before) this.counts.set(before, (this.counts.get(before) ?? 0) - 1);
    this.stages.delete(asset);
  }

  /** The one that an operator must know of first; undefined where none was seen. */
  mostUrgent(): Stage | "ready" | undefined {
    return URGENCY.find((stage) => this.counts.get(stage));
  }
}
