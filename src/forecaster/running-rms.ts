/** Values before outliers are winsorised. */
const WARM_UP = 50;
const WINSOR = 5;
/** So many outliers in a row are the new normal. */
const DEPARTURE = 30;

const COUNT = 0;
const SQUARE = 1;
const DEPARTED = 2;

/**
 * Running root mean square of changes, the unit in which a forecast of change is made. Winsorised at 5 times itself;
 * starts anew when 30 values in a row lie beyond that. Zeros before the first change do not count as experience.
 */
export class RunningRms {
  private readonly s = new Float64Array(3);

  /** The root mean square so far; 0 before the first change. */
  get value(): number {
    return Math.sqrt(this.s[SQUARE]);
  }

  /**
   * Takes in one change.
   *
   * @param change one finite number, in an array since an argument would be boxed
   * Allocates nothing.
   */
  update(change: Float64Array): void {
    const s = this.s;
    let square = change[0] * change[0];
    if (s[SQUARE] === 0) {
      if (square === 0) return;
      s[COUNT] = 1;
      s[SQUARE] = square;
      return;
    }
    if (s[COUNT] >= WARM_UP) {
      const limit = WINSOR * WINSOR * s[SQUARE];
      if (square > limit) {
        s[DEPARTED] += 1;
        if (s[DEPARTED] >= DEPARTURE) {
          s[COUNT] = 1;
          s[SQUARE] = square;
          s[DEPARTED] = 0;
          return;
        }
        // One outlier widens the scale a little; a run of them waits until it is clear what they are.
        if (s[DEPARTED] > 1) return;
        square = limit;
      } else {
        s[DEPARTED] = 0;
      }
    }
    s[COUNT] += 1;
    s[SQUARE] += (square - s[SQUARE]) / s[COUNT];
  }

  /** All that has to be remembered. */
  buffers(): Float64Array[] {
    return [this.s];
  }
}
