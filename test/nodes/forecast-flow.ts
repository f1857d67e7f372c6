/** Flows for the specs of the nodes: put together, loaded, fed and watched in a few lines. */
import assert from "node:assert/strict";
import { hooks, type Node, type NodeMessage } from "node-red";
import helper from "node-red-node-test-helper";
import alarmRule from "../../nodes/alarm-rule";
import driftGuard from "../../nodes/drift-guard";
import forecastModel from "../../nodes/forecast-model";
import historyTrainer from "../../nodes/history-trainer";
import kpiMeter from "../../nodes/kpi-meter";
import lruPredictor from "../../nodes/lru-predictor";
import plantSimulator from "../../nodes/plant-simulator";
import rolloutGate from "../../nodes/rollout-gate";
import rtrlTuner from "../../nodes/rtrl-tuner";
import sensorScout from "../../nodes/sensor-scout";
import type { ForecastMessage } from "../../src/asset/forecast-message";
import type { ForecastModel } from "../../src/asset/forecast-model";
import type { PlainForecast, PlainScored } from "../../src/asset/plain";
import type { Tuning } from "../../src/forecaster/forecast";
import { MODEL_NODE } from "../model-node";
import type { FlowNode } from "../node-red-process";

export const MODEL = {
  ...MODEL_NODE,
  name: "",
  sensors: ["u"],
  existing: "baseline",
  remember: "none",
  labelDelay: 500,
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

export const GATE = {
  id: "gate",
  type: "rollout-gate",
  z: "tab",
  model: "model",
  gain: 5,
  leastDays: 2,
  period: "auto",
  approval: "automatic",
  low: "",
  high: "",
  assets: "",
  shifts: [],
  leastBlocks: 5,
  zone: "UTC",
  wires: [["out"], ["changes"]],
};
export const RULE = {
  id: "rule",
  type: "alarm-rule",
  z: "tab",
  model: "model",
  watch: "actual",
  limits: [{ name: "H", kind: "high", high: "100", highType: "num", priority: "high", severity: "" }],
  unit: "°C",
  deadband: "5",
  deadbandUnit: "unit",
  onDelay: "0",
  offDelay: "0",
  shelveTime: 30,
  shelveLimit: 480,
  figures: 3600,
  wires: [["changes"], ["list"], ["figures"]],
};

export const GUARD = {
  id: "guard",
  type: "drift-guard",
  z: "tab",
  model: "model",
  sensors: [],
  sentinels: "",
  action: "tell",
  delta: 25,
  lambda: 5,
  warn: 2.5,
  wires: [["out"], ["caught"], []],
};
export const METER = {
  id: "kpi",
  type: "kpi-meter",
  z: "tab",
  model: "model",
  emitEvery: 1e6,
  emitUnit: "readings",
  wires: [["out"]],
};

/** A debug node that shows whole messages. */
export const debug = (id: string): FlowNode => ({
  id,
  type: "debug",
  z: "tab",
  x: 100,
  y: 100,
  active: true,
  tosidebar: true,
  complete: "true",
  targetType: "full",
  wires: [],
});

/** A message as it comes out of tuner and predictor, of a single reading. */
export interface Out extends Omit<ForecastMessage, "forecast" | "scored" | "tuning" | "quality"> {
  forecast: PlainForecast;
  scored?: PlainScored;
  tuning: Tuning;
  quality?: { state: string; reasons: { sensor: string; rule: string; text: string }[] };
  filename?: string;
}

/** All nodes of the pack. */
export const PACK = [
  forecastModel,
  driftGuard,
  rtrlTuner,
  lruPredictor,
  rolloutGate,
  alarmRule,
  kpiMeter,
  plantSimulator,
  historyTrainer,
  sensorScout,
] as const;

/** Nodes of Node-RED itself that stand between those of the pack in the specs. */
const CORE = ["function/10-function", "function/15-change", "function/89-delay"].map(
  (name) => require(`@node-red/nodes/core/${name}.js`) as typeof forecastModel,
);

/** Loads nodes whose wires lead to ends of these names, and collects what arrives at each. */
export async function loadFlow<Ends extends Record<string, unknown>>(
  ends: readonly (keyof Ends & string)[],
  ...nodes: object[]
): Promise<{ [End in keyof Ends]: Ends[End][] }> {
  const flow = [{ id: "tab", type: "tab" }, ...nodes, ...ends.map((id) => ({ id, type: "helper", z: "tab" }))];
  await helper.load([...PACK, ...CORE] as never, flow as never);
  const arrived = {} as { [End in keyof Ends]: Ends[End][] };
  for (const end of ends) {
    const messages: Ends[typeof end][] = [];
    arrived[end] = messages;
    helper.getNode(end).on("input", (msg: unknown) => messages.push(msg as Ends[typeof end]));
  }
  return arrived;
}

/** Loads a flow of tuner and predictor: forecasts come to "out", what was learnt to "learnt". */
export function load(...nodes: object[]): Promise<{ out: Out[]; learnt: Out[] }> {
  return loadFlow<{ out: Out; learnt: Out }>(["out", "learnt"], ...nodes);
}

/** Sends a message into a node. */
export function send(id: string, msg: object): void {
  (helper.getNode(id) as unknown as Node).receive(msg as NodeMessage);
}

/** Sends a message into a node and waits until it is done with it: what a Catch node would get, if anything. */
export function handled(id: string, msg: object): Promise<string | undefined> {
  return new Promise((resolve) => {
    hooks.add("onComplete.handled", ({ node, error }) => {
      if (node.id !== id) return;
      hooks.remove("onComplete.handled");
      resolve(error === undefined || error === null ? undefined : String(error));
    });
    send(id, msg);
  });
}

/** Waits until what nodes have sent has arrived: it is delivered in turns of the event loop of its own. */
export async function delivered(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
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

export interface Status {
  fill: string;
  shape: string;
  text: string;
}

/** All that a node has shown so far. */
export function statuses(id: string): Status[] {
  // biome-ignore lint/suspicious/noExplicitAny: the helper's spies are not in the types
  return ((helper.getNode(id) as any).status.args as [Status][]).map(([status]) => status);
}

/** Waits for a condition, which the failure quotes. Steps are counted, not seconds: a busy machine is waited for. */
export async function until(condition: () => boolean): Promise<void> {
  for (let waited = 0; !condition(); waited += 5) {
    assert.ok(waited < 15_000, `timeout: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** How many readings of an asset the model has taken in. */
export function readings(asset = ""): number {
  let index = -1;
  const { model } = helper.getNode("model") as unknown as { model: ForecastModel };
  model.withAsset(
    asset,
    ({ forecaster }) => {
      index = forecaster?.index ?? -1;
    },
    assert.fail,
  );
  return index + 1;
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
  afterEach(() => {
    hooks.remove("*.handled");
    return helper.unload();
  });
}
