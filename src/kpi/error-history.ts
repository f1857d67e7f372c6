/**
 * Error over time in a bounded number of blocks: the chart of the report, and the spread from which a cautious figure is
 * drawn (single errors are autocorrelated, block means much less).
 */
import { FORECASTERS, type ScoredForecast } from "./scored-forecast";

/** Consecutive scored forecasts, added up. Sums of |error| in the target's unit. */
export interface ErrorBlock {
  /** Times of the first and the last reading, ms. */
  from: number;
  to: number;
  readings: number;
  /** Sum of |error| and number of readings of each forecaster, in the order of FORECASTERS. */
  absolute: number[];
  counted: number[];
}

/** At this many blocks, pairs are joined and blocks become twice as long. Even. */
const MOST_BLOCKS = 80;

/** Grows to 80 blocks, then halves its resolution: a day or five years fit the same memory. */
export class ErrorHistory {
  private constructor(
    private length: number,
    private readonly list: ErrorBlock[],
  ) {}

  static empty(): ErrorHistory {
    return new ErrorHistory(1, []);
  }

  /** Oldest first; the last one may be incomplete. */
  get blocks(): readonly ErrorBlock[] {
    return this.list;
  }

  /** Readings of a whole block. */
  get size(): number {
    return this.length;
  }

  /** The blocks joined to longer ones, so that two stretches can be drawn alike. @param size a multiple of this one's */
  inBlocksOf(size: number): ErrorBlock[] {
    const joined: ErrorBlock[] = [];
    for (const block of this.list) {
      const last = joined.at(-1);
      if (last && last.readings + block.readings <= size) joined[joined.length - 1] = join(last, block);
      else joined.push(block);
    }
    return joined;
  }

  add(scored: ScoredForecast): void {
    let block = this.list.at(-1);
    if (!block || block.readings >= this.length) {
      if (this.list.length === MOST_BLOCKS) this.joinPairs();
      block = { from: scored.time, to: scored.time, readings: 0, absolute: [0, 0, 0, 0], counted: [0, 0, 0, 0] };
      this.list.push(block);
    }
    block.readings++;
    block.to = scored.time;
    FORECASTERS.forEach((name, i) => {
      const error = Math.abs(scored[name] - scored.actual);
      if (Number.isNaN(error)) return;
      block.absolute[i] += error;
      block.counted[i]++;
    });
  }

  private joinPairs(): void {
    const pairs = this.list.splice(0);
    for (let i = 0; i < pairs.length; i += 2) {
      this.list.push(join(pairs[i], pairs[i + 1]));
    }
    this.length *= 2;
  }

  state(): unknown {
    return { size: this.length, blocks: this.list };
  }

  static of(state: unknown): ErrorHistory {
    const { size, blocks } = state as { size: number; blocks: ErrorBlock[] };
    return new ErrorHistory(size, structuredClone(blocks));
  }
}

function join(a: ErrorBlock, b: ErrorBlock): ErrorBlock {
  return {
    from: a.from,
    to: b.to,
    readings: a.readings + b.readings,
    absolute: a.absolute.map((sum, k) => sum + b.absolute[k]),
    counted: a.counted.map((count, k) => count + b.counted[k]),
  };
}
