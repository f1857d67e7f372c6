/** A flow of tuner and predictor for the specs of the three nodes: loaded, fed and watched in a few lines. */
import assert from "node:assert/strict";
import type { Node, NodeMessage } from "node-red";
import helper from "node-red-node-test-helper";
import forecastModel from "../../nodes/forecast-model";
import lruPredictor from "../../nodes/lru-predictor";
import rtrlTuner from "../../nodes/rtrl-tuner";
import type { ForecastMessage } from "../../src/asset/forecast-model";
import type { PlainForecast, PlainScored } from "../../src/asset/plain";
import type { Tuning } from "../../src/forecaster/forecast";

export const MODEL = {
  id: "model",
  type: "forecast-model",
  name: "",
  target: "y",
  inputs: ["u"],
  horizons: "1",
  asset: "topic",
  assetType: "msg",
  existing: "baseline",
  existingType: "msg",
  buildOn: "last",
  size: "small",
  coverage: 90,
  seed: 1,
  remember: "none",
  labelDelay: 500,
  assetLimit: 10000,
  saveMinutes: 5,
  saveUpdates: 500,
};
export const TUNER = {
  id: "tuner",
  type: "rtrl-tuner",
  z: "tab",
  model: "model",
  speed: "normal",
  rate: 1,
  every: 1,
  scope: "all",
  limit: "",
  wires: [["out"], ["learnt"]],
};
export const PREDICTOR = {
  id: "predictor",
  type: "lru-predictor",
  z: "tab",
  model: "model",
  output: "payload",
  outputType: "msg",
  wires: [["out"]],
};

/** A message as it comes out, of a single reading. */
export interface Out extends Omit<ForecastMessage, "forecast" | "scored" | "tuning" | "quality"> {
  forecast: PlainForecast;
  scored?: PlainScored;
  tuning: Tuning;
  quality?: { state: string; reasons: { sensor: string; rule: string; text: string }[] };
  filename?: string;
}

/** Loads nodes, with a place to watch what comes out ("out") and one for what was learnt ("learnt"). */
export async function load(...nodes: object[]): Promise<{ out: Out[]; learnt: Out[] }> {
  await helper.load([forecastModel, rtrlTuner, lruPredictor], [
    { id: "tab", type: "tab" },
    ...nodes,
    { id: "out", type: "helper", z: "tab" },
    { id: "learnt", type: "helper", z: "tab" },
  ] as never);
  const out: Out[] = [];
  const learnt: Out[] = [];
  helper.getNode("out").on("input", (msg: unknown) => out.push(msg as Out));
  helper.getNode("learnt").on("input", (msg: unknown) => learnt.push(msg as Out));
  return { out, learnt };
}

/** Sends a message into a node. */
export function send(id: string, msg: object): void {
  (helper.getNode(id) as unknown as Node).receive(msg as NodeMessage);
}

/** Sends a message into a node and waits for the error that a Catch node would get: key of the text, first word of it. */
export async function refused(id: string, msg: object): Promise<string> {
  // biome-ignore lint/suspicious/noExplicitAny: the helper's spies are not in the types
  const calls = (helper.getNode(id) as any).error.args as [Error | string, NodeMessage?][];
  const before = calls.length;
  send(id, msg);
  await until(() => calls.length > before);
  const [error, about] = calls[calls.length - 1] as [Error | string, NodeMessage?];
  assert.ok(about, "the error comes with its message, so that a Catch node sees it");
  return error instanceof Error ? error.message : error;
}

/** All status texts of a node so far. */
export function statuses(id: string): { fill: string; text: string }[] {
  // biome-ignore lint/suspicious/noExplicitAny: the helper's spies are not in the types
  return ((helper.getNode(id) as any).status.args as [{ fill: string; text: string }][]).map(([status]) => status);
}

export async function until(condition: () => boolean): Promise<void> {
  for (let waited = 0; !condition(); waited += 5) {
    assert.ok(waited < 5000, "timeout");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** A process with a lag: y follows u slowly. The same at every call. */
export function lagged(n: number): { u: number; y: number }[] {
  let y = 0;
  return Array.from({ length: n }, (_, t) => {
    const u = Math.sin(t / 7) + 0.5 * Math.sin(t / 3.1);
    y += 0.2 * (u - y);
    return { u, y: 20 + 5 * y };
  });
}

/** Starts and stops the helper's server around a spec. */
export function withServer(): void {
  before((done) => {
    helper.init(require.resolve("node-red"));
    helper.startServer(done);
  });
  after((done) => {
    helper.stopServer(done);
  });
  afterEach(() => helper.unload());
}
