import assert from "node:assert/strict";
import { Random } from "../../src/forecaster/random";
import { recurringChange, SEASONAL_COLUMNS, Seasons } from "../../src/forecaster/seasons";
import { Forecaster } from "../../src/index";
import { offsetAt } from "../../src/message/zone";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const START = Date.UTC(2026, 0, 5);

/** What a plant does by the clock on the wall: another value at each hour of the day. */
const shift = (wall: number): number => 10 + ((wall / HOUR) % 24) ** 2;

/** The column "the same time yesterday" at each hour of a while, as the value that it names. */
function yesterdays(offset: (time: number) => number, known: boolean, hours: number): { due: number; value: number }[] {
  const seasons = new Seasons();
  if (known) seasons.offset = offset;
  const columns = new Float32Array(SEASONAL_COLUMNS);
  const found: { due: number; value: number }[] = [];
  for (let i = 0; i < hours; i++) {
    const origin = START + i * HOUR;
    const value = shift(origin + offset(origin));
    seasons.update(origin, value, HOUR);
    const due = origin + HOUR;
    if (seasons.columns({ origin, due, value, unit: 1 }, columns, 0)) found.push({ due, value: columns[0] + value });
  }
  return found;
}

describe("seasons", () => {
  for (const by of [HOUR, -HOUR]) {
    const change = START + 20 * DAY + HOUR;
    const offset = (time: number): number => HOUR + (time >= change ? by : 0);

    it(`yesterday at the same time is meant by the clock on the wall, where that is put ${by > 0 ? "on" : "back"} by an hour`, () => {
      const wrong = (known: boolean) =>
        yesterdays(offset, known, 40 * 24).filter(
          ({ due, value }) => Math.abs(value - shift(due + offset(due))) > 1e-3 * value,
        );
      const missed = wrong(true);
      // The hour that a day lacks, or has twice, is nobody's yesterday.
      assert.ok(missed.length <= 1, `${missed.length}`);
      assert.ok(wrong(false).length >= 23, "without the zone a whole day is compared with the wrong hours");
      assert.ok(missed.every(({ due }) => due > change && due <= change + DAY + HOUR));
    });
  }

  it("finds yesterday where each reading is early or late by a second, on the hour and between two", () => {
    for (const from of [0, 0.5 * HOUR, 0.999 * HOUR]) {
      const random = new Random(5);
      const seasons = new Seasons();
      seasons.offset = () => 5.5 * HOUR;
      const columns = new Float32Array(SEASONAL_COLUMNS);
      let known = 0;
      for (let i = 0; i < 20 * 24; i++) {
        const origin = START + from + i * HOUR + 2000 * (random.uniform() - 0.5);
        const value = shift(i * HOUR);
        seasons.update(origin, value, HOUR);
        if (!seasons.columns({ origin, due: origin + HOUR, value, unit: 1 }, columns, 0)) continue;
        known++;
        assert.equal(columns[0] + value, shift((i + 1) * HOUR));
        // In the shape of a week as well, which is known after one.
        if (i > 8 * 24) assert.equal(columns[2] + value, shift((i + 1) * HOUR));
      }
      assert.equal(known, 19 * 24);
    }
  });

  it("knows the usual shape of a week, through a change of the clock, and how far the plant is away from it", () => {
    const change = START + 45 * DAY + HOUR;
    const offset = (time: number): number => HOUR + (time >= change ? HOUR : 0);
    const seasons = new Seasons();
    seasons.offset = offset;
    const columns = new Float32Array(SEASONAL_COLUMNS);
    // Half the load on the two last days of a week, by the clock on the wall.
    const usual = (time: number): number => {
      const wall = time + offset(time);
      return shift(wall) * (Math.floor(wall / DAY) % 7 < 2 ? 0.5 : 1);
    };
    let told = 0;
    for (let i = 0; i < 60 * 24; i++) {
      const origin = START + i * HOUR;
      const above = i % 48 < 24 ? 2 : 0;
      const value = usual(origin) + above;
      seasons.update(origin, value, HOUR);
      if (i < 40 * 24 || (origin > change && origin < change + DAY)) continue;
      const due = origin + DAY;
      if (!seasons.columns({ origin, due, value, unit: 1 }, columns, 0)) continue;
      told += 1;
      assert.ok(
        Math.abs(columns[2] - (usual(due) - usual(origin))) < 4,
        `coming change on day ${i / 24}: ${columns[2]}`,
      );
      assert.ok(Math.abs(columns[6] - above) < 2.1, `above the usual on day ${i / 24}: ${columns[6]}`);
    }
    assert.ok(told > 18 * 24 - 24, `${told} hours`);
  });

  it("takes readings at the end of all dates, where the clock on the wall is asked for days beyond", () => {
    for (const end of [8.64e15, -8.64e15]) {
      const seasons = new Seasons();
      seasons.offset = (time) => offsetAt(time, "Europe/Berlin");
      const columns = new Float32Array(SEASONAL_COLUMNS);
      for (let i = 40 * 24; i >= 0; i--) {
        const origin = end - Math.sign(end) * i * HOUR;
        seasons.update(origin, i, HOUR);
        seasons.columns({ origin, due: origin + HOUR, value: i, unit: 1 }, columns, 0);
      }
      assert.ok(columns.every(Number.isFinite));
    }
  });

  it("knows nothing of days that it has not seen", () => {
    const seasons = new Seasons();
    const columns = new Float32Array(SEASONAL_COLUMNS);
    for (let i = 0; i < 24; i++) {
      seasons.update(START + i * HOUR, i, HOUR);
      const at = { origin: START + i * HOUR, due: START + (i + 1) * HOUR, value: i, unit: 1 };
      assert.equal(seasons.columns(at, columns, 0), false);
    }
  });

  it("takes a counter that only grows to grow as it does, at whatever time of the day it was first read", () => {
    const seasons = new Seasons();
    const columns = new Float32Array(SEASONAL_COLUMNS);
    let told = 0;
    for (let i = 0; i < 20 * 24; i++) {
      const origin = START + 7 * HOUR + i * HOUR;
      const value = 1000 + 50 * i;
      seasons.update(origin, value, HOUR);
      if (!seasons.columns({ origin, due: origin + 3 * HOUR, value, unit: 1 }, columns, 0)) continue;
      told++;
      assert.equal(columns[3] + columns[7], 150);
      // What is usual is told when the same day of a week before is known.
      if (i > 8 * 24) assert.equal(recurringChange(columns, 0, 100), 150);
      assert.ok(Number.isNaN(recurringChange(columns, 0, 200)), "too small to speak of");
    }
    assert.ok(told > 18 * 24, `${told}`);
  });

  it("say nothing of a change that comes each day where the plant is not where it was on these days: the sensor lied", () => {
    const seasons = new Seasons();
    const columns = new Float32Array(SEASONAL_COLUMNS);
    const value = (hour: number): number => (hour % 24 < 12 ? 20 : 30) + 0.01 * ((hour * 7) % 11);
    const change = (i: number, told: number): number => {
      const origin = START + i * HOUR;
      seasons.update(origin, told, HOUR);
      return seasons.columns({ origin, due: origin + HOUR, value: told, unit: 1 }, columns, 0)
        ? recurringChange(columns, 0, 1)
        : Number.NaN;
    };
    let i = 0;
    let last = Number.NaN;
    for (; i < 20 * 24; i++) last = change(i, 1000 * value(i));
    assert.ok(Math.abs(last + 10_000) < 200, `as long as it lies, it comes as each day: ${last}`);
    for (; i < 21 * 24; i++) assert.ok(Number.isNaN(change(i, value(i))), `hour ${i % 24}`);
  });

  it("tell the change that comes each day where the plant is at another level each day", () => {
    const seasons = new Seasons();
    const columns = new Float32Array(SEASONAL_COLUMNS);
    let told = 0;
    for (let i = 0; i < 40 * 24; i++) {
      const hour = i % 24;
      const value = 100 + 40 * Math.sin(1.3 * Math.floor(i / 24)) + (hour >= 6 && hour < 18 ? 15 : 0);
      const origin = START + i * HOUR;
      seasons.update(origin, value, HOUR);
      if (hour !== 5 || i < 20 * 24) continue;
      const isKnown = seasons.columns({ origin, due: origin + HOUR, value, unit: 1 }, columns, 0);
      if (isKnown && Math.abs(recurringChange(columns, 0, 1) - 15) < 0.1) told += 1;
    }
    assert.ok(told >= 9, `on ${told} of 20 days`);
  });

  for (const centre of ["median", "mean"] as const)
    it(`foretell a counter that begins anew at midnight, though all other readings say that it grows (${centre})`, () => {
      const random = new Random(1);
      const forecaster = Forecaster.create({ inputs: [], target: "y", horizon: 1, centre });
      let y = 0;
      let error = 0;
      let naive = 0;
      for (let i = 0; i < 60 * 96; i++) {
        if (i % 96 === 0) y = 0;
        y += 12 + 7 * Math.sin((2 * Math.PI * i) / 96) + random.normal();
        const { scored } = forecaster.step({ time: START + (i * DAY) / 96, values: { y } }, { learn: true });
        if (i < 30 * 96 || !scored) continue;
        error += Math.abs(scored.error);
        naive += Math.abs(scored.naive - y);
      }
      // Half of what the last value is wrong by falls on midnight.
      assert.ok(error < 0.35 * naive, `${error / naive}`);
    });

  it("stay what they are where a reading is lost: a day of 25 readings is no other cycle", () => {
    const random = new Random(3);
    const forecaster = Forecaster.create({ inputs: [], target: "y", horizon: 1 });
    let cycles = 0;
    for (let i = 0; i < 60 * 24; i++) {
      if (i > 40 * 24 && i % 100 === 0) continue;
      const y = shift(i * HOUR) + random.normal();
      const { forecast } = forecaster.step({ time: START + i * HOUR, values: { y } }, { learn: true });
      if (forecast.cycle !== undefined) cycles += 1;
    }
    assert.equal(cycles, 0);
  });
});
