import { randomUUID } from "node:crypto";
import { type ChannelModel, type ConfirmChannel, type ConsumeMessage, connect, credentials } from "amqplib";
import { closed, openChannel } from "./channel";
import { partitionOf } from "./partition-of";
import { ASSET } from "./reading";
import { relay } from "./relay";

/** What an instance of a fleet is told about its broker. */
export interface FleetOptions {
  /** amqp:// or amqps:// with host, port and virtual host. */
  readonly address: string;
  readonly user: string;
  readonly password: string;
  /** For amqps: what Node.js takes for a TLS connection. */
  readonly tls: object;
  readonly fleet: string;
  readonly partitions: number;
  readonly instance: string;
  /** MQTT filters whose readings come into the fleet; none = only what fleet out sends. */
  readonly topics: readonly string[];
}

/** Why there is no connection; nodes put it into words. */
export type Fault =
  | { readonly code: "noBroker"; readonly text: string }
  | { readonly code: "refused"; readonly text: string }
  | { readonly code: "certificate"; readonly text: string }
  | { readonly code: "partitions"; readonly is: string; readonly wanted: number }
  | { readonly code: "lost"; readonly text: string }
  | { readonly code: "blocked"; readonly text: string }
  | { readonly code: "other"; readonly text: string };

/** Hears of one connection. */
export interface ConnectionListener {
  /** @param sender what is sent goes by this one */
  up(connection: ChannelModel, sender: ChannelModel): void;
  down(fault: Fault): void;
  /** The broker takes nothing in, or does so again: undefined. What it has it gives, also meanwhile. */
  blocked?(fault: Fault | undefined): void;
}

/** s: a broker lets go of an instance that is silent for twice as long. */
const HEARTBEAT = 5;
const FIRST_RETRY = 500;
const LONGEST_RETRY = 5_000;
/**
 * So often a broker may take a reading back before it puts it aside by itself. It cannot tell the reading that ends a process
 * from those that were in the same process then; a partition can.
 */
const DELIVERY_LIMIT = 10_000;
/** Where relays keep how far they have got. */
const POSITION = "mqtt.position";

/** A reading for which the broker has no queue. */
export class Unroutable extends Error {}

/**
 * The connection of an instance to its broker, made again whenever it breaks; it declares what the fleet needs there. It is
 * two: a broker whose disk or memory is full hears no more from who sends something to it, so that also confirmations
 * would wait on the same one, and what fills the broker would never leave it.
 */
export class FleetConnection {
  private readonly listeners = new Set<ConnectionListener>();
  private model: ChannelModel | undefined;
  private sender: ChannelModel | undefined;
  private publishing: ConfirmChannel | undefined;
  /** Readings sent so far: the number of each, by which it is known where the broker gives it back. */
  private sent = 0;
  private readonly returned = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  private starting: Promise<void> | undefined;
  private delay = FIRST_RETRY;
  fault: Fault | undefined;
  /** Name of the queue in which this connection hears what all instances say. */
  ears = "";

  constructor(readonly options: FleetOptions) {}

  /** Name of the queue of a partition. */
  queue(partition: number): string {
    return `${this.options.fleet}.${partition}`;
  }

  get deadQueue(): string {
    return `${this.options.fleet}.dead`;
  }

  /** Where the instances say that they are there. */
  get presence(): string {
    return `${this.options.fleet}.instances`;
  }

  /**
   * Hears of this connection, at once if it is there.
   *
   * @returns call it to hear no more
   */
  listen(listener: ConnectionListener): () => void {
    this.listeners.add(listener);
    const { model, sender, fault } = this;
    if (model && sender) {
      listener.up(model, sender);
      if (fault) listener.blocked?.(fault);
    } else if (fault) listener.down(fault);
    return () => this.listeners.delete(listener);
  }

  start(): void {
    this.starting = this.open().catch((error) => this.down(faultOf(error, this.options)));
  }

  /** Closes the connection; what is unconfirmed goes back to the broker. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.starting;
    const { model, sender } = this;
    this.model = undefined;
    this.sender = undefined;
    await Promise.all([model, sender].map((one) => one && closed(one)));
  }

  /**
   * Sends a reading to the partition of its asset.
   *
   * @returns when the broker has it on disk
   * @throws Error where there is no connection, or the broker refuses
   * @throws Unroutable where the queue of the partition is missing
   */
  publish(asset: string, body: Buffer, type?: string, headers: Record<string, unknown> = {}): Promise<void> {
    const { publishing, options } = this;
    if (!publishing) return Promise.reject(new Error(textOf(this.fault)));
    const key = String(partitionOf(asset, options.partitions));
    const messageId = String(this.sent++);
    return new Promise((resolve, reject) => {
      publishing.publish(
        options.fleet,
        key,
        body,
        { persistent: true, mandatory: true, messageId, type, headers: { ...headers, [ASSET]: asset } },
        (error) => {
          // The broker gives back what it cannot place, and then confirms it nevertheless.
          if (this.returned.delete(messageId)) reject(new Unroutable(`${options.fleet}.${key}`));
          else if (error) reject(error);
          else resolve();
        },
      );
    });
  }

  /** Puts a reading where people look at it. Resolved when the broker has it. */
  setAside(message: ConsumeMessage): Promise<void> {
    const { publishing, deadQueue } = this;
    if (!publishing) return Promise.reject(new Error(textOf(this.fault)));
    const { type, headers } = message.properties;
    return new Promise((resolve, reject) => {
      publishing.publish(deadQueue, "", message.content, { persistent: true, type, headers }, (error) =>
        error ? reject(error) : resolve(),
      );
    });
  }

  private async open(): Promise<void> {
    const opened: ChannelModel[] = [];
    let isOver = false;
    const end = (): Promise<unknown> => {
      isOver = true;
      return Promise.all(opened.map(closed));
    };
    const lost = (fault: Fault): void => {
      if (isOver) return;
      end();
      if (!this.stopped) this.down(fault);
    };
    try {
      const model = await this.connect(lost);
      opened.push(model);
      const sender = await this.connect(lost);
      opened.push(sender);
      await this.declare(model);
      const publishing = await sender.createConfirmChannel();
      publishing.on("error", () => {}); // the connection says what has happened
      publishing.on("return", ({ properties }) => this.returned.add(String(properties.messageId)));
      publishing.on("close", () => {
        this.publishing = undefined;
      });
      this.publishing = publishing;
      if (this.options.topics.length > 0) await this.relay(sender);
      if (this.stopped) {
        await end();
        return;
      }
      sender.on("blocked", (text) => this.block({ code: "blocked", text }));
      sender.on("unblocked", () => this.block(undefined));
      this.model = model;
      this.sender = sender;
      this.fault = undefined;
      this.delay = FIRST_RETRY;
      for (const listener of this.listeners) listener.up(model, sender);
    } catch (error) {
      // What was lost meanwhile is told, and tried again already.
      const isTold = isOver;
      await end();
      if (!isTold) throw error;
    }
  }

  private async connect(lost: (fault: Fault) => void): Promise<ChannelModel> {
    const { address, user, password, tls, fleet, instance } = this.options;
    const url = new URL(address);
    url.searchParams.set("heartbeat", String(HEARTBEAT));
    const login = user === "" ? {} : { credentials: credentials.plain(user, password) };
    const model = await connect(url.href, {
      ...tls,
      ...login,
      timeout: 10_000,
      noDelay: true,
      clientProperties: { connection_name: `${fleet}: ${instance}` },
    });
    let fault: Fault | undefined;
    model.on("error", (error) => {
      fault = { code: "lost", text: error.message };
    });
    model.on("close", (error?: Error) => lost(fault ?? { code: "lost", text: error?.message ?? "" }));
    return model;
  }

  private block(fault: Fault | undefined): void {
    this.fault = fault;
    for (const listener of this.listeners) listener.blocked?.(fault);
  }

  private down(fault: Fault): void {
    this.model = undefined;
    this.sender = undefined;
    this.publishing = undefined;
    this.fault = fault;
    for (const listener of this.listeners) listener.down(fault);
    if (this.stopped) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.start(), this.delay);
    this.delay = Math.min(2 * this.delay, LONGEST_RETRY);
  }

  /** What is there already is only compared: a fleet with another number of partitions is refused. */
  private async declare(model: ChannelModel): Promise<void> {
    const { fleet, partitions, topics } = this.options;
    const channel = await openChannel(model);
    // A broker compares the arguments of a queue with those that it has: so this one remembers the number of partitions.
    const marker = { durable: true, arguments: { "x-max-length": partitions } };
    await channel.assertQueue(`${fleet}.partitions`, marker);
    await channel.assertExchange(fleet, "direct", { durable: true });
    await channel.assertExchange(this.deadQueue, "fanout", { durable: true });
    await channel.assertExchange(this.presence, "fanout", { durable: true });
    // A name of its own for each connection, which begins as all of the fleet do: rights in the broker go by it.
    this.ears = `${this.presence}.${randomUUID()}`;
    await channel.assertQueue(this.ears, { exclusive: true, autoDelete: true });
    await channel.bindQueue(this.ears, this.presence, "");
    await channel.assertQueue(this.deadQueue, quorum({}));
    await channel.bindQueue(this.deadQueue, this.deadQueue, "");
    const limits = { "x-delivery-limit": DELIVERY_LIMIT, "x-dead-letter-exchange": this.deadQueue };
    const kept = { ...limits, "x-dead-letter-strategy": "at-least-once", "x-overflow": "reject-publish" };
    for (let partition = 0; partition < partitions; partition++) {
      const queue = this.queue(partition);
      await channel.assertQueue(queue, quorum({ ...kept, "x-single-active-consumer": true }));
      await channel.bindQueue(queue, fleet, String(partition));
    }
    if (topics.length > 0) {
      const many = { "x-delivery-limit": DELIVERY_LIMIT };
      await channel.assertQueue(`${fleet}.mqtt`, quorum({ ...many, "x-single-active-consumer": true }));
      await channel.assertQueue(`${fleet}.${POSITION}`, quorum({ ...many, "x-max-length": 1 }));
      await channel.bindQueue(`${fleet}.${POSITION}`, fleet, POSITION);
      for (const topic of topics) await channel.bindQueue(`${fleet}.mqtt`, "amq.topic", patternOf(topic));
    }
    await closed(channel);
  }

  /** Passes on what comes by MQTT, and begins again where that ends while the connection is there. */
  private async relay(sender: ChannelModel): Promise<void> {
    const { fleet } = this.options;
    const places = { queue: `${fleet}.mqtt`, position: `${fleet}.${POSITION}`, exchange: fleet, key: POSITION };
    const channel = await relay(sender, places, (asset, content, headers) =>
      this.publish(asset, content, undefined, headers),
    );
    channel.once("close", () => {
      if (this.sender === sender) setTimeout(() => this.relay(sender).catch(() => {}), 1000);
    });
  }
}

/** What a status says where there is no connection. */
export function textOf(fault: Fault | undefined): string {
  return fault && "text" in fault ? fault.text : "no connection to the broker";
}

/** An address without what might be a password. */
export function shownAddress(address: string): string {
  return String(address ?? "").replace(/\/\/[^@/]*@/, "//");
}

function quorum(args: Record<string, unknown>) {
  return { durable: true, arguments: { "x-queue-type": "quorum", ...args } };
}

/** The pattern of a topic exchange for an MQTT filter. */
function patternOf(filter: string): string {
  return filter.replaceAll("/", ".").replaceAll("+", "*");
}

function faultOf(error: unknown, { partitions }: FleetOptions): Fault {
  const { code, message: text } = error as { code?: unknown; message: string };
  const is = /\.partitions' in vhost .*current is '(\d+)'/.exec(text)?.[1];
  if (is !== undefined) return { code: "partitions", is, wanted: partitions };
  if (code === 403 || /ACCESS.REFUSED|handshake terminated|403/i.test(text)) return { code: "refused", text };
  if (typeof code === "string" && /CERT|TLS|SSL/.test(code)) return { code: "certificate", text };
  if (typeof code === "string" && /^(ECONN|ENOTFOUND|EAI|ETIMEDOUT|EHOST|ENET)/.test(code))
    return { code: "noBroker", text: text || code };
  return { code: "other", text: text || String(code) };
}
