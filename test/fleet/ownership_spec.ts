import assert from "node:assert/strict";
import { partitionOf } from "../../fleet/src/partition-of";
import { preferred } from "../../fleet/src/preferred";
import { decoded, hashOf, MESSAGE_TYPE, topicOf } from "../../fleet/src/reading";
import { Arrivals } from "../../fleet/src/relay";

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
    const topic = "plant/line1/press";
    assert.deepEqual(named, { msg: { topic, payload: { y: 2 }, timestamp: 1000 }, isTimed: true });
    const bare = decoded(delivered("21.5"), "timestamp");
    assert.deepEqual(bare, { msg: { topic, payload: 21.5, timestamp: 5 }, isTimed: true });
    const passedOn = { headers: { asset: topic, arrived: 5, number: "a.1" } };
    assert.ok(!decoded(delivered("21.5", passedOn), "timestamp").isTimed);
    assert.ok(decoded(delivered({ timestamp: 1000 }, passedOn), "timestamp").isTimed);
    assert.equal(decoded(delivered("not JSON"), "timestamp").msg.payload, "not JSON");
    assert.equal(topicOf("plant.line1.press"), "plant/line1/press");
  });

  it("that fleet out has sent is the message that it was, whatever topic stands in it", () => {
    const sent = { payload: { y: 1 }, timestamp: 3, quality: "good", topic: "elsewhere" };
    const { msg } = decoded(delivered(sent, { type: MESSAGE_TYPE }), "timestamp");
    assert.deepEqual(msg, { ...sent, topic: "plant/line1/press" });
  });

  it("that comes by MQTT without a time has that of its arrival, each of a machine a later one", () => {
    const arrivals = new Arrivals(3);
    const given = ["a", "a", "b", "a", "a"].map((asset, i) => arrivals.of(asset, [1, 1, 1, 1, 9][i]));
    assert.deepEqual(given, [3, 4, 3, 5, 9]);
    assert.equal(arrivals.latest, 9);
  });

  it("is known again by its content, its machine and its arrival or number", () => {
    const first = hashOf(delivered({ y: 1 }));
    assert.equal(hashOf(delivered({ y: 1 })), first);
    assert.notEqual(hashOf(delivered({ y: 2 })), first);
    assert.notEqual(hashOf(delivered({ y: 1 }, { headers: { asset: "other", arrived: 5 } })), first);
    assert.notEqual(hashOf(delivered({ y: 1 }, { headers: { asset: "plant/line1/press", arrived: 6 } })), first);
    const numbered = (arrived: number, number: string) =>
      hashOf(delivered({ y: 1 }, { headers: { asset: "plant/line1/press", arrived, number } }));
    assert.equal(numbered(6, "a.1"), numbered(7, "a.1"));
    assert.notEqual(numbered(6, "a.1"), numbered(6, "a.2"));
  });
});
