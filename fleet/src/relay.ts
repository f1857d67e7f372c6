import { randomUUID } from "node:crypto";
import type { Channel, ChannelModel, ConsumeMessage } from "amqplib";
import { openTransactions } from "./channel";
import { ARRIVED, NUMBER, topicOf } from "./reading";

/** What a relay works with. */
export interface RelayPlaces {
  /** Where what comes by MQTT lies: one relay at a time is active, as the broker has it. */
  readonly queue: string;
  /** Where the position is kept, and how it is published there. */
  readonly position: string;
  readonly exchange: string;
  readonly key: string;
}

/** Resolved when the partition of the asset has the reading on disk. */
export type Send = (asset: string, content: Buffer, headers: Record<string, unknown>) => Promise<void>;

/** How many readings have left the queue since the count was begun. */
interface Position {
  /** Of the count: another one where the position was lost. */
  readonly count: string;
  readonly number: number;
  /** ms since 1970: the latest time that a reading was given. */
  readonly time: number;
}

/** Readings on their way at once. An asset's record remembers more, so that each is known where it is sent once more. */
const RELAYED = 200;
/** Assets of which a time ahead of the clock is remembered, before those are forgotten that it has reached. */
const MOST_AHEAD = 10_000;

/**
 * Gives each reading a time of arrival, ms: later than that of the asset's reading before, since a model takes two with the
 * same time for one.
 *
 * @example
 *     const arrivals = new Arrivals(0);
 *     [arrivals.of("a", 5), arrivals.of("a", 5), arrivals.of("b", 5)]; // [5, 6, 5]
 */
export class Arrivals {
  private readonly last = new Map<string, number>();
  /** The latest time given, ms. */
  latest: number;

  /** @param from no time is given before this, ms */
  constructor(private readonly from: number) {
    this.latest = from;
  }

  of(asset: string, now: number): number {
    const time = Math.max(now, this.from, (this.last.get(asset) ?? 0) + 1);
    if (this.last.size >= MOST_AHEAD) for (const [one, given] of this.last) if (given < now) this.last.delete(one);
    this.last.set(asset, time);
    this.latest = Math.max(this.latest, time);
    return time;
  }
}

/**
 * Passes on what comes by MQTT to the partition of its asset, in order. A reading leaves the queue once its partition has
 * it; where this process ends in between, the next relay sends it once more, with the same number: so it is known again
 * though it has no time of its own. The number is how many have left the queue before it, and that count goes on in one
 * transaction with their leaving.
 *
 * @returns the channel: where sending fails it is closed, and all that has not left the queue comes again
 */
export async function relay(model: ChannelModel, places: RelayPlaces, send: Send): Promise<Channel> {
  const { queue, position, exchange, key } = places;
  const { channel, commit } = await openTransactions(model);
  let isOpen = true;
  channel.on("close", () => {
    isOpen = false;
  });
  const onTheWay: { message: ConsumeMessage; sent: Promise<void> }[] = [];
  let done: Position | undefined;
  let next = 0;
  let arrivals = new Arrivals(0);
  let isWorking = false;

  /** Where the relay before has got to. Asked when the first reading comes: then that one has ended. */
  async function begin(): Promise<Position> {
    let last: Position | undefined;
    for (;;) {
      const kept = await channel.get(position, { noAck: false });
      if (!kept) return last ?? { count: randomUUID().slice(0, 8), number: 0, time: 0 };
      channel.ack(kept); // with the first commit, which brings a newer one
      const found = JSON.parse(kept.content.toString()) as Position;
      if (last === undefined || found.number > last.number) last = found;
    }
  }

  function pass(message: ConsumeMessage): void {
    const { count } = done as Position;
    const asset = topicOf(message.fields.routingKey);
    const number = `${count}.${next++}`;
    // Where the broker stamps what comes in, the stamp says which reading it is.
    const stamp = message.properties.headers?.timestamp_in_ms;
    const headers =
      typeof stamp === "number"
        ? { [ARRIVED]: stamp }
        : { [ARRIVED]: arrivals.of(asset, Date.now()), [NUMBER]: number };
    const sent = send(asset, message.content, headers);
    sent.catch(() => {}); // told where it is waited for
    onTheWay.push({ message, sent });
  }

  async function work(waiting: ConsumeMessage[]): Promise<void> {
    if (done === undefined) {
      done = await begin();
      next = done.number;
      // What the relay before has given to readings on their way is not known: at most some ms more than its clock said.
      arrivals = new Arrivals(Math.max(done.time, Date.now()) + RELAYED);
    }
    for (const message of waiting.splice(0)) pass(message);
    while (onTheWay.length > 0) {
      const batch = onTheWay.splice(0);
      await Promise.all(batch.map(({ sent }) => sent));
      done = { ...done, number: done.number + batch.length, time: arrivals.latest };
      channel.publish(exchange, key, Buffer.from(JSON.stringify(done)), { persistent: true });
      channel.ack(batch[batch.length - 1].message, true);
      await commit();
    }
  }

  const waiting: ConsumeMessage[] = [];
  await channel.prefetch(RELAYED);
  await channel.consume(queue, (message) => {
    if (!message || !isOpen) return;
    if (done) pass(message);
    else waiting.push(message);
    if (isWorking) return;
    isWorking = true;
    work(waiting).then(
      () => {
        isWorking = false;
      },
      () => {
        if (isOpen) channel.close().catch(() => {});
        isOpen = false;
      },
    );
  });
  return channel;
}
