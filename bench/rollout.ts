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
const PHIS = [0, 0.5, 0.8, 0.9, 0.97];

/** Good blocks in the live stage before the question is put: credit must not hide a failure. */
const CREDIT = 50;

const CASES = {
  equal: "equal forecasters: wrongly promoted",
  better: "better learner: promoted",
  live: "live and still better: wrongly rolled back",
  bad: "live and turns bad: rolled back",
};

interface Task {
  phi: number;
  /** What to ask of each stream. All tasks of the live stage share the stream until then. */
  questions: Question[];
}

interface Question {
  about: keyof typeof CASES;
  /** Required gain. */
  gain: number;
  /** Size of the learner's errors, that of the existing forecast being 1. */
  size: number;
  /** Blocks that the gate has to act. */
  blocks: number;
}

interface Answer {
  phi: number;
  question: Question;
  /** Streams that got as far as the question. */
  streams: number;
  /** Blocks and forecasts until the gate acted, of the streams in which it did. */
  blocks: number[];
  forecasts: number[];
}

const QUESTIONS: Question[][] = [
  [{ about: "equal", gain: 0, size: 1, blocks: 200 }],
  [{ about: "better", gain: 0, size: 0.8, blocks: 100 }],
  [{ about: "better", gain: 0.05, size: 0.8, blocks: 100 }],
  [
    { about: "live", gain: 0.05, size: 0.8, blocks: 100 },
    { about: "bad", gain: 0.05, size: 1.25, blocks: 100 },
    { about: "bad", gain: 0.05, size: 2, blocks: 100 },
    { about: "bad", gain: 0.05, size: 5, blocks: 100 },
  ],
];

/** Two forecasters with AR(1) errors, before a gate. */
class Stream {
  private existing: number;
  private learner: number;

  constructor(
    readonly gate: Gate,
    private readonly phi: number,
    private readonly random: Random,
    private time = 0,
  ) {
    this.existing = random.normal();
    this.learner = random.normal();
  }

  /**
   * Feeds forecasts until the gate reaches one of the stages.
   *
   * @param size  of the learner's errors
   * @returns forecasts and blocks that it took; nothing where the blocks were used up before
   */
  run(size: number, until: readonly string[], blocks: number): { forecasts: number; blocks: number } | undefined {
    const { gate, phi, random } = this;
    const shock = Math.sqrt(1 - phi * phi);
    let ended = 0;
    for (let forecasts = 1; ; forecasts++) {
      this.existing = phi * this.existing + shock * random.normal();
      this.learner = phi * this.learner + shock * random.normal();
      this.time += 1000;
      gate.score({
        origin: this.time - 1000,
        time: this.time,
        actual: 0,
        learner: size * this.learner,
        existing: this.existing,
        naive: Number.NaN,
        coverage: Number.NaN,
        good: true,
        doubtful: false,
        running: true,
      });
      if (gate.filling === 0) ended += 1;
      if (until.includes(gate.stage)) return { forecasts, blocks: ended };
      if (ended >= blocks) return undefined;
    }
  }
}

function settings(gain: number): GateSettings {
  const nowhere = { assets: [], shifts: [] };
  const none = Number.NaN;
  const own = { leastBlocks: 0, leastDays: 0, approval: "automatic", scope: nowhere, low: none, high: none } as const;
  return { subject: "simulation", horizon: 1, gain, period: "auto", zone: "", ...own };
}

function simulate({ phi, questions }: Task): Answer[] {
  const answers = questions.map((question): Answer => ({ phi, question, streams: 0, blocks: [], forecasts: [] }));
  for (let seed = 1; seed <= STREAMS; seed++) {
    const stream = new Stream(new Gate("stream", settings(questions[0].gain)), phi, new Random(seed));
    const shadow = questions[0].about === "equal" || questions[0].about === "better";
    if (!shadow) {
      // A learner must have earned its place before it can lose it.
      stream.run(0.8, ["live", "hold"], 1000);
      stream.run(0.8, ["rolled-back", "hold"], CREDIT);
      if (stream.gate.stage !== "live") continue;
    }
    const saved = stream.gate.save();
    for (const [i, answer] of answers.entries()) {
      const { gain, size, blocks } = answer.question;
      const { gate } = Gate.load(saved, "stream", settings(gain), 0);
      // The past of the stream is the same for all questions, what comes is its own.
      const future = new Stream(gate, phi, new Random(seed + STREAMS * (i + 1)), 1e12);
      const took = future.run(size, shadow ? ["pilot"] : ["rolled-back", "hold"], blocks);
      answer.streams += 1;
      if (!took) continue;
      answer.blocks.push(took.blocks);
      answer.forecasts.push(took.forecasts);
    }
  }
  return answers;
}

function quantile(values: number[], share: number): number | string {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted.length > 0 ? sorted[Math.floor(share * (sorted.length - 1))] : "";
}

async function main(): Promise<void> {
  const started = performance.now();
  const tasks = QUESTIONS.flatMap((questions) => PHIS.map((phi): Task => ({ phi, questions })));
  // Slow processes take longest: they go first, so that no worker is left with one at the end.
  const waiting = tasks
    .filter(({ phi, questions }) => questions.some(({ about }) => wanted(`${CASES[about]}, phi ${phi}`)))
    .sort((a, b) => b.phi - a.phi);
  const total = waiting.length;
  const answers: Answer[] = [];
  const work = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(__filename);
      let done = 0;
      const next = (): void => {
        const task = waiting.shift();
        if (task) worker.postMessage(task);
        else void worker.terminate().then(() => resolve());
      };
      worker.on("error", reject);
      worker.on("message", (some: Answer[]) => {
        answers.push(...some);
        done += 1;
        console.error(`worker ${worker.threadId}, ${done} done, ${waiting.length} of ${total} waiting`);
        next();
      });
      next();
    });
  await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, work));

  const order = QUESTIONS.flat().map((question) => JSON.stringify(question));
  const place = ({ phi, question }: Answer): number => order.indexOf(JSON.stringify(question)) + phi;
  const rows = answers
    .sort((a, b) => place(a) - place(b))
    .map(
      ({ phi, question, streams, blocks, forecasts }): Row => ({
        case: CASES[question.about],
        phi,
        "required gain %": 100 * question.gain,
        "error ratio": question.size,
        streams,
        "share %": (100 * blocks.length) / streams,
        "blocks median": quantile(blocks, 0.5),
        "blocks 90 %": quantile(blocks, 0.9),
        "forecasts median": quantile(forecasts, 0.5),
        "forecasts 90 %": quantile(forecasts, 0.9),
      }),
    );
  const shares = (about: Question["about"]): number[] =>
    answers.filter(({ question }) => question.about === about).map(({ blocks, streams }) => blocks.length / streams);
  const most = (about: Question["about"]): number => shares(about).reduce((a, b) => Math.max(a, b), 0);
  const least = (about: Question["about"]): number => shares(about).reduce((a, b) => Math.min(a, b), 1);
  report("rollout", started, rows, [
    check("equal forecasters, wrongly promoted, share in the worst case", most("equal"), "<=", 0.05),
    check("20 % better, promoted within 100 blocks, share in the worst case", least("better"), ">=", 0.9),
    check("live and still better, wrongly rolled back, share in the worst case", most("live"), "<=", 0.05),
    check("turned bad while live, rolled back within 100 blocks, share in the worst case", least("bad"), ">=", 0.9),
  ]);
}

if (isMainThread) void main();
else parentPort?.on("message", (task: Task) => parentPort?.postMessage(simulate(task)));
