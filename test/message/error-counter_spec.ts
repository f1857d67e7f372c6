import assert from "node:assert/strict";
import { ErrorCounter } from "../../src/message/error-counter";
import { MessageProblem, type Rule } from "../../src/message/problem";

/** A clock that is wound on by hand. */
class Clock {
  now = 0;
  private readonly timers = new Map<object, { at: number; act: () => void }>();

  start(act: () => void, ms: number): object {
    const timer = {};
    this.timers.set(timer, { at: this.now + ms, act });
    return timer;
  }

  stop(timer: object): void {
    this.timers.delete(timer);
  }

  wind(ms: number): void {
    this.now += ms;
    for (const [timer, { at, act }] of [...this.timers])
      if (at <= this.now) {
        this.timers.delete(timer);
        act();
      }
  }

  get running(): number {
    return this.timers.size;
  }
}

function problem(sensor: string, rule: Rule, text = "text"): Error {
  return new Error(text, { cause: new MessageProblem("nothingUsable", {}, text, [{ sensor, rule, value: "1" }]) });
}

describe("ErrorCounter", () => {
  let clock: Clock;
  let told: string[];
  let errors: ErrorCounter<number>;
  beforeEach(() => {
    clock = new Clock();
    told = [];
    errors = new ErrorCounter(({ error, msg, count, seconds }) => {
      told.push(`${count} more in ${seconds} s, the last ${msg}: ${error.message}`);
    }, clock);
  });
  /** What a Catch node gets of one message at once. */
  function refuse(error: Error, msg = 0): string | undefined {
    let caught: Error | undefined | "not done" = "not done";
    errors.refuse(error, msg, (given) => {
      caught = given;
    });
    assert.notEqual(caught, "not done");
    return (caught as unknown as Error | undefined)?.message;
  }

  it("tells the first of a kind in full and counts the others, every five seconds", () => {
    assert.equal(refuse(problem("u", "text", "first")), "first");
    for (let i = 1; i <= 312; i++) assert.equal(refuse(problem("u", "text", `number ${i}`), i), undefined);
    clock.wind(4999);
    assert.deepEqual(told, []);
    clock.wind(1);
    assert.deepEqual(told, ["312 more in 5 s, the last 312: number 312"]);
    assert.equal(refuse(problem("u", "text", "again"), 400), undefined);
    clock.wind(5000);
    assert.deepEqual(told.slice(1), ["1 more in 5 s, the last 400: again"]);
  });

  it("another sensor, another rule, another code is another kind", () => {
    const kinds = [problem("u", "text"), problem("v", "text"), problem("u", "boolean"), new Error("other")];
    for (const one of kinds) assert.equal(refuse(one), one.message);
    for (const one of kinds) assert.equal(refuse(one), undefined);
    clock.wind(5000);
    assert.equal(told.length, 4);
  });

  it("errors without a code are of one kind where only their numbers differ", () => {
    assert.equal(refuse(new Error("took 17 ms")), "took 17 ms");
    assert.equal(refuse(new Error("took -2.5e3 ms")), undefined);
    assert.equal(refuse(new Error("took long")), "took long");
  });

  it("a kind that was quiet for five seconds is news again, and nothing runs when all is quiet", () => {
    for (let i = 0; i < 3; i++) {
      assert.equal(refuse(problem("u", "text", `${i}`)), `${i}`);
      clock.wind(5000);
      assert.equal(clock.running, 0);
    }
    assert.deepEqual(told, []);
  });

  it("a flood of kinds is one kind", () => {
    const news = Array.from({ length: 1000 }, (_, i) => refuse(problem(`s${i}`, "text"))).filter(Boolean);
    assert.equal(news.length, 101);
    clock.wind(5000);
    assert.match(told[0] as string, /^899 more/);
  });

  it("tells what it has counted when the node closes", () => {
    refuse(problem("u", "text"));
    refuse(problem("u", "text", "last"), 7);
    errors.close();
    assert.deepEqual(told, ["1 more in 5 s, the last 7: last"]);
    assert.equal(clock.running, 0);
  });
});
