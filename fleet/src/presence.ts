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
  /** ms since 1970 */
  readonly started: number;
  /** The partitions that it has, by number, and of those that nobody has. */
  readonly partitions: Readonly<Record<number, PartitionStanding>>;
  readonly leaves?: boolean;
}

interface Seen extends Said {
  /** ms by this computer's clock: since when it is there, and when it was heard last. */
  readonly since: number;
  at: number;
}

/** Who is there: each instance says its name on the broker every second. Only preferences depend on it. */
export class Presence {
  private readonly seen = new Map<string, Seen>();
  private readonly started = Date.now();
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
  async up(model: ChannelModel, queue: string): Promise<void> {
    const channel = await openChannel(model);
    await channel.consume(queue, (message) => message && this.hear(message.content.toString()), { noAck: true });
    this.channel = channel;
    channel.on("close", () => {
      if (this.channel === channel) this.channel = undefined;
    });
    this.say();
  }

  /** Names of the instances that share the work, this one among them: who has a model for something else waits. */
  names(): string[] {
    return [this.name, ...[...this.seen].filter(([, { shape }]) => shape === this.shape).map(([name]) => name)];
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

  /** An instance that was here before this one and has a model for something else; undefined where all agree. */
  get differing(): string | undefined {
    for (const [name, { shape, started }] of this.seen) if (shape !== this.shape && started < this.started) return name;
    return undefined;
  }

  private publish(more: Partial<Said>): void {
    const { name, nonce, shape, started, exchange } = this;
    const said: Said = { name, nonce, shape, started, partitions: this.standings(), ...more };
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
      this.seen.set(name, { ...said, since, at: now });
      // A newcomer learns at once who is there.
      if (!known) this.say();
    }
  }
}
