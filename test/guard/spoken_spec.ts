/** What the guard caught, in words. */
import assert from "node:assert/strict";
import type { Verdict } from "../../src/guard/guard";
import { spoken } from "../../src/guard/spoken";

describe("a verdict in words", () => {
  it("tells a value with the digits that an instrument shows, and keeps the value itself as it came", () => {
    const say = (key: string, values?: object) => `${key} ${JSON.stringify(values)}`;
    const told = (value: number | string) => {
      const caught = { sensor: "x", rule: "spike", value, limit: 0.0326123, lasting: 1, held: Number.NaN } as const;
      const verdict: Verdict = {
        ...{ state: "uncertain", ne107: "out of specification", learn: 1, speed: 1, held: [], doubts: {} },
        ...{ reasons: [{ ...caught, state: "uncertain", ne107: "out of specification" }], usable: true, time: 0 },
      };
      const [reason] = spoken(verdict, 0, "ok", say).reasons;
      assert.equal(reason?.value, value);
      return JSON.parse(reason.text.split(" ").slice(1).join(" "));
    };
    assert.deepEqual(told(2.1222154559334374), { sensor: "x", value: 2.12222, limit: "0.03261", lasting: 1 });
    assert.equal(told(1767225600001).value, 1767225600001);
    assert.equal(told("NaN").value, "NaN");
  });
});
