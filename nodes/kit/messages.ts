import type { Node, NodeMessage } from "node-red";
import type { ForecastMessage, ForecastModel } from "../../src/asset/forecast-model";
import { commandOf } from "../../src/message/command";
import { mustBeShort } from "../../src/message/reading";

/** Sends on, one message an output; an array of messages on one output follow each other. */
export type Send = (messages: (object | null)[]) => void;
export type Done = (error?: Error) => void;

/** What a node does with what comes in. Whatever is thrown is refused. */
export interface Work<Command extends string, Message> {
  /** All commands of the node. */
  readonly commands: readonly Command[];
  /** Whether an array may be of any length; absent = one that is longer than a batch may be is refused. */
  readonly takesLong?: boolean;
  obey(command: Command, msg: Message, send: Send, done: Done): void;
  read(msg: Message, send: Send, done: Done): void;
  /** Why a message cannot be used, in the user's language; absent = as the model says it. */
  explain?(error: unknown, msg?: object): Error;
}

/** The properties that hold one entry for each reading of a batch. */
const COLUMNS = ["payload", "timestamp", "reading", "quality", "scored", "forecast"] as const;

/** Ends the work on a message that was refused. */
export type Refuse<Message> = (error: unknown, msg: Message, done: Done) => void;

/**
 * Lets a node take in messages: a wrong command is told each time, since a person gave it; wrong readings are told once
 * and then counted, since a broken sender may send a thousand a second.
 *
 * @returns refuses a reading, for what goes wrong later than `read` returns
 */
export function takeMessages<Command extends string, Message extends { command?: unknown; reset?: unknown }>(
  node: Node,
  model: ForecastModel,
  { commands, takesLong, obey, read, explain = (error, msg) => model.explain(error, msg) }: Work<Command, Message>,
): Refuse<Message> {
  const errors = model.errorCounter<NodeMessage>((text, msg) => node.error(text, msg));
  const refuse: Refuse<Message> = (error, msg, done) =>
    errors.refuse(explain(error, msg), msg as object as NodeMessage, done);
  node.on("input", (message, nodeSend, done) => {
    const msg = message as object as Message;
    const send = nodeSend as Send;
    let fail = (error: unknown): void => done(explain(error, msg));
    try {
      const command = commandOf(msg, commands);
      if (command !== undefined) obey(command, msg, send, done);
      else {
        fail = (error) => refuse(error, msg, done);
        if (!takesLong) mustBeShort(COLUMNS.map((name) => (message as ForecastMessage)[name]));
        read(msg, send, done);
      }
    } catch (error) {
      fail(error);
    }
  });
  node.on("close", () => errors.close());
  return refuse;
}
