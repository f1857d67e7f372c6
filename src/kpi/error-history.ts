/**
 * Error over time in a bounded number of blocks: the chart of the report, and the spread from which a cautious figure is
 * drawn (single errors are autocorrelated, block means much less).
 */
import { count, fields, finite, list, numbers } from "../memory/checked";
import type { Judgement } from "./judgement";
import { FORECASTERS } from "./scored-forecast";

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
    private size: number,
    private readonly list: ErrorBlock[],
  ) {}

  static empty(): ErrorHistory {
    return new ErrorHistory(1, []);
  }

  /** Oldest first; the last one may be incomplete. */
  get blocks(): readonly ErrorBlock[] {
    return this.list;
  }

  /** @param time  of the actual value, ms */
  add(time: number, judged: Judgement): void {
    let block = this.list.at(-1);
    if (!block || block.readings >= this.size) {
      if (this.list.length === MOST_BLOCKS) this.joinPairs();
      block = { from: time, to: time, readings: 0, absolute: [0, 0, 0, 0], counted: [0, 0, 0, 0] };
      this.list.push(block);
    }
    block.readings++;
    block.to = time;
    FORECASTERS.forEach((name, i) => {
      const error = Math.abs(judged[name]);
      if (Number.isNaN(error)) return;
      block.absolute[i] += error;
      block.counted[i]++;
    });
  }

  /** Puts a forecast whose label was corrected in the place of the one that was added with the label before. */
  replace(time: number, judged: Judgement, before: Judgement): void {
    const block = this.list.findLast(({ from, to }) => from <= time && time <= to);
    if (!block) return;
    FORECASTERS.forEach((name, i) => {
      const change = Math.abs(judged[name]) - Math.abs(before[name]);
      if (!Number.isNaN(change)) block.absolute[i] = Math.max(0, block.absolute[i] + change);
    });
  }

  private joinPairs(): void {
    const pairs = this.list.splice(0);
    for (let i = 0; i < pairs.length; i += 2) {
      this.list.push(join(pairs[i], pairs[i + 1]));
    }
    this.size *= 2;
  }

  state(): unknown {
    return { size: this.size, blocks: this.list };
  }

  /** @throws TypeError where it is no such state */
  static of(state: unknown): ErrorHistory {
    const { size, blocks } = fields(state, "error history");
    const read = (entry: unknown): ErrorBlock => {
      const block = fields(entry, "block");
      return {
        from: finite(block.from, "block.from"),
        to: finite(block.to, "block.to"),
        readings: count(block.readings, "block.readings"),
        absolute: numbers(block.absolute, "block.absolute", FORECASTERS.length),
        counted: numbers(block.counted, "block.counted", FORECASTERS.length),
      };
    };
    return new ErrorHistory(count(size, "block size"), list(blocks, "blocks", MOST_BLOCKS).map(read));
  }
}

function join(a: ErrorBlock, b: ErrorBlock): ErrorBlock {
  return {
    from: Math.min(a.from, b.from),
    to: Math.max(a.to, b.to),
    readings: a.readings + b.readings,
    absolute: a.absolute.map((sum, k) => sum + b.absolute[k]),
    counted: a.counted.map((count, k) => count + b.counted[k]),
  };
}

/**
 * Blocks of one or several histories, in any order, as one block for each stretch of time that holds some: a line to draw.
 * A stretch with few readings beside the others is left out, since its mean swings.
 *
 * @param most stretches, 1 or more
 */
export function overTime(blocks: readonly ErrorBlock[], most: number): ErrorBlock[] {
  const middle = ({ from, to }: ErrorBlock) => from + (to - from) / 2;
  const times = blocks.map(middle);
  const first = Math.min(...times);
  const length = (Math.max(...times) - first) / Math.min(most, blocks.length) || 1;
  const stretches = new Map<number, ErrorBlock>();
  for (const block of blocks) {
    const place = Math.min(most - 1, Math.floor((middle(block) - first) / length));
    const there = stretches.get(place);
    stretches.set(place, there ? join(there, block) : block);
  }
  const sizes = [...stretches.values()].map(({ readings }) => readings).sort((a, b) => a - b);
  const usual = sizes[sizes.length >> 1];
  return [...stretches]
    .sort(([a], [b]) => a - b)
    .map(([, block]) => block)
    .filter(({ readings }) => 4 * readings >= usual);
}
