import assert from "node:assert/strict";
import { Random } from "../../src/forecaster/random";
import { Flatline } from "../../src/guard/flatline";
import { NoiseBurst } from "../../src/guard/noise-burst";
import { RateOfChange } from "../../src/guard/rate-of-change";
import { Sensor } from "../../src/guard/sensor";
import { Spike } from "../../src/guard/spike";

const day = (i: number): number => 20 + 5 * Math.sin((2 * Math.PI * i) / 288);

describe("tolerance", () => {
  const stuck = (tolerance?: number): string[] => {
    const rule = new Flatline(tolerance);
    const random = new Random(1);
    for (let i = 0; i < 500; i++) rule.judge(random.normal());
    return Array.from({ length: 40 }, () => rule.judge(7));
  };
  const jump = (tolerance?: number): string[] => {
    const sensor = new Sensor("a", { tolerance: { spike: tolerance } }, [], false);
    const random = new Random(1);
    for (let i = 0; i < 500; i++) sensor.judge(random.normal(), 1000 * i, true);
    return [12, 30].map((x, i) => sensor.judge(x, 500_000 + 1000 * i, true));
  };

  it("doubles what must happen before a check speaks, or switches it off", () => {
    assert.deepEqual([stuck().indexOf("bad"), stuck(2).indexOf("bad")], [10, 20]);
    assert.ok(!stuck(Number.POSITIVE_INFINITY).some((state) => state !== "good"));
    assert.equal(jump()[1], "bad");
    assert.ok(!jump(Number.POSITIVE_INFINITY).includes("bad"));
  });

  it("of one check leaves the others as they are, and a value that never comes is not missed where that is off", () => {
    const off = Number.POSITIVE_INFINITY;
    const sensor = new Sensor("a", { max: 5, tolerance: { late: off, spike: off, flatline: off } }, [-999], false);
    assert.equal(sensor.judge(undefined, 0, true), "good");
    assert.equal(sensor.judge(6, 1000, true), "bad");
    assert.equal(sensor.judge(-999, 2000, true), "bad");
    assert.equal(new Sensor("a", {}, [], false).judge(undefined, 0, true), "bad");
  });
});

describe("Flatline", () => {
  it("finds a stuck sensor, uncertain at half the limit, bad beyond it", () => {
    const rule = new Flatline();
    const random = new Random(1);
    for (let i = 0; i < 500; i++) assert.equal(rule.judge(random.normal()), "good");
    const states = Array.from({ length: 40 }, () => rule.judge(7));
    assert.ok(rule.limit >= 10 && rule.limit < 11);
    assert.equal(states.indexOf("bad"), 10);
    assert.equal(rule.run, 40);
    assert.equal(rule.judge(7.1), "good");
  });

  it("lets a quantised sensor repeat itself as it always did", () => {
    const rule = new Flatline();
    const random = new Random(2);
    let x = 0;
    let caught = 0;
    for (let i = 0; i < 50_000; i++) {
      if (random.uniform() < 0.25) x = Math.round(4 * random.uniform());
      if (rule.judge(x) !== "good") caught += 1;
    }
    assert.equal(caught, 0);
    for (let i = 0; i < rule.limit; i++) rule.judge(x);
    assert.equal(rule.judge(x), "bad");
  });

  it("knows a resting place: long runs there neither hide a stuck sensor elsewhere nor are soon called bad", () => {
    const rule = new Flatline();
    const random = new Random(6);
    for (let stop = 0; stop < 8; stop++) {
      for (let i = 0; i < 200; i++) rule.judge(random.normal());
      for (let i = 0; i < 60; i++) rule.judge(0);
    }
    for (let i = 0; i < 200; i++) rule.judge(random.normal());
    const states = Array.from({ length: 400 }, () => rule.judge(0));
    assert.ok(states.indexOf("uncertain") > 60 && !states.includes("bad"));
    for (let i = 0; i < 20; i++) rule.judge(random.normal());
    assert.ok(Array.from({ length: 30 }, () => rule.judge(1.5)).includes("bad"));
  });

  it("never judges a valve position that stands for hours, nor a constant", () => {
    const rule = new Flatline();
    const random = new Random(3);
    let x = 40;
    for (let i = 0; i < 100_000; i++) {
      if (random.uniform() < 0.001) x = 10 * Math.floor(10 * random.uniform());
      assert.equal(rule.judge(x), "good");
    }
    const constant = new Flatline();
    for (let i = 0; i < 10_000; i++) assert.equal(constant.judge(1), "good");
  });

  it("believes a standstill that comes back, in part each time", () => {
    const rule = new Flatline();
    const random = new Random(4);
    const nights: number[] = [];
    for (let night = 0; night < 12; night++) {
      for (let i = 0; i < 200; i++) rule.judge(random.normal());
      let bad = 0;
      for (let i = 0; i < 100; i++) if (rule.judge(0) === "bad") bad += 1;
      nights.push(bad);
    }
    assert.ok(nights[0] > 60);
    assert.equal(nights[11], 0);
  });
});

describe("Spike", () => {
  function healthy(signal: (i: number) => number, n: number): { rule: Spike; caught: number } {
    const rule = new Spike();
    let caught = 0;
    for (let i = 0; i < n; i++) {
      const x = signal(i);
      if (rule.judge(x) === "good") rule.accept(x);
      else caught += 1;
    }
    return { rule, caught };
  }

  it("passes noise, day and night, slow ramps, steps of a quantised signal and long tails", () => {
    const random = new Random(5);
    const signals: Record<string, (i: number) => number> = {
      noise: () => random.normal(),
      day: (i) => day(i) + 0.1 * random.normal(),
      ramp: (i) => i * 0.01,
      quantised: () => Math.round(random.normal()),
      pulses: () => (random.uniform() < 0.05 ? 10 : 0) + 0.1 * random.normal(),
    };
    for (const [name, signal] of Object.entries(signals)) {
      assert.equal(healthy(signal, 20_000).caught, 0, name);
    }
    // Tails so long that a value twice as far out as any before is nothing rare: few are caught all the same.
    assert.ok(healthy(() => 1 / Math.sqrt(0.0001 + random.uniform()), 20_000).caught <= 4);
  });

  it("catches spikes and lets the next good value through", () => {
    const random = new Random(6);
    const { rule } = healthy((i) => day(i) + random.normal(), 2000);
    for (let i = 0; i < 200; i++) {
      const x = day(2000 + i) + random.normal();
      if (i % 10 === 5) assert.equal(rule.judge(20 * x), "bad");
      else {
        assert.equal(rule.judge(x), "good");
        rule.accept(x);
      }
    }
  });

  it("believes a new level the sooner the nearer it is, and after 250 readings at the latest", () => {
    for (const [factor, from, to] of [
      [2, 3, 60],
      [1000, 251, 251],
    ]) {
      const random = new Random(7);
      const { rule } = healthy(() => 10 + random.normal(), 5000);
      let n = 1;
      while (rule.judge(factor * 10 + random.normal()) !== "new level") n += 1;
      assert.ok(n >= from && n <= to, `×${factor}: ${n}`);
    }
  });

  it("believes a level sooner where the sensor has been before", () => {
    const [strange, familiar] = [false, true].map((known) => {
      const random = new Random(7);
      const { rule } = healthy(() => 10 + random.normal(), 5000);
      let n = 1;
      while (rule.judge(100 + random.normal(), known) !== "new level") n += 1;
      return n;
    });
    assert.ok(familiar < strange / 4, `${familiar}, ${strange}`);
  });

  it("distrusts a sensor of which little was seen for a short time only", () => {
    const rule = new Spike();
    for (let i = 0; i < 40; i++) rule.accept(i % 2);
    let n = 1;
    while (rule.judge(1000) !== "new level") n += 1;
    assert.ok(n <= 11, `${n}`);
  });
});

describe("RateOfChange", () => {
  it("holds the plant's own limit at any interval", () => {
    const rule = new RateOfChange();
    rule.accept(10, 0);
    assert.equal(rule.judge(12, 1000, 2), "good");
    assert.equal(rule.judge(12.1, 1000, 2), "bad");
    assert.equal(rule.judge(12.1, 2000, 2), "good");
  });

  it("finds a change uncertain that is far faster than any before", () => {
    const rule = new RateOfChange();
    for (let i = 0; i < 1000; i++) {
      const x = day(i);
      assert.equal(rule.judge(x, 1000 * i, Number.NaN), "good");
      rule.accept(x, 1000 * i);
    }
    assert.equal(rule.judge(day(1000) + 2, 1_000_000, Number.NaN), "uncertain");
  });
});

describe("NoiseBurst", () => {
  it("hears a loose contact and nothing in ramps, waves and steps", () => {
    const random = new Random(8);
    const rule = new NoiseBurst();
    for (let i = 0; i < 5000; i++) {
      const step = i > 2500 ? 50 : 0;
      assert.equal(rule.judge(day(i) + step + 0.1 * random.normal()), "good");
    }
    const states = Array.from({ length: 60 }, (_, i) => rule.judge(day(5000 + i) + 50 + 1.5 * random.normal()));
    const first = states.indexOf("uncertain");
    assert.ok(first > 0 && first < 30, `${first}`);
    const after = Array.from({ length: 200 }, (_, i) => rule.judge(day(5060 + i) + 50 + 0.1 * random.normal()));
    assert.equal(after[199], "good");
  });
});

describe("Sensor", () => {
  const sensor = (limits = {}, rare = false): Sensor => new Sensor("AT", limits, [-200, -999], rare);
  const run = (s: Sensor, n: number, random = new Random(9)): void => {
    for (let i = 0; i < n; i++) s.judge(10 + random.normal(), 1000 * i, true);
  };

  it("names what is no number", () => {
    for (const value of ["12,5", "", null, Number.NaN, Number.POSITIVE_INFINITY, 1e308, [], {}, true]) {
      const s = sensor();
      run(s, 100);
      assert.equal(s.judge(value, 100_000, true), "bad", String(value));
      assert.equal(s.rule, "notANumber");
    }
  });

  it("takes a sentinel for one only outside what the sensor has shown", () => {
    const s = sensor();
    run(s, 100);
    assert.equal(s.judge(-999, 100_000, true), "bad");
    assert.equal(s.rule, "sentinel");
    const cold = sensor();
    for (let i = 0; i < 500; i++)
      assert.equal(cold.judge(Math.round(-200 - 50 * Math.cos(i / 20)), 1000 * i, true), "good");
  });

  it("holds the physical range", () => {
    const s = sensor({ min: 0, max: 20 });
    assert.equal(s.judge(20, 0, true), "good");
    assert.equal(s.judge(20.01, 1000, true), "bad");
    assert.deepEqual([s.rule, s.limit], ["range", 20]);
    assert.equal(s.judge(-0.01, 2000, true), "bad");
    assert.equal(s.limit, 0);
    assert.equal(s.lastGood, 20);
  });

  it("misses a value that should be there, and says when it is late", () => {
    const s = sensor();
    run(s, 100);
    const rules = [1, 2, 3, 4].map((i) => {
      assert.equal(s.judge(undefined, 99_000 + 1000 * i, true), "bad");
      return s.rule;
    });
    assert.deepEqual(rules, ["missing", "missing", "missing", "late"]);
    assert.equal(s.lasting, 4);
  });

  it("does not miss a value that comes every tenth reading, until it is late", () => {
    const s = sensor();
    for (let i = 0; i < 200; i++) assert.equal(s.judge(i % 10 === 0 ? i : undefined, 1000 * i, false), "good");
    assert.equal(s.judge(undefined, 1000 * 205, false), "bad");
    assert.equal(s.rule, "missing");
  });

  it("lets a soft sensor's labels come when they come, and finds them uncertain when they stay away", () => {
    const s = sensor({}, true);
    let states = 0;
    for (let i = 0; i < 600; i++) if (s.judge(i % 60 === 0 ? i : undefined, 1000 * i, true) !== "good") states += 1;
    assert.equal(states, 0);
    assert.equal(s.judge(undefined, 1000 * 750, true), "uncertain");
    assert.equal(s.rule, "late");
  });

  it("gives the same verdicts on the same data in another unit", () => {
    const verdicts = (factor: number): string[] => {
      const s = new Sensor("AT", {}, [], false);
      const random = new Random(10);
      return Array.from({ length: 5000 }, (_, i) => {
        const wild = random.uniform();
        const x = wild < 0.01 ? 200 * random.normal() : wild < 0.3 ? Math.round(day(i)) : day(i) + random.normal();
        const stuck = i % 1000 > 950 ? 17 : x;
        return `${s.judge(factor * stuck, 1000 * i, true)} ${s.rule}`;
      });
    };
    const plain = verdicts(1);
    assert.ok(new Set(plain).size >= 4, [...new Set(plain)].join());
    assert.deepEqual(verdicts(1000), plain);
    assert.deepEqual(verdicts(1e-6), plain);
  });
});
