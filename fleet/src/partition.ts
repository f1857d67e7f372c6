import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import type { Channel, ChannelModel, ConsumeMessage } from "amqplib";
import { closed, openChannel } from "./channel";
import { decoded, deliveriesOf, type FleetMessage, hashOf } from "./reading";

/** What a partition asks of the model and the records behind it. */
export interface Keeper {
  /** A mark of the place where the records lie, the same for all who see them. Rejects where it is out of reach. */
  place(): Promise<string>;
  /** Makes this process the owner of the partition's records. Rejects where they are out of reach. */
  begin(partition: number): Promise<void>;
  end(partition: number): void;
  /** The model's name for the asset of a message. Throws where it has none. */
  assetOf(msg: FleetMessage): string;
  assign(asset: string, partition: number): void;
  /**
   * Brings the asset into memory: "known" where it has taken the reading of this hash in already, "last" where that was
   * the last one, so that it can be forecast again, "away" where its record cannot be read now.
   */
  prepare(asset: string, hash: number, msg: FleetMessage): Promise<"new" | "known" | "last" | "away">;
  /** Whether the model's record of the asset has all that it has learnt … */
  isSaved(asset: string): boolean;
  /** … and those of all other nodes theirs. */
  isAllSaved(asset: string): boolean;
  saveNow(asset: string): void;
  drop(asset: string): void;
  /** How often a reading was given into the flow as a suspect, and not cleared. These three reject as `begin` does. */
  suspected(partition: number, hash: number): Promise<number>;
  suspect(partition: number, hash: number): Promise<void>;
  cleared(partition: number, hash: number): Promise<void>;
  /** Puts a reading where people look at it. */
  setAside(message: ConsumeMessage): Promise<void>;
  /** Into the flow. */
  send(msg: FleetMessage, id: string): void;
  /** Whether some node of the flow still has the message. */
  isUnderWay(id: string): boolean;
  /** Nothing more is asked of the message. */
  forget(id: string): void;
  /** Something has gone wrong that people should know of, once a minute at most of a kind. */
  warn(code: "store" | "unclaimed" | "untimed", text: string): void;
}

export interface PartitionSettings {
  /** Readings that are in work at once. */
  readonly prefetch: number;
  /** A reading is confirmed at the latest after so long, ms. */
  readonly saveMs: number;
  /** Name of the field with the time in what sensors send themselves. */
  readonly time: string;
}

interface InWork {
  readonly message: ConsumeMessage;
  readonly id: string;
  readonly asset: string;
  readonly hash: number;
  readonly handed: number;
  /** Of a reading that was given into the flow as a suspect. */
  readonly suspect: number | undefined;
  /** The model has taken it in. */
  settled: boolean;
  /** A record that was made has what was learnt from it … */
  recorded: boolean;
  /** … and lies where it is safe. */
  saved: boolean;
}

/** Of one asset, so many readings may be in the flow unsaved: less than its record remembers. */
const MOST_UNSAVED = 100;
/** ms: how long is waited for a message to come through the flow, before its reading is saved or confirmed nevertheless. */
const COMES_THROUGH = 5_000;
/** A reading that the model has not taken by then has been left out by the flow, ms. */
const UNCLAIMED = 60_000;
/** What the broker has taken back so often may be what kills: from then on one reading at a time. */
const SUSPECT = 3;
/** A reading that was in work, as the only one of its partition, each of so many times when its process ended, has ended it. */
const CONVICTED = 5;
/** ms for each time: so that readings of other partitions are not in work whenever this one ends the process. */
const APART = 700;
/** So many good readings in a row end the suspicion. */
const CLEARED = 20;
const RETRY = 1_000;
/** ms: how long a hand-over waits for what is in the flow and unsaved; less than Node-RED waits for a node that closes. */
const PATIENCE = 10_000;
const BUSY_TURN = 100;

/**
 * One partition at one instance: it waits until the broker makes it the active one, gives readings to the flow in order,
 * and confirms each when it has come through and the record with what was learnt from it is saved.
 */
export class Partition {
  private channel: Channel | undefined;
  private waiting: ConsumeMessage[] = [];
  private readonly handed = new Map<string, InWork>();
  private readonly byAsset = new Map<string, InWork[]>();
  /** All whose states are in memory because of this partition. */
  private readonly assets = new Set<string>();
  /** Of the subscription: what was handed out by an earlier one is outdated. */
  private generation = 0;
  private count = 0;
  private pumping = false;
  private isSubscribing = false;
  private isDraining = false;
  /** Nodes of the flow are stopped: nothing is given into it. */
  private isHeld = false;
  /** They had messages: all is given back, so that these come again. */
  private isInterrupted = false;
  /** What was in the flow then. */
  private readonly abandoned = new Set<string>();
  /** ms: not to stand in line again before, because another instance is to be next. */
  private standsBackUntil = Number.NEGATIVE_INFINITY;
  private blocked: NodeJS.Timeout | undefined;
  /** Readings wait because records are out of reach. */
  isAway = false;
  /** One reading at a time. */
  private isCareful = false;
  private good = 0;
  /** ms: when it became active; NaN where it is not, or nothing has come yet. */
  activeSince = Number.NaN;
  /** Readings confirmed so far. */
  confirmed = 0;
  /** ms since 1970: when a record was saved last since it became active; NaN where none was. */
  savedAt = Number.NaN;

  constructor(
    readonly number: number,
    private readonly queue: string,
    private readonly settings: PartitionSettings,
    private readonly keeper: Keeper,
  ) {}

  /** Whether it should stand in line and does not. */
  canSubscribe(now: number): boolean {
    return this.channel === undefined && !this.isSubscribing && now >= this.standsBackUntil;
  }

  get isActive(): boolean {
    return !Number.isNaN(this.activeSince);
  }

  /** Readings that have come and are not confirmed yet. */
  get open(): number {
    return this.waiting.length + this.handed.size;
  }

  /** Asks the broker for the readings of the partition; they come when no other instance is active. */
  async subscribe(model: ChannelModel): Promise<void> {
    // One channel at a time: a second one would be made active by the broker, and nobody would take its readings.
    if (this.channel || this.isSubscribing) return;
    this.isSubscribing = true;
    try {
      const channel = await openChannel(model);
      channel.on("close", () => {
        if (this.channel === channel) this.lost();
      });
      // Always as many: what a quorum queue takes back it puts behind all that it has taken back before, so that order is
      // only kept where each consumer takes all of that at once.
      await channel.prefetch(this.settings.prefetch);
      this.generation += 1;
      this.channel = channel;
      this.isDraining = false;
      await channel.consume(this.queue, (message) => {
        if (this.channel !== channel) return;
        if (!message) {
          // The queue was deleted, or moved to another computer of the broker.
          channel.close().catch(() => {});
          this.lost();
          return;
        }
        this.waiting.push(message);
        this.pump();
      });
    } finally {
      this.isSubscribing = false;
    }
  }

  /** Whether a message in the flow is still this process's. */
  isCurrent(id: string): boolean {
    return this.channel !== undefined && id.startsWith(`${this.generation}.`) && !this.abandoned.has(id);
  }

  /** The model has done with a reading. */
  settled(id: string, asset?: string): void {
    const one = this.handed.get(id);
    if (!one || one.settled) return;
    if (asset === undefined) {
      // No asset has anything of it to save.
      one.settled = true;
      this.confirm(one.asset, [one]);
      return;
    }
    // What came before it and was not seen has been left out, or joined into it, by the flow.
    for (const earlier of this.byAsset.get(one.asset) ?? []) {
      earlier.settled = true;
      if (earlier === one) break;
    }
    this.finish(asset, this.isCareful);
  }

  /** A message has come through the flow. */
  through(id: string): void {
    const one = this.handed.get(id);
    if (!one?.settled) return;
    const { length } = this.byAsset.get(one.asset) ?? [];
    this.finish(one.asset, this.isCareful || length >= MOST_UNSAVED);
  }

  /** Whether readings of the asset are in work here. */
  has(asset: string): boolean {
    return this.byAsset.has(asset);
  }

  /** A record of the asset was made; the result is called when it is saved. */
  saving(asset: string): () => void {
    const contained = (this.byAsset.get(asset) ?? []).filter(({ settled }) => settled);
    for (const one of contained) one.recorded = true;
    return () => {
      this.savedAt = Date.now();
      for (const one of contained) one.saved = true;
      this.finish(asset, false);
    };
  }

  /** Sees to what is due: saving, and confirming what needs no saving. */
  tick(now: number): void {
    const isFull = this.handed.size > this.settings.prefetch / 2;
    for (const [asset, list] of this.byAsset) {
      const [first] = list;
      if (!first.settled && now - first.handed > UNCLAIMED) {
        for (const one of list) if (now - one.handed > UNCLAIMED) one.settled = true;
        this.keeper.warn("unclaimed", asset);
      }
      if (!first.settled) continue;
      const isMany = isFull || list.length >= MOST_UNSAVED;
      this.finish(asset, this.isCareful || isMany || now - first.handed >= this.settings.saveMs);
    }
    if (this.isInterrupted)
      this.leave(0).catch(() => {}); // the connection says what has happened
    else this.pump();
  }

  /**
   * Nodes of the flow are being stopped: nothing that is in it comes through any more. What is is not confirmed, and what
   * was learnt from it since the last save is let go of, so that it is learnt and forecast when it comes again.
   */
  interrupt(): void {
    this.isHeld = true;
    for (const [asset, list] of [...this.byAsset]) {
      const isLost = (one: InWork): boolean => !one.settled || this.keeper.isUnderWay(one.id);
      if (!list.some(isLost)) continue;
      this.isInterrupted = true;
      // A record has all or nothing of what was learnt in the meantime.
      const isLearnt = list.some((one) => one.settled && !one.saved && isLost(one));
      for (const one of list) if (isLost(one) || (isLearnt && !one.saved)) this.abandon(one);
      if (isLearnt) this.keeper.drop(asset);
      this.keep(asset);
    }
  }

  /** The flow runs again. */
  resume(): void {
    this.isHeld = false;
    this.pump();
  }

  /**
   * Gives the partition back: what is in the flow is finished and saved, the rest goes back to the broker in order.
   *
   * @param standBack ms: how long it does not stand in line again
   * @param keep whether the records stay this process's own, because nodes that close are still saving
   */
  async leave(standBack: number, keep = false): Promise<void> {
    const { channel } = this;
    if (!channel || this.isDraining) return;
    this.isDraining = true;
    const limit = Date.now() + PATIENCE;
    for (; this.handed.size > 0 && Date.now() < limit; await sleep(20))
      for (const asset of this.byAsset.keys()) this.finish(asset, true);
    // The states of other nodes too: whoever is next begins with them.
    for (; Date.now() < limit; await sleep(20)) {
      const unsaved = [...this.assets].filter((asset) => !this.keeper.isAllSaved(asset));
      if (unsaved.length === 0) break;
      for (const asset of unsaved) this.keeper.saveNow(asset);
    }
    if (this.channel !== channel) return;
    this.standsBackUntil = Date.now() + standBack;
    this.forget(keep);
    await closed(channel);
  }

  /** The connection or the channel has gone: the broker has given everything to somebody else. */
  lost(): void {
    this.forget(false);
  }

  /** Another instance writes the partition's records: whether the broker meant this one shows when it subscribes anew. */
  fenced(): void {
    const { channel } = this;
    if (!channel || !this.isActive || this.isDraining) return;
    this.forget(false);
    channel.close().catch(() => {});
  }

  private forget(keep: boolean): void {
    this.channel = undefined;
    this.generation += 1;
    this.activeSince = Number.NaN;
    this.savedAt = Number.NaN;
    this.waiting = [];
    this.isInterrupted = false;
    this.abandoned.clear();
    for (const id of this.handed.keys()) this.keeper.forget(id);
    this.handed.clear();
    this.byAsset.clear();
    clearTimeout(this.blocked);
    this.blocked = undefined;
    this.isAway = false;
    if (keep) return;
    for (const asset of this.assets) this.keeper.drop(asset);
    this.assets.clear();
    this.keeper.end(this.number);
  }

  private async pump(): Promise<void> {
    if (this.pumping || this.blocked) return;
    this.pumping = true;
    try {
      for (let turn = 1; this.waiting.length > 0 && !this.isDraining && !this.isHeld; turn++) {
        if (!(await this.handOut(this.waiting[0]))) break;
        if (turn % BUSY_TURN === 0) await nextTurn();
      }
    } finally {
      this.pumping = false;
    }
  }

  /** @returns whether to go on with the next one */
  private async handOut(message: ConsumeMessage): Promise<boolean> {
    const { channel, generation, keeper } = this;
    if (!this.isActive) {
      try {
        await keeper.begin(this.number);
      } catch (error) {
        return this.channel === channel && this.wait("store", (error as Error).message);
      }
      if (this.channel !== channel || this.generation !== generation) {
        // Another instance has the partition by now.
        if (!this.isActive) keeper.end(this.number);
        return false;
      }
      this.activeSince = Date.now();
    }
    if (deliveriesOf(message.properties) >= SUSPECT) {
      this.good = 0;
      this.isCareful = true;
    }
    if (this.isCareful && this.handed.size > 0) {
      // One at a time; the next confirmation goes on.
      for (const asset of this.byAsset.keys()) this.save(asset);
      return false;
    }
    const hash = hashOf(message);
    const { msg, isTimed } = decoded(message, this.settings.time);
    if (!isTimed) keeper.warn("untimed", msg.topic);
    let asset: string;
    try {
      asset = keeper.assetOf(msg);
    } catch {
      asset = msg.topic; // the model refuses it, with the reason
    }
    const inWork = this.byAsset.get(asset) ?? [];
    if (inWork.some((one) => one.hash === hash)) {
      // Its sender was not told that the broker has it, and has sent it once more.
      this.waiting.shift();
      channel?.ack(message);
      return true;
    }
    if (inWork.length >= MOST_UNSAVED) {
      this.save(asset);
      return false; // the next confirmation goes on
    }
    // Of what a record has, only the last reading can be forecast again: it goes on when the one before has come through.
    if (inWork.some((one) => one.recorded && this.isUnderWay(one))) return false;
    keeper.assign(asset, this.number);
    this.assets.add(asset);
    const state = await keeper.prepare(asset, hash, msg);
    if (this.channel !== channel || this.generation !== generation || this.isDraining || this.isHeld) return false;
    if (state === "away") {
      keeper.drop(asset);
      return this.wait("store", asset);
    }
    this.isAway = false;
    const suspect = this.isCareful ? hash : undefined;
    if (suspect !== undefined && !(await this.mayGo(message, suspect))) return this.waiting[0] !== message;
    if (this.isHeld) return false;
    this.waiting.shift();
    const id = `${generation}.${this.number}.${this.count++}`;
    const settled = state === "last";
    const saved = settled && keeper.isSaved(asset);
    const one: InWork = { message, id, asset, hash, handed: Date.now(), suspect, settled, recorded: settled, saved };
    this.handed.set(id, one);
    const list = this.byAsset.get(asset);
    if (list) list.push(one);
    else this.byAsset.set(asset, [one]);
    if (state === "known") this.settled(id, asset);
    else keeper.send({ ...msg, delivery: { id, hash, again: settled || message.fields.redelivered } }, id);
    return true;
  }

  /** Looks at a reading that may be what ends processes: whether it may go into the flow. */
  private async mayGo(message: ConsumeMessage, hash: number): Promise<boolean> {
    const { channel, keeper, number } = this;
    try {
      const times = await keeper.suspected(number, hash);
      if (times > 0) await sleep(Math.random() * APART * times);
      if (this.channel !== channel || this.isDraining) return false;
      if (times < CONVICTED) {
        await keeper.suspect(number, hash);
        return this.channel === channel && !this.isDraining;
      }
      await keeper.setAside(message);
      if (this.channel !== channel) return false; // it comes again, and is put aside a second time
      await keeper.cleared(number, hash);
      if (this.channel !== channel) return false;
      this.waiting.shift();
      channel?.ack(message);
      return false;
    } catch (error) {
      return this.wait("store", (error as Error).message);
    }
  }

  private clear(suspect: number): void {
    this.keeper.cleared(this.number, suspect).catch((error: Error) => this.keeper.warn("store", error.message));
  }

  private wait(code: "store", text: string): false {
    this.isAway = true;
    this.keeper.warn(code, text);
    this.blocked ??= setTimeout(() => {
      this.blocked = undefined;
      this.pump();
    }, RETRY);
    return false;
  }

  /**
   * Confirms what of an asset has come through and is saved.
   *
   * @param isDue whether the rest is to be saved
   */
  private finish(asset: string, isDue: boolean): void {
    const list = this.byAsset.get(asset) ?? [];
    const isSaved = this.keeper.isSaved(asset);
    if (isSaved) for (const one of list) if (one.settled) one.saved = true;
    this.confirm(
      asset,
      list.filter((one) => one.saved && !this.isUnderWay(one)),
    );
    if (isDue && !isSaved) this.save(asset);
  }

  /** Saves an asset when all that it has learnt has come through, but not much later than it should. */
  private save(asset: string): void {
    const list = this.byAsset.get(asset) ?? [];
    const isLate = list.length > 0 && Date.now() - list[0].handed > this.settings.saveMs + COMES_THROUGH;
    const isPending = list.some((one) => one.settled && !one.saved && this.isUnderWay(one));
    if (isLate || !isPending) this.keeper.saveNow(asset);
  }

  private isUnderWay({ id, handed }: InWork): boolean {
    return this.keeper.isUnderWay(id) && Date.now() - handed < COMES_THROUGH;
  }

  private abandon({ id }: InWork): void {
    this.abandoned.add(id);
    this.handed.delete(id);
    this.keeper.forget(id);
  }

  /** Readings of an asset that are still in work. */
  private keep(asset: string): void {
    const left = (this.byAsset.get(asset) ?? []).filter(({ id }) => this.handed.has(id));
    if (left.length > 0) this.byAsset.set(asset, left);
    else this.byAsset.delete(asset);
  }

  private confirm(asset: string, done: readonly InWork[]): void {
    for (const { id, message, suspect } of done) {
      if (!this.handed.delete(id)) continue;
      this.keeper.forget(id);
      this.channel?.ack(message);
      this.confirmed += 1;
      this.good += 1;
      if (suspect !== undefined) this.clear(suspect);
    }
    if (done.length > 0) this.keep(asset);
    if (this.good >= CLEARED) this.isCareful = false;
    this.pump();
  }
}
