/**
 * What the nodes cost on top of the engine: the same readings through the engine alone, through tuner and predictor one
 * message at a time, and through both in batches, in turns in one process.
 */
import type { Node, NodeMessage } from "node-red";
import helper from "node-red-node-test-helper";
import forecastModel from "../nodes/forecast-model";
import lruPredictor from "../nodes/lru-predictor";
import rtrlTuner from "../nodes/rtrl-tuner";
import { Random } from "../src/forecaster/random";
import { Forecaster } from "../src/index";
import { check, report } from "./report";

const READINGS = 4000;
const BATCH = 100;
const ROUNDS = 5;
const INPUTS = ["a", "b", "c", "d"];

type Payload = Record<string, number>;

const FLOW = [
  {
    id: "model",
    type: "forecast-model",
    target: "y",
    sensors: INPUTS,
    horizons: "1",
    asset: "topic",
    assetType: "msg",
    existing: "baseline",
    existingType: "msg",
    buildOn: "last",
    size: "medium",
    coverage: 90,
    seed: 1,
    remember: "none",
    labelDelay: 100,
    assetLimit: 10_000,
    saveMinutes: 5,
    saveUpdates: 500,
  },
  {
    id: "tuner",
    type: "rtrl-tuner",
    model: "model",
    speed: "normal",
    rate: 1,
    every: 1,
    scope: "all",
    limit: "",
    wires: [["predictor"], []],
  },
  { id: "predictor", type: "lru-predictor", model: "model", output: "payload", outputType: "msg", wires: [["out"]] },
  { id: "out", type: "helper" },
];

function payloads(): Payload[] {
  const random = new Random(1);
  let y = 0;
  return Array.from({ length: READINGS }, () => {
    const values: Payload = {};
    for (const name of INPUTS) values[name] = random.normal();
    y = 0.9 * y + 0.3 * values.a - 0.2 * values.b + 0.05 * random.normal();
    values.y = y;
    return values;
  });
}

/** Sends messages one after the other and waits for the last to come out; ms a reading and the last forecast. */
async function through(messages: readonly object[]): Promise<{ micros: number; last: unknown }> {
  const tuner: Node = helper.getNode("tuner");
  const out: Node = helper.getNode("out");
  const last = new Promise<unknown>((resolve) => {
    let left = messages.length;
    out.removeAllListeners("input");
    out.on("input", (msg: NodeMessage) => {
      left -= 1;
      if (left === 0) resolve(Array.isArray(msg.payload) ? msg.payload.at(-1) : msg.payload);
    });
  });
  const from = performance.now();
  for (const message of messages) tuner.receive(message as NodeMessage);
  const value = await last;
  return { micros: (1000 * (performance.now() - from)) / READINGS, last: value };
}

async function main(): Promise<void> {
  const started = performance.now();
  const rows = payloads();
  const engine = Forecaster.create({ inputs: INPUTS, target: "y", horizon: 1, size: 16, seed: 1 });
  await new Promise<void>((resolve) => helper.startServer(resolve));
  await helper.load([forecastModel, rtrlTuner, lruPredictor], FLOW);
  const ways: Record<string, number[]> = { engine: [], single: [], batch: [] };
  let largest = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const time = (i: number) => 1e12 + (round * READINGS + i) * 1000;
    const from = performance.now();
    let value = Number.NaN;
    for (let i = 0; i < READINGS; i++)
      value = engine.step({ time: time(i), values: rows[i] }, { learn: true }).forecast.value;
    ways.engine.push((1000 * (performance.now() - from)) / READINGS);

    const single = await through(rows.map((payload, i) => ({ topic: "single", payload, timestamp: time(i) })));
    ways.single.push(single.micros);
    const batches = Array.from({ length: READINGS / BATCH }, (_, b) => {
      const part = rows.slice(b * BATCH, (b + 1) * BATCH);
      return { topic: "batch", payload: part, timestamp: part.map((_row, i) => time(b * BATCH + i)) };
    });
    const batch = await through(batches);
    ways.batch.push(batch.micros);
    largest = Math.max(largest, Math.abs((single.last as number) - value), Math.abs((batch.last as number) - value));
  }
  await helper.unload();
  await new Promise<void>((resolve) => helper.stopServer(resolve));
  const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1];
  const [alone, single, batch] = [median(ways.engine), median(ways.single), median(ways.batch)];
  const table = [
    { way: "engine alone", "µs a reading": Number(alone.toFixed(1)), "times the engine": 1 },
    {
      way: "tuner → predictor, one message a reading",
      "µs a reading": Number(single.toFixed(1)),
      "times the engine": Number((single / alone).toFixed(1)),
    },
    {
      way: `tuner → predictor, batches of ${BATCH}`,
      "µs a reading": Number(batch.toFixed(1)),
      "times the engine": Number((batch / alone).toFixed(1)),
    },
  ];
  report("flow", started, table, [
    check("largest difference between a node's forecast and the engine's", largest, "<=", 0),
  ]);
}

void main();
