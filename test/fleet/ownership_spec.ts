import assert from "node:assert/strict";
import { mkdirSync, readdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { Epochs, Fenced } from "../../fleet/src/epochs";
import { partitionOf } from "../../fleet/src/partition-of";
import { preferred } from "../../fleet/src/preferred";
import { decoded, hashOf, MESSAGE_TYPE, topicOf } from "../../fleet/src/reading";
import { FileStore } from "../../src/memory/file-store";
import { encodeRecord } from "../../src/memory/record";
import { SharedFolder } from "../../src/memory/shared-folder";
import { temporary } from "./fleet";

const ASSET = "plant/asset-1";

describe("the partition of an asset", () => {
  it("is the same for ever, and partitions are about equally large", () => {
    assert.equal(partitionOf("a", 1000), 0xe40c292c % 1000); // a published value of FNV-1a
    const sizes = new Array(64).fill(0);
    for (let i = 0; i < 10_000; i++) sizes[partitionOf(`plant/machine-${i}`, 64)]++;
    assert.ok(Math.min(...sizes) > 90 && Math.max(...sizes) < 230, `${Math.min(...sizes)} to ${Math.max(...sizes)}`);
  });

  it("prefers one instance; where one comes, only what prefers it moves", () => {
    const all = Array.from({ length: 64 }, (_, i) => i);
    const two = all.map((i) => preferred(i, ["a", "b"]));
    const three = all.map((i) => preferred(i, ["c", "b", "a"]));
    assert.ok(all.every((i) => three[i] === two[i] || three[i] === "c"));
    for (const name of ["a", "b", "c"]) assert.ok(three.filter((one) => one === name).length > 10, name);
  });
});

describe("a reading", () => {
  const delivered = (body: unknown, more: object = {}) => ({
    content: Buffer.from(typeof body === "string" ? body : JSON.stringify(body)),
    fields: { routingKey: "7", redelivered: false },
    properties: { headers: { asset: "plant/line1/press", arrived: 5 }, ...more },
  });

  it("that a sensor has sent has its own time, or that of its arrival, which is no value", () => {
    const named = decoded(delivered({ timestamp: 1000, y: 2 }), "timestamp");
    assert.deepEqual(named, { topic: "plant/line1/press", payload: { y: 2 }, timestamp: 1000 });
    assert.deepEqual(decoded(delivered("21.5"), "timestamp"), {
      topic: "plant/line1/press",
      payload: 21.5,
      timestamp: 5,
    });
    assert.equal(decoded(delivered("not JSON"), "timestamp").payload, "not JSON");
    assert.equal(topicOf("plant.line1.press"), "plant/line1/press");
  });

  it("that fleet out has sent is the message that it was, whatever topic stands in it", () => {
    const sent = { payload: { y: 1 }, timestamp: 3, quality: "good", topic: "elsewhere" };
    const msg = decoded(delivered(sent, { type: MESSAGE_TYPE }), "timestamp");
    assert.deepEqual(msg, { ...sent, topic: "plant/line1/press" });
  });

  it("is known again by its content, its machine and its arrival", () => {
    const first = hashOf(delivered({ y: 1 }));
    assert.equal(hashOf(delivered({ y: 1 })), first);
    assert.notEqual(hashOf(delivered({ y: 2 })), first);
    assert.notEqual(hashOf(delivered({ y: 1 }, { headers: { asset: "other", arrived: 5 } })), first);
    assert.notEqual(hashOf(delivered({ y: 1 }, { headers: { asset: "plant/line1/press", arrived: 6 } })), first);
  });
});

describe("records in a shared folder", () => {
  const place = temporary();
  after(() => place.remove());
  const folder = join(place.folder, "shared");
  mkdirSync(folder);
  const record = (text: string): Uint8Array => encodeRecord({ kind: "test", asset: ASSET, payload: Buffer.from(text) });
  const instance = (name: string): { epochs: Epochs; store: SharedFolder } => {
    const epochs = new Epochs(
      folder,
      "fleet",
      (part) => part,
      () => 3,
    );
    const store = new SharedFolder(new FileStore(join(place.folder, name)));
    store.share(epochs);
    return { epochs, store };
  };
  const found = (store: SharedFolder): string =>
    Buffer.from(store.load("model", ASSET).record?.payload ?? []).toString();

  it("have one owner: who was only cut off cannot overwrite its successor, at whatever moment it comes back", async () => {
    const old = instance("old");
    assert.throws(() => old.store.load("model", ASSET), Fenced);
    old.epochs.begin(3);
    await old.store.save("model", ASSET, record("1"));
    const successor = instance("successor");
    successor.epochs.begin(3);
    assert.equal(found(successor.store), "1");
    let fenced: number | undefined;
    old.epochs.onFenced = (partition) => {
      fenced = partition;
    };
    await assert.rejects(old.store.save("model", ASSET, record("zombie")), Fenced);
    await new Promise(setImmediate);
    assert.equal(fenced, 3);
    await successor.store.save("model", ASSET, record("2"));
    // A write that was under way when the successor began lands in the old epoch.
    const under = new FileStore(old.epochs.folders()[0], { take: () => {} });
    await under.save("model", ASSET, record("zombie"));
    assert.equal(found(successor.store), "2");
    const third = instance("third");
    third.epochs.begin(3);
    assert.equal(found(third.store), "2");
  });

  it("of older epochs go once the newest has two, and their folders at the next take-over", async () => {
    const one = instance("one");
    one.epochs.begin(3);
    await one.store.save("model", ASSET, record("3"));
    await one.store.save("model", ASSET, record("4"));
    const next = instance("next");
    next.epochs.begin(3);
    assert.equal(found(next.store), "4");
    assert.equal(readdirSync(join(folder, "fleet", "p3")).length, 2);
    assert.deepEqual(next.store.assets("model"), [ASSET]);
  });

  it("are not begun anew where the folder is away", () => {
    const one = instance("away");
    one.epochs.begin(3);
    renameSync(folder, `${folder}.away`);
    try {
      assert.throws(() => found(one.store), /is not there/);
      assert.throws(() => instance("other").epochs.begin(3), /is not there/);
    } finally {
      renameSync(`${folder}.away`, folder);
    }
    assert.equal(found(one.store), "4");
  });
});
