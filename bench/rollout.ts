/**
 * How often the rollout gate is wrong, and how long it takes to be right: simulated streams whose truth is known.
 *
 * The errors of both forecasters are AR(1) processes with the autocorrelation φ, independent of each other (the
 * hardest case: errors that share their shocks are easier to compare). Each stream runs through the same gate as a
 * plant's would, promoted by evidence alone.
 */
import { availableParallelism } from "node:os";
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { Random } from "../src/forecaster/random";
import { Gate, type GateSettings } from "../src/rollout/gate";
import { check, type Row, report, wanted } from "./report";

const STREAMS = 1000;
const PHIS = [0, 0.5, 0.8, 0.9, 0.95, 0.97];

/** Blocks that a stream may take: promotion has 100 of them, a wrong one twice as many chances. */
const BLOCKS = { equal: 200, better: 100, live: 200, bad: 100 };

interface Task {
  index: number;
  part: "equal" | "better" | "live" | "bad";
  phi: number;
  /** Required gain. */
  gain: number;
  /** Size of the learner's errors, that of the existing forecast being 1. */
  size: number;
}

interface Result {
  task: Task;
  /** Streams that got as far as the question. */
  streams: number;
  /** Streams in which the gate acted: promoted, or rolled back. */
  acted: number;
  /** Blocks and forecasts until it did, sorted. */
  blocks: number[];
  forecasts: number[];
}

const TASKS: Task[] = PHIS.flatMap((phi): Omit<Task, "index">[] => [
  { part: "equal", phi, gain: 0, size: 1 },
  { part: "equal", phi, gain: 0.05, size: 1 },
  { part: "better", phi, gain: 0, size: 0.8 },
  { part: "better", phi, gain: 0.05, size: 0.8 },
  { part: "live", phi, gain: 0.05, size: 0.8 },
  { part: "bad", phi, gain: 0.05, size: 1.25 },
  { part: "bad", phi, gain: 0.05, size: 2 },
  { part: "bad", phi, gain: 0.05, size: 5 },
]).map((task, index) => ({ ...task, index }));

const TITLES = {
  equal: "equal forecasters: wrongly promoted",
  better: "better learner: promoted",
  live: "live, still better: wrongly rolled back",
  bad: "live, turns bad: rolled back",
};

function simulate(task: Task): Result {
  const { phi, gain, part } = task;
  const settings: GateSettings = {
    subject: "simulation",
    horizon: 1,
    gain,
    period: "auto",
    zone: "",
    leastBlocks: 0,
    leastDays: 0,
    approval: "automatic",
    scope: { assets: [], shifts: [] },
    low: Number.NaN,
    high: Number.NaN,
  };
  const shock = Math.sqrt(1 - phi * phi);
  const result: Result = { task, streams: STREAMS, acted: 0, blocks: [], forecasts: [] };

  let live = 0;
  for (let stream = 0; stream < STREAMS; stream++) {
    const random = new Random(1 + 7919 * stream);
    const gate = new Gate("stream", settings);
    let existing = random.normal();
    let learner = random.normal();
    let time = 0;
    /** Feeds forecasts until the gate reaches one of the stages or the blocks are used up; forecasts fed, or −1. */
    const run = (size: number, until: readonly string[], blocks: number): number => {
      let ended = 0;
      for (let fed = 1; ; fed++) {
        existing = phi * existing + shock * random.normal();
        learner = phi * learner + shock * random.normal();
        time += 1000;
        gate.score({
          origin: time - 1000,
          time,
          actual: 0,
          learner: size * learner,
          existing,
          naive: Number.NaN,
          coverage: Number.NaN,
          good: true,
          trusted: true,
        });
        if (gate.filling === 0) ended += 1;
        if (until.includes(gate.stage)) return fed;
        if (ended >= blocks) return -1;
      }
    };
    const shadow = part === "equal" || part === "better";
    if (!shadow) {
      // A learner must have earned its place before it can lose it, and credit must not hide a failure.
      run(0.8, ["live", "rolled-back"], 1000);
      if (part === "bad") run(0.8, ["rolled-back"], 50);
      if (gate.stage !== "live") continue;
      live += 1;
    }
    const fed = run(task.size, shadow ? ["pilot"] : ["rolled-back"], BLOCKS[part]);
    if (fed < 0) continue;
    result.acted += 1;
    result.blocks.push(fed / gate.summary.length);
    result.forecasts.push(fed);
  }
  if (live > 0) result.streams = live;
  result.blocks.sort((a, b) => a - b);
  result.forecasts.sort((a, b) => a - b);
  return result;
}

const quantile = (sorted: number[], share: number): number | string =>
  sorted.length > 0 ? sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] : "";

async function main(): Promise<void> {
  const started = performance.now();
  // Slow processes take longest: they go first, so that no worker is left with one at the end.
  const waiting = TASKS.filter(({ part, phi }) => wanted(`${TITLES[part]} ${phi}`)).sort((a, b) => b.phi - a.phi);
  const total = waiting.length;
  const results: Result[] = [];
  const work = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(__filename);
      const next = (): void => {
        const task = waiting.shift();
        if (task) worker.postMessage(task);
        else void worker.terminate().then(() => resolve());
      };
      worker.on("error", reject);
      worker.on("message", (result: Result) => {
        results.push(result);
        console.error(`${results.length} of ${total}: ${TITLES[result.task.part]}, phi ${result.task.phi}`);
        next();
      });
      next();
    });
  await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, work));

  const parts = Object.keys(TITLES);
  results.sort((a, b) => parts.indexOf(a.task.part) - parts.indexOf(b.task.part) || a.task.index - b.task.index);
  const rows = results.map(
    ({ task, streams, acted, blocks, forecasts }): Row => ({
      case: TITLES[task.part],
      phi: task.phi,
      "required gain %": 100 * task.gain,
      "error ratio": task.size,
      streams,
      "share %": (100 * acted) / streams,
      "blocks median": quantile(blocks, 0.5),
      "blocks 90 %": quantile(blocks, 0.9),
      "forecasts median": quantile(forecasts, 0.5),
    }),
  );
  const shares = (part: Task["part"], keep: (task: Task) => boolean = () => true): number[] =>
    results.filter(({ task }) => task.part === part && keep(task)).map(({ acted, streams }) => acted / streams);
  const wholeRun = total === TASKS.length;
  const checks = !wholeRun
    ? []
    : [
        check("wrongly promoted, worst share", Math.max(...shares("equal")), "<=", 0.05),
        check("20 % better, promoted within 100 blocks, worst share", Math.min(...shares("better")), ">=", 0.9),
        check("live and still better, wrongly rolled back, worst share", Math.max(...shares("live")), "<=", 0.05),
        check(
          "turned bad while live, rolled back within 100 blocks, worst share",
          Math.min(...shares("bad")),
          ">=",
          0.9,
        ),
      ];
  report("rollout", started, rows, checks);
}

if (isMainThread) void main();
else parentPort?.on("message", (task: Task) => parentPort?.postMessage(simulate(task)));
