/** Share by which a new interval moves the usual one, and how many times the usual one it counts at most. */
const SHARE = 0.05;
const MOST = 3;

/** The usual distance between two events, in time or in readings: one long pause hardly moves it, a new pace is followed. */
export class UsualSpacing {
  readonly state = { value: Number.NaN };

  /** NaN before the first interval. */
  get value(): number {
    return this.state.value;
  }

  /** Takes in an interval, finite. */
  update(interval: number): void {
    const { state } = this;
    if (Number.isNaN(state.value)) state.value = interval;
    else state.value += SHARE * (Math.min(interval, MOST * state.value) - state.value);
  }

  /** Nothing is known any more. */
  clear(): void {
    this.state.value = Number.NaN;
  }
}
