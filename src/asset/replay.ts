import type { Forecaster } from "../forecaster/forecaster";
import type { LearnOptions } from "../forecaster/horizon";
import type { MessageReading } from "../message/reading";

/** So many readings are kept at most. */
const MOST = 500;

/** A reading that was taken in, or a late label. */
interface Kept {
  readonly reading: MessageReading;
  /** ms: when it was taken to be. */
  readonly time: number;
  readonly late: boolean;
  readonly running: boolean | undefined;
}

/** The last readings of an asset, kept while its list of sensors may change: a new model begins with them. */
export class Replay {
  private readonly kept: Kept[] = [];

  /**
   * @param late whether it was a label for an earlier reading
   * @param running whether the plant ran; undefined where nobody says
   */
  keep(reading: MessageReading, time: number, late: boolean, running: boolean | undefined): void {
    this.kept.push({ reading, time, late, running });
    if (this.kept.length > MOST) this.kept.shift();
  }

  clear(): void {
    this.kept.length = 0;
  }

  /**
   * Takes the readings into a new forecaster.
   *
   * @param observe takes in one that is no label, and calls back after each row that the forecaster has of it
   * @param learning how to learn from them; undefined = their labels wait
   */
  into(
    forecaster: Forecaster,
    observe: (reading: MessageReading, time: number, running: boolean | undefined, each: () => void) => void,
    learning: LearnOptions | undefined,
  ): void {
    const learn = (): void => {
      if (learning) forecaster.learn(learning);
    };
    for (const { reading, time, late, running } of this.kept) {
      const { values, learn: quality, doubts, state } = reading;
      const { target } = forecaster;
      // What it once took in it takes in again; a label may belong to a reading that is no longer kept.
      if (late) forecaster.label({ time, value: values[target] ?? Number.NaN, quality, doubt: doubts[target], state });
      else if (!(time <= forecaster.lastTime)) observe(reading, time, running, learn);
      if (late) learn();
    }
  }
}
