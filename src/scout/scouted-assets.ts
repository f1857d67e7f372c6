import type { MessageReading } from "../message/reading";
import type { Say } from "../message/say";
import { type PlainRanking, plainRanking } from "./plain-ranking";
import type { Ranking } from "./ranking";
import { RankingQueue } from "./ranking-queue";
import { ReadingRing } from "./reading-ring";
import { ranking } from "./scout";

/** Assets looked at at once: each keeps 40 kB a sensor. */
const MOST_ASSETS = 20;

/** What is known of one asset. */
interface Scouted {
  readonly ring: ReadingRing;
  /** Readings since the last answer. */
  since: number;
  ranking?: Ranking;
}

/** What a dialog shows of one asset. */
export interface ScoutedAsset {
  asset: string;
  readings: number;
  /** Readings until it answers by itself. */
  waits: number;
  ranking: PlainRanking | null;
}

/** The readings of several assets, and what was found in them. */
export class ScoutedAssets {
  private readonly assets = new Map<string, Scouted>();
  private readonly queue = new RankingQueue();

  /**
   * @param target name of the sensor to forecast
   * @param ahead readings
   */
  constructor(
    private readonly target: string,
    private readonly ahead: number,
    private readonly say: Say,
  ) {}

  close(): void {
    this.queue.close();
  }

  names(): string[] {
    return [...this.assets.keys()];
  }

  forget(asset: string): void {
    this.assets.delete(asset);
  }

  /** Readings of an asset since the last answer; 0 where none has come. */
  since(asset: string): number {
    return this.assets.get(asset)?.since ?? 0;
  }

  isRanked(asset: string): boolean {
    return this.assets.get(asset)?.ranking !== undefined;
  }

  /**
   * Keeps a reading of an asset, from its first one on.
   *
   * @param now ms: the time of one that brings none; NaN = not known
   * @throws Error where there are too many assets
   */
  keep(asset: string, { time, values, running }: MessageReading, now: number): void {
    if (running === false) return;
    let scouted = this.assets.get(asset);
    if (!scouted) {
      if (this.assets.size >= MOST_ASSETS) throw new Error(this.say("error.assets", { most: MOST_ASSETS }));
      scouted = { ring: new ReadingRing(), since: 0 };
      this.assets.set(asset, scouted);
    }
    scouted.ring.take({ time: Number.isNaN(time) ? now : time, values });
    scouted.since++;
  }

  /**
   * Works the ranking of an asset out, keeps it, and hands it over in words.
   *
   * @throws Error where none of its readings has come
   */
  rank(asset: string, give: (ranking: PlainRanking) => void): void {
    const scouted = this.assets.get(asset);
    if (!scouted) throw new Error(this.say("error.noReading"));
    scouted.since = 0;
    const { target, ahead } = this;
    this.queue.ask(ranking(scouted.ring.table(), { target, ahead }), (found) => {
      scouted.ranking = found;
      give(plainRanking(found, this.say));
    });
  }

  /** @param after readings after which it answers by itself; 0 = never */
  overview(after: number): ScoutedAsset[] {
    return [...this.assets].map(([asset, { ring, since, ranking }]) => ({
      asset,
      readings: ring.length,
      waits: Math.max(0, after - since),
      ranking: ranking ? plainRanking(ranking, this.say) : null,
    }));
  }
}
