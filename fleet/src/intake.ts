import type { ChannelModel } from "amqplib";
import { closed, openChannel } from "./channel";
import type { Fault, FleetConnection } from "./connection";
import { type Keeper, Partition, type PartitionSettings } from "./partition";
import { preferred } from "./preferred";
import { type Differing, type PartitionStanding, Presence } from "./presence";

/** Of an instance: what it says of itself to the others. */
export interface Identity {
  readonly name: string;
  /** Tells this process from others of the same name. */
  readonly nonce: string;
  /** What its model is made for. */
  readonly shape: string;
}

/** How an instance stands, for a status. */
export interface Standing {
  readonly active: number;
  readonly partitions: number;
  readonly instances: number;
  /** Readings confirmed so far. */
  readonly confirmed: number;
  /** Readings that have come and are not confirmed yet. */
  readonly open: number;
  /** Readings in the queue that people should look at. */
  readonly dead: number;
  /** Whether readings wait because records are out of reach. */
  readonly isAway: boolean;
  readonly isDouble: boolean;
  /** An instance for which this one waits. */
  readonly differing: Differing | undefined;
  readonly fault: Fault | undefined;
}

/** ms */
const TICK = 250;
/** As long as who is there is not known; then come the partitions that prefer others. */
const FIRST_LOOK = 1_000;
const AFTER_THE_PREFERRED = 2_500;
/** An instance has to be there for so long before others make room for it. */
const SETTLED = 5_000;
/** So many partitions are handed over at once. */
const AT_ONCE = 4;
/** How soon records that are out of reach are asked again. */
const RETRY = 1_000;
/** Once handed over, so long until this instance stands in line again. */
const STAND_BACK = 1_000;
/** How often the broker is asked what lies in its queues. */
const COUNT_EVERY = 5_000;

/** All partitions of a fleet at one instance. */
export class Intake {
  readonly partitions: readonly Partition[];
  private readonly timer: NodeJS.Timeout;
  private readonly stopListening: () => void;
  private model: ChannelModel | undefined;
  private connectedAt = 0;
  private isSubscribing = false;
  private leaving = 0;
  private dead = 0;
  /** Readings that wait in the broker, by partition. */
  private readonly ready = new Map<number, number>();
  private counted = 0;
  private isStopped = false;
  /** The place of the records does not say which one it is. */
  private isAway = false;
  private readonly presence: Presence;

  constructor(
    private readonly connection: FleetConnection,
    { name, nonce, shape }: Identity,
    settings: PartitionSettings,
    private readonly keeper: Keeper,
  ) {
    const { partitions } = connection.options;
    this.partitions = Array.from({ length: partitions }, (_, i) => {
      return new Partition(i, connection.queue(i), settings, keeper);
    });
    this.presence = new Presence(name, nonce, connection.presence, shape, () => this.standings());
    this.timer = setInterval(() => this.tick(), TICK);
    this.findPlace();
    this.stopListening = connection.listen({
      up: (model, sender) => {
        this.up(model, sender).catch(() => {}); // the connection says what has happened
      },
      down: () => this.down(),
    });
  }

  /** The partition that a message in the flow came from. */
  of(id: string): Partition | undefined {
    return this.partitions[Number(id.split(".")[1])];
  }

  /** The model has done with a message. */
  settled(asset: string | undefined, id: string): void {
    this.of(id)?.settled(id, asset);
  }

  /** A message has come through the flow. */
  through(id: string): void {
    this.of(id)?.through(id);
  }

  /** Nodes of the flow are being stopped. */
  interrupt(): void {
    for (const one of this.partitions) one.interrupt();
  }

  /** They run again. */
  resume(): void {
    for (const one of this.partitions) one.resume();
  }

  /** A record of an asset was made; the result is called when it is saved. */
  saving(asset: string): () => void {
    const landed = this.partitions.flatMap((one) => (one.has(asset) ? one.saving(asset) : []));
    return () => {
      for (const one of landed) one();
    };
  }

  get standing(): Standing {
    const sum = (value: (one: Partition) => number): number =>
      this.partitions.reduce((all, one) => all + value(one), 0);
    return {
      active: this.partitions.filter(({ isActive }) => isActive).length,
      partitions: this.partitions.length,
      instances: this.presence.names().length,
      confirmed: sum(({ confirmed }) => confirmed),
      open: sum(({ open }) => open),
      dead: this.dead,
      isAway: this.isAway || this.partitions.some(({ isAway }) => isAway),
      isDouble: this.presence.isDouble,
      differing: this.presence.differing,
      fault: this.connection.fault,
    };
  }

  /** By partition: who has it and how it stands; those are missing of which nobody has said anything. */
  get fleet(): ReturnType<Presence["partitions"]> {
    return this.presence.partitions();
  }

  /** Of the partitions that this instance has, or that nobody has. */
  private standings(): Record<number, PartitionStanding> {
    const known = this.partitions.filter(({ number, isActive }) => isActive || this.ready.has(number));
    const of = ({ number, isActive, open, savedAt }: Partition): [number, PartitionStanding] => {
      const saved = Number.isNaN(savedAt) ? null : savedAt;
      return [number, { isActive, ready: this.ready.get(number) ?? 0, inWork: open, saved }];
    };
    return Object.fromEntries(known.map(of));
  }

  /** Finishes and saves what is in the flow and gives all partitions back. */
  async stop(): Promise<void> {
    this.isStopped = true;
    this.stopListening();
    this.presence.close();
    await Promise.all(this.partitions.map((one) => one.leave(0, true)));
    clearInterval(this.timer);
  }

  private async up(model: ChannelModel, sender: ChannelModel): Promise<void> {
    this.model = model;
    this.connectedAt = Date.now();
    await this.presence.up(model, sender, this.connection.ears);
  }

  /** Stands in line where it does not: at once for the partitions that prefer this instance, for the others after a pause. */
  private async subscribe(now: number): Promise<void> {
    const { model } = this;
    const since = now - this.connectedAt;
    const { presence } = this;
    if (!model || this.isSubscribing || since < FIRST_LOOK) return;
    if (presence.place === undefined || presence.differing !== undefined) return;
    this.isSubscribing = true;
    presence.works = true;
    try {
      for (const partition of this.partitions) {
        if (this.model !== model || this.isStopped) return;
        if (!partition.canSubscribe(now)) continue;
        if (since >= AFTER_THE_PREFERRED || this.isPreferred(partition)) await partition.subscribe(model);
      }
    } finally {
      this.isSubscribing = false;
    }
  }

  /** Asks the place of the records which one it is, until it says so: no partition is taken before. */
  private async findPlace(): Promise<void> {
    try {
      this.presence.place = await this.keeper.place();
      this.isAway = false;
    } catch (error) {
      if (this.isStopped) return;
      this.isAway = true;
      this.keeper.warn("store", (error as Error).message);
      setTimeout(() => this.findPlace(), RETRY);
    }
  }

  private isPreferred({ number }: Partition): boolean {
    return preferred(number, this.presence.names()) === this.presence.name;
  }

  private down(): void {
    this.model = undefined;
    for (const partition of this.partitions) partition.lost();
  }

  private tick(): void {
    const now = Date.now();
    for (const partition of this.partitions) partition.tick(now);
    if (this.isStopped || !this.model) return;
    this.subscribe(now).catch(() => {}); // the connection says what has happened
    this.handOver(now);
    if (now - this.counted > COUNT_EVERY) {
      // Of many partitions it may take longer than that: one after the other.
      this.counted = Number.POSITIVE_INFINITY;
      const over = (): void => {
        this.counted = Date.now();
      };
      this.count(this.model).then(over, over); // the connection says what has happened
    }
  }

  /** Partitions that prefer an instance which is there again go to it. */
  private handOver(now: number): void {
    const names = this.presence.names();
    if (names.length < 2) return;
    for (const partition of this.partitions) {
      if (this.leaving >= AT_ONCE) return;
      if (!partition.isActive || now - partition.activeSince < SETTLED) continue;
      const best = preferred(partition.number, names);
      if (best === this.presence.name || !(now - this.presence.since(best) > SETTLED)) continue;
      this.leaving += 1;
      partition
        .leave(STAND_BACK)
        .catch(() => {}) // the connection says what has happened
        .finally(() => {
          this.leaving -= 1;
        });
    }
  }

  /** Asks what waits in the queues of this instance, of nobody, and in that of readings set aside. */
  private async count(model: ChannelModel): Promise<void> {
    const channel = await openChannel(model);
    const { messageCount } = await channel.checkQueue(this.connection.deadQueue);
    this.dead = messageCount;
    const { fleet } = this;
    for (const { number, isActive } of this.partitions) {
      if (!isActive && fleet.get(number)?.instance !== undefined) this.ready.delete(number);
      else this.ready.set(number, (await channel.checkQueue(this.connection.queue(number))).messageCount);
    }
    await closed(channel);
  }
}
