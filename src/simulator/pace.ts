/** Behind by more than this, ms, the plant does not catch up: the computer was asleep. */
const FARTHEST_BEHIND = 1000;
/** The flow behind must have started as well before the first reading, ms. */
const FIRST = 100;

/** When a plant is read: by the clock, so that late turns of the event loop do not add up. */
export class Pace {
  /** How often it was read. */
  count = 0;
  /** ms of `performance.now()`: when the next reading is due; and what that clock lacks of the time of day. */
  private due = 0;
  private clock = 0;
  private stamp = 0;
  private timer: NodeJS.Timeout | NodeJS.Immediate | undefined;

  /**
   * @param period ms between readings; 0 = as fast as possible
   * @param most readings after which it ends
   * @param read reads the plant; is given the time of the reading, ms since 1970
   * @param end told when it has ended
   */
  constructor(
    private readonly period: number,
    private readonly most: number,
    private readonly read: (stamp: number) => void,
    private readonly end: () => void,
  ) {}

  get isRunning(): boolean {
    return this.timer !== undefined;
  }

  get isOver(): boolean {
    return this.count >= this.most;
  }

  /** @returns whether it has begun: not where it runs already or is over */
  start(): boolean {
    if (this.isRunning || this.isOver) return false;
    const first = Math.max(this.period, FIRST);
    this.due = performance.now() + first;
    this.timer = setTimeout(() => this.turn(), first);
    return true;
  }

  stop(): void {
    clearTimeout(this.timer as NodeJS.Timeout);
    clearImmediate(this.timer as NodeJS.Immediate);
    this.timer = undefined;
  }

  private turn(): void {
    const began = performance.now();
    if (began - this.due > FARTHEST_BEHIND) this.due = began;
    if (Math.abs(Date.now() - began - this.clock) > FARTHEST_BEHIND) this.clock = Date.now() - began;
    this.readOnce();
    if (this.isOver) {
      this.timer = undefined;
      this.end();
      return;
    }
    // Where it is behind, the messages on their way have the next turn of the event loop to themselves all the same: read
    // more than once in a turn they would pile up, and nobody else would have an answer.
    const wait = this.due - performance.now();
    this.timer = wait > 0 ? setTimeout(() => this.turn(), wait) : setImmediate(() => this.turn());
  }

  private readOnce(): void {
    // As planned, not as late as the event loop happened to be: a plant samples by the clock.
    const planned = this.period === 0 ? Date.now() : Math.round(this.clock + this.due);
    this.stamp = Math.max(planned, this.stamp + 1); // two readings in one millisecond are still two readings
    this.count++;
    this.due += this.period;
    this.read(this.stamp);
  }
}
