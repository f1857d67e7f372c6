/** Feeds hostile messages to nodes and holds them to what every node owes its user; both fuzz specs run on it. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import fc from "fast-check";
import { hooks, type Node, type NodeAPI, type NodeMessage } from "node-red";
import helper from "node-red-node-test-helper";
import { PACK } from "./forecast-flow";

type Fields = Record<string, unknown>;

/** What is asked of one node. */
export interface Duty {
  /** Whether nothing sent and no error is right for this message. */
  silent(came: Fields): boolean;
  /** What the node has written into a message of this output: no number in it may be other than finite. */
  wrote(msg: Fields, port: number, came: Fields): unknown;
  /** What an error of this node names: a property of the message, or what a command lacks. */
  names: RegExp;
}

/** How often each fate was met. */
export interface Count {
  messages: number;
  sent: number;
  silent: number;
  refused: number;
  /** Texts of errors, without what was quoted, for the figure. */
  reasons: Set<string>;
}

const CHUNK = 1000;

/**
 * Loads a flow whose nodes speak English as in the editor.
 *
 * @param duties by node id; nodes without one are only places where messages end
 * @param deliver whether messages go on from node to node, or are looked at and end where they were sent
 */
export async function fuzzed(flow: object[], duties: Record<string, Duty>, deliver: boolean): Promise<Fuzz> {
  const speaking = (RED: NodeAPI): void => {
    RED._ = ((key: string, values: Fields = {}) => english(key, values)) as NodeAPI["_"];
  };
  await helper.load([speaking, ...PACK] as never, [{ id: "tab", type: "tab" }, ...flow] as never);
  // The helper would remember every call of every node, with all that was sent.
  (helper as unknown as { _sandbox: { restore(): void } })._sandbox.restore();
  for (const id of Object.keys(duties)) delete (helper.getNode(id) as Partial<ReturnType<typeof helper.getNode>>).send;
  return new Fuzz(duties, deliver);
}

export class Fuzz {
  readonly counts = new Map<string, Count>();
  /** Hears of every message that a node has sent. */
  hear: (from: string, port: number, msg: Fields) => void = () => {};
  /** Messages that a node has not done with, as they came, by node. */
  private readonly open = new Map<string, Map<unknown, Fields>>();
  /** Messages that a node has sent since it was done with the last one. */
  private readonly sent = new Map<string, number>();
  private readonly onTheWay = new Set<Fields>();
  /**
   * By node: messages that it has neither answered nor refused, less those that it has told the count of. Less than none
   * where a message is answered and counted as well.
   */
  private readonly dropped = new Map<string, number>();
  /** What went wrong, each kind once. */
  private readonly failures = new Map<string, string>();

  constructor(
    private readonly duties: Record<string, Duty>,
    private readonly deliver: boolean,
  ) {
    for (const id of Object.keys(duties)) {
      this.open.set(id, new Map());
      this.listen(id);
      this.counts.set(id, { messages: 0, sent: 0, silent: 0, refused: 0, reasons: new Set() });
    }
    const watch = <E>(hook: string, look: (event: E) => void): void => {
      hooks.add(`${hook}.fuzz`, ((event: E) => {
        try {
          look(event);
        } catch (error) {
          this.fail(error);
        }
        return hook === "onSend" && !this.deliver ? false : undefined;
      }) as never);
    };
    watch<{ msg: Fields; destination: { id: string } }>("onReceive", ({ msg, destination: { id } }) => {
      this.onTheWay.delete(msg);
      this.open.get(id)?.set(msg, copyOf(msg));
    });
    watch<{ msg: Fields; source: { id: string; port: number } }[]>("onSend", (events) => {
      for (const { msg, source } of events) this.look(source.id, source.port, msg);
    });
    watch<{ msg: Fields }>("preDeliver", ({ msg }) => {
      this.onTheWay.add(msg);
    });
    watch<{ msg: Fields; node: { id: string }; error?: unknown }>("onComplete", ({ msg, node: { id }, error }) => {
      const came = this.open.get(id)?.get(msg);
      assert.ok(came || !this.duties[id], `${id} is done twice with a message`);
      this.open.get(id)?.delete(msg);
      if (came) this.judge(id, came, error);
    });
  }

  /** Hears how many messages a node has refused for a reason that it has told before. */
  private listen(id: string): void {
    const node = helper.getNode(id) as unknown as Node;
    const { error } = node;
    node.error = (text: unknown, msg?: object) => {
      const [, count] = /^… (\d+) more in \d+ s: /.exec(String(text)) ?? [];
      if (count !== undefined) this.dropped.set(id, (this.dropped.get(id) ?? 0) - Number(count));
      error.call(node, text, msg as NodeMessage);
    };
  }

  private fail(error: unknown): void {
    const [kind, ...more] = (error as Error).message.split("\n");
    const key = unquoted(kind).replace(/-?\d[\d.e+-]*/g, "#");
    if (!this.failures.has(key)) this.failures.set(key, [kind, ...more].join("\n"));
  }

  private look(from: string, port: number, msg: Fields): void {
    this.sent.set(from, (this.sent.get(from) ?? 0) + 1);
    const came = this.open.get(from)?.get(msg);
    const duty = this.duties[from];
    if (duty) assertFinite(duty.wrote(copyOf(msg), port, came ?? {}), `output ${port + 1} of ${from}`);
    this.hear(from, port, msg);
  }

  private judge(node: string, came: Fields, error: unknown): void {
    // A node works on one message after the other: what it has sent since the last one is the answer to this one.
    const sent = this.sent.get(node) ?? 0;
    this.sent.delete(node);
    const count = this.counts.get(node) as Count;
    const { silent, names } = this.duties[node];
    count.messages++;
    if (error !== undefined && error !== null) {
      count.refused++;
      // A text is read as it stands; an Error would be something that nobody has foreseen.
      assert.ok(typeof error === "string", `the error of ${node} is no text: ${inspect(error)}`);
      const message: string = error;
      const plain = unquoted(message);
      const readable = message.length > 10 && message.length < 2000 && !/__(?!proto__)\w+?__|\[object/.test(plain);
      assert.ok(readable && names.test(message), `${node} does not say what is wrong: ${message}\n${shown(came)}`);
      count.reasons.add(plain.replace(/[\d.e+-]+/g, "#"));
    } else if (sent > 0) count.sent++;
    else {
      count.silent++;
      if (!silent(came)) this.dropped.set(node, (this.dropped.get(node) ?? 0) + 1);
    }
  }

  /** Sends so many messages into a node, in portions, and waits until all nodes are done with them. */
  async send(to: string, messages: fc.Arbitrary<Fields>, count: number): Promise<void> {
    for (let done = 0, seed = 1; done < count; done += CHUNK, seed++)
      await this.feed(to, fc.sample(messages, { numRuns: Math.min(CHUNK, count - done), seed }));
    // What was not told at once is told as a count, within seconds.
    const untold = (): unknown[] => [...this.dropped].filter(([, count]) => count > 0);
    for (const limit = Date.now() + 10_000; untold().length > 0; ) {
      assert.ok(Date.now() < limit, `dropped without a word, by node: ${untold().join("; ")}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Sends messages into a node and waits until all nodes are done with them. */
  async feed(to: string, messages: readonly Fields[]): Promise<void> {
    const node = helper.getNode(to) as unknown as Node;
    for (const msg of messages) {
      node.receive(msg as NodeMessage);
    }
    await this.settle();
  }

  private async settle(): Promise<void> {
    const open = (): Fields[] => [...this.open.values()].flatMap((messages) => [...messages.values()]);
    for (const limit = Date.now() + 60_000; this.onTheWay.size > 0 || open().length > 0; ) {
      assert.ok(Date.now() < limit, `not done with ${open().length} messages, such as ${shown(open()[0])}`);
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.deepEqual([...badTexts], []);
    if (this.failures.size > 0) assert.fail([...this.failures.values()].slice(0, 12).join("\n\n"));
  }

  /** Ends the watch. */
  end(): void {
    hooks.remove("*.fuzz");
  }

  /** One line a node, for the reader of the run. */
  figures(): string[] {
    return [...this.counts].map(
      ([id, { messages, sent, silent, refused, reasons }]) =>
        `${id}: ${messages} messages, ${sent} sent on or reported, ${refused} refused (${reasons.size} kinds of reasons), ${silent} without an answer due`,
    );
  }
}

/** Fails where a number is not finite, in whatever depth. */
export function assertFinite(value: unknown, where: string): void {
  const seen = new Set<unknown>();
  const walk: [unknown, string][] = [[value, where]];
  for (let next = walk.pop(); next; next = walk.pop()) {
    const [at, path] = next;
    if (typeof at === "number") assert.ok(Number.isFinite(at), `${path} is ${at}`);
    if (typeof at !== "object" || at === null || ArrayBuffer.isView(at) || seen.has(at)) continue;
    seen.add(at);
    for (const [key, inner] of Object.entries(at)) walk.push([inner, `${path}.${key}`]);
  }
}

/** The properties of a message as they came; what cannot be read is left out. */
function copyOf(msg: Fields): Fields {
  const copy: Fields = {};
  for (const key of Object.keys(msg)) {
    try {
      copy[key] = msg[key];
    } catch {}
  }
  return copy;
}

function shown(value: unknown): string {
  try {
    const options = { depth: 4, breakLength: 140, maxArrayLength: 5, maxStringLength: 60, getters: false };
    return inspect(value, options).slice(0, 3000);
  } catch (error) {
    return `(a message that cannot be shown: ${error})`;
  }
}

/** A text without what it quotes of the message. */
function unquoted(text: string): string {
  return text.replace(/"[^"]*"?|“[^”]*”?/g, "…");
}

const texts = new Map<string, unknown>();
const badTexts = new Set<string>();

/** A text of the English catalogue, with its values, as the editor would show it. */
function english(key: string, values: Fields): string {
  const [namespace, ...path] = key.split(".");
  let at = texts.get(namespace);
  if (at === undefined) {
    at = JSON.parse(readFileSync(join(__dirname, `../../nodes/locales/en-US/${namespace}.json`), "utf8"));
    texts.set(namespace, at);
  }
  for (const part of [namespace, ...path]) at = (at as Fields | undefined)?.[part];
  if (typeof at !== "string") badTexts.add(`there is no text ${key}`);
  return String(at).replace(/__(\w+?)__/g, (_, name: string) => {
    if (values[name] === undefined) badTexts.add(`the text ${key} lacks its value ${name}`);
    return String(values[name]);
  });
}
