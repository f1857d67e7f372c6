import type { Ranking } from "./ranking";

/** A turn of the event loop belongs to others as well, ms. */
const LONGEST_TURN = 10;

interface Asked {
  steps: Generator<void, Ranking>;
  give: (ranking: Ranking) => void;
}

/** Works rankings out one after the other, in short turns of the event loop: the flow around goes on. */
export class RankingQueue {
  private readonly waiting: Asked[] = [];
  private turn: NodeJS.Immediate | undefined;

  /** @param give is called with the ranking in a later turn of the event loop */
  ask(steps: Generator<void, Ranking>, give: (ranking: Ranking) => void): void {
    this.waiting.push({ steps, give });
    this.turn ??= setImmediate(this.work);
  }

  /** Nothing more is worked out. */
  close(): void {
    if (this.turn) clearImmediate(this.turn);
    this.waiting.length = 0;
  }

  private readonly work = (): void => {
    this.turn = undefined;
    const [first] = this.waiting;
    if (!first) return;
    const until = performance.now() + LONGEST_TURN;
    do {
      const { done, value } = first.steps.next();
      if (!done) continue;
      this.waiting.shift();
      if (this.waiting.length > 0) this.turn = setImmediate(this.work);
      first.give(value);
      return;
    } while (performance.now() < until);
    this.turn = setImmediate(this.work);
  };
}
