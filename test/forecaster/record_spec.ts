import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { Random } from "../../src/forecaster/random";
import { Forecaster, type ForecasterOptions, type Reading } from "../../src/index";
import type { Parts } from "../../src/record/part";
import { readRecord, writeRecord } from "../../src/record/record";
import { RecordError } from "../../src/record/record-error";
import { plant } from "./plant";

const BASIC: ForecasterOptions = { inputs: ["a", "b"], target: "y", horizon: [1, 6], size: 4, seed: 3 };
const fixtures = join(__dirname, "../../../test/record/fixtures");

/** Made by the program before records had names. */
function version1(name: string): Buffer {
  return gunzipSync(readFileSync(join(fixtures, `version-1-${name}.gz`)));
}

function learnt(options = BASIC): Forecaster {
  const f = Forecaster.create(options);
  for (const row of plant(300)) f.step(row, { learn: true });
  return f;
}

/** A record with a right checksum, of which something was changed. */
function tampered(
  bytes: Uint8Array,
  change: (parts: Record<string, Record<string, Float64Array | Float32Array>>, description: ForecasterOptions) => void,
  version = 3,
): Uint8Array {
  const { kind, description, parts } = readRecord(bytes, {
    kind: "forecaster",
    version: 3,
    describe: (d) => d as ForecasterOptions,
  });
  const plain = Object.fromEntries([...parts].map(([name, part]) => [name, Object.fromEntries(part)]));
  const told = structuredClone(description);
  change(plain, told);
  return writeRecord({ kind, version, description: told, parts: plain as unknown as Parts });
}

function refused(code: string, text: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof RecordError, String(error));
    assert.equal(error.code, code, error.message);
    assert.match(error.message, text);
    return true;
  };
}

describe("record of a forecaster", () => {
  it("is the same again when loaded and saved", () => {
    for (const horizon of [0, [1, 6]]) {
      const bytes = learnt({ ...BASIC, horizon }).save();
      assert.deepEqual(Buffer.from(Forecaster.load(bytes).save()), Buffer.from(bytes));
    }
  });

  it("has no base that the seed has drawn, and one that was approved", () => {
    const f = learnt({ ...BASIC, steady: true });
    const rows = plant(420).slice(300);
    const goesOn = (): void => {
      const loaded = Forecaster.load(f.save());
      assert.deepEqual(Buffer.from(loaded.save()), Buffer.from(f.save()));
      for (const row of rows.splice(0, 40))
        assert.deepEqual(loaded.step(row, { learn: true }), f.step(row, { learn: true }));
      for (const one of [loaded, f]) one.rollback();
      assert.deepEqual(Buffer.from(loaded.save()), Buffer.from(f.save()));
    };
    goesOn();
    const drawn = f.save().length;
    f.approve();
    assert.ok(f.save().length > drawn + 6 * 1000, `${f.save().length} after ${drawn}`);
    goesOn();
    goesOn();
  });

  it("is not believed where numbers were changed by hand", () => {
    const approved = learnt();
    approved.approve();
    const bytes = approved.save();
    const nan = (part: string, field: string, i = 0) => {
      const changed = tampered(bytes, (parts) => {
        parts[part][field][i] = Number.NaN;
      });
      assert.throws(() => Forecaster.load(changed), refused("damaged", new RegExp(`NaN in ${part}\\.${field}`)));
    };
    nan("horizon1.learner", "parameters", 7);
    nan("horizon6.twin", "parameters");
    nan("horizon1.learner", "h");
    nan("history", "inputs", 3);
    nan("horizon1.traces", "E");
    nan("horizon1.adam", "square");
    nan("relation", "inverse");
    nan("targetLevels", "means");
    nan("horizon1.mixers", "weights");
    const senseless: [string, string, number][] = [
      ["horizon1", "cursor", 1e9],
      ["horizon1", "queueTo", -1],
      ["horizon1.mixers", "weights", 5],
      ["history", "total", 0.5],
      ["forecaster", "forecastIndex", 1e9],
      ["targetLevels", "present", 77],
      ["horizon1.learner", "parameters", 1e308],
    ];
    for (const [part, field, value] of senseless) {
      const changed = tampered(bytes, (parts) => {
        parts[part][field].fill(value);
      });
      assert.throws(
        () => Forecaster.load(changed),
        refused("damaged", /make no sense|which is no number of rows/),
        `${part}.${field}`,
      );
    }
  });

  it("is not believed where its description speaks of another shape, and costs no memory", () => {
    const bytes = learnt().save();
    const changes: [Partial<ForecasterOptions>, string][] = [
      [{ size: 8 }, "damaged"],
      [{ size: 1e9 }, "damaged"],
      [{ inputs: ["a"] }, "damaged"],
      [{ inputs: Array.from({ length: 100_000 }, (_, i) => `s${i}`) }, "damaged"],
      [{ horizon: [1, 6, 1000] }, "damaged"],
      [{ horizon: 2 }, "damaged"],
      [{ coverage: 7 }, "damaged"],
      [{ target: "" }, "damaged"],
    ];
    for (const [change, code] of changes) {
      const changed = tampered(bytes, (_parts, description) => {
        Object.assign(description, change);
      });
      const before = process.memoryUsage().arrayBuffers;
      assert.throws(() => Forecaster.load(changed), refused(code, /./), JSON.stringify(change).slice(0, 80));
      assert.ok(process.memoryUsage().arrayBuffers - before < 50e6, JSON.stringify(change).slice(0, 80));
    }
    assert.throws(
      () =>
        Forecaster.load(
          tampered(bytes, (parts) => {
            parts["horizon1.learner"].h = new Float64Array(3);
          }),
        ),
      refused("mismatch", /horizon1\.learner\.h/),
    );
  });

  it("one in which something is missing begins there anew", () => {
    const f = Forecaster.load(
      tampered(learnt().save(), (parts) => {
        delete parts.relation;
        delete parts["horizon1.mixers"];
      }),
    );
    for (const row of plant(320).slice(300)) assert.ok(Number.isFinite(f.step(row, { learn: true }).forecast.value));
  });

  it("a checkpoint is no model, and belongs to models of its own shape", () => {
    const f = learnt();
    const checkpoint = f.checkpoint();
    assert.throws(() => Forecaster.load(checkpoint), refused("mismatch", /"checkpoint".*"forecaster"/));
    const others = [
      { ...BASIC, size: 5 },
      { ...BASIC, inputs: ["a", "c"] },
      { ...BASIC, target: "z" },
    ];
    for (const options of others) {
      const other = Forecaster.create(options);
      const before = other.save();
      assert.throws(() => other.rollback(checkpoint), refused("mismatch", /Checkpoint/));
      assert.deepEqual(other.save(), before);
    }
    const broken = Buffer.from(checkpoint);
    broken[60] ^= 1;
    const before = f.save();
    assert.throws(() => f.rollback(broken), refused("damaged", /checksum/i));
    assert.deepEqual(f.save(), before);
    f.rollback(checkpoint);
  });

  for (const name of ["soft-sensor", "ahead", "on-existing"])
    it(`of version 1 goes on forecasting much as it did: ${name}`, () => {
      const { next } = JSON.parse(readFileSync(join(fixtures, `version-1-${name}.json`), "utf8")) as {
        next: { reading: Reading; value: number; lower: number; upper: number }[];
      };
      const f = Forecaster.load(version1(name));
      assert.ok(f.updates > 0);
      const before = f.updates;
      let off = 0;
      let width = 0;
      for (const { reading, value, lower, upper } of next) {
        const values = Object.fromEntries(Object.entries(reading.values).map(([k, x]) => [k, x ?? Number.NaN]));
        const { forecast } = f.step({ ...reading, values }, { learn: true });
        off += Math.abs(forecast.value - value);
        width += (upper - lower) / 2;
        assert.ok(forecast.lower <= forecast.value && forecast.value <= forecast.upper);
      }
      assert.ok(off < width, `off by ${off / next.length}, the old half interval was ${width / next.length}`);
      assert.ok(f.updates > before);
      assert.deepEqual(Buffer.from(Forecaster.load(f.save()).save()), Buffer.from(f.save()));
    });

  it("of before, with one unit of change and one interval, begins with these wherever the target is", () => {
    const f = learnt();
    const old = tampered(f.save(), (parts) => {
      for (const [name, part] of Object.entries(parts)) {
        if (!/^lagScale$|\.(rms|tracker)$/.test(name)) continue;
        const { length } = part.count;
        for (const [field, numbers] of Object.entries(part)) part[field] = numbers.slice(0, numbers.length / length);
        // Of the scores all were kept.
        if (part.recent) part.recent = Float64Array.from({ length: 100 }, (_, i) => part.recent[Math.floor(i / 10)]);
      }
    });
    const loaded = Forecaster.load(old);
    for (const row of plant(400).slice(300))
      assert.deepEqual(loaded.step(row, { learn: true }).forecast, f.step(row, { learn: true }).forecast);
  });

  it("of before, without what comes each day, goes on as it was", () => {
    const f = learnt();
    const experts = Object.keys(f.forecast().experts).length;
    const old = tampered(f.save(), (parts) => {
      /** Without the last number of each row. */
      const without = (numbers: Float64Array, width: number) => numbers.filter((_, i) => i % width < width - 1);
      for (const [name, part] of Object.entries(parts)) {
        if (/\.(mixers|straying|moving)$/.test(name))
          for (const field of ["gain", "square", "weights"])
            part[field] = without(part[field] as Float64Array, experts);
        if (name.endsWith(".open")) part.answers = without(part.answers as Float64Array, experts);
        if (name.endsWith(".frozen")) part.linear = without(part.linear as Float64Array, part.linear.length);
      }
    });
    const loaded = Forecaster.load(old);
    for (const row of plant(400).slice(300)) {
      const [now, before] = [loaded, f].map((one) => one.step(row, { learn: true }).forecast.value);
      assert.ok(Math.abs(now - before) < 1e-9 * Math.abs(before), `${now} instead of ${before}`);
    }
  });

  for (const [name, labelEvery] of [
    ["ahead", 1],
    ["soft-sensor", 4],
  ] as const)
    it(`of version 2 goes on forecasting much as it did, late labels too: ${name}`, () => {
      const f = Forecaster.load(gunzipSync(readFileSync(join(fixtures, `version-2-${name}.gz`))));
      const told = JSON.parse(readFileSync(join(fixtures, `version-2-${name}.json`), "utf8")) as {
        late: [forecast: number, error: number];
        next: [value: number, lower: number, upper: number][];
      };
      const rows = plant(360, 5, labelEvery);
      const scored = f.label({ time: rows[270].time, value: 21 }) as { forecast: number; error: number };
      assert.deepEqual([scored.forecast, scored.error], told.late);
      told.next.forEach(([value, lower, upper], i) => {
        const { time, values } = rows[300 + i];
        const { forecast } = f.step({ time, values }, { learn: true });
        assert.ok(Math.abs(forecast.value - value) < (upper - lower) / 2, `${forecast.value} instead of ${value}`);
      });
    });

  for (const horizon of [0, [1, 6]])
    it(`of before, with room for all readings in each ring, goes on: horizon ${horizon}`, () => {
      const options = { ...BASIC, horizon, labelDelay: 60 };
      const f = Forecaster.create(options);
      const rows = plant(400, 5, horizon === 0 ? 4 : 1);
      const first = rows.slice(0, 300);
      // Two labels are missing: one comes late, the other one never.
      for (const late of [270, 280]) first[late] = { ...first[late], values: { ...first[late].values, y: Number.NaN } };
      for (const row of first) f.step(row, { learn: true });
      const bytes = f.save();
      const { capacity } = f.options as unknown as { capacity: number };
      const old = tampered(
        bytes,
        (parts) => {
          const ring = (numbers: Float64Array | Float32Array, width: number, rows: readonly number[]) => {
            const room = capacity * width;
            const all = numbers instanceof Float64Array ? new Float64Array(room) : new Float32Array(room);
            rows.forEach((i, row) => {
              all.set(numbers.subarray(row * width, (row + 1) * width), (i % capacity) * width);
            });
            return all;
          };
          for (const [name, part] of Object.entries(parts)) {
            if (!/^history$|\.(rings|columns|gains)$/.test(name)) continue;
            for (const [field, numbers] of Object.entries(part)) {
              if (field === "total") continue;
              const end = field === "queue" ? parts[name.replace(".rings", "")].queueTo[0] : 300;
              const usual = { inputs: 3, offsets: 3, columns: 11, values: horizon === 0 ? 2 : 3 }[field] ?? 1;
              const width = field === "gain" ? numbers.length / part.has.length : usual;
              const count = numbers.length / width;
              const rows = Array.from({ length: count }, (_, i) => end - count + i);
              const inOrder = numbers.slice();
              rows.forEach((i, row) => {
                inOrder.set(numbers.subarray((i % count) * width, ((i % count) + 1) * width), row * width);
              });
              part[field] = ring(inOrder, width, rows);
            }
          }
          for (const [name, { origin, answers, widening, mixer }] of Object.entries(parts)) {
            if (!name.endsWith(".open")) continue;
            const rings = parts[name.replace(".open", ".rings")];
            rings.experts = ring(answers, answers.length / origin.length, [...origin]);
            rings.widening = ring(widening, 1, [...origin]);
            rings.mixer = ring(mixer, 1, [...origin]);
            delete parts[name];
          }
        },
        2,
      );
      const loaded = Forecaster.load(old);
      assert.deepEqual(Buffer.from(loaded.save()), Buffer.from(bytes));
      const late = { time: rows[270].time, value: 21 };
      for (const row of rows.slice(300)) {
        if (row === rows[310]) assert.deepEqual(loaded.label(late), f.label(late));
        assert.deepEqual(loaded.step(row, { learn: true }), f.step(row, { learn: true }));
      }
      assert.deepEqual(Buffer.from(loaded.save()), Buffer.from(f.save()));
    });

  it("holds of the last readings what is still needed, and no more", () => {
    const usual = learnt({ ...BASIC, horizon: 1, labelDelay: 100, light: true });
    const kept = (f: Forecaster, part: string, field: string) => {
      let length = 0;
      tampered(f.save(), (parts) => {
        length = parts[part][field].length;
      });
      return length;
    };
    assert.equal(kept(usual, "history", "time"), 127);
    assert.ok(kept(usual, "history", "inputs") <= 3 * 4);
    assert.ok(kept(usual, "horizon1.open", "answers") <= 3 * 4);
    assert.equal(kept(usual, "history", "existing"), 127, "they come with each reading of this plant");
    const paused = Forecaster.create({ ...BASIC, horizon: 1, labelDelay: 100, light: true });
    for (const { time, values } of plant(300)) paused.step({ time, values }, { learn: false });
    assert.equal(kept(paused, "history", "inputs"), 3 * 127);
    assert.equal(kept(paused, "history", "existing"), 0);
    const before = paused.memoryBytes;
    for (const { time, values } of plant(700).slice(300)) paused.step({ time, values }, { learn: true });
    assert.ok(paused.memoryBytes < 0.9 * before, "its room is given back");
    assert.ok(kept(paused, "history", "inputs") <= 3 * 4);
  });

  it("is not believed where rows of its rings are missing", () => {
    for (const [part, field] of [
      ["history", "time"],
      ["history", "inputs"],
      ["horizon1.rings", "value"],
      ["horizon1.open", "origin"],
      ["horizon1.open", "answers"],
    ]) {
      const changed = tampered(learnt().save(), (parts) => {
        parts[part][field] = parts[part][field].subarray(0, parts[part][field].length / 2);
      });
      assert.throws(() => Forecaster.load(changed), RecordError, `${part}.${field}`);
    }
  });

  it("aims at what it is to aim at now, though it was saved with another aim", () => {
    const random = new Random(7);
    const skewed = (i: number): Reading => ({
      time: 1000 * i,
      values: { a: random.normal(), y: random.normal() ** 2 },
    });
    const before = Forecaster.create({ inputs: ["a"], target: "y", size: 4 });
    for (let i = 0; i < 500; i++) before.step(skewed(i), { learn: true });
    const usual = Forecaster.load(before.save());
    const average = Forecaster.load(before.save(), {}, { centre: "mean" });
    const short = new Map([usual, average].map((f) => [f, 0]));
    for (let i = 500; i < 3000; i++) {
      const reading = skewed(i);
      for (const [f, sum] of short) short.set(f, sum + (f.step(reading, { learn: true }).scored?.error ?? 0));
    }
    const [ofUsual, ofAverage] = [...short.values()].map((sum) => Math.abs(sum) / 2500);
    assert.ok(ofUsual > 0.2, `the typical value lies ${ofUsual} below the average`);
    assert.ok(ofAverage < 0.05, `${ofAverage}`);
    assert.equal(Forecaster.load(average.save()).options.centre, "mean");
  });

  it("a checkpoint of version 1 goes back into its model", () => {
    const f = Forecaster.load(version1("ahead"));
    f.rollback(version1("checkpoint"));
    assert.throws(() => learnt().rollback(version1("checkpoint")), RecordError);
  });
});
