import type { AssetMemory } from "../memory/asset-memory";
import { shown } from "../message/problem";
import type { Say } from "../message/say";
import { eachSliced, type Sliced } from "../slice/sliced";
import { Meter, type MeterOptions } from "./meter";
import type { MeterOrder } from "./meter-order";
import { readScored } from "./scored-forecast";
import type { ToCount } from "./to-count";

/** The figures of all assets together are kept under this name. */
const TOTAL = "total";

type Act = (meter: Meter, total: Meter) => void;
type Fail = (error: unknown) => void;

/** How a meter is kept. */
export const meterRecord = (options: MeterOptions) => ({
  kind: "kpi meter",
  save: (meter: Meter): Uint8Array => meter.save(),
  load: (bytes: Uint8Array): Meter => Meter.load(bytes, options),
});

/** The meters of all assets, and that of all of them together, which counts what each of them counts. */
export class Meters {
  /**
   * @param memory one meter an asset
   * @param totals one meter for all
   */
  constructor(
    private readonly memory: AssetMemory<Meter>,
    private readonly totals: AssetMemory<Meter>,
    private readonly say: Say,
  ) {}

  withTotal(act: (total: Meter) => void, fail: Fail): void {
    this.totals.use(TOTAL, act, fail);
  }

  /** Hands over the meter of an asset and that of all of them, which is in memory by then. */
  with(asset: string, act: Act, fail: Fail): void {
    const both = (): void =>
      this.memory.use(asset, (meter) => this.withTotal((total) => act(meter, total), fail), fail);
    this.withTotal(both, fail);
  }

  /** The meter of an asset; without one that of all of them. */
  either(asset: string | undefined): Promise<Meter> {
    return new Promise((resolve, reject) => {
      if (asset === undefined) this.withTotal(resolve, reject);
      else this.with(asset, resolve, reject);
    });
  }

  /** Whether long work is being done on an asset. @param named its name; where it throws, there is no asset */
  isBusy(named: () => string): boolean {
    try {
      return this.memory.isBusy(named());
    } catch {
      return false;
    }
  }

  /**
   * Carries an order out at an asset.
   *
   * @param answer is handed the meter whose figures are wanted, and that of all
   * @param then is told when it is done, or why it is not possible
   */
  order(asset: string, { command, verdict }: MeterOrder, answer: Act, then: (problem?: unknown) => void): void {
    const act = (meter: Meter, total: Meter): void => {
      if (command === "feedback") this.judge(meter, total, verdict);
      else answer(meter, total);
      then();
    };
    if (command === "reset") this.forget(asset, then, then);
    else this.with(asset, act, then);
  }

  /** The same for all together, of whom no feedback is possible. */
  orderAll({ command }: MeterOrder, answer: Act, then: (problem?: unknown) => void): void {
    const act = (total: Meter): void => {
      answer(total, total);
      then();
    };
    if (command === "reset") this.forgetAll().then(() => then(), then);
    else this.withTotal(act, then);
  }

  /** The asset that is meant where none is named: an operator's word is for one. @throws Error where there are several, or none */
  async only(): Promise<string> {
    const [only, ...others] = await this.memory.allAssets();
    if (only === undefined || others.length > 0) throw new Error(this.say("error.noAsset", { asset: shown("") }));
    return only;
  }

  /** As `with`, for work that may be long: the asset's meter has nothing else to do meanwhile, that of all goes on counting. */
  work(asset: string, act: (meter: Meter, total: Meter) => Sliced<void>, fail: Fail): void {
    const both = (): void =>
      this.memory.work(
        asset,
        (meter) => {
          let work: Sliced<void> | undefined;
          let isLate = false;
          // Where all were forgotten meanwhile, the total has to come first.
          const begin = (total: Meter): Sliced<void> | undefined => {
            work = act(meter, total);
            return isLate ? work : undefined;
          };
          this.totals.work(TOTAL, begin, fail);
          isLate = true;
          return work;
        },
        fail,
      );
    this.withTotal(both, fail);
  }

  /**
   * Counts what a message has brought.
   *
   * @returns how much was new, and the first thing that could not be counted
   */
  *count(meter: Meter, total: Meter, { scored, lost }: ToCount): Sliced<{ added: number; problem: unknown }> {
    let added = 0;
    let problem: unknown;
    const addLost = ({ rule, time }: ToCount["lost"][number]): void => {
      if (!meter.unusable.add(rule, time)) return;
      total.unusable.append(rule, time);
      added++;
    };
    const addScored = (entry: unknown): void => {
      try {
        const counted = meter.add(readScored(entry));
        if (!counted) return;
        total.absorb(counted, meter.asset);
        added++;
      } catch (error) {
        problem ??= error;
      }
    };
    try {
      yield* eachSliced(lost, addLost);
      for (const entry of scored) {
        addScored(entry);
        yield;
      }
    } finally {
      if (added > 0) this.changed(meter.asset, added);
    }
    return { added, problem };
  }

  /** An operator's word on the last alarm. @throws Error where there was none */
  private judge(meter: Meter, total: Meter, verdict: boolean): void {
    const correction = meter.feedback(verdict ? "true" : "false", meter.to);
    if (!correction) throw new Error(this.say("error.noWarning", { asset: shown(meter.asset) }));
    total.correct(correction.outcomes, correction.period, meter.asset);
    this.changed(meter.asset);
  }

  /** Forgets an asset. The total keeps what it has added; its next reading must not count it as a further asset. */
  forget(asset: string, done: () => void, fail: Fail): void {
    const act = (meter: Meter, total: Meter): void => {
      total.assets -= meter.assets;
      this.memory.remove(asset);
      this.totals.changed(TOTAL);
      done();
    };
    this.with(asset, act, fail);
  }

  /** Forgets everything: at once what is in memory, then what is stored and has not come since. */
  async forgetAll(): Promise<void> {
    const present = this.memory.assets();
    for (const name of present) this.memory.remove(name);
    this.totals.remove(TOTAL);
    const stored = await this.memory.allAssets();
    const now = new Set([...present, ...this.memory.assets()]);
    for (const name of stored) if (!now.has(name)) this.memory.remove(name);
  }

  private changed(asset: string, count = 1): void {
    this.memory.changed(asset, count);
    this.totals.changed(TOTAL, count);
  }
}
