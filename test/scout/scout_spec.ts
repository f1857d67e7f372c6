/** The scout finds what leads the target, and nothing else. */
import assert from "node:assert/strict";
import { Random } from "../../src/forecaster/random";
import type { Ranking } from "../../src/scout/ranking";
import { ReadingRing } from "../../src/scout/reading-ring";
import { ranking } from "../../src/scout/scout";
import { changed, LEAD, plant, ringOf, scout } from "./plant";

const found = (answer: Ranking, name: string) => {
  const sensor = answer.sensors.find(({ sensor }) => sensor === name);
  assert.ok(sensor, `${name} is ranked`);
  return sensor;
};

describe("the sensor scout", function () {
  this.timeout(60_000);

  for (const [what, options] of Object.entries({
    "little noise": { noise: 0.1 },
    "as much noise as signal": { noise: 2 },
    "few readings": { readings: 500 },
    "no rhythm": { day: 0 },
    "a relation that is no straight line": { effect: Math.abs },
    "a relation that saturates": { effect: Math.tanh },
  })) {
    it(`finds the sensor that leads by ${LEAD} readings, and admits no decoy: ${what}`, () => {
      for (const seed of [1, 2, 3, 4, 5]) {
        const answer = scout(plant({ seed, ...options }));
        assert.deepEqual(answer.chosen, ["x"], `seed ${seed}`);
        const [first, ...others] = answer.sensors;
        assert.equal(first?.sensor, "x");
        assert.equal(first?.leadReadings, LEAD, `seed ${seed}`);
        assert.equal(first?.leadMs, LEAD * 60_000);
        assert.ok(first?.score > 0.1 && first.score <= 1);
        assert.deepEqual(
          others.filter(({ finding }) => finding !== "unrelated" && finding !== "constant").map(({ sensor }) => sensor),
          [],
          `seed ${seed}`,
        );
        assert.equal(found(answer, "decoy stuck").finding, "constant");
      }
    });
  }

  it("answers that there is no useful sensor where there is none", () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const answer = scout(changed(plant({ seed }), () => ({ x: undefined })));
      assert.deepEqual(answer.chosen, [], `seed ${seed}`);
      assert.equal(answer.tooLittle, undefined);
    }
  });

  it("ranks what is no more than chance by how far it lies beyond its own copies, by either measure", () => {
    // Too weak to be admitted, and no straight line: the correlation knows nothing of it.
    const ranks = Array.from({ length: 10 }, (_, i) => {
      const answer = scout(plant({ seed: i + 1, noise: 1.6, effect: Math.abs }));
      assert.equal(found(answer, "x").finding, "unrelated");
      return found(answer, "x").rank;
    });
    const mean = ranks.reduce((sum, rank) => sum + rank, 0) / ranks.length;
    assert.ok(mean < 3, `${ranks.join(" ")} of 12`);
  });

  it("ranks a decoy as often first as a sensor that tells nothing", () => {
    let [first, pairs] = [0, 0];
    for (let seed = 1; seed <= 12; seed++) {
      const random = new Random(200 + seed);
      const steps = { a: 0, b: 0, c: 0 };
      const answer = scout(
        changed(plant({ seed }), () => {
          for (const name of ["a", "b", "c"] as const) steps[name] = 0.9 * steps[name] + random.normal();
          return { x: undefined, ...steps };
        }),
      );
      const unrelated = answer.sensors.filter(({ finding }) => finding === "unrelated");
      const decoys = unrelated.filter(({ sensor }) => sensor.startsWith("decoy"));
      for (const { sensor, rank } of unrelated) {
        if (!(sensor in steps)) continue;
        pairs += decoys.length;
        first += decoys.filter((decoy) => rank < decoy.rank).length;
      }
    }
    assert.ok(first > 0.35 * pairs && first < 0.65 * pairs, `${first} of ${pairs}`);
  });

  it("ranks decoys behind a sensor that changes with the target, which tells nothing of what is coming", () => {
    const random = new Random(101);
    const readings = changed(plant({ seed: 1 }), ({ y }) => ({ same: 3 * (y as number) + 2 * random.normal() }));
    const answer = scout(readings);
    assert.deepEqual(answer.chosen, ["x"]);
    assert.deepEqual([answer.sensors[1]?.sensor, answer.sensors[1]?.finding], ["same", "together"]);
    const now = found(scout(readings, { ahead: 0 }), "same");
    assert.deepEqual(
      [now.finding, now.chosen, now.leadReadings],
      ["leads", true, 0],
      "an estimate of now needs just that",
    );
  });

  it("does not take what follows the target for what leads it", () => {
    for (const seed of [1, 2, 3]) {
      const readings = plant({ seed });
      const answer = scout(changed(readings, (_, i) => ({ follower: readings[Math.max(0, i - 2)]?.values.y })));
      assert.deepEqual(answer.chosen, ["x"], `seed ${seed}`);
    }
  });

  it("chooses no second sensor that says the same as the first, but one that says something else", () => {
    for (const seed of [1, 2, 3]) {
      const random = new Random(100 + seed);
      const readings = plant({ seed });
      let z = 0;
      const other = readings.map(() => (z = 0.8 * z + random.normal()));
      const answer = scout(
        changed(readings, ({ x, y }, i) => ({
          y: (y as number) + 0.8 * (other[i - 2] ?? 0),
          twin: 100 - 2 * (x as number) + 0.1 * random.normal(),
          other: other[i],
        })),
      );
      assert.equal(answer.chosen.length, 2);
      assert.ok(answer.chosen.includes("other"), `seed ${seed}: ${answer.chosen}`);
      const twin = answer.sensors.filter(({ finding }) => finding === "redundant");
      assert.equal(twin.length, 1);
      assert.deepEqual([twin[0]?.sensor, twin[0]?.twin].sort(), ["twin", "x"]);
      assert.equal(found(answer, "other").leadReadings, 2);
    }
  });

  it("warns of the target in another unit, and does not choose it", () => {
    for (const ahead of [0, 1]) {
      const answer = scout(
        changed(plant({ seed: 1 }), ({ y }) => ({ fahrenheit: Math.round(10 * (1.8 * (y as number) + 32)) / 10 })),
        { ahead },
      );
      assert.equal(found(answer, "fahrenheit").finding, "disguise");
      assert.ok(!answer.chosen.includes("fahrenheit"));
      assert.ok(answer.sensors.every(({ sensor, finding }) => finding !== "disguise" || sensor === "fahrenheit"));
    }
  });

  it("tells the distance of a sensor's values and which share of them is good", () => {
    const random = new Random(101);
    const { sensors } = scout(
      changed(plant({ seed: 1 }), ({ x }, i) => ({
        slow: i % 10 === 0 ? random.normal() : undefined,
        gaps: random.uniform() < 0.25 ? null : x,
        rare: random.uniform() < 0.7 || i % 2 === 0 ? "Bad" : x,
      })),
    );
    const of = (name: string) => sensors.find(({ sensor }) => sensor === name);
    assert.deepEqual([of("x")?.intervalMs, of("x")?.good], [60_000, 1]);
    assert.deepEqual([of("slow")?.intervalMs, of("slow")?.good], [600_000, 1]);
    assert.equal(of("gaps")?.intervalMs, 60_000);
    assert.ok(Math.abs((of("gaps")?.good as number) - 0.75) < 0.03, String(of("gaps")?.good));
    assert.equal(of("gaps")?.finding, "redundant", "a sensor with gaps is a sensor still");
  });

  it("takes a target that comes seldom for the rhythm", () => {
    const answer = scout(
      changed(plant({ seed: 2, readings: 5000 }), ({ y }, i) => (i % 5 === 0 ? { y } : { y: null })),
    );
    assert.equal(answer.readings, 1000);
    assert.equal(answer.chosen[0], "x");
    assert.equal(found(answer, "x").leadMs, LEAD * 60_000, "one reading of the target is five minutes");
  });

  it("neither fails at nor chooses what is no measurement", () => {
    const random = new Random(101);
    const odd = [
      Number.NaN,
      null,
      "12,5",
      "Bad",
      true,
      {},
      [],
      1e308,
      -1e308,
      Number.POSITIVE_INFINITY,
      undefined,
      10n,
    ];
    const names = ["text", "spikes", "absurd", "once", "toString", "__proto__", "seldom"];
    const readings = changed(plant({ seed: 1 }), ({ x }, i) => ({
      x: i % 50 === 7 ? odd[i % odd.length] : x,
      text: "open",
      spikes: i === 1000 ? 1e99 : random.normal(),
      absurd: odd[i % odd.length],
      ...(i === 500 && { once: 1 }),
      toString: i % 100 === 0 ? 1 : 0,
      ["__proto__"]: random.normal(),
      seldom: random.uniform() < 0.002 ? 1 : 0,
    }));
    const answer = scout(readings);
    assert.deepEqual(answer.chosen, ["x"]);
    for (const { sensor, finding, score } of answer.sensors) {
      assert.ok(Number.isFinite(score), sensor);
      if (names.includes(sensor)) assert.ok(!["leads", "redundant"].includes(finding), sensor);
    }
    assert.ok(!answer.sensors.some(({ sensor }) => sensor === "text"), "what never is a number is no sensor");
  });

  it("finds the same in readings that come out of order, twice, or in another unit", () => {
    const readings = plant({ seed: 3 });
    const expected = scout(readings);
    const random = new Random(103);
    const mixed = readings
      .flatMap((reading) => (random.uniform() < 0.1 ? [reading, reading] : [reading]))
      .map((reading) => ({ reading, place: random.uniform() }))
      .sort((a, b) => a.place - b.place)
      .map(({ reading }) => reading);
    assert.deepEqual(scout(mixed).chosen, expected.chosen);
    assert.equal(found(scout(mixed), "x").leadReadings, LEAD);
    const inOtherUnits = scout(changed(readings, ({ y, x }) => ({ y: 1e9 * y + 5e9, x: 1e-9 * x })));
    assert.deepEqual(inOtherUnits.chosen, expected.chosen);
    assert.ok(Math.abs(found(inOtherUnits, "x").score - found(expected, "x").score) < 1e-6);
  });

  it("says why it cannot answer", () => {
    const readings = plant({ seed: 1, readings: 400 });
    const reason = (answer: Ranking) => [answer.tooLittle, answer.sensors.length, answer.chosen.length];
    assert.deepEqual(reason(scout(readings.slice(0, 150))), ["fewReadings", 0, 0]);
    assert.deepEqual(reason(scout(readings, { target: "z" })), ["noTarget", 0, 0]);
    assert.deepEqual(reason(scout([])), ["noTarget", 0, 0]);
    assert.deepEqual(reason(scout(changed(readings, () => ({ y: 3 })))), ["constantTarget", 0, 0]);
    const alone = readings.map(({ time, values }) => ({ time, values: { y: values.y } }));
    assert.deepEqual(reason(scout(alone)), ["noSensor", 0, 0]);
  });

  it("gives the same answer for the same seed", () => {
    const readings = plant({ seed: 4 });
    assert.deepEqual(scout(readings, { seed: 7 }), scout(readings, { seed: 7 }));
  });

  it("keeps the newest 5,000 readings of 200 sensors, however many come", () => {
    const ring = new ReadingRing();
    for (let i = 0; i < 12_000; i++) ring.take({ time: i, values: { y: i, [`s${i % 5000}`]: i } });
    const { times, names, column } = ring.table();
    assert.deepEqual([ring.length, times.length, times[0], times.at(-1)], [5000, 5000, 7000, 11_999]);
    assert.equal(names.length, 200);
    assert.equal(column("y")?.[0], 7000);
  });

  it("goes in steps of which the longest leaves the event loop in time: 60 sensors, 5,000 readings", () => {
    const random = new Random(101);
    const walks = Array.from({ length: 60 }, (_, s) => [`s${s}`, 0] as [string, number]);
    const readings = Array.from({ length: 5000 }, (_, i) => {
      for (const walk of walks) walk[1] += random.normal();
      return { time: 1000 * i, values: { y: walks[0]?.[1], ...Object.fromEntries(walks) } };
    });
    const steps = ranking(ringOf(readings).table(), { target: "y" });
    const spent: number[] = [];
    for (;;) {
      const { user, system } = process.cpuUsage();
      const { done } = steps.next();
      const after = process.cpuUsage();
      spent.push((after.user - user + after.system - system) / 1000);
      if (done) break;
    }
    spent.sort((a, b) => a - b);
    // The first steps also compile; on a busy machine its own time counts, not that of others.
    assert.ok((spent.at(-3) as number) < 50, `longest steps: ${spent.slice(-5)} ms`);
  });
});
