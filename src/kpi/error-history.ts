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

/** The places of a block's numbers, first its time from; then of the sums and the counts of the forecasters. */
const TO = 1;
const READINGS = 2;
const ABSOLUTE = 3;
const COUNTED = ABSOLUTE + FORECASTERS.length;
const NUMBERS = COUNTED + FORECASTERS.length;

/** Grows to 80 blocks, then halves its resolution: a day or five years fit the same memory, 7 kB. */
export class ErrorHistory {
  private table = new Float64Array(0);
  private length = 0;

  private constructor(
    private size: number,
    blocks: readonly ErrorBlock[],
  ) {
    for (const block of blocks) this.write(block);
  }

  static empty(): ErrorHistory {
    return new ErrorHistory(1, []);
  }

  /** Oldest first; the last one may be incomplete. */
  get blocks(): readonly ErrorBlock[] {
    return Array.from({ length: this.length }, (_, i) => {
      const [from, to, readings, ...sums] = this.table.subarray(i * NUMBERS, (i + 1) * NUMBERS);
      const [absolute, counted] = [sums.slice(0, FORECASTERS.length), sums.slice(FORECASTERS.length)];
      return { from, to, readings, absolute, counted };
    });
  }

  private write({ from, to, readings, absolute, counted }: ErrorBlock): void {
    // As long as there is no block, no room either.
    if (this.table.length === 0) this.table = new Float64Array(NUMBERS * MOST_BLOCKS);
    this.table.set([from, to, readings, ...absolute, ...counted], this.length * NUMBERS);
    this.length++;
  }

  /** @param time  of the actual value, ms */
  add(time: number, judged: Judgement): void {
    if (this.length === 0 || this.table[(this.length - 1) * NUMBERS + READINGS] >= this.size) {
      if (this.length === MOST_BLOCKS) this.joinPairs();
      this.write({ from: time, to: time, readings: 0, absolute: [0, 0, 0, 0], counted: [0, 0, 0, 0] });
    }
    const at = (this.length - 1) * NUMBERS;
    const { table } = this;
    table[at + TO] = time;
    table[at + READINGS]++;
    FORECASTERS.forEach((name, i) => {
      const error = Math.abs(judged[name]);
      if (Number.isNaN(error)) return;
      table[at + ABSOLUTE + i] += error;
      table[at + COUNTED + i]++;
    });
  }

  /** Puts a forecast whose label was corrected in the place of the one that was added with the label before. */
  replace(time: number, judged: Judgement, before: Judgement): void {
    const found = this.blocks.findLastIndex(({ from, to }) => from <= time && time <= to);
    if (found < 0) return;
    FORECASTERS.forEach((name, i) => {
      const change = Math.abs(judged[name]) - Math.abs(before[name]);
      const at = found * NUMBERS + ABSOLUTE + i;
      if (!Number.isNaN(change)) this.table[at] = Math.max(0, this.table[at] + change);
    });
  }

  private joinPairs(): void {
    const pairs = this.blocks;
    this.length = 0;
    for (let i = 0; i < pairs.length; i += 2) this.write(join(pairs[i], pairs[i + 1]));
    this.size *= 2;
  }

  state(): unknown {
    return { size: this.size, blocks: this.blocks };
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
