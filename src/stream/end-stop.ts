import { state } from "../record/state";

/** An end is known once a signal has come back to it, and would have left it so often if it left it as it leaves other places … */
const VISITS = 2;
const EXPECTED = 20;
/** … and both so many times more often for each end but one that it has passed: its range grows … */
const MORE = 4;
/** … and has left it at most this share of that: a coarse sensor stands still everywhere. */
const STICKY = 0.5;
/** A value further out is forgotten after one or two times so many changes: it was a glitch. */
const CHANGES = 5000;

/**
 * Where a signal ends: a valve is shut at exactly 0 %, a meter at rest says exactly 0, a transmitter says 100 % for all
 * that is more. A signal comes there again and again and stays, never goes further, and elsewhere hardly ever says the
 * same twice. No forecast beyond it can be right.
 *
 * A value that is cut off so is called censored (Tobin 1958, "Estimation of Relationships for Limited Dependent Variables").
 */
export class EndStop {
  readonly state = state({
    /** The furthest value. */
    at: Number.NaN,
    /** Arrivals there; values after which it stayed and after which it left. */
    visits: 0,
    stays: 0,
    leaves: 0,
    /** The same of all other places. */
    staysElsewhere: 0,
    leavesElsewhere: 0,
    last: Number.NaN,
    /** Changes since `newest` was begun, which is the furthest value of these. */
    changes: 0,
    newest: Number.NaN,
    /** Ends that were known and then passed, but for glitches. */
    passed: 0,
  });

  /** @param side 1: the highest value, −1: the lowest */
  constructor(private readonly side: 1 | -1) {}

  /** Whether the signal ends there. */
  get isKnown(): boolean {
    const { visits, stays, leaves, staysElsewhere, leavesElsewhere, passed } = this.state;
    const expected = ((stays + leaves) * leavesElsewhere) / (staysElsewhere + leavesElsewhere);
    const times = MORE ** Math.max(0, passed - 1);
    return visits >= VISITS * times && expected >= EXPECTED * times && leaves <= STICKY * expected;
  }

  /** Where the signal ends; NaN where no end is known. */
  get end(): number {
    return this.isKnown ? this.state.at : Number.NaN;
  }

  private isBeyond(x: number, other: number): boolean {
    return this.side * (x - other) > 0;
  }

  /** @param x the signal's next value, finite */
  update(x: number): void {
    const { state } = this;
    const { last, at } = state;
    const isSame = x === last;
    if (last === at) state[isSame ? "stays" : "leaves"] += 1;
    else if (!Number.isNaN(last)) state[isSame ? "staysElsewhere" : "leavesElsewhere"] += 1;
    state.last = x;
    if (isSame) return;
    if (x === at) state.visits += 1;
    if (!(state.changes < CHANGES)) this.forget();
    state.changes += 1;
    if (!this.isBeyond(state.newest, x)) state.newest = x;
    if (this.isBeyond(at, x) || x === at) return;
    if (this.isKnown) state.passed += 1;
    this.moveTo(x);
  }

  /** What was furthest before is forgotten if it was not reached for long. */
  private forget(): void {
    const { state } = this;
    if (this.isBeyond(state.at, state.newest)) {
      this.moveTo(state.newest);
      state.passed = Math.max(0, state.passed - 1);
    }
    state.changes = 0;
    state.newest = Number.NaN;
  }

  private moveTo(x: number): void {
    const { state } = this;
    state.at = x;
    state.visits = 1;
    state.staysElsewhere += state.stays;
    state.leavesElsewhere += state.leaves;
    state.stays = 0;
    state.leaves = 0;
  }
}
