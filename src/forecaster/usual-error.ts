/** Errors before the clip holds for the usual error itself. */
const WARM_UP = 5;

const VALUE = 0;
const COUNT = 1;

/** The running mean of an absolute error, to judge single ones by: one absurd label must not make all later ones look alike. */
export class UsualError {
  private readonly s = new Float64Array(2);

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
    return this.s[VALUE];
  }

  /** Takes in errors[i], absolute and finite: in an array since an argument would be boxed. Allocates nothing. */
  update(errors: Float64Array, i: number): void {
    const { s } = this;
    s[COUNT] += 1;
    const known = s[COUNT] > WARM_UP && s[VALUE] > 0;
    const counted = known ? Math.min(this.clip * s[VALUE], errors[i]) : errors[i];
    s[VALUE] += (counted - s[VALUE]) / Math.min(s[COUNT], this.memory);
  }

  /** All that has to be remembered. */
  buffers(): Float64Array[] {
    return [this.s];
  }
}
