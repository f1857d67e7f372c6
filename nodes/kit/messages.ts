import type { Node, NodeMessage } from "node-red";
import type { ForecastMessage } from "../../src/asset/forecast-message";
import type { ForecastModel } from "../../src/asset/forecast-model";
import { commandOf } from "../../src/message/command";
import { mustBeShort } from "../../src/message/reading";
import { inWords } from "./in-words";

/** Sends on, one message an output; an array of messages on one output follow each other. */
export type Send = (messages: (object | null)[]) => void;

/** Ends the work on a message. @param error is told each time */
export type Done = (error?: unknown) => void;
/** Ends the work on a reading that cannot be used: it is said once in full, then counted. */
export type Refuse = (error: unknown) => void;

/**
 * A message on its way through a node, for the long work on it. That is a generator declared once: one that is an
 * expression within `read` is a new function for each message, which keeps it in memory until the next full collection.
 */
export interface Passing<Message> {
  readonly msg: Message;
  readonly send: Send;
  readonly done: Done;
  readonly refuse: Refuse;
}

/** What a node does with what comes in. Whatever is thrown is refused. */
export interface Work<Command extends string, Message> {
  /** All commands of the node. */
  readonly commands: readonly Command[];
  /** Whether an array may be of any length; absent = one that is longer than a batch may be is refused. */
  readonly takesLong?: boolean;
  /** Carries a command out; what is in memory at once, since a reading that comes after it must not overtake it. */
  obey(command: Command, msg: Message, send: Send, done: Done): void;
  read(msg: Message, send: Send, done: Done, refuse: Refuse): void;
  /** Why a message cannot be used, in the user's language; absent = as the model says it. */
  explain?(error: unknown, msg?: object): Error;
}

/** The properties that hold one entry for each reading of a batch. */
const COLUMNS = ["payload", "timestamp", "reading", "quality", "scored", "forecast"] as const;

/** Sends what no message has asked for, such as what a timer has found. */
export function senderOf(node: Node): Send {
  return (messages) => node.send(messages as never);
}

/**
 * Lets a node take in messages: a wrong command is told each time, since a person gave it; wrong readings are told once
 * and then counted, since a broken sender may send a thousand a second.
 *
 * @returns carries out a command that a person has given elsewhere than on the wire
 */
export function takeMessages<Command extends string, Message extends { command?: unknown; reset?: unknown }>(
  node: Node,
  model: ForecastModel,
  { commands, takesLong, obey, read, explain = (error, msg) => model.explain(error, msg) }: Work<Command, Message>,
): (command: Command, msg: Message) => Promise<void> {
  const errors = model.errorCounter<NodeMessage>((text, msg) => node.error(text, msg));
  const carryOut = (command: Command, msg: Message, send: Send, end: (error?: Error) => void): void => {
    const done: Done = (error) => end(error === undefined ? undefined : explain(error, msg));
    try {
      obey(command, msg, send, done);
    } catch (error) {
      done(error);
    }
  };
  node.on("input", (message, nodeSend, nodeDone) => {
    const done = (error?: unknown): void => nodeDone(inWords(error));
    const msg = message as object as Message;
    const send = nodeSend as Send;
    const refuse: Refuse = (error) => errors.refuse(explain(error, msg), message, done);
    let command: Command | undefined;
    try {
      command = commandOf(msg, commands);
    } catch (error) {
      done(explain(error, msg));
      return;
    }
    if (command !== undefined) {
      carryOut(command, msg, send, done);
      return;
    }
    try {
      if (!takesLong) mustBeShort(COLUMNS.map((name) => (message as ForecastMessage)[name]));
      read(msg, send, done, refuse);
    } catch (error) {
      refuse(error);
    }
  });
  node.on("close", () => errors.close());
  return (command, msg) =>
    new Promise((resolve, reject) =>
      carryOut(command, msg, senderOf(node), (error) => (error ? reject(error) : resolve())),
    );
}
