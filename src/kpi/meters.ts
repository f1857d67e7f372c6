import type { AssetMemory } from "../memory/asset-memory";
import { eachSliced, type Sliced } from "../slice/sliced";
import type { Meter } from "./meter";
import { readScored } from "./scored-forecast";
import type { ToCount } from "./to-count";

/** The figures of all assets together are kept under this name. */
const TOTAL = "total";

type Fail = (error: unknown) => void;

/** The meters of all assets, and that of all of them together, which counts what each of them counts. */
export class Meters {
  /**
   * @param memory one meter an asset
   * @param totals one meter for all
   */
  constructor(
    readonly memory: AssetMemory<Meter>,
    private readonly totals: AssetMemory<Meter>,
  ) {}

  withTotal(act: (total: Meter) => void, fail: Fail): void {
    this.totals.use(TOTAL, act, fail);
  }

  /** Hands over the meter of an asset and that of all of them, which is in memory by then. */
  with(asset: string, act: (meter: Meter, total: Meter) => void, fail: Fail): void {
    const both = (): void =>
      this.memory.use(asset, (meter) => this.withTotal((total) => act(meter, total), fail), fail);
    this.withTotal(both, fail);
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

  /** An operator's word on the last alarm. @returns whether there was one */
  judge(meter: Meter, total: Meter, verdict: boolean): boolean {
    const correction = meter.feedback(verdict ? "true" : "false", meter.to);
    if (!correction) return false;
    total.correct(correction.outcomes, correction.period, meter.asset);
    this.changed(meter.asset);
    return true;
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
