/** Errors before the clip holds for the usual error itself. */
const WARM_UP = 5;

/** The running mean of an absolute error, to judge single ones by: one absurd label must not make all later ones look alike. */
export class UsualError {
  readonly state = { value: 0, count: 0 };

  /**
   * @param clip a single error counts at most this many usual ones
   * @param memory it follows the last so many errors
   */
  constructor(
    private readonly clip: number,
    private readonly memory: number,
  ) {}

  /** 0 as long as every error was 0. */
  get value(): number {
    return this.state.value;
  }

  /** Takes in an error, absolute and finite. */
  update(error: number): void {
    const { state } = this;
    state.count += 1;
    const known = state.count > WARM_UP && state.value > 0;
    const counted = known ? Math.min(this.clip * state.value, error) : error;
    state.value += (counted - state.value) / Math.min(state.count, this.memory);
  }
}
