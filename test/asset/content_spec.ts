import assert from "node:assert/strict";
import fc from "fast-check";
import { contentOf, stampOf } from "../../src/asset/content";

describe("contentOf", () => {
  const named = (payload: unknown): string => contentOf(payload, "y", ["u", "v"]);
  const every = (payload: unknown): string => contentOf(payload, "y", []);

  it("is equal for equal values, whatever their order and what stands beside them", () => {
    assert.equal(named({ u: 1, v: 2, y: 3 }), named({ y: 3, v: 2, other: 7, u: 1 }));
    assert.equal(every({ u: 1, y: 3 }), every({ y: 3, u: 1, text: "on" }));
    assert.equal(named(5), named({ y: 5 }), "a number alone is the target");
  });

  it("differs for other values, other sensors, other places and other batches", () => {
    const payloads: unknown[] = [
      { u: 1, v: 2 },
      { u: 2, v: 1 },
      { u: 1 },
      { v: 1 },
      { u: 1, y: 2 },
      { u: "1" },
      { u: "2" },
      { u: null },
      { u: Number.NaN },
      { u: 1 + 2 ** -52 },
      1,
      "1",
      [{ u: 1 }],
      [{ u: 1 }, { u: 1 }],
      [{ u: 1 }, { v: 1 }],
      [],
      null,
    ];
    assert.equal(new Set(payloads.map(named)).size, payloads.length);
    assert.notEqual(every({ u: 1, y: 3 }), every({ u: 1, y: 3, w: 0 }));
  });

  it("tells a million readings apart", () => {
    const seen = new Set<string>();
    for (let i = 0; i < 1e6; i++) seen.add(contentOf({ u: i / 10, v: i % 7, y: 20 }, "y", ["u", "v"]));
    assert.equal(seen.size, 1e6);
  });

  it("never throws", () => {
    const thrower = Object.defineProperty({}, "u", {
      enumerable: true,
      get() {
        throw new Error("no");
      },
    });
    for (const payload of [thrower, [thrower], new Array(3)]) named(payload);
    fc.assert(fc.property(fc.anything({ withBigInt: true }), (payload) => typeof every(payload) === "string"));
  });

  it("a time is compared as it came; none is none", () => {
    assert.equal(stampOf(new Date(5)), stampOf(5));
    assert.notEqual(stampOf(5), stampOf(6));
    assert.notEqual(stampOf([5, 6]), stampOf([5, 7]));
    for (const none of [undefined, null, ""]) assert.equal(stampOf(none), undefined);
  });
});
