import assert from "node:assert/strict";
import { TargetWatch } from "../../src/asset/target-watch";

function watch(target: string, rare: boolean, payload: unknown, readings: number): [unknown[], boolean] {
  const one = new TargetWatch(target, rare, false);
  const said = Array.from({ length: readings }, () => one.take(payload)).filter((word) => word !== undefined);
  return [said, one.isMissing];
}

describe("TargetWatch", () => {
  const payload = { Usage_kWh: 1, temp: 2 };
  const missing = { wanted: "Usage_kwh", came: "Usage_kWh, temp", nearest: "Usage_kWh" };

  it("says once, after 20 readings, what was wanted, what came and what is nearest", () => {
    assert.deepEqual(watch("Usage_kwh", false, payload, 19), [[], false]);
    assert.deepEqual(watch("Usage_kwh", false, payload, 200), [[missing], true]);
  });

  it("is content as soon as the target comes, be it without a usable value", () => {
    const one = new TargetWatch("y", false, false);
    for (let i = 0; i < 30; i++) one.take({ u: 1 });
    assert.equal(one.isMissing, true);
    one.take({ u: 1, y: null });
    assert.equal(one.isMissing, false);
    for (let i = 0; i < 100; i++) assert.equal(one.take({ u: 1 }), undefined);
    assert.deepEqual(watch("y", false, 5, 100), [[], false]);
  });

  it("comes by another writing of its name from some day on: that is said then", () => {
    for (const rare of [false, true]) {
      const one = new TargetWatch("TT-101", rare, true);
      for (let i = 0; i < 100; i++) assert.equal(one.take({ u: 1, "TT-101": 2 }), undefined);
      const said = Array.from({ length: 100 }, () => one.take({ u: 1, tt101: 2 })).filter(Boolean);
      assert.deepEqual(said, [{ wanted: "TT-101", came: "u, tt101", nearest: "tt101" }]);
      assert.ok(one.isMissing);
    }
  });

  it("waits for the rare labels of a soft sensor, unless the name comes in another writing", () => {
    assert.deepEqual(watch("O2", true, { o3: 1, temp: 2 }, 1000), [[], false]);
    assert.deepEqual(watch("temp2", true, { temp1: 1 }, 1000), [[], false]);
    assert.deepEqual(watch("Usage_kwh", true, payload, 20), [[missing], true]);
    assert.equal(watch("ＣＯ２ kg-h", true, { co2_kg_h: 1 }, 20)[1], true);
  });

  it("shows what is inside of a value that holds values, for there the name may be", () => {
    const [[said]] = watch("temp", false, { kiln: { temp: 21, flow: 3, o2: 4, co: 5 }, at: 5 }, 20);
    assert.equal((said as { came: string }).came, "kiln {temp, flow, o2, co}, at");
  });

  it("knows nothing nearer where the payload is empty, and lists no thousand names", () => {
    assert.deepEqual(watch("y", false, {}, 20)[0], [{ wanted: "y", came: "", nearest: "" }]);
    const many = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`s${i}`, i]));
    const [[said]] = watch("y", false, many, 20);
    assert.match((said as { came: string }).came, /^s0, .*s19 … \(1000\)$/);
  });
});
