import assert from "node:assert/strict";
import { Pace } from "../../src/simulator/pace";

describe("the pace of a simulated plant", () => {
  it("one reading a turn of the event loop, also where it is behind: what they set off is done before the next", async () => {
    let turn = 0;
    const turns: number[] = [];
    const read = (): void => {
      turns.push(turn);
      const until = performance.now() + 1;
      while (performance.now() < until);
    };
    await new Promise<void>((end) => {
      const next = (): void => {
        turn++;
        if (turns.length < 50) setImmediate(next);
      };
      setImmediate(next);
      new Pace(0.01, 50, read, end).start();
    });
    assert.equal(new Set(turns).size, 50);
  });
});
