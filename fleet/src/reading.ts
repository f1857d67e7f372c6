/** How a reading travels through the broker, and what becomes of what sensors have sent themselves. */
import { createHash } from "node:crypto";

/** Marks the body as a message of fleet out rather than what a sensor has sent. */
export const MESSAGE_TYPE = "fleet.message";
/** Names of headers. */
export const ASSET = "asset";
export const ARRIVED = "arrived";
/** Which reading it is of those that came by MQTT; absent where the broker stamps them. */
export const NUMBER = "number";

/** A message as it goes into the flow behind fleet in. */
export interface FleetMessage {
  topic: string;
  payload: unknown;
  timestamp?: unknown;
  [property: string]: unknown;
}

/** The parts of a delivered message that say what it is. */
export interface Delivered {
  readonly content: Buffer;
  readonly fields: { readonly routingKey: string };
  readonly properties: { readonly type?: unknown; readonly headers?: Record<string, unknown> };
}

/** What of a message travels; the rest belongs to the flow that it came from. */
const TRAVELS = ["payload", "timestamp", "quality", "existing"] as const;

/**
 * The body for a message.
 *
 * @throws TypeError where JSON cannot express it
 */
export function encoded(msg: Readonly<Record<string, unknown>>, now: number): Buffer {
  const kept = Object.fromEntries(TRAVELS.filter((name) => msg[name] !== undefined).map((name) => [name, msg[name]]));
  return Buffer.from(JSON.stringify({ timestamp: now, ...kept }));
}

/** The topic of an MQTT message from the routing key that the broker makes of it. */
export function topicOf(routingKey: string): string {
  return routingKey.replaceAll(".", "/");
}

/** The asset of a delivered reading: as its sender has named it, else its topic. */
export function assetIn({ fields, properties }: Delivered): string {
  const named = properties.headers?.[ASSET];
  return typeof named === "string" && named !== "" ? named : topicOf(fields.routingKey);
}

/**
 * The message for the flow. What a sensor has sent may be JSON, a number or text; where an object has the field `time`,
 * it is the reading's time and not a value; without it the reading has the time of its arrival.
 *
 * @param time name of the field
 * @returns isTimed: whether sender or broker has given it that time; else it is when a process passed it on
 */
export function decoded(delivered: Delivered, time: string): { msg: FleetMessage; isTimed: boolean } {
  const { content, properties } = delivered;
  const topic = assetIn(delivered);
  const body = parsed(content.toString("utf8"));
  if (properties.type === MESSAGE_TYPE && isObject(body)) {
    return { msg: { payload: undefined, ...body, topic }, isTimed: true };
  }
  const { [ARRIVED]: arrived, [NUMBER]: number } = properties.headers ?? {};
  if (!isObject(body) || !(time in body))
    return { msg: { topic, payload: body, timestamp: arrived }, isTimed: number === undefined };
  const { [time]: timestamp, ...payload } = body;
  return { msg: { topic, payload, timestamp }, isTimed: true };
}

/** A number by which a reading is known again when it is delivered a second time: 48 bits of SHA-256. */
export function hashOf(delivered: Delivered): number {
  const { [NUMBER]: number, [ARRIVED]: arrived } = delivered.properties.headers ?? {};
  const hash = createHash("sha256")
    .update(`${assetIn(delivered)}\n${number ?? arrived ?? ""}\n`)
    .update(delivered.content)
    .digest();
  return hash.readUIntBE(0, 6);
}

/** How often the broker has taken the reading back from a process that did not confirm it. */
export function deliveriesOf({ headers }: Delivered["properties"]): number {
  return Number(headers?.["x-delivery-count"] ?? 0);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
