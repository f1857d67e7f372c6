import type { Channel, ChannelModel } from "amqplib";

/** Methods of AMQP 0-9-1 by class and number; amqplib has no functions for these two. */
const TX = 90 << 16;
const SELECT = [TX | 10, TX | 11] as const;
const COMMIT = [TX | 20, TX | 21] as const;

/**
 * Closes a channel or a connection. Where the broker falls silent amqplib ends it after some heartbeats, but never says so
 * to who waits for the answer.
 */
export async function closed(one: Channel | ChannelModel): Promise<void> {
  const gone = new Promise<void>((resolve) => one.once("close", resolve));
  const answered = async (): Promise<void> => one.close();
  await Promise.race([gone, answered().catch(() => {})]); // it may have been closed before
}

/** Opens a channel whose errors are told by whoever waits for an answer, and else by its end. */
export async function openChannel(model: ChannelModel): Promise<Channel> {
  const channel = await model.createChannel();
  channel.on("error", () => {});
  return channel;
}

/**
 * A channel on which what is published and what is confirmed is kept back until `commit`. The broker carries out a commit
 * in one piece: where this process ends, it has carried out all of it or nothing.
 *
 * Source: AMQP 0-9-1, class tx; rabbitmq.com/docs/semantics.
 */
export async function openTransactions(
  model: ChannelModel,
): Promise<{ channel: Channel; commit: () => Promise<unknown> }> {
  const channel = await openChannel(model);
  // What all functions of a channel are made of: asks and waits for the answer.
  const { rpc } = channel as unknown as {
    rpc(ask: number, fields: object, answer: number): Promise<unknown>;
  };
  const ask = ([method, answer]: readonly [number, number]): Promise<unknown> => rpc.call(channel, method, {}, answer);
  await ask(SELECT);
  return { channel, commit: () => ask(COMMIT) };
}
