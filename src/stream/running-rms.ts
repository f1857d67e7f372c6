/** Values before outliers are winsorised, and those among them that may have been a start from elsewhere. */
const WARM_UP = 50;
const BEGINNING = 10;
const WINSOR = 5;
/** So many outliers in a row are the new normal. */
const DEPARTURE = 30;

/**
 * Running root mean square of changes, the unit in which a forecast of change is made. Winsorised at 5 times itself;
 * starts anew when 30 values in a row lie beyond that. What came first gives way where all that followed was far less: a fault
 * among the first values would be felt for thousands. Zeros before the first change do not count as experience.
 */
export class RunningRms {
  readonly state = { count: 0, square: 0, departed: 0, later: 0, laterSquare: 0 };

  /** The root mean square so far; 0 before the first change. */
  get value(): number {
    return Math.sqrt(this.state.square);
  }

  /** Takes in one change, finite. */
  update(change: number): void {
    const { state } = this;
    const square = change * change;
    if (state.square === 0) {
      if (square > 0) this.begin(square);
      return;
    }
    const limit = WINSOR * WINSOR * state.square;
    if (state.count < WARM_UP || square <= limit) {
      state.departed = 0;
      this.absorb(square);
      return;
    }
    state.departed += 1;
    if (state.departed >= DEPARTURE) this.begin(square);
    // One outlier widens the scale a little; a run of them waits until it is clear what they are.
    else if (state.departed === 1) this.absorb(limit);
  }

  /** Begins with what another one has seen, and soon follows what comes. */
  inherit({ state }: RunningRms): void {
    this.state.count = Math.min(state.count, WARM_UP);
    this.state.square = state.square;
    this.state.departed = 0;
  }

  private begin(square: number): void {
    this.state.count = 1;
    this.state.square = square;
    this.state.departed = 0;
  }

  private absorb(square: number): void {
    const { state } = this;
    state.count += 1;
    state.square += (square - state.square) / state.count;
    if (state.count > WARM_UP) return;
    state.later = state.count > BEGINNING ? state.later + 1 : 0;
    state.laterSquare = state.later > 0 ? state.laterSquare + (square - state.laterSquare) / state.later : 0;
    const isAll = state.count === WARM_UP && state.later === WARM_UP - BEGINNING;
    if (isAll && state.laterSquare > 0 && state.square > WINSOR * WINSOR * state.laterSquare)
      state.square = state.laterSquare;
  }
}
