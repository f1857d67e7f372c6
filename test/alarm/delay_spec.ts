import assert from "node:assert/strict";
import { type DelayState, delay, dueAt, elapse, holdDelay } from "../../src/alarm/delay";

describe("on-delay and off-delay", () => {
  const run = (state: DelayState, steps: [number, boolean | undefined][], on: number, off: number) =>
    steps.map(([time, condition]) => {
      const at = { time, arrival: 0 };
      if (condition === undefined) {
        holdDelay(state, at);
        return state.active;
      }
      return delay(state, condition, at, on, off);
    });

  it("counts at once without delay", () => {
    assert.deepEqual(run({ active: false }, [[0, true], [1, false], [2, true]], 0, 0), [true, false, true]); // biome-ignore format: one line
  });

  it("becomes active when the condition has lasted for the on-delay, by the time of the readings", () => {
    const steps: [number, boolean][] = [[0, true], [9, true], [10, true]]; // biome-ignore format: one line
    assert.deepEqual(run({ active: false }, steps, 10, 0), [false, false, true]);
  });

  it("starts again when the condition breaks off", () => {
    const steps: [number, boolean][] = [[0, true], [9, false], [10, true], [19, true], [20, true]]; // biome-ignore format: one line
    assert.deepEqual(run({ active: false }, steps, 10, 0), [false, false, false, false, true]);
  });

  it("clears only when the condition has been gone for the off-delay", () => {
    const steps: [number, boolean][] = [[0, false], [4, true], [5, false], [14, false], [15, false]]; // biome-ignore format: one line
    assert.deepEqual(run({ active: true }, steps, 0, 10), [true, true, true, true, false]);
  });

  it("does not count the time in which readings cannot be judged", () => {
    const steps: [number, boolean | undefined][] = [[0, true], [6, true], [16, undefined], [19, true], [20, true]]; // biome-ignore format: one line
    assert.deepEqual(run({ active: false }, steps, 10, 0), [false, false, false, false, true]);
  });

  it("ends by the clock when nothing more arrives, and says when that will be", () => {
    const state: DelayState = { active: false };
    delay(state, true, { time: 0, arrival: 1000 }, 10, 0);
    assert.equal(dueAt(state, 10, 0), 1010);
    assert.equal(elapse(state, { time: 0, arrival: 1009 }, 10, 0), false);
    assert.equal(elapse(state, { time: 0, arrival: 1010 }, 10, 0), true);
    assert.equal(dueAt(state, 10, 0), Number.POSITIVE_INFINITY);
  });

  it("counts readings whose time stands still by their arrival, but not what could not be judged", () => {
    const state: DelayState = { active: false };
    const steps: [number, boolean | undefined][] = [[0, true], [6, true], [16, undefined], [19, true], [20, true]]; // biome-ignore format: one line
    const states = steps.map(([arrival, condition]) => {
      if (condition === undefined) holdDelay(state, { time: 0, arrival });
      else delay(state, condition, { time: 0, arrival }, 10, 0);
      return state.active;
    });
    assert.deepEqual(states, [false, false, false, false, true]);
  });
});
