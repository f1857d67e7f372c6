/** What every place for the records of a fleet must do alike, whether a folder, PostgreSQL or Redis. */
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { partitionOf } from "../../fleet/src/partition-of";
import { Fenced, type FleetRecords } from "../../fleet/src/records";
import { FileStore } from "../../src/memory/file-store";
import { NoStore } from "../../src/memory/no-store";
import { encodeRecord } from "../../src/memory/record";
import { SharedStore } from "../../src/memory/shared-store";
import type { Loaded } from "../../src/memory/store";
import { HOSTILE } from "../memory/hostile-names";
import { until } from "./fleet";
import { foldersIn, KINDS, type RecordsPlace, startPlace } from "./records-place";

const PARTITIONS = 4;
const PART = "model-1";

for (const kind of KINDS)
  describe(`records of a fleet in ${kind === "folder" ? "a folder" : kind}`, function () {
    this.timeout(120_000);
    let place: RecordsPlace;
    let fleet: string;
    let fleets = 0;
    const opened: FleetRecords[] = [];

    before(async () => {
      place = await startPlace(kind);
    });
    after(async () => {
      await Promise.all(opened.map((one) => one.close()));
      await place?.close();
    });
    beforeEach(() => {
      fleet = `fleet-${fleets++}`;
    });

    /** One instance; it owns no partition yet. */
    function instance() {
      const records = place.open(fleet, (asset) => partitionOf(asset, PARTITIONS));
      const store = new SharedStore(new NoStore());
      store.share((part) => part, records);
      opened.push(records);
      const save = (asset: string, text: string): Promise<void> => store.save(PART, asset, record(asset, text));
      const load = async (asset: string): Promise<Loaded> => store.load(PART, asset);
      const found = async (asset: string): Promise<string | undefined> => textOf(await load(asset));
      return { records, store, save, load, found };
    }

    /** One that owns partitions, all of them where none are named. */
    async function owner(...partitions: number[]) {
      const one = instance();
      const own = partitions.length > 0 ? partitions : Array.from({ length: PARTITIONS }, (_, i) => i);
      // Its connection is made by now.
      await until(() => one.records.begin(own[0]));
      for (const partition of own.slice(1)) await one.records.begin(partition);
      return one;
    }

    const record = (asset: string, text: string): Uint8Array =>
      encodeRecord({ kind: "test", asset, payload: Buffer.from(text) });
    const textOf = ({ record: one }: Loaded): string | undefined => one && Buffer.from(one.payload).toString();
    const partition = (asset: string): number => partitionOf(asset, PARTITIONS);

    it("say which place they are: the same to all who see it, another one to another fleet", async () => {
      const all = Array.from({ length: 6 }, () => instance().records);
      const marks = await Promise.all(all.map((records) => until(() => records.place())));
      assert.equal(new Set(marks).size, 1);
      assert.match(marks[0], /^[0-9a-f-]{36}$/);
      fleet = `${fleet}-other`;
      const { records } = instance();
      assert.notEqual(await until(() => records.place()), marks[0]);
    });

    it("have the newest and the one before, by part and asset", async () => {
      const { store, save, found, load } = await owner();
      assert.deepEqual(await load("a"), { setAside: [] });
      assert.deepEqual(await store.assets(PART), []);
      for (const text of ["first", "second", "third"]) await save("a", text);
      await store.save("guard", "a", record("a", "of another node"));
      assert.equal(await found("a"), "third");
      assert.equal(textOf(await store.load("guard", "a")), "of another node");
      assert.deepEqual(await store.assets(PART), ["a"]);
      assert.deepEqual(await store.assets("guard"), ["a"]);
    });

    it("keep hostile names apart", async () => {
      const { store, save, found } = await owner();
      // What is of no asset stays with its process.
      const names = HOSTILE.filter((name) => name !== "");
      for (const name of names) await save(name, JSON.stringify(name));
      for (const name of names) assert.equal(await found(name), JSON.stringify(name));
      assert.deepEqual(new Set(await store.assets(PART)), new Set(names));
      await store.save("a\nb", "c", record("c", "one"));
      assert.deepEqual(await store.load("a", "b\nc"), { setAside: [] });
    });

    it("fall back to the one before where the newest is damaged or of another asset, and keep what they found", async () => {
      const { store, save, load, found } = await owner();
      for (const [bytes, code] of [
        [record("a", "newest").subarray(0, 40), "damaged"],
        [Buffer.from("no record, but text that is long enough to be one of this package"), "foreign"],
        [record("b", "of b"), "foreign"],
      ] as const) {
        await save("a", "previous");
        await store.save(PART, "a", bytes);
        const loaded = await load("a");
        assert.equal(textOf(loaded), "previous");
        assert.equal(loaded.setAside[0].code, code);
        assert.notEqual(loaded.setAside[0].keptAs, "");
        assert.deepEqual((await load("a")).setAside, [], "told once");
        await save("a", "after");
        assert.equal(await found("a"), "after");
      }
    });

    it("are set aside, found no more and kept; what comes later begins anew", async () => {
      const { store, save, found, load } = await owner();
      for (let i = 0; i < 14; i++) {
        await save("a", `${i}`);
        await save("a", `${i} again`);
        await store.setAside(PART, "a", "removed");
        assert.deepEqual(await load("a"), { setAside: [] });
      }
      await store.setAside(PART, "a", "removed");
      await store.keepBeside(PART, "a", "unread", record("a", "beside"));
      assert.deepEqual(await store.assets(PART), []);
      await save("a", "anew");
      assert.equal(await found("a"), "anew");
      assert.deepEqual(await store.assets(PART), ["a"]);
    });

    it("never go back to an old state, whichever save ends last, nor to one that was set aside meanwhile", async () => {
      const { store, save, found } = await owner();
      for (let i = 0; i < 30; i++) {
        await Promise.all([save("a", `${i} old`), save("a", `${i} new`)]);
        assert.equal(await found("a"), `${i} new`);
      }
      for (let i = 0; i < 10; i++) {
        const late = save("a", "late");
        await store.setAside(PART, "a", "removed");
        await late;
        assert.equal(await found("a"), undefined);
      }
    });

    it("have one owner: who was only cut off changes nothing any more, and is told", async () => {
      const old = instance();
      await assert.rejects(old.load("a"), Fenced);
      const successor = await owner();
      await Promise.all(Array.from({ length: PARTITIONS }, (_, i) => old.records.begin(i)));
      await old.save("a", "1");
      await successor.records.begin(partition("a"));
      assert.equal(await successor.found("a"), "1");
      const told: number[] = [];
      old.records.owned.onFenced = (number) => told.push(number);
      await assert.rejects(old.save("a", "zombie"), Fenced);
      await assert.rejects(old.records.confirm("a"), Fenced);
      await assert.rejects(old.load("a"), Fenced);
      await assert.rejects(async () => old.store.setAside(PART, "a", "removed"), Fenced);
      await assert.rejects(old.store.keepBeside(PART, "a", "unread", record("a", "zombie")), Fenced);
      await sleep(5);
      assert.deepEqual(new Set(told), new Set([partition("a")]));
      assert.equal(await successor.found("a"), "1");
      await successor.save("a", "2");
      old.records.owned.end(partition("a"));
      await assert.rejects(old.save("a", "zombie"), Fenced);
      const third = await owner();
      assert.equal(await third.found("a"), "2");
    });

    it("do not change once a successor has begun, however many saves were under way", async () => {
      for (let round = 0; round < 5; round++) {
        const old = await owner();
        const successor = await owner(partition("a"));
        await old.records.begin(partition("a"));
        await old.save("a", "begin");
        const under = Array.from({ length: 20 }, (_, i) => old.save("a", `zombie ${i}`).catch((error) => error));
        await successor.records.begin(partition("a"));
        const first = await successor.found("a");
        const ends = await Promise.all(under);
        assert.ok(ends.every((end) => end === undefined || end instanceof Fenced));
        assert.equal(await successor.found("a"), first);
      }
    });

    it("are listed by whoever owns them", async () => {
      const all = await owner();
      const names = Array.from({ length: 20 }, (_, i) => `plant/machine-${i}`);
      for (const name of names) await all.save(name, name);
      const one = await owner(2);
      assert.deepEqual(new Set(await one.store.assets(PART)), new Set(names.filter((name) => partition(name) === 2)));
      // A model may call an asset otherwise than the readings do.
      one.records.owned.assign("press", 2);
      await one.save("press", "in partition 2");
      assert.ok((await one.store.assets(PART)).includes("press"));
      const next = await owner(2);
      next.records.owned.assign("press", 2);
      assert.equal(await next.found("press"), "in partition 2");
    });

    it("know how often a suspect reading was given into the flow, whoever owns them", async () => {
      const [one, other] = [await owner(), await owner()];
      assert.equal(await one.records.suspected(1, 281474976710655), 0);
      for (let i = 0; i < 3; i++) await one.records.suspect(1, 281474976710655);
      assert.equal(await other.records.suspected(1, 281474976710655), 3);
      assert.equal(await other.records.suspected(2, 281474976710655), 0);
      await other.records.cleared(1, 281474976710655);
      assert.equal(await one.records.suspected(1, 281474976710655), 0);
    });

    it("of two fleets are apart", async () => {
      const one = await owner();
      await one.save("a", "of one");
      fleet = `other-${fleet}`;
      const other = await owner();
      assert.equal(await other.found("a"), undefined);
      await other.save("a", "of the other");
      assert.equal(await one.found("a"), "of one");
    });

    it("refuse everything while they are out of reach, and are as before when they are back", async () => {
      const one = await owner();
      await one.save("a", "before");
      await place.away();
      try {
        await assert.rejects(one.load("a"));
        await assert.rejects(one.save("a", "away"));
        await assert.rejects(one.records.confirm("a"));
        await assert.rejects(one.records.begin(1));
        await assert.rejects(one.records.suspected(1, 5));
      } finally {
        await place.back();
      }
      await until(() => one.records.confirm("a"));
      assert.equal(await one.found("a"), "before");
      await one.save("a", "after");
      const next = await owner();
      assert.equal(await next.found("a"), "after");
    });

    it("are on disk when they are confirmed", async () => {
      const one = await owner();
      for (let i = 0; i < 20; i++) await one.save("a", `${i}`);
      await place.crash();
      const next = await owner();
      assert.equal(await next.found("a"), "19");
    });
  });

describe("records of a fleet in a folder", () => {
  let place: RecordsPlace;
  before(async () => {
    place = await startPlace("folder");
  });
  after(() => place.close());

  const instance = () => {
    const records = place.open("fleet", () => 3);
    const store = new SharedStore(new NoStore());
    store.share((part) => part, records);
    return { records, store };
  };
  const record = (text: string): Uint8Array => encodeRecord({ kind: "test", asset: "a", payload: Buffer.from(text) });
  const found = async (store: SharedStore): Promise<string> =>
    Buffer.from((await store.load(PART, "a")).record?.payload ?? []).toString();

  it("of older epochs go once the newest has two, and their folders at the next take-over", async () => {
    const one = instance();
    await one.records.begin(3);
    await one.store.save(PART, "a", record("1"));
    // A write of this epoch that is still under way when the next one has begun.
    const epochs = (): string[] => readdirSync(join(place.setting.folder, "fleet", "p3"));
    const under = new FileStore(join(place.setting.folder, "fleet", "p3", epochs()[0]), { take: () => {} });
    const two = instance();
    await two.records.begin(3);
    await two.store.save(PART, "a", record("2"));
    await under.save(PART, "a", record("zombie"));
    assert.equal(await found(two.store), "2");
    await two.store.save(PART, "a", record("3"));
    const next = instance();
    await next.records.begin(3);
    assert.equal(await found(next.store), "3");
    assert.equal(foldersIn(place, "fleet", 3), 2);
    assert.deepEqual(await next.store.assets(PART), ["a"]);
  });

  it("are not begun anew where the folder is away", async () => {
    const one = instance();
    await one.records.begin(3);
    await place.away();
    try {
      await assert.rejects(found(one.store), /is not there/);
      await assert.rejects(instance().records.begin(3), /is not there/);
    } finally {
      await place.back();
    }
    assert.equal(await found(one.store), "3");
  });
});

describe("records of a fleet in a database", function () {
  this.timeout(60_000);
  const record = (text: string): Uint8Array => encodeRecord({ kind: "test", asset: "a", payload: Buffer.from(text) });
  const open = async (place: RecordsPlace) => {
    const records = place.open("fleet", () => 3);
    const store = new SharedStore(new NoStore());
    store.share((part) => part, records);
    await until(() => records.begin(3));
    const found = async (): Promise<string> =>
      Buffer.from((await store.load(PART, "a")).record?.payload ?? []).toString();
    return { records, found, save: (text: string) => store.save(PART, "a", record(text)) };
  };

  for (const kind of ["postgres", "redis"] as const)
    it(`${kind}: a change that arrives after a later one of the same owner is left out`, async () => {
      const place = await startPlace(kind);
      const one = await open(place);
      try {
        for (const text of ["1", "2", "3"]) await one.save(text);
        // The next one has the number of one that was sent before.
        Object.assign(one.records, { changes: 1 });
        await one.save("late");
        assert.equal(await one.found(), "3");
        Object.assign(one.records, { changes: 3 });
        await one.save("4");
        assert.equal(await one.found(), "4");
      } finally {
        await one.records.close();
        await place.close();
      }
    });

  it("postgres: the next epoch begins after what the database has begun for the last one", async () => {
    const place = await startPlace("postgres");
    const { address, user, password } = place.setting;
    const { hostname: host, port } = new URL(address);
    const { Client } = require("pg");
    const blocker = new Client({ host, port: Number(port), database: "postgres", user, password });
    const [old, successor] = [await open(place), place.open("fleet", () => 3)];
    try {
      await old.save("1");
      await until(() => successor.begin(2)); // its connection is made
      await blocker.connect();
      await blocker.query("begin");
      await blocker.query("select 1 from forecast_record for update");
      // It owns the partition still, and waits for the row.
      const save = old.save("2");
      await sleep(500);
      let isBegun = false;
      const begin = successor.begin(3).then(() => {
        isBegun = true;
      });
      await sleep(1_000);
      assert.equal(isBegun, false, "a save of the epoch before may still land");
      await blocker.query("commit");
      await Promise.all([save, begin]);
      await assert.rejects(old.save("3"), Fenced);
    } finally {
      await blocker.end();
      await Promise.all([old.records.close(), successor.close()]);
      await place.close();
    }
  });
});
