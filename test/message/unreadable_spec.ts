import assert from "node:assert/strict";
import { unreadable } from "../../src/message/unreadable";

const trap = (object: object, name: string): object =>
  Object.defineProperty(object, name, {
    enumerable: true,
    get() {
      throw new Error("no value");
    },
  });

describe("unreadable", () => {
  it("finds the property that throws, however deep", () => {
    assert.deepEqual(unreadable(trap({ topic: "a" }, "payload")), { property: "payload", reason: "no value" });
    const msg = { payload: 1, scored: { steps: [{ error: 1 }, trap({ error: 1 }, "actual")] } };
    assert.deepEqual(unreadable(msg), { property: "scored.steps.1.actual", reason: "no value" });
  });

  it("finds nothing in a sound message, in one that holds itself, and comes to an end in an endless one", () => {
    assert.equal(unreadable({ payload: { u: 1, y: null }, raw: Buffer.alloc(1e6) }), undefined);
    const round: Record<string, unknown> = {};
    round.payload = round;
    assert.equal(unreadable(round), undefined);
    const endless = {
      get more() {
        return Object.create(endless, { more: { enumerable: true, get: () => ({ ...endless }) } });
      },
    };
    assert.equal(unreadable(endless), undefined);
  });
});
