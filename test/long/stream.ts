/** A user directory with a flow that streams readings of many assets through all nodes. */
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { MODEL_NODE } from "../model-node";
import { type FlowNode, linkPack } from "../node-red-process";
import { GATE, GUARD, METER, RULE } from "../nodes/fuzz-nodes";
import { createTally } from "./tally";

const MODEL = "model";
const CORE = join(dirname(require.resolve("@node-red/nodes/package.json")), "core");

export interface Stream {
  readonly userDir: string;
  readonly tally: string;
  /** Folder of the records. */
  readonly records: string;
  readonly flow: FlowNode[];
  /** Settings of a Node-RED that starts as fast as it can: none of its own nodes. */
  readonly settings: Record<string, unknown>;
}

/** Prepares the directory, which the caller removes. `model` properties are laid over the forecast model's. */
export function prepareStream(assets: number, every: number, model: Record<string, unknown> = {}): Stream {
  const userDir = mkdtempSync(join(tmpdir(), "stream-"));
  linkPack(userDir);
  const nodesDir = join(userDir, "test-nodes");
  mkdirSync(nodesDir);
  copyFileSync(join(__dirname, "tally.js"), join(nodesDir, "tally.js"));
  prepareTestNode({ userDir }, "stream");
  const tally = join(userDir, "tally");
  createTally(tally, assets);
  const flow: FlowNode[] = [
    { id: "tab", type: "tab", label: "stream" },
    { ...MODEL_NODE, id: MODEL, ...model },
    { id: "stream", type: "test-stream", z: "tab", model: MODEL, assets, every, tally, wires: [["guard"]] },
    { ...GUARD, wires: [["tuner"], [], []] },
    {
      id: "tuner",
      type: "rtrl-tuner",
      z: "tab",
      model: MODEL,
      speed: "normal",
      rate: 1,
      every: 1,
      scope: "all",
      limit: "",
      wires: [["predictor"], []],
    },
    {
      id: "predictor",
      type: "lru-predictor",
      z: "tab",
      model: MODEL,
      output: "payload",
      outputType: "msg",
      wires: [["gate", "meter"]],
    },
    { ...GATE, wires: [["rule"], []] },
    { ...RULE, wires: [[], [], []] },
    { ...METER, emitEvery: 1, wires: [["stream"], [], []] },
  ];
  writeFileSync(join(userDir, "flows.json"), JSON.stringify(flow));
  const nodesExcludes = readdirSync(CORE, { recursive: true })
    .map((path) => String(path))
    .filter((path) => path.endsWith(".js"))
    .map((path) => path.split(/[\\/]/).at(-1) as string);
  return {
    userDir,
    tally,
    records: join(userDir, "online-forecast"),
    flow,
    settings: { nodesDir, nodesExcludes, functionGlobalContext: {} },
  };
}

/** Makes a node of this folder known to the Node-RED of a user directory. */
export function prepareTestNode({ userDir }: Pick<Stream, "userDir">, name: "stream" | "soak"): void {
  const nodesDir = join(userDir, "test-nodes");
  copyFileSync(join(__dirname, `${name}-node.js`), join(nodesDir, `${name}-node.js`));
  const register = `RED.nodes.registerType("test-${name}",
    { category: "test", defaults: { model: { value: "", type: "forecast-model" } }, inputs: 1, outputs: 1 });`;
  writeFileSync(join(nodesDir, `${name}-node.html`), `<script type="text/javascript">${register}</script>`);
}
