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

  it("gives no two arrays the same place", () => {
    const arena = Arena.fast();
    const arrays = [1, 7, 8, 9, 64, 65].map((length, i) => arena.f32(length).fill(i + 1));
    arrays.forEach((array, i) => {
      assert.ok(array.every((x) => x === i + 1));
    });
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
