import assert from "node:assert/strict";
import { f32, f64, state } from "../../src/record/state";
import { Window } from "../../src/record/window";

/** A ring of pairs, and one of numbers, of which the rows from `first` on are needed. */
function rings(most: number) {
  const ring = { total: "total", window: "w" };
  const s = state({ total: 0, pairs: f32(0, { ring: { ...ring, width: 2 } }), ones: f64(0, { ring, start: -1 }) });
  const need = { first: 0 };
  const window = new Window(
    "w",
    most,
    () => need.first,
    () => s.total,
  );
  window.hold(s);
  const push = (also?: number): void => {
    window.open(also);
    const slot = window.slot(s.total);
    s.pairs.set([s.total, 2 * s.total], 2 * slot);
    s.ones[slot] = s.total;
    s.total += 1;
  };
  const check = (from: number): void => {
    for (let i = from; i < s.total; i++) {
      const slot = window.slot(i);
      assert.deepEqual([...s.pairs.subarray(2 * slot, 2 * slot + 2), s.ones[slot]], [i, 2 * i, i]);
      assert.ok(window.has(i));
    }
  };
  return { s, need, window, push, check };
}

describe("window of the rows that are needed", () => {
  it("takes no room before the first row, and grows by steps up to the most", () => {
    const { s, window, push, check } = rings(300);
    assert.deepEqual([window.isUsed, window.has(0), s.ones.length], [false, false, 0]);
    const sizes = new Set<number>();
    for (let i = 0; i < 500; i++) {
      push();
      sizes.add(s.ones.length);
      assert.equal(s.pairs.length, 2 * s.ones.length);
      check(Math.max(0, i - 299));
    }
    assert.deepEqual([...sizes], [8, 32, 128, 300]);
    assert.ok(!window.has(199));
  });

  it("stays small where few rows are needed, and gives room back that is not needed any more", () => {
    const { s, need, push, check } = rings(100);
    const go = (rows: number, behind: number, also?: (i: number) => number): void => {
      for (let i = 0; i < rows; i++) {
        need.first = Math.max(need.first, s.total - behind);
        push(also?.(s.total));
        check(Math.max(0, need.first));
      }
    };
    go(500, 5);
    assert.equal(s.ones.length, 8);
    go(60, 60);
    assert.equal(s.ones.length, 100);
    go(500, 3);
    assert.equal(s.ones.length, 8);
    go(300, 3, (i) => i - 30);
    assert.equal(s.ones.length, 32);
  });

  it("begins anew where its rows do", () => {
    const { s, need, window, push, check } = rings(100);
    for (let i = 0; i < 70; i++) push();
    s.total = 0;
    need.first = 0;
    assert.ok(!window.has(0));
    for (let i = 0; i < 30; i++) push();
    check(0);
  });

  it("is kept in a record without what is not needed, and takes it up again with any number of rows", () => {
    const { s, need, window, push } = rings(100);
    for (let i = 0; i < 77; i++) push();
    need.first = 70;
    const cut = window.cut(s) as typeof s;
    assert.deepEqual([cut.ones.length, cut.pairs.length], [7, 14]);
    assert.deepEqual([...cut.ones], [70, 71, 72, 73, 74, 75, 76]);
    assert.deepEqual(window.cut({ ones: cut.ones }), {}, "of another's state it has nothing");
    const other = rings(100);
    Object.assign(other.s, cut, { total: 77 });
    other.need.first = 70;
    assert.ok(other.window.adopt());
    other.check(70);
    other.push();
    other.check(70);
    const whole = rings(100);
    Object.assign(whole.s, { total: 77, ones: s.ones.slice() });
    whole.need.first = 70;
    assert.ok(whole.window.adopt(), "a ring that a record does not have is as at first");
    assert.deepEqual([...whole.s.pairs], new Array(16).fill(0));
    const lacking = rings(100);
    Object.assign(lacking.s, cut, { total: 77 });
    lacking.need.first = 60;
    assert.ok(!lacking.window.adopt());
  });
});
