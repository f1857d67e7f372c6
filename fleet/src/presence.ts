import type { Channel, ChannelModel } from "amqplib";
import { openChannel } from "./channel";

/** ms */
const EVERY = 1_000;
/** An instance that says nothing for so long is gone, as far as preferences go. */
const GONE = 5_000;

/** How a partition stands. */
export interface PartitionStanding {
  readonly isActive: boolean;
  /** Readings that wait in the broker. */
  readonly ready: number;
  /** Readings that have come and are not confirmed yet. */
  readonly inWork: number;
  /** ms since 1970: when a record was saved last; null = not since this instance has it. */
  readonly saved: number | null;
}

interface Said {
  readonly name: string;
  readonly nonce: string;
  /** What its model is made for. */
  readonly shape: string;
  /** A mark of the place where its records lie; undefined = not known yet. */
  readonly place?: string;
  /** Whether it has stood in line for partitions. */
  readonly works: boolean;
  /** ms since 1970, by its clock */
  readonly now: number;
  /** The partitions that it has, by number, and of those that nobody has. */
  readonly partitions: Readonly<Record<number, PartitionStanding>>;
  readonly leaves?: boolean;
}

/** What keeps an instance from sharing the work with another one. */
export interface Differing {
  readonly name: string;
  readonly what: "model" | "place";
}

interface Seen extends Said {
  /** ms by this computer's clock: since when it is there, and when it was heard last. */
  readonly since: number;
  at: number;
}

/** Who is there: each instance says its name on the broker every second. Only preferences depend on it. */
export class Presence {
  private readonly seen = new Map<string, Seen>();
  /** A mark of the place where this instance's records lie. */
  place: string | undefined;
  /** Whether this instance has stood in line for partitions. */
  works = false;
  private readonly timer: NodeJS.Timeout;
  private channel: Channel | undefined;
  /** ms by this computer's clock: when another process with this instance's name was heard last. */
  private doubleAt = Number.NEGATIVE_INFINITY;

  /**
   * @param nonce tells this process from others of the same name
   * @param exchange where all say their names
   * @param shape what this instance's model is made for: all must have the same
   * @param standings how the partitions stand that this instance has, or that nobody has
   */
  constructor(
    readonly name: string,
    private readonly nonce: string,
    private readonly exchange: string,
    private readonly shape: string,
    private readonly standings: () => Readonly<Record<number, PartitionStanding>>,
  ) {
    this.timer = setInterval(() => this.say(), EVERY);
  }

  /** @param queue where this process hears what all say */
  async up(model: ChannelModel, sender: ChannelModel, queue: string): Promise<void> {
    const ears = await openChannel(model);
    await ears.consume(queue, (message) => message && this.hear(message.content.toString()), { noAck: true });
    const channel = await openChannel(sender);
    this.channel = channel;
    channel.on("close", () => {
      if (this.channel === channel) this.channel = undefined;
    });
    this.say();
  }

  /** Names of the instances that share the work, this one among them: who differs, or does not find its records, waits. */
  names(): string[] {
    const shares = (said: Said): boolean => said.place !== undefined && this.difference(said) === undefined;
    return [this.name, ...[...this.seen].filter(([, said]) => shares(said)).map(([name]) => name)];
  }

  /** Another process has this instance's name. */
  get isDouble(): boolean {
    return Date.now() - this.doubleAt < GONE;
  }

  /** ms since when another instance is there; NaN where it is not. */
  since(name: string): number {
    return this.seen.get(name)?.since ?? Number.NaN;
  }

  /** By partition: who has it and how it stands; those are missing of which nobody has said anything. */
  partitions(): Map<number, PartitionStanding & { readonly instance: string | undefined }> {
    const found = new Map<number, PartitionStanding & { readonly instance: string | undefined }>();
    const all = [...this.seen, [this.name, { partitions: this.standings() }] as const];
    for (const [name, { partitions = {} }] of all)
      for (const [key, standing] of Object.entries(partitions)) {
        const instance = standing.isActive ? name : undefined;
        if (instance !== undefined || !found.has(Number(key))) found.set(Number(key), { ...standing, instance });
      }
    return found;
  }

  close(): void {
    clearInterval(this.timer);
    try {
      this.publish({ leaves: true });
    } catch {
      // The connection has gone: the others notice by themselves.
    }
  }

  /**
   * An instance that goes before this one and has a model for something else, or its records elsewhere; undefined where
   * all agree. Who works already goes first, whatever the clocks say.
   */
  get differing(): Differing | undefined {
    for (const [name, said] of this.seen) {
      const what = this.difference(said);
      const isFirst = said.works === this.works ? name < this.name : said.works;
      if (what !== undefined && isFirst) return { name, what };
    }
    return undefined;
  }

  private difference({ shape, place }: Said): Differing["what"] | undefined {
    if (shape !== this.shape) return "model";
    return place !== undefined && this.place !== undefined && place !== this.place ? "place" : undefined;
  }

  private publish(more: Partial<Said>): void {
    const { name, nonce, shape, place, works, exchange } = this;
    const said: Said = { name, nonce, shape, place, works, now: Date.now(), partitions: this.standings(), ...more };
    this.channel?.publish(exchange, "", Buffer.from(JSON.stringify(said)));
  }

  private say(): void {
    const now = Date.now();
    for (const [name, { at }] of this.seen) if (now - at > GONE) this.seen.delete(name);
    try {
      this.publish({});
    } catch {
      // The connection has just gone.
    }
  }

  private hear(text: string): void {
    const said = JSON.parse(text) as Said;
    const { name, nonce, leaves } = said;
    if (nonce === this.nonce) return;
    if (name === this.name) this.doubleAt = leaves ? Number.NEGATIVE_INFINITY : Date.now();
    else if (leaves) this.seen.delete(name);
    else {
      const known = this.seen.get(name);
      const now = Date.now();
      const since = known?.nonce === nonce ? known.since : now;
      // Its clock may be another.
      const partitions = Object.entries(said.partitions).map(([key, standing]) => {
        const saved = standing.saved === null ? null : standing.saved + now - said.now;
        return [key, { ...standing, saved }];
      });
      this.seen.set(name, { ...said, partitions: Object.fromEntries(partitions), since, at: now });
      // A newcomer learns at once who is there.
      if (!known) this.say();
    }
  }
}
