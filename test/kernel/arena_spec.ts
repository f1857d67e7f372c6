import assert from "node:assert/strict";
import { Forecaster } from "../../src/index";
import { Arena, ArenaFull } from "../../src/kernel/arena";
import { simd } from "../../src/kernel/simd";

describe("the memory of the kernels", () => {
  it("has compiled kernels on every Node.js that the pack is for", () => {
    assert.equal(Arena.fast().kernel.name, "WebAssembly SIMD");
  });

  it("leaves what lies in it in place when it grows", () => {
    const arena = Arena.fast();
    const early = arena.f64(3);
    early.set([1, 2, 3]);
    const { byteLength } = early.buffer;
    let later = arena.f64(1);
    while (later.buffer.byteLength === byteLength) later = arena.f64(10_000);
    assert.deepEqual([...early], [1, 2, 3]);
    later[0] = 7;
    early[0] = 4;
    // The compiled kernel sees both: each array adds its own weight times the 1 of the row.
    const x = arena.f32(3);
    x[0] = 1;
    assert.equal(arena.kernel.answer(early, x, 0), 4);
    assert.equal(arena.kernel.answer(later, arena.f32(later.length).fill(1), 0), 7);
  });

  it("grows for a scratch that is longer than all that is left", () => {
    const scratch = Arena.fast().scratch(400_000);
    scratch[399_999] = 3;
    assert.equal(Arena.fast().scratch(400_000)[399_999], 3);
  });

  it("gives no two arrays the same place", () => {
    const arena = Arena.fast();
    const arrays = [1, 7, 8, 9, 64, 65].map((length, i) => arena.f32(length).fill(i + 1));
    arrays.forEach((array, i) => {
      assert.ok(array.every((x) => x === i + 1));
    });
  });

  it("is given back at once, and taken by the next one", () => {
    const arena = Arena.fast();
    const length = 777;
    const { byteOffset } = arena.f64(length).fill(1);
    arena.release();
    arena.release();
    assert.throws(() => arena.f64(1), /released/);
    const next = Arena.fast();
    const again = next.f64(length);
    assert.equal(again.byteOffset, byteOffset);
    assert.ok(again.every((x) => x === 0));
    // Released twice, it is still given to one only.
    assert.notEqual(next.f64(length).byteOffset, byteOffset);
  });

  it("holds numbers that nobody changes once for all that have the same, as long as somebody has them", () => {
    const [a, b] = [Arena.fast(), Arena.fast()];
    const numbers = Float64Array.from({ length: 555 }, (_, i) => i);
    const shared = a.share(numbers);
    assert.deepEqual(
      shared,
      a
        .f64(555)
        .fill(0)
        .map((_, i) => i),
    );
    assert.equal(b.share(numbers).byteOffset, shared.byteOffset);
    assert.equal(b.share(numbers.slice()).byteOffset, shared.byteOffset);
    assert.notEqual(b.share(numbers.map((x) => -x)).byteOffset, shared.byteOffset, "-0 is another number than 0");
    a.release();
    const others = [1, 2, 3].map((factor) => numbers.map((x) => factor + x));
    const first = b.share(others[0], shared);
    assert.notEqual(first.byteOffset, shared.byteOffset, "b has it twice");
    assert.equal(shared[554], 554);
    const second = b.share(others[1], shared);
    assert.equal(second.byteOffset, shared.byteOffset, "b alone has it: its place is taken");
    assert.deepEqual([second[0], first[0]], [2, 1]);
    const c = Arena.fast();
    assert.equal(c.share(others[1]).byteOffset, second.byteOffset);
    assert.notEqual(b.share(others[2], second).byteOffset, second.byteOffset, "c has it as well");
    assert.equal(second[0], 2);
    c.release();
    assert.equal(b.f64(555).byteOffset, second.byteOffset, "nobody has it any more");
    assert.notEqual(Arena.plain().share(numbers), numbers);
  });

  it("of forecasters of one seed holds what they were drawn as once, until another base is approved", () => {
    const options = { inputs: ["a"], target: "y", size: 5, seed: 77 };
    const list = Array.from({ length: 3 }, () => Forecaster.create(options));
    for (const f of list)
      for (let i = 0; i < 50; i++) f.step({ time: i, values: { a: Math.sin(i), y: Math.cos(i) } }, { learn: true });
    const before = list.map((f) => f.parameterNorms());
    list[0].approve();
    list[1].rollback();
    assert.deepEqual(list[2].parameterNorms(), before[2]);
    assert.notDeepEqual(list[1].parameterNorms(), before[1]);
    assert.deepEqual(list[1].parameterNorms(), Forecaster.create(options).parameterNorms());
    list[0].step({ time: 99, values: { a: 1, y: 1 } }, { learn: true });
    list[0].rollback();
    assert.deepEqual(list[0].parameterNorms(), before[0]);
    list[2].release();
    list[0].release();
    assert.deepEqual(list[1].parameterNorms(), Forecaster.create(options).parameterNorms());
  });

  it("of a forecaster that was released is touched by nothing that one can ask of it", () => {
    const options = { inputs: ["a"], target: "y", horizon: [1, 2], labelDelay: 33 };
    const reading = { time: 0, values: { a: 1, y: 2 } };
    const old = Forecaster.create(options);
    old.askWhy();
    old.step(reading, { learn: true });
    const checkpoint = old.checkpoint();
    old.release();
    old.release();
    const next = Forecaster.create(options);
    next.step(reading, { learn: true });
    const before = next.save();
    const asked: Record<string, () => unknown> = {
      step: () => old.step({ time: 1, values: { a: 2, y: 3 } }, { learn: true }),
      observe: () => old.observe({ time: 2, values: { a: 2, y: 3 } }),
      label: () => old.label({ time: 0, value: 4 }),
      learn: () => old.learn({ learn: true }),
      forecast: () => old.forecast(),
      expertsAt: () => old.expertsAt(0),
      because: () => old.because(),
      pretrain: () => old.pretrain([reading], { epochs: 1 }),
      distrustComparison: () => old.distrustComparison(),
      approve: () => old.approve(),
      checkpoint: () => old.checkpoint(),
      rollback: () => old.rollback(),
      "rollback to a checkpoint": () => old.rollback(checkpoint),
      reset: () => old.reset(),
      forgetReadings: () => old.forgetReadings(),
      parameterNorms: () => old.parameterNorms(),
      save: () => old.save(),
      index: () => old.index,
      lastTime: () => old.lastTime,
      updates: () => old.updates,
      memoryBytes: () => old.memoryBytes,
      clockOffset: () => {
        old.clockOffset = () => 0;
      },
    };
    for (const [what, ask] of Object.entries(asked)) assert.throws(ask, /released/, what);
    assert.deepEqual(next.save(), before);
  });

  it("gives way to common memory where it is used up", () => {
    assert.ok(simd);
    const { memory } = simd;
    const { grow } = memory;
    memory.grow = () => {
      throw new RangeError("no more");
    };
    try {
      const kept: Forecaster[] = [];
      const lies = () => {
        const f = Forecaster.create({ inputs: ["a"], target: "y" });
        kept.push(f);
        return f.step({ time: 0, values: { a: 1, y: 2 } }, { learn: true }).forecast.value;
      };
      assert.throws(() => {
        const arena = Arena.fast();
        for (let taken = 0; taken < 10_000; taken++) arena.f64(10_000);
      }, ArenaFull);
      for (let i = 0; i < 30; i++) assert.equal(lies(), 2);
    } finally {
      memory.grow = grow;
    }
  });
});
