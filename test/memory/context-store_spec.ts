import assert from "node:assert/strict";
import { setTimeout as delay } from "node:timers/promises";
import { type Context, ContextStore } from "../../src/memory/context-store";
import { encodeRecord } from "../../src/memory/record";
import type { Loaded } from "../../src/memory/store";
import { HOSTILE } from "./hostile-names";

/** A context whose values pass through JSON, as those of Redis do, at once or after some milliseconds. */
class JsonContext implements Context {
  readonly values = new Map<string, string>();
  readonly stores = new Set<string | undefined>();
  broken: Error | undefined;

  constructor(private readonly ms = 0) {}

  get(key: string, store: string | undefined, callback: (error: unknown, value?: unknown) => void): void {
    this.answer(store, key, () => {
      const value = this.values.get(key);
      callback(this.broken ?? null, this.broken || value === undefined ? undefined : JSON.parse(value));
    });
  }

  set(key: string, value: unknown, store: string | undefined, callback: (error?: unknown) => void): void {
    this.answer(store, key, () => {
      if (this.broken) return callback(this.broken);
      if (value === undefined) this.values.delete(key);
      else this.values.set(key, JSON.stringify(value));
      callback();
    });
  }

  keys(store: string | undefined, callback: (error: unknown, keys?: string[]) => void): void {
    this.answer(store, "", () => callback(this.broken ?? null, this.broken ? undefined : [...this.values.keys()]));
  }

  private answer(store: string | undefined, key: string, give: () => void): void {
    assert.match(key, /^[a-zA-Z0-9_]*$/, "Node-RED would take the key for a path");
    this.stores.add(store);
    if (this.ms > 0) setTimeout(give, this.ms);
    else give();
  }
}

for (const ms of [0, 1]) {
  describe(`context store, answers ${ms === 0 ? "at once" : "later"}`, () => {
    let context: JsonContext;
    let store: ContextStore;
    beforeEach(() => {
      context = new JsonContext(ms);
      store = new ContextStore(context, "redis");
    });

    const record = (asset: string, text: string): Uint8Array =>
      encodeRecord({ kind: "test", asset, payload: Buffer.from(text) });
    const save = (asset: string, text: string): Promise<void> => store.save("node1", asset, record(asset, text));
    const load = async (asset: string): Promise<Loaded> => store.load("node1", asset);
    const textOf = (loaded: Loaded): string | undefined =>
      loaded.record && Buffer.from(loaded.record.payload).toString();
    const only = (ending: RegExp): string => {
      const found = [...context.values.keys()].filter((key) => ending.test(key));
      assert.equal(found.length, 1, `${ending} among ${[...context.values.keys()]}`);
      return found[0];
    };

    it("answers as fast as the store behind it", async () => {
      await save("a", "x");
      assert.equal(store.load("node1", "a") instanceof Promise, ms > 0);
      assert.equal(store.load("node1", "unknown") instanceof Promise, ms > 0);
    });

    it("keeps the newest and the one before in the named store", async () => {
      assert.deepEqual(await load("a"), { setAside: [] });
      for (const text of ["first", "second", "third"]) await save("a", text);
      assert.equal(textOf(await load("a")), "third");
      assert.equal(context.values.size, 2);
      context.values.delete(only(/[0-9a-f]{32}$/));
      assert.equal(textOf(await load("a")), "second");
      assert.deepEqual([...context.stores], ["redis"]);
    });

    it("keeps hostile names and other owners apart", async () => {
      for (const name of HOSTILE) await save(name, JSON.stringify(name));
      for (const name of HOSTILE) assert.equal(textOf(await load(name)), JSON.stringify(name));
      assert.deepEqual(new Set(await store.assets("node1")), new Set(HOSTILE));
      assert.deepEqual(await store.load("node2", "a/b"), { setAside: [] });
      assert.deepEqual(await store.assets("node2"), []);
    });

    it("falls back to the previous record and keeps what it found instead of the newest", async () => {
      const cut = Buffer.from(record("a", "newest").subarray(0, 30)).toString("base64");
      for (const [value, code] of [
        [cut, "damaged"],
        ["not base64 of a record", "foreign"],
        ["", "damaged"],
        [42, "foreign"],
        [{ nested: true }, "foreign"],
        [[1, 2], "foreign"],
      ]) {
        context.values.clear();
        await save("a", "previous");
        await save("a", "newest");
        context.values.set(only(/[0-9a-f]{32}$/), JSON.stringify(value));
        const loaded = await load("a");
        assert.equal(textOf(loaded), "previous");
        assert.equal(loaded.setAside[0].code, code);
        assert.deepEqual(JSON.parse(context.values.get(loaded.setAside[0].keptAs) ?? ""), value);
        await save("a", "after");
        assert.equal(textOf(await load("a")), "after");
      }
    });

    it("sets records aside, at most ten of an asset", async () => {
      for (let i = 0; i < 14; i++) {
        await save("a", `${i}`);
        await save("a", `${i} again`);
        await store.setAside("node1", "a", "removed");
        assert.deepEqual(await load("a"), { setAside: [] });
      }
      await store.setAside("node1", "a", "removed");
      await store.keepBeside("node1", "a", "unread", record("a", "beside"));
      assert.deepEqual(await store.assets("node1"), []);
      assert.equal(context.values.size, 10);
      const kept = [...context.values.values()].map((value) => Buffer.from(JSON.parse(value), "base64").toString());
      for (const text of ["beside", "13 again", "5 again"]) assert.ok(kept.some((bytes) => bytes.includes(text)));
    });

    it("passes every error of the store on and changes nothing", async () => {
      await save("a", "newest");
      const before = new Map(context.values);
      context.broken = new Error("connection lost");
      await assert.rejects(load("a"), /connection lost/);
      await assert.rejects(save("a", "x"), /connection lost/);
      await assert.rejects(store.setAside("node1", "a", "removed"), /connection lost/);
      await assert.rejects(store.keepBeside("node1", "a", "unread", record("a", "x")), /connection lost/);
      await assert.rejects(store.assets("node1"), /connection lost/);
      context.broken = undefined;
      assert.deepEqual(context.values, before);
    });
  });
}

describe("context store whose answer is late", () => {
  const record = (text: string): Uint8Array => encodeRecord({ kind: "test", asset: "a", payload: Buffer.from(text) });
  const textIn = (loaded: Loaded): string => Buffer.from(loaded.record?.payload ?? []).toString();

  /** Holds the first value that is set back until it is told to go on. */
  class Stalling extends JsonContext {
    go: (() => void) | undefined;
    override set(key: string, value: unknown, store: string | undefined, callback: (error?: unknown) => void): void {
      const set = (): void => super.set(key, value, store, callback);
      if (this.go) set();
      else this.go = set;
    }
  }

  it("never lets an old state land after a newer one", async () => {
    const context = new Stalling();
    const store = new ContextStore(context);
    const saves = ["first", "second", "third"].map((text) => store.save("node1", "a", record(text)));
    await delay(5);
    context.go?.();
    await Promise.all(saves);
    assert.equal(textIn(await store.load("node1", "a")), "third");
  });

  it("does not bring back what was set aside meanwhile", async () => {
    const context = new Stalling();
    const store = new ContextStore(context);
    const ends = [store.save("node1", "a", record("first")), store.setAside("node1", "a", "removed")];
    await delay(5);
    context.go?.();
    await Promise.all(ends);
    assert.deepEqual(await store.load("node1", "a"), { setAside: [] });
  });
});

describe("context store over odd plug-ins", () => {
  it("takes null for what a store does not have", () => {
    const context: Context = {
      get: (_key, _store, callback) => callback(null, null),
      set: () => {},
      keys: () => {},
    };
    assert.deepEqual(new ContextStore(context).load("p", "a"), { setAside: [] });
  });

  it("passes on what a store throws instead of calling back, and does not mind a second answer", async () => {
    const context: Context = {
      get: () => {
        throw new Error("asynchronous only");
      },
      set: () => {},
      keys: (_store, callback) => {
        setTimeout(() => callback(null, []), 1);
        setTimeout(() => callback(new Error("too late")), 2);
      },
    };
    const store = new ContextStore(context);
    assert.throws(() => store.load("p", "a"), /asynchronous only/);
    assert.deepEqual(await store.assets("p"), []);
    await delay(5);
  });
});
