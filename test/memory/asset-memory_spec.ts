import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import fc from "fast-check";
import { AssetMemory, type AssetMemoryOptions, MemoryClosed, MemoryFull } from "../../src/memory/asset-memory";
import { FileStore } from "../../src/memory/file-store";
import type { MemoryProblem } from "../../src/memory/memory-problem";
import { NoStore } from "../../src/memory/no-store";
import { decodeRecord, encodeRecord } from "../../src/memory/record";
import { InUse } from "../../src/memory/store";
import { RecordError } from "../../src/record/record-error";
import { HOSTILE } from "./hostile-names";
import { RoughStore } from "./rough-store";

interface Counter {
  count: number;
  order: number[];
}

describe("asset memory", () => {
  let store: RoughStore;
  let problems: MemoryProblem[];
  let memories: AssetMemory<Counter>[];
  /** States that were let go: in every spec nobody may be handed one, and none may be saved. */
  let released: Set<Counter>;
  beforeEach(() => {
    store = new RoughStore();
    problems = [];
    memories = [];
    released = new Set();
  });
  afterEach(async () => {
    store.saveError = undefined;
    store.loadError = undefined;
    await Promise.all(memories.map((memory) => memory.close()));
  });

  const open = (options: Partial<AssetMemoryOptions<Counter>> = {}): AssetMemory<Counter> => {
    const memory = new AssetMemory<Counter>({
      part: "node1",
      kind: "counter",
      store,
      create: () => ({ count: 0, order: [] }),
      save: (state) => {
        assert.ok(!released.has(state), "saved after it was released");
        return Buffer.from(JSON.stringify(state));
      },
      release: (state) => {
        assert.ok(!released.has(state), "released twice");
        released.add(state);
      },
      load: (bytes) => {
        const state = JSON.parse(Buffer.from(bytes).toString());
        if (typeof state.count !== "number") throw new Error("not a counter");
        return state;
      },
      report: (problem) => problems.push(problem),
      ...options,
    });
    memories.push(memory);
    return memory;
  };
  const add = (memory: AssetMemory<Counter>, asset: string, number = 0): void =>
    memory.use(asset, (state) => {
      assert.ok(!released.has(state), "handed out after it was released");
      state.count++;
      state.order.push(number);
      memory.changed(asset);
    });
  const counted = (memory: AssetMemory<Counter>, asset: string): Promise<number> =>
    new Promise((resolve, reject) => memory.use(asset, ({ count }) => resolve(count), reject));
  const stored = (asset: string): number | undefined => {
    const record = store.records.get(asset);
    return record && JSON.parse(Buffer.from(decodeRecord(record).payload).toString()).count;
  };
  const until = async (what: string, is: () => boolean): Promise<void> => {
    for (const limit = Date.now() + 5000; !is(); await delay(2)) if (Date.now() > limit) assert.fail(what);
  };
  const codes = (): string[] => problems.map(({ code }) => code);

  describe("long work", () => {
    /** Counts until it is told to stop, in so many turns of the event loop as that takes. */
    const counting = (memory: AssetMemory<Counter>, asset: string): { stop(): void; ended: Promise<void> } => {
      let isOver = false;
      const stop = (): void => {
        isOver = true;
      };
      const ended = new Promise<void>((resolve, reject) => {
        const work = function* (state: Counter) {
          while (!isOver) {
            state.count++;
            memory.changed(asset);
            yield;
          }
          resolve();
        };
        memory.work(asset, work, reject);
      });
      return { stop, ended };
    };
    const turns = async (count: number): Promise<void> => {
      for (let turn = 0; turn < count; turn++) await new Promise((resolve) => setImmediate(resolve));
    };

    it("leaves the event loop to others, of several at a time as well; who wants its asset waits, in order", async () => {
      const memory = open({ store: new NoStore() });
      const works = ["a", "b", "c"].map((asset) => counting(memory, asset));
      const heard: string[] = [];
      memory.use("a", () => heard.push("first"));
      memory.remove("a", () => heard.push("removed"));
      memory.use("a", ({ count }) => heard.push(`anew: ${count}`));
      memory.use("d", () => heard.push("another"));
      await turns(3);
      assert.deepEqual(heard, ["another"]);
      assert.equal(memory.isSaved("a"), false);
      for (const { stop } of works) stop();
      await Promise.all(works.map(({ ended }) => ended));
      assert.equal(await counted(memory, "a"), 0);
      assert.deepEqual(heard, ["another", "first", "removed", "anew: 0"]);
      assert.ok((await counted(memory, "c")) > 300);
    });

    it("is done at once where it has few parts, however many there are in one turn", () => {
      const memory = open({ store: new NoStore() });
      let done = 0;
      for (let i = 0; i < 2000; i++)
        memory.work(`asset ${i % 20}`, function* () {
          for (let part = 0; part < 290; part++) yield;
          done++;
        });
      assert.equal(done, 2000);
    });

    it("keeps its asset in memory, and its state is saved between two parts", async () => {
      const memory = open({ limit: 1, everyChanges: 1000 });
      const { stop, ended } = counting(memory, "a");
      for (const other of ["b", "c", "d"]) add(memory, other);
      await until("a save between two parts", () => (stored("a") ?? 0) > 0);
      stop();
      await ended;
      const count = await counted(memory, "a");
      assert.ok(count > (stored("a") as number));
      await memory.close();
      assert.equal(stored("a"), count);
    });

    it("is done before the end; what takes too long then is refused, and what was done of it is saved", async () => {
      const memory = open();
      const { stop, ended } = counting(memory, "a");
      const closed = memory.close();
      await turns(2);
      stop();
      await Promise.all([ended, closed]);
      assert.ok((stored("a") as number) > 300);
      const hurried = open({ closeMs: 200 });
      const endless = counting(hurried, "b");
      await Promise.all([assert.rejects(endless.ended, MemoryClosed), hurried.close()]);
      assert.ok((stored("b") as number) > 300);
      assert.deepEqual(codes(), []);
    });

    it("that fails tells so in a later turn as well, and lets the next one go on", async () => {
      const memory = open({ store: new NoStore() });
      let isOver = false;
      const failed = new Promise<void>((_, reject) => {
        const work = function* () {
          while (!isOver) yield;
          throw new Error("row 7");
        };
        memory.work("a", work, reject);
      });
      const next = counted(memory, "a");
      await turns(2);
      isOver = true;
      await assert.rejects(failed, /row 7/);
      assert.equal(await next, 0);
    });
  });

  it("hands out a state at once where the store answers at once", () => {
    const memory = open();
    let called = false;
    memory.use("a", () => {
      called = true;
    });
    assert.ok(called);
  });

  it("goes on where it was after two restarts, with any names", async () => {
    for (let round = 1; round <= 3; round++) {
      const memory = open();
      for (const name of HOSTILE) add(memory, name);
      for (const name of HOSTILE) assert.equal(await counted(memory, name), round);
      await memory.close();
    }
    assert.deepEqual(new Set(await open().allAssets()), new Set(HOSTILE));
    assert.deepEqual(problems, []);
  });

  it("goes on after two restarts with files", async () => {
    const folder = mkdtempSync(join(tmpdir(), "asset-memory-"));
    try {
      for (let round = 1; round <= 3; round++) {
        const memory = open({ store: new FileStore(folder) });
        for (let i = 0; i < 200; i++) add(memory, HOSTILE[i % HOSTILE.length]);
        await memory.close();
      }
      const memory = open({ store: new FileStore(folder) });
      let sum = 0;
      for (const name of HOSTILE) sum += await counted(memory, name);
      assert.equal(sum, 600);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("saves after so many changes", async () => {
    const memory = open({ everyChanges: 10 });
    for (let i = 0; i < 9; i++) add(memory, "a");
    await delay(10);
    assert.equal(store.saves, 0);
    add(memory, "a");
    await until("saved", () => stored("a") === 10);
  });

  it("saves after so much time, only what has changed", async () => {
    const memory = open({ everyMs: 20 });
    add(memory, "a");
    await counted(memory, "b");
    await until("saved", () => stored("a") === 1);
    await delay(60);
    assert.equal(store.saves, 1);
    assert.equal(stored("b"), undefined);
  });

  it("loses nothing when changes come faster than saves end, and never overtakes itself", async () => {
    store.slow = 5;
    const memory = open({ everyChanges: 6, everyMs: 20 });
    for (let i = 0; i < 300; i++) {
      add(memory, `a${i % 20}`);
      if (i % 10 === 0) await delay(1);
    }
    await memory.close();
    for (let i = 0; i < 20; i++) assert.equal(stored(`a${i}`), 15);
    assert.equal(store.overlap, 1, "saves of one asset at the same time");
    assert.ok(store.parallel <= 16, `${store.parallel} saves at the same time`);
    assert.ok(store.saves < 150, `${store.saves} saves for 300 changes`);
  });

  it("saves an asset that is due again while it is being saved once, right after that, with the newest", async () => {
    store.slow = 80;
    const memory = open({ everyChanges: 2 });
    for (let i = 0; i < 9; i++) {
      add(memory, "a");
      if (i > 0) await delay(1);
    }
    await until("saved", () => stored("a") === 9);
    assert.equal(store.saves, 2);
  });

  it("does not save assets that are read together all at the same time", async () => {
    const memory = open({ everyChanges: 20 });
    for (let round = 1; round <= 60; round++) {
      for (let i = 0; i < 20; i++) add(memory, `a${i}`);
      await until("saved", () => store.saves >= round);
      await delay(1);
      assert.equal(store.saves, round);
    }
  });

  for (const assets of [1, 3])
    it(`keeps everything of ${assets} in memory while saves fail, tells it once, tries again, tells the recovery`, async () => {
      const memory = open({ everyChanges: 1, retryMs: 10 });
      store.saveError = new Error("ENOSPC: no space left on device");
      for (let i = 0; i < 30; i++) add(memory, `a${i % assets}`);
      await until("three retries", () => store.saves > 3 * assets);
      assert.deepEqual(codes(), ["saveFailed"]);
      assert.match(problems[0].text, /ENOSPC/);
      store.saveError = undefined;
      await until("recovered", () => codes().includes("saveRecovered"));
      for (let i = 0; i < assets; i++) assert.equal(stored(`a${i}`), 30 / assets);
    });

  it("reminds of failing saves at every interval, with the number of assets", async () => {
    const memory = open({ everyMs: 15, retryMs: 1000 });
    store.saveError = new Error("EROFS");
    for (const asset of ["a", "b", "c"]) add(memory, asset);
    await until("reminded", () => problems.length >= 2);
    assert.deepEqual([problems[1].code, problems[1].assets], ["saveFailed", 3]);
  });

  it("goes on when a state cannot be written down, and when the store never answers a save", async () => {
    let hopeless = true;
    const memory = open({
      everyChanges: 1,
      retryMs: 10,
      save: (state) => {
        if (hopeless) throw new Error("state too large");
        return Buffer.from(JSON.stringify(state));
      },
    });
    add(memory, "a");
    await until("told", () => problems.some(({ text }) => /too large/.test(text)));
    hopeless = false;
    await until("saved", () => stored("a") === 1);

    const impatient = open({ everyChanges: 1, patienceMs: 5, retryMs: 10 });
    store.slow = 100_000;
    add(impatient, "b");
    await until("told", () => problems.some(({ text }) => /no answer within 30 ms/.test(text)));
    store.slow = 0;
    await until("saved", () => stored("b") === 1);
  });

  it("lets the longest idle assets go and brings them back as they were", async () => {
    const memory = open({ limit: 5 });
    for (let round = 0; round < 4; round++) {
      for (let i = 0; i < 20; i++) add(memory, `a${i}`);
      await until("room", () => memory.assets().length <= 5);
    }
    assert.deepEqual(new Set(memory.assets()), new Set(["a15", "a16", "a17", "a18", "a19"]));
    for (let i = 0; i < 20; i++) assert.equal(await counted(memory, `a${i}`), 4);
    assert.equal((await memory.allAssets()).length, 20);
  });

  it("does not let an asset go that is read again while it is being saved", async () => {
    store.slow = 20;
    const memory = open({ limit: 1 });
    add(memory, "a");
    add(memory, "b");
    await delay(5);
    add(memory, "a");
    await until("room", () => memory.assets().length === 1);
    assert.equal(await counted(memory, "a"), 2);
    assert.equal(await counted(memory, "b"), 1);
  });

  it("does not let a state go while it is in use", async () => {
    const memory = open({ limit: 1 });
    memory.use("a", (state) => {
      for (let i = 0; i < 10; i++) add(memory, `b${i}`);
      state.count += 100;
      memory.changed("a");
    });
    await until("room", () => memory.assets().length === 1);
    assert.equal(await counted(memory, "a"), 100);
  });

  it("holds more than the limit rather than lose what it cannot save", async () => {
    store.saveError = new Error("EROFS");
    const memory = open({ limit: 2, retryMs: 10 });
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 10; i++) add(memory, `a${i}`);
      await delay(5);
    }
    assert.equal(memory.assets().length, 10);
    store.saveError = undefined;
    await until("room after recovery", () => memory.assets().length === 2);
    for (let i = 0; i < 10; i++) assert.equal(await counted(memory, `a${i}`), 3);
  });

  it("refuses new assets beyond the limit and a hundred that wait to be saved, says so once, and takes them in later", async () => {
    for (const fails of [false, true]) {
      store.saveError = fails ? new Error("EROFS") : undefined;
      store.slow = 5;
      problems.length = 0;
      const memory = open({ part: `fails ${fails}`, limit: 20, retryMs: 10 });
      const refused: Error[] = [];
      for (let i = 0; i < 5000; i++) {
        const act = (state: Counter): void => {
          state.count++;
          memory.changed(`a${i}`);
        };
        memory.use(`a${i}`, act, (error) => refused.push(error));
        if (i % 50 === 0) await delay(0);
        assert.ok(memory.assets().length <= 120, `${memory.assets().length} assets in memory`);
      }
      assert.ok(refused.length > 1000 && refused.every((error) => error instanceof MemoryFull));
      assert.deepEqual(
        problems.filter(({ code }) => code === "full").map(({ assets }) => assets),
        [20],
      );
      store.saveError = undefined;
      await until("room", () => memory.assets().length <= 20);
      assert.equal(await counted(memory, "a4999"), 0);
      const { length } = (await memory.allAssets()).filter((name) => store.records.has(name));
      assert.ok(length >= 5000 - refused.length - 21, "all that were taken in are remembered");
      store.records.clear();
    }
  });

  it("says at the end what there was no time to save", async () => {
    const memory = open({ closeMs: 30 });
    store.slow = 20;
    for (let i = 0; i < 1000; i++) add(memory, `a${i}`);
    await memory.close();
    const saved = [...Array(1000).keys()].filter((i) => stored(`a${i}`) !== undefined).length;
    const [said] = problems;
    assert.equal(said.code, "notSaved");
    assert.ok(
      (said.assets as number) >= 1000 - saved - 16 && (said.assets as number) > 0,
      `${said.assets} of ${saved}`,
    );
    store.slow = 0;
  });

  it("begins a save so early that it has ended when as many changes have come as are set", async () => {
    const memory = open({ everyChanges: 40 });
    let changes = 0;
    const saves: { ends: number; end(): void }[] = [];
    // Each lasts until ten further changes have come.
    store.hold = () => new Promise<void>((end) => saves.push({ ends: changes + 10, end }));
    let most = 0;
    while (changes < 2000) {
      add(memory, "a");
      changes += 1;
      if (changes > 400) most = Math.max(most, changes - (stored("a") ?? 0));
      while (saves.length > 0 && saves[0].ends <= changes) saves.shift()?.end();
      await delay(0);
    }
    store.hold = undefined;
    for (const { end } of saves) end();
    assert.ok(most > 20 && most <= 40, `${most}`);
  });

  it("serves calls in their order when the answer is late, also those made meanwhile", async () => {
    store.late = 10;
    const memory = open();
    for (let i = 0; i < 5; i++) add(memory, "a", i);
    memory.use("a", () => add(memory, "a", 8));
    add(memory, "a", 5);
    await delay(5);
    add(memory, "a", 6);
    add(memory, "a", 7);
    await delay(20);
    await memory.close();
    const state = JSON.parse(Buffer.from(decodeRecord(store.records.get("a") as Uint8Array).payload).toString());
    assert.deepEqual(state.order, [0, 1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it("works from the base when the answer is too late, and uses the record when it comes", async () => {
    const before = open();
    for (let i = 0; i < 7; i++) add(before, "a");
    await before.close();
    store.late = 60;
    const memory = open({ patienceMs: 10, everyChanges: 1 });
    add(memory, "a");
    add(memory, "a");
    await until("late", () => codes().includes("loadLate"));
    assert.equal(await counted(memory, "a"), 2);
    assert.equal(stored("a"), 7, "the stopgap must not replace the record");
    await until("recovered", () => codes().includes("loadRecovered"));
    assert.equal(await counted(memory, "a"), 7);
    await memory.close();
    assert.equal(stored("a"), 7);
    assert.deepEqual(
      store.beside.map(({ reason, record }) => [reason, JSON.parse(Buffer.from(record.payload).toString()).count]),
      [["unread", 2]],
      "what was learnt meanwhile is kept",
    );
  });

  for (const late of [0, 3]) {
    it(`works from the base when the store fails ${late ? "later" : "at once"}, and asks again`, async () => {
      const before = open();
      for (const asset of ["a", "b"]) for (let i = 0; i < 7; i++) add(before, asset);
      await before.close();
      store.loadError = new Error("connection refused");
      store.late = late;
      const memory = open({ retryMs: 10, everyChanges: 1 });
      for (let i = 0; i < 3; i++) for (const asset of ["a", "b", "new"]) add(memory, asset);
      await until("told", () => codes().length === 3);
      assert.deepEqual(new Set(codes()), new Set(["loadFailed"]));
      assert.equal(await counted(memory, "a"), 3);
      store.loadError = undefined;
      await until("recovered", () => codes().filter((code) => code === "loadRecovered").length === 2);
      add(memory, "a");
      assert.equal(await counted(memory, "a"), 8);
      await until("the new asset is saved now", () => stored("new") === 3);
    });
  }

  it("recovers hundreds of assets soon after an outage", async () => {
    const before = open();
    for (let i = 0; i < 450; i++) add(before, `a${i}`);
    await before.close();
    store.loadError = new Error("connection refused");
    const memory = open({ retryMs: 10 });
    for (let i = 0; i < 450; i++) memory.use(`a${i}`, () => {});
    store.loadError = undefined;
    await until("all recovered", () => codes().filter((code) => code === "loadRecovered").length === 450);
  });

  it("puts the stopgap beside the record at close when the store stays unreadable", async () => {
    const before = open();
    for (let i = 0; i < 7; i++) add(before, "a");
    await before.close();
    store.loadError = new Error("EIO");
    const memory = open();
    add(memory, "a");
    await memory.close();
    assert.equal(stored("a"), 7);
    assert.deepEqual(
      store.beside.map(({ reason }) => reason),
      ["unread"],
    );
  });

  it("keeps a record that its owner refuses, and starts anew", async () => {
    store.records.set("a", encodeRecord({ kind: "counter", asset: "a", payload: Buffer.from("{}") }));
    store.records.set("b", encodeRecord({ kind: "meter", asset: "b", payload: Buffer.from('{"count":5}') }));
    const memory = open();
    for (const asset of ["a", "b"]) add(memory, asset);
    assert.deepEqual(codes(), ["rejected", "foreign"]);
    await memory.close();
    assert.equal(stored("a"), 1);
    assert.equal(stored("b"), 1);
    assert.deepEqual(
      store.beside.map(({ asset, reason, record }) => [asset, reason, record.kind]),
      [
        ["a", "rejected", "counter"],
        ["b", "foreign", "meter"],
      ],
    );
  });

  it("tells apart why a record is refused, and keeps it under that name", async () => {
    const faults: Record<string, Error> = {
      damaged: new RecordError("damaged", "NaN"),
      mismatch: new RecordError("mismatch", "another pump"),
      newer: Object.assign(new Error("of tomorrow"), { code: "newer" }),
      rejected: Object.assign(new Error("no rights"), { code: "EACCES" }),
    };
    const record = encodeRecord({ kind: "counter", asset: "x", payload: Buffer.from("{}") });
    for (const asset of Object.keys(faults)) store.records.set(asset, record);
    const memory = open({
      load: (_, asset) => {
        throw faults[asset];
      },
    });
    store.records.set("text", encodeRecord({ kind: "counter", asset: "text", payload: Buffer.from("{") }));
    for (const asset of Object.keys(faults)) add(memory, asset);
    assert.deepEqual(codes(), Object.keys(faults));
    const other = open();
    add(other, "text");
    assert.equal(codes().at(-1), "damaged", "what is no JSON");
    await Promise.all([memory.close(), other.close()]);
    assert.deepEqual(new Set(store.beside.map(({ reason }) => reason)), new Set(Object.keys(faults)));
  });

  it("writes the version of its states, hands over older ones, and keeps newer ones aside unread", async () => {
    const first = open({ version: 3 });
    add(first, "a");
    await first.close();
    assert.equal(decodeRecord(store.records.get("a") as Uint8Array).version, 3);
    let seen = 0;
    const next = open({
      version: 4,
      load: (bytes, _, version) => {
        seen = version;
        return JSON.parse(Buffer.from(bytes).toString());
      },
    });
    assert.deepEqual([await counted(next, "a"), seen], [1, 3]);
    const older = open();
    add(older, "a");
    assert.deepEqual(codes(), ["newer"]);
    assert.match(problems[0].text, /version 3 of "counter"; known are versions up to 1/);
    await older.close();
    assert.deepEqual(
      store.beside.map(({ reason, record }) => [reason, record.version]),
      [["newer", 3]],
    );
  });

  it("works without the store while another process uses it, says so once, and goes on when it is free", async () => {
    const before = open();
    for (let i = 0; i < 7; i++) add(before, "a");
    await before.close();
    store.loadError = new InUse("in use by process 7");
    const memory = open({ retryMs: 10, everyMs: 50 });
    const neighbour = open({ part: "node2", retryMs: 10, everyMs: 50 });
    for (const asset of ["a", "b", "c"]) for (const one of [memory, neighbour]) add(one, asset);
    assert.deepEqual(codes(), ["inUse"]);
    assert.equal(problems[0].text, "in use by process 7");
    assert.deepEqual(await memory.allAssets(), ["a", "b", "c"], "those that it has itself");
    assert.deepEqual(codes(), ["inUse"]);
    await until("told again", () => codes().length > 1);
    assert.deepEqual(new Set(codes()), new Set(["inUse"]));
    await neighbour.close();
    assert.deepEqual([store.beside, new Set(codes())], [[], new Set(["inUse"])], "nothing is written at close either");
    store.loadError = undefined;
    await until("recovered", () => codes().includes("loadRecovered"));
    assert.equal(await counted(memory, "a"), 7);
    const told = codes().filter((code) => code === "inUse").length;
    await delay(120);
    assert.equal(codes().filter((code) => code === "inUse").length, told);
  });

  it("tells a store that was taken away while it was used, and that nothing is saved", async () => {
    const memory = open({ everyChanges: 1, retryMs: 10 });
    store.saveError = new InUse("in use by process 7");
    add(memory, "a");
    await until("told", () => codes().length === 2);
    assert.deepEqual(codes(), ["inUse", "saveFailed"]);
    store.saveError = undefined;
    await until("saved", () => stored("a") === 1);
  });

  it("keeps what its owner replaces as it is now, and says where that fails", async () => {
    const memory = open();
    for (let i = 0; i < 3; i++) add(memory, "a");
    const kept = memory.keepReplaced("a");
    add(memory, "a");
    await kept;
    const [{ asset, reason, record }] = store.beside;
    assert.deepEqual([asset, reason, JSON.parse(Buffer.from(record.payload).toString()).count], ["a", "replaced", 3]);
    await memory.keepReplaced("never seen");
    assert.equal(store.beside.length, 1);
    store.saveError = new Error("EIO");
    await assert.rejects(memory.keepReplaced("a"), /EIO/);
  });

  it("leaves a refused record in place as long as nothing new is saved", async () => {
    store.records.set(
      "a",
      encodeRecord({ kind: "counter", asset: "a", payload: Buffer.from('{"count":5,"order":[]}') }),
    );
    const other = open({
      load: () => {
        throw new Error("other inputs");
      },
    });
    assert.equal(await counted(other, "a"), 0);
    await other.close();
    assert.equal(await counted(open(), "a"), 5);
  });

  it("reports what the store set aside, and whether the previous record is used", async () => {
    const found = { code: "damaged", text: "checksum", keptAs: "x.damaged" } as const;
    const record = { kind: "counter", asset: "a", payload: Buffer.from('{"count":5,"order":[]}') };
    store.load = (_part, asset) => (asset === "a" ? { record, setAside: [found] } : { setAside: [found] });
    const memory = open();
    assert.equal(await counted(memory, "a"), 5);
    assert.equal(await counted(memory, "b"), 0);
    assert.deepEqual(problems, [
      { ...found, part: "node1", asset: "a", usedPrevious: true },
      { ...found, part: "node1", asset: "b", usedPrevious: false },
    ]);
  });

  for (const late of [0, 5]) {
    it(`forgets a removed asset but keeps its record, store answers ${late ? "later" : "at once"}`, async () => {
      store.slow = 5;
      store.late = late;
      const memory = open();
      for (let i = 0; i < 3; i++) add(memory, "a");
      memory.remove("a");
      add(memory, "a");
      memory.remove("unknown");
      await memory.close();
      assert.equal(stored("a"), 1);
      assert.deepEqual(
        store.beside.map(({ reason, record }) => [reason, JSON.parse(Buffer.from(record.payload).toString()).count]),
        [["removed", 3]],
      );
      assert.deepEqual(problems, []);
    });
  }

  it("tells when a removed asset's record cannot be set aside", async () => {
    store.saveError = new Error("EROFS");
    const memory = open();
    add(memory, "a");
    memory.remove("a");
    await until("told", () => codes().includes("removeFailed"));
    assert.deepEqual(memory.assets(), []);
  });

  it("does not stay unsaved for an asset that is gone", async () => {
    store.saveError = new Error("EROFS");
    const memory = open({ everyChanges: 1, retryMs: 1000 });
    add(memory, "a");
    await until("told", () => codes().includes("saveFailed"));
    memory.remove("a");
    assert.deepEqual(codes(), ["saveFailed", "saveRecovered"]);
    await until("told", () => codes().includes("removeFailed"));
  });

  it("takes no calls after close and answers a second close", async () => {
    const memory = open();
    add(memory, "a");
    const closed = memory.close();
    const refused: Error[] = [];
    memory.use(
      "a",
      () => assert.fail("used after close"),
      (error) => refused.push(error),
    );
    assert.ok(refused[0] instanceof MemoryClosed);
    assert.throws(() => memory.use("a", () => {}), MemoryClosed);
    await Promise.all([closed, memory.close()]);
    assert.equal(stored("a"), 1);
  });

  it("closes although saves fail, and tells it", async () => {
    store.saveError = new Error("ENOSPC");
    const memory = open();
    add(memory, "a");
    await memory.close();
    assert.deepEqual(codes(), ["saveFailed", "notSaved"]);
  });

  it("passes on what a call throws, at once or later, and serves the next", async () => {
    const memory = open();
    const throwing = (): void => {
      throw new Error("thrown inside");
    };
    assert.throws(() => memory.use("a", throwing), /thrown inside/);
    const told: string[] = [];
    memory.use("a", throwing, ({ message }) => told.push(message));
    store.late = 2;
    memory.use("b", throwing, ({ message }) => told.push(message));
    memory.use("b", throwing);
    memory.use("b", throwing, throwing);
    assert.equal(await counted(memory, "b"), 0);
    assert.deepEqual(told, ["thrown inside", "thrown inside"]);
    assert.deepEqual(codes(), ["actFailed", "actFailed"]);
  });

  it("tells every waiting call when a state cannot be made", async () => {
    const memory = open({
      create: () => {
        throw new Error("no base model");
      },
    });
    await assert.rejects(counted(memory, "a"), /no base model/);
    store.late = 2;
    await Promise.all([
      assert.rejects(counted(memory, "b"), /no base model/),
      assert.rejects(counted(memory, "b"), /no base model/),
    ]);
    await assert.rejects(counted(memory, "b"), /no base model/, "and again");
  });

  it("remembers nothing with the store that keeps nothing", async () => {
    const nothing = new NoStore();
    const memory = open({ store: nothing });
    for (const asset of ["a", "b"]) add(memory, asset);
    memory.remove("a");
    assert.equal(await counted(memory, "a"), 0);
    assert.equal(await counted(memory, "b"), 1);
    await memory.close();
    assert.equal(await counted(open({ store: nothing }), "b"), 0);
    assert.deepEqual(problems, []);
  });

  it("releases each state that it lets go, once it is saved, and none before", async () => {
    const memory = open({ limit: 2 });
    for (const asset of ["a", "b", "c"]) add(memory, asset);
    store.slow = 5;
    await delay(2);
    assert.equal(released.size, 0, "a is not saved yet");
    await until("a is let go", () => released.size === 1);
    assert.equal(stored("a"), 1);
    memory.use("b", () => {
      memory.remove("b");
      assert.equal(released.size, 1, "b is in use still");
    });
    await until("b is let go", () => released.size === 2);
    memory.use("c", () => memory.drop("c"));
    await until("c is let go", () => released.size === 3);
    add(memory, "d");
    await memory.close();
    await until("d is let go", () => released.size === 4);
    assert.equal(stored("d"), 1);
  });

  it("never loses, doubles or reorders an update, whatever happens", async () => {
    const asset = fc.constantFrom("a", "b", "c", "d", "__proto__");
    const event = fc.oneof(
      { weight: 8, arbitrary: fc.record({ add: asset }) },
      { weight: 2, arbitrary: fc.record({ wait: fc.integer({ min: 0, max: 4 }) }) },
      { weight: 1, arbitrary: fc.record({ saves: fc.boolean() }) },
      { weight: 1, arbitrary: fc.record({ slow: fc.integer({ min: 0, max: 3 }) }) },
      { weight: 1, arbitrary: fc.record({ late: fc.integer({ min: 0, max: 3 }) }) },
      { weight: 1, arbitrary: fc.constant({ restart: true }) },
      { weight: 1, arbitrary: fc.record({ remove: asset }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(event, { maxLength: 60 }), fc.integer({ min: 1, max: 4 }), async (events, limit) => {
        store = new RoughStore();
        problems = [];
        const settings = { limit, everyChanges: 2, everyMs: 3, retryMs: 2, patienceMs: 1000 };
        let memory = open(settings);
        const expected = new Map<string, number[]>();
        let number = 0;
        for (const e of events) {
          if ("add" in e) {
            add(memory, e.add, ++number);
            expected.set(e.add, [...(expected.get(e.add) ?? []), number]);
          } else if ("wait" in e) await delay(e.wait);
          else if ("saves" in e) store.saveError = e.saves ? undefined : new Error("EIO");
          else if ("slow" in e) store.slow = e.slow;
          else if ("late" in e) store.late = e.late;
          else if ("remove" in e) {
            store.saveError = undefined;
            memory.remove(e.remove);
            expected.delete(e.remove);
          } else {
            store.saveError = undefined;
            await memory.close();
            memory = open(settings);
          }
        }
        store.saveError = undefined;
        await memory.close();
        memory = open(settings);
        for (const [name, order] of expected) {
          const state = await new Promise<Counter>((resolve, reject) => memory.use(name, resolve, reject));
          assert.deepEqual(state.order, order, name);
        }
        assert.equal(store.overlap <= 1, true);
        await memory.close();
      }),
      { numRuns: 100 },
    );
  });
});
