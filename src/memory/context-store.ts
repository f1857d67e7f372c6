import { RecordError } from "../record/record-error";
import { keyOf } from "./asset-name";
import { assetOf } from "./record";
import {
  type AsideReason,
  asideName,
  isAsideName,
  type Loaded,
  oldestAside,
  ownRecord,
  type SetAside,
  type Store,
} from "./store";

/** The part of a Node-RED context that is used. A callback comes at once from a store in memory, later from others. */
export interface Context {
  get(key: string, store: string | undefined, callback: (error: unknown, value?: unknown) => void): void;
  set(key: string, value: unknown, store: string | undefined, callback: (error?: unknown) => void): void;
  keys(store: string | undefined, callback: (error: unknown, keys?: string[]) => void): void;
}

/**
 * Keeps records in a Node-RED context store, and so in Redis or wherever a plug-in leads. Values are base64 text, since
 * stores pass them through JSON. The previous record is kept as with files.
 */
export class ContextStore implements Store {
  /** By key: the last change under way. One that the store never answers must not land after the next one. */
  private readonly changes = new Map<string, Promise<unknown>>();
  /** By key: how many changes were asked for. */
  private readonly asked = new Map<string, number>();

  /**
   * @param context of the node that owns the records
   * @param storeName as in Node-RED's settings; undefined: the default store
   */
  constructor(
    private readonly context: Context,
    private readonly storeName?: string,
  ) {}

  load(part: string, asset: string): Loaded | Promise<Loaded> {
    const key = keyFor(part, asset);
    const newest = this.get(key);
    if (newest instanceof Promise) return newest.then(() => this.search(key, asset));
    if (newest !== undefined) {
      try {
        return { record: ownRecord(bytesOf(newest), asset), setAside: [] };
      } catch {
        return this.search(key, asset);
      }
    }
    return this.get(key + PREVIOUS) === undefined ? { setAside: [] } : this.search(key, asset);
  }

  async save(part: string, asset: string, record: Uint8Array): Promise<void> {
    const key = keyFor(part, asset);
    const text = textOf(record);
    await this.change(key, async (isLast) => {
      const before = await this.get(key);
      if (before !== undefined && isLast()) await this.set(key + PREVIOUS, before);
      if (isLast()) await this.set(key, text);
    });
  }

  async setAside(part: string, asset: string, reason: AsideReason): Promise<void> {
    const key = keyFor(part, asset);
    await this.change(key, async () => {
      const newest = (await this.get(key)) ?? (await this.get(key + PREVIOUS));
      if (newest === undefined) return;
      await this.putBeside(key, reason, newest);
      // The previous first: should this be cut short, the newest is still found.
      await this.set(key + PREVIOUS, undefined);
      await this.set(key, undefined);
    });
  }

  async keepBeside(part: string, asset: string, reason: AsideReason, record: Uint8Array): Promise<void> {
    await this.putBeside(keyFor(part, asset), reason, textOf(record));
  }

  async assets(part: string): Promise<string[]> {
    const prefix = prefixOf(part);
    const names = new Set<string>();
    for (const key of await this.keys()) {
      if (!key.startsWith(prefix) || !/_[0-9a-f]{32}(_prev)?$/.test(key)) continue;
      const value = await this.get(key);
      const asset = typeof value === "string" ? assetOf(bytesOf(value)) : undefined;
      if (asset !== undefined) names.add(asset);
    }
    return [...names];
  }

  /** Changes in the order in which they were asked for; `isLast` tells whether none was asked for since. */
  private change(key: string, work: (isLast: () => boolean) => Promise<void>): Promise<void> {
    const number = (this.asked.get(key) ?? 0) + 1;
    this.asked.set(key, number);
    const act = (): Promise<void> => work(() => this.asked.get(key) === number);
    const turn = (this.changes.get(key) ?? Promise.resolve()).then(act, act);
    this.changes.set(key, turn);
    const end = (): void => {
      if (this.changes.get(key) !== turn) return;
      this.changes.delete(key);
      this.asked.delete(key);
    };
    turn.then(end, end);
    return turn;
  }

  private async search(key: string, asset: string): Promise<Loaded> {
    const setAside: SetAside[] = [];
    for (const place of [key, key + PREVIOUS]) {
      const value = await this.get(place);
      if (value === undefined) continue;
      try {
        return { record: ownRecord(bytesOf(value), asset), setAside };
      } catch (error) {
        if (!(error instanceof RecordError)) throw error;
        const keptAs = await this.putBeside(key, error.code, value);
        await this.set(place, undefined);
        setAside.push({ code: error.code, text: error.message, keptAs });
      }
    }
    return { setAside };
  }

  private async putBeside(key: string, reason: AsideReason, value: unknown): Promise<string> {
    const prefix = `${key}_aside_`;
    const kept = (await this.keys()).filter((name) => name.startsWith(prefix) && isAsideName(name));
    const keptAs = asideName(prefix, reason, kept);
    await this.set(keptAs, value);
    for (const name of oldestAside([...kept, keptAs])) await this.set(name, undefined);
    return keptAs;
  }

  /** At once where the store answers at once. Some stores say null for what they do not have. */
  private get(key: string): unknown | Promise<unknown> {
    return answer((done) => this.context.get(key, this.storeName, done));
  }

  private async set(key: string, value: unknown): Promise<void> {
    await answer((done) => this.context.set(key, value, this.storeName, done));
  }

  private async keys(): Promise<string[]> {
    return ((await answer((done) => this.context.keys(this.storeName, done))) ?? []) as string[];
  }
}

const PREVIOUS = "_prev";

function prefixOf(part: string): string {
  return `forecast_${keyOf(part)}__`;
}

function keyFor(part: string, asset: string): string {
  return prefixOf(part) + keyOf(asset);
}

function textOf(record: Uint8Array): string {
  return Buffer.from(record.buffer, record.byteOffset, record.byteLength).toString("base64");
}

function bytesOf(value: unknown): Uint8Array {
  return Buffer.from(
    typeof value === "string" ? value : JSON.stringify(value),
    typeof value === "string" ? "base64" : "utf8",
  );
}

/** Turns a callback into a value or, where it comes later, into a promise. */
function answer(ask: (done: (error: unknown, value?: unknown) => void) => void): unknown | Promise<unknown> {
  let at: "once" | "last" | undefined;
  let failure: unknown;
  let result: unknown;
  let resolve: (value: unknown) => void;
  let reject: (error: unknown) => void;
  ask((error, value) => {
    failure = error ?? undefined;
    result = value ?? undefined;
    if (at === "last") failure === undefined ? resolve(result) : reject(failure);
    else at = "once";
  });
  if (at === "once") {
    if (failure !== undefined) throw failure;
    return result;
  }
  at = "last";
  return new Promise((yes, no) => {
    resolve = yes;
    reject = no;
  });
}
