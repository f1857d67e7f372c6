import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ModelForm, type ModelSettings, modelSettings } from "../../src/asset/settings";
import { Forecaster } from "../../src/forecaster/forecaster";
import { readTable } from "../../src/table/table";
import { type TrainingProblem, type TrainingProgress, train } from "../../src/training/history-training";
import { JobFailed, TrainingJob } from "../../src/training/training-job";
import { lagged, MODEL } from "../nodes/forecast-flow";

const settings = (form: Partial<ModelForm> = {}): ModelSettings =>
  modelSettings({ ...(MODEL as unknown as ModelForm), ...form }) as ModelSettings;
const START = Date.UTC(2026, 0, 1);
const rows = (count: number): object[] =>
  lagged(count).map((row, i) => ({ time: new Date(START + 60_000 * i), ...row }));

describe("learning from history", function () {
  this.timeout(20_000);
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "training-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  it("beats the last value over the last fifth, which it says from its own forecasts, and the model goes on from there", () => {
    const progress: TrainingProgress[] = [];
    const table = readTable(rows(2000));
    const trained = train(table, settings(), { passes: 2 }, (one) => progress.push(one));
    assert.ok(trained.error < 0.7 * trained.naive, `${trained.error} against ${trained.naive}`);
    assert.equal(trained.scored, 400);
    assert.equal(trained.to, START + 60_000 * 1999);
    const naive = lagged(2000)
      .slice(1599)
      .map(({ y }) => y);
    const mean = naive.slice(1).reduce((sum, y, i) => sum + Math.abs(y - (naive[i] as number)), 0) / 400;
    assert.ok(Math.abs(trained.naive - mean) < 1e-9);
    const shares = progress.map(({ rows, of }) => rows / of);
    assert.deepEqual(
      shares,
      shares.toSorted((a, b) => a - b),
    );
    assert.equal(progress.length, 18, "3,600 rows, told after each 200");
    const forecaster = Forecaster.load(trained.bytes);
    assert.equal(forecaster.pretrained, true);
    assert.equal(forecaster.index, -1, "what was seen belongs to another time");
  });

  it("learns while the plant runs by words that only this plant has", () => {
    const auto = rows(2000).map((row) => ({ ...row, mode: "AUTO" }));
    const running = { running: "mode", runningType: "sensor", runningIs: "is", runningValue: "AUTO" } as const;
    const table = readTable(auto, { format: { states: ["AUTO/MAN"] } });
    assert.equal(train(table, settings(running), { passes: 1 }, () => {}).scored, 400);
  });

  it("learns while the plant runs also where its column has more than two words, and tells such histories apart", async () => {
    const modes = (order: string[]) => rows(2000).map((row, i) => ({ ...row, mode: order[Math.floor(i / 40) % 3] }));
    const auto = settings({ running: "mode", runningType: "sensor", runningIs: "is", runningValue: "AUTO" });
    const table = readTable(modes(["AUTO", "MAN", "OFF"]), { words: "mode" });
    const { scored } = train(table, auto, { passes: 1 }, () => {});
    assert.ok(scored > 100 && scored < 160, `${scored} of 400, a third of which ran`);
    const hashOf = async (order: string[]): Promise<string> => {
      const job = new TrainingJob({ zone: "UTC", format: {}, settings: auto, training: { passes: 1 } });
      const { hash } = await job.read(modes(order));
      const [row] = await job.rows(40, 1);
      assert.deepEqual(row?.words, { mode: order[1] });
      await job.close();
      return hash;
    };
    assert.notEqual(await hashOf(["AUTO", "MAN", "OFF"]), await hashOf(["MAN", "AUTO", "OFF"]));
  });

  it("is the same history only where every setting is the same on which what is learnt depends", async () => {
    const hashOf = async (form: Partial<ModelForm>, passes = 3, table = rows(40)): Promise<string> => {
      const job = new TrainingJob({ zone: "UTC", format: {}, settings: settings(form), training: { passes } });
      const { hash } = await job.read(table);
      job.close();
      return hash;
    };
    const known = await hashOf({});
    const beside: Partial<ModelForm>[] = [
      ...[{ unit: "t/h" }, { language: "ja" as const }, { asset: "machine" }, { remember: "none" }, { assetLimit: 7 }],
      ...[
        { saveMinutes: 7 },
        { saveUpdates: 7 },
        { otherTimes: "refuse" as const },
        { numbersAsText: "comma" as const },
      ],
    ];
    for (const form of beside) assert.equal(await hashOf(form), known, JSON.stringify(form));
    const decisive: Partial<ModelForm>[] = [
      ...[{ target: "u" }, { sensors: ["v"] }, { horizons: "2" }, { horizons: "2 min" }, { existing: "plan" }],
      ...[{ size: "large" as const }, { centre: "mean" as const }, { steady: true }, { memory: "light" as const }],
      ...[
        { coverage: 80 },
        { seed: 2 },
        { labelDelay: 20 },
        { zone: "Asia/Tokyo" },
        { existing: "y", buildOn: "existing" as const },
      ],
      ...[{ running: "u" }, { running: "u", runningIs: "above" as const, runningValue: "1" }],
    ];
    const all = [known, await hashOf({}, 4), await hashOf({}, 3, rows(41))];
    for (const form of decisive) all.push(await hashOf(form));
    const again = all.flatMap((hash, i) => (all.indexOf(hash) < i ? [JSON.stringify(decisive[i - 3])] : []));
    assert.deepEqual(again, []);
  });

  it("the last fifth is not seen before it is forecast: what stands there does not change what was learnt before", () => {
    const known = rows(1000);
    const errors = [1, 1000].map((factor) => {
      const other = known.map((row, i) => (i >= 900 ? { ...row, y: factor } : row));
      return train(readTable(other.slice(0, 901)), settings(), { passes: 1 });
    });
    assert.equal(errors[0]?.scored, errors[1]?.scored);
    const parts = known.map((row, i) => (i >= 990 ? { ...row, y: 1e6 } : row));
    const [a, b] = [known, parts].map((some) => {
      const first: number[] = [];
      train(readTable(some), settings(), { passes: 1 }, ({ rows, of, error }) => rows < 0.79 * of && first.push(error));
      return first;
    });
    assert.ok((a?.length as number) > 2);
    assert.deepEqual(a, b);
  });

  it("says so where it is worse than the last value", () => {
    // A random walk: nothing beats the last value.
    let y = 0;
    let seed = 1;
    const walk = Array.from({ length: 400 }, (_, i) => {
      seed = (seed * 48_271) % 2_147_483_647;
      y += seed / 2_147_483_647 - 0.5;
      return { time: START + 60_000 * i, u: Math.sin(i), y };
    });
    const { error, naive } = train(readTable(walk), settings(), { passes: 3 });
    assert.ok(error > 0.9 * naive, `${error} against ${naive}`);
  });

  it("with horizons in time, and with no sensors named", () => {
    const trained = train(readTable(rows(1500)), settings({ horizons: "3 min", sensors: [] }), { passes: 2 });
    assert.deepEqual(trained.inputs, ["u"]);
    assert.ok(trained.error < trained.naive);
  });

  it("a soft sensor with rare labels", () => {
    const sparse = rows(1500).map((row, i) => (i % 5 === 0 ? row : { ...row, y: null }));
    const { scored, error, naive } = train(readTable(sparse), settings({ horizons: "0" }), { passes: 2 });
    assert.equal(scored, 60);
    assert.ok(error < naive);
  });

  for (const [what, table, form, code] of [
    ["a table without the target", rows(100), { target: "Y" }, "noTarget"],
    ["a table with none of the sensors", rows(100), { sensors: ["v", "w"] }, "noInputs"],
    ["few rows", rows(29), {}, "fewRows"],
  ] as const)
    it(`refuses ${what}`, () => {
      assert.throws(
        () => train(readTable([...table]), settings(form as Partial<ModelForm>), { passes: 1 }),
        (error) => (error as TrainingProblem).code === code,
      );
    });

  describe("in a worker thread", () => {
    const order = { zone: "UTC", format: {}, settings: settings(), training: { passes: 1 } };
    const header = "time,u,y\n";
    const text = (count: number): string =>
      header +
      lagged(count)
        .map(({ u, y }, i) => `${new Date(START + 60_000 * i).toISOString()},${u},${y}`)
        .join("\n");

    it("bytes, text and rows give the same model, and the same hash", async () => {
      const results = [];
      for (const source of [Buffer.from(text(300)), text(300), rows(300)]) {
        const job = new TrainingJob(order);
        const { hash, summary } = await job.read(source);
        const { error } = await job.learn(() => {});
        const last = await job.rows(298, 10);
        results.push({ hash, rows: summary.rows, error, last });
        job.close();
      }
      assert.deepEqual(results[1], results[0]);
      assert.deepEqual(results[2], results[0]);
      assert.equal(results[0]?.last.length, 2);
    });

    it("errors come back with their code", async () => {
      const job = new TrainingJob({ ...order, path: "/no/such/file.csv" });
      await assert.rejects(job.read(), (error) => error instanceof JobFailed && error.code === "ENOENT");
      job.close();
    });

    it("cancelled at any time, who waits is told", async () => {
      const job = new TrainingJob({ ...order, training: { passes: 100 } });
      await job.read(text(5000));
      const learning = job.learn(() => {});
      setTimeout(() => job.close(), 50);
      await assert.rejects(learning, (error) => error instanceof JobFailed && error.code === "cancelled");
      await assert.rejects(job.rows(0, 1), /cancelled/);
    });

    it("100,000 rows do not hold up the flow: the event loop is late by less than 50 ms", async () => {
      const table = Array.from({ length: 100_000 }, (_, i) => {
        const row: Record<string, number> = { time: START + 60_000 * i, y: Math.sin(i / 9), u: Math.cos(i / 7) };
        for (let k = 0; k < 8; k++) row[`x${k}`] = Math.sin(i / (k + 3));
        return row;
      });
      /** How late the event loop was at worst while a job read its table, ms. */
      const worstDelay = async (job: TrainingJob, source?: object[]): Promise<number> => {
        let worst = 0;
        let last = performance.now();
        const timer = setInterval(() => {
          const now = performance.now();
          worst = Math.max(worst, now - last - 5);
          last = now;
        }, 5);
        const { summary } = await job.read(source);
        clearInterval(timer);
        job.close();
        assert.equal(summary.rows, 100_000);
        return Math.round(worst);
      };
      const path = join(folder, "rows.json");
      writeFileSync(path, JSON.stringify(table));
      const delays: [number, number][] = [];
      // On a machine that is busy with other things everything is late: as much as where this thread has nothing to do.
      const isSmooth = ([delay, idle]: [number, number]): boolean => delay < Math.max(50, 1.5 * idle);
      while (delays.length < 4 && !delays.some(isSmooth))
        delays.push([
          await worstDelay(new TrainingJob(order), table),
          await worstDelay(new TrainingJob({ ...order, path })),
        ]);
      const told = delays.map(([delay, idle]) => `${delay} (with nothing to do ${idle})`).join(", ");
      console.log(`        worst delay of the event loop: ${told} ms`);
      assert.ok(delays.some(isSmooth));
    }).timeout(180_000);
  });
});
