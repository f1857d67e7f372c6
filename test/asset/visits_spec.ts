import assert from "node:assert/strict";
import { type Sighting, Visits } from "../../src/asset/visits";

/** Lets a node see a reading and take it in where no other has; tells of which reading it was told. */
function visit(
  visits: Visits<number>,
  node: string,
  of: Partial<Sighting>,
  reading: number,
  now = 0,
  rows = 1,
): number {
  const sighting = { asset: "a", id: undefined, stamp: undefined, content: "x", ...of };
  const found = visits.recognise(node, sighting);
  if (found !== undefined) return found;
  visits.keep(node, sighting, reading, rows, now);
  return reading;
}

describe("Visits", () => {
  it("recognises the copy that comes by another wire, however late, by id and values", () => {
    const visits = new Visits<number>();
    for (let i = 0; i < 50; i++) assert.equal(visit(visits, "tuner", { id: `m${i}`, content: `${i % 3}` }, i), i);
    for (let i = 0; i < 50; i++) assert.equal(visit(visits, "predictor", { id: `m${i}`, content: `${i % 3}` }, -1), i);
  });

  it("takes many equal readings under one id, each once, in whatever turn the nodes get them", () => {
    const visits = new Visits<number>();
    const turns = ["tuner", "tuner", "predictor", "tuner", "predictor", "predictor", "predictor", "tuner"];
    const told = turns.map((node, i) => visit(visits, node, { id: "csv" }, i));
    assert.deepEqual(told, [0, 1, 0, 3, 1, 3, 6, 6]);
  });

  it("other values under the same id are another reading", () => {
    const visits = new Visits<number>();
    assert.equal(visit(visits, "tuner", { id: "csv", content: "1" }, 1), 1);
    assert.equal(visit(visits, "predictor", { id: "csv", content: "2" }, 2), 2);
    assert.equal(visit(visits, "tuner", { id: "csv", content: "2" }, 3), 2);
    assert.equal(visit(visits, "predictor", { id: "csv", content: "1" }, 4), 1);
  });

  it("knows a copy that has lost its id by its time, and one that has lost its time by its id", () => {
    const visits = new Visits<number>();
    for (let i = 0; i < 3; i++) visit(visits, "tuner", { id: "csv", stamp: `t${i}` }, i);
    assert.equal(visit(visits, "predictor", { stamp: "t2" }, -1), 2);
    assert.equal(visit(visits, "predictor", { id: "csv" }, -1), 0);
    assert.equal(visit(visits, "predictor", { id: "csv", stamp: "t9" }, 9), 9, "another time is another reading");
    assert.equal(visit(visits, "predictor", { id: "csv", stamp: "t1" }, -1), 1);
  });

  it("what comes to the same node again is another reading; so is one without id and time", () => {
    const visits = new Visits<number>();
    assert.equal(visit(visits, "tuner", { id: "m", stamp: "t" }, 1), 1);
    assert.equal(visit(visits, "tuner", { id: "m", stamp: "t" }, 2), 2);
    assert.equal(visit(visits, "tuner", {}, 3), 3);
    assert.equal(visit(visits, "predictor", {}, 4), 4);
  });

  it("keeps assets apart, and forgets one that begins anew", () => {
    const visits = new Visits<number>();
    visit(visits, "tuner", { id: "m" }, 1);
    assert.equal(visit(visits, "predictor", { id: "m", asset: "b" }, 2), 2);
    visits.forget("a");
    assert.equal(visit(visits, "predictor", { id: "m" }, 3), 3);
    assert.equal(visit(visits, "tuner", { id: "m", asset: "b" }, 4), 2);
  });

  it("remembers 20,000 readings for ten minutes, and a batch of any length", () => {
    const visits = new Visits<number>();
    const last = (from: number, to: number, now = 0): void => {
      for (let i = from; i < to; i++) visit(visits, "tuner", { id: `m${i}` }, i, now);
    };
    last(0, 20_001);
    assert.equal(visit(visits, "predictor", { id: "m1" }, -1), 1);
    assert.equal(visit(visits, "predictor", { id: "m0" }, -1), -1);
    last(20_001, 20_002, 600_002);
    assert.equal(visit(visits, "predictor", { id: "m9999" }, -1, 600_002), -1);
    visit(visits, "tuner", { id: "batch" }, 7, 600_003, 1e6);
    assert.equal(visit(visits, "predictor", { id: "batch" }, -1), 7);
  });
});
