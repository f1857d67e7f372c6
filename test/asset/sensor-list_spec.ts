import assert from "node:assert/strict";
import { type ListChange, SensorList } from "../../src/asset/sensor-list";
import { readingsOf, sensorsIn } from "../../src/message/reading";

const RULES = { zone: "UTC", otherTimes: "convert", now: 0 } as const;

/** Takes payloads in; returns each change with the number of the reading, from 1, that brought it. */
function changes(
  list: SensorList,
  payloads: readonly object[],
  learnt = 0,
): (Omit<ListChange, "names"> & { at: number })[] {
  return payloads.flatMap((payload, i) => {
    const inputs = [...sensorsIn(payload), ...Object.keys(payload)];
    const [row] = readingsOf({ payload }, { target: "y", inputs, existing: "" }, RULES).rows;
    const change = list.take(row as never, learnt);
    if (!change) return [];
    const { joined, left } = change;
    return [{ at: i + 1, joined, left }];
  });
}
const times = (n: number, payload: object): object[] => Array.from({ length: n }, () => payload);

describe("SensorList", () => {
  it("takes up what keeps coming after a greeting, and lets the junk of the greeting go", () => {
    const list = new SensorList(["temp", "junk"], "y", 500);
    const stream = [{ temp: 21, junk: 3, y: 1 }, ...times(300, { temp: 1, press: 2, flow: 3, y: 1 })];
    assert.deepEqual(changes(list, stream), [
      { at: 4, joined: ["press", "flow"], left: [] },
      { at: 20, joined: [], left: ["junk"] },
    ]);
    assert.equal(list.isOpen, false);
  });

  it("what comes now and then while it settles stays", () => {
    const list = new SensorList(["a", "b"], "y", 500);
    const stream = Array.from({ length: 400 }, (_, i) => (i % 15 === 0 ? { a: 1, b: 2 } : { a: 1 }));
    assert.deepEqual(changes(list, stream), []);
  });

  it("a sensor that joins later has to come the oftener the more was learnt", () => {
    for (const [learnt, at] of [
      [0, 20],
      [400, 100],
      [1e6, 500],
    ] as const) {
      const list = new SensorList(["a"], "y", 500, 1000);
      assert.deepEqual(changes(list, times(600, { a: 1, b: 2 }), learnt), [{ at, joined: ["b"], left: [] }]);
    }
  });

  it("a name that came by accident is forgotten", () => {
    const list = new SensorList(["a"], "y", 500, 1000);
    assert.deepEqual(changes(list, [{ a: 1, b: 2 }, ...times(201, { a: 1 })]), []);
    assert.equal(list.isOpen, false);
  });

  it("a sensor is let go when it has been away for 200 readings and for longer than it was there", () => {
    const away = (came: number): number | undefined => {
      const list = new SensorList(["a", "b"], "y", 500);
      const [change] = changes(list, [...times(came, { a: 1, b: 2 }), ...times(1000, { a: 1 })]);
      assert.deepEqual(change?.left, ["b"]);
      return change && change.at - came;
    };
    assert.equal(away(30), 201);
    assert.equal(away(600), 601);
  });

  it("one that is there without a usable value has not gone; one that comes each hundredth reading neither", () => {
    const list = new SensorList(["a", "b", "c"], "y", 500);
    const stream = Array.from({ length: 3000 }, (_, i) => ({
      a: 1,
      b: i < 2 ? 1 : null,
      ...(i % 100 < 1 && { c: 1 }),
    }));
    stream.splice(1, 0, { a: 1, b: 1, c: 1 });
    assert.deepEqual(changes(list, stream), []);
  });

  it("labels alone say nothing of the sensors; the last sensor stays", () => {
    const list = new SensorList(["a"], "y", 500);
    assert.deepEqual(changes(list, [{ a: 1 }, { a: 1 }, ...times(1000, { y: 5 })]), []);
    const alone = new SensorList(["a"], "y", 500);
    const [change, ...more] = changes(alone, [...times(30, { a: 1 }), ...times(500, { b: 1 })]);
    assert.deepEqual([change?.at, change?.joined, more], [50, ["b"], [{ at: 231, joined: [], left: ["a"] }]]);
  });

  it("settles anew after a restart: what does not come again goes at once", () => {
    const list = new SensorList(["a", "junk"], "y", 500, 5000);
    list.restart();
    assert.deepEqual(changes(list, times(40, { a: 1, b: 2 })), [
      { at: 3, joined: ["b"], left: [] },
      { at: 20, joined: [], left: ["junk"] },
    ]);
  });

  it("has no more sensors than it may, and watches no flood of names", () => {
    const list = new SensorList(["s0"], "y", 10);
    const flood = (i: number): object => Object.fromEntries(Array.from({ length: 100 }, (_, k) => [`s${i + k}`, 1]));
    const [change] = changes(list, times(10, flood(0)));
    assert.equal(change?.joined.length, 9);
    assert.deepEqual(
      changes(
        new SensorList(["a"], "y", 500),
        Array.from({ length: 100 }, (_, i) => flood(100 * i)),
      ),
      [],
    );
  });
});
