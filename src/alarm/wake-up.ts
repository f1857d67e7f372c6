/** A timer that is due in a longer time than this is looked at before, ms: longer ones, Node.js fires at once. */
const LONGEST_SLEEP = 3_600_000;

/** When delays and timers of assets end, by this computer's clock: one timer for all of them. */
export class WakeUp {
  /** ms since 1970, by asset. */
  private readonly due = new Map<string, number>();
  private wakeAt = Number.POSITIVE_INFINITY;
  private timer: NodeJS.Timeout | undefined;

  /** @param look what to do with an asset whose time has come; it may set its next time */
  constructor(private readonly look: (asset: string) => void) {}

  /** @param at ms since 1970; Infinity = never */
  set(asset: string, at: number): void {
    if (at === Number.POSITIVE_INFINITY) this.due.delete(asset);
    else this.due.set(asset, at);
    if (at < this.wakeAt) this.sleepUntil(at);
  }

  close(): void {
    clearTimeout(this.timer);
    this.due.clear();
  }

  private sleepUntil(at: number): void {
    clearTimeout(this.timer);
    this.wakeAt = at;
    if (at === Number.POSITIVE_INFINITY) return;
    this.timer = setTimeout(() => this.wake(), Math.min(LONGEST_SLEEP, Math.max(1, at - Date.now())));
  }

  private wake(): void {
    this.wakeAt = Number.POSITIVE_INFINITY;
    const now = Date.now();
    for (const [asset, at] of [...this.due]) {
      if (at > now) continue;
      this.due.delete(asset);
      this.look(asset);
    }
    let next = this.wakeAt;
    for (const at of this.due.values()) next = Math.min(next, at);
    this.sleepUntil(next);
  }
}
