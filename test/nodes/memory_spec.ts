/** What all nodes remember, in a real Node-RED: over a restart, on its way to another plant, and at the end of an asset. */
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Forecaster } from "../../src/forecaster/forecaster";
import { FolderLock } from "../../src/memory/folder-lock";
import { type FlowNode, linkPack, type NodeRed, start } from "../node-red-process";
import { debug, MODEL, PREDICTOR, TUNER } from "./forecast-flow";
import { GATE, GUARD, METER, RULE } from "./fuzz-nodes";

const READINGS = 150;
const FILE = "press 1.forecaster";
const SOURCE = `
for (let i = msg.from; i < msg.to; i++)
  node.send({ topic: msg.topic, timestamp: 1e12 + 1000 * i, baseline: 20, limit: msg.limit,
    payload: { u: Math.sin(i / 5), y: 20 + Math.sin(i / 5 - 0.5) + 0.1 * Math.sin(7 * i) } });
`;
const at = { z: "tab", x: 100, y: 100 };
/** An inject node whose message the specs fill. */
const inject = (id: string, properties: string[], to: string): FlowNode => ({
  id,
  type: "inject",
  ...at,
  props: properties.map((p) => ({ p, v: "", vt: "str" })),
  wires: [[to]],
});

/** All nodes in a row, with a wire for readings, one for commands to each, and one for models in files. */
function flow(): FlowNode[] {
  return [
    { id: "tab", type: "tab", label: "Flow 1" },
    { ...MODEL, remember: "file", saveUpdates: 1000 },
    inject("inject", ["topic", "from", "to"], "source"),
    { id: "source", type: "function", ...at, func: SOURCE, outputs: 1, wires: [["guard"]] },
    { ...GUARD, ...at, wires: [["tuner"], [], []] },
    { ...TUNER, ...at, wires: [["predictor"], []] },
    { ...PREDICTOR, ...at, wires: [["switch"]] },
    // An exported file is no reading: it goes to the disk.
    {
      id: "switch",
      type: "switch",
      ...at,
      property: "filename",
      propertyType: "msg",
      rules: [{ t: "nnull" }, { t: "else" }],
      outputs: 2,
      wires: [["write"], ["gate", "meter"]],
    },
    {
      id: "write",
      type: "file",
      ...at,
      filename: FILE,
      filenameType: "str",
      overwriteFile: "true",
      wires: [["written"]],
    },
    { ...GATE, ...at, wires: [["rule", "decided"], []] },
    {
      ...RULE,
      ...at,
      limits: [{ name: "H", kind: "high", high: "15", highType: "num", priority: "high", severity: "" }],
      wires: [["alarms"], ["list"], []],
    },
    { ...METER, ...at, emitEvery: 1, wires: [["counted"], [], []] },
    inject("order", ["topic", "command"], "predictor"),
    inject("guard order", ["topic", "command"], "guard"),
    inject("take", ["topic"], "read"),
    { id: "read", type: "file in", ...at, filename: FILE, filenameType: "str", format: "", wires: [["import"]] },
    {
      id: "import",
      type: "change",
      ...at,
      rules: [{ t: "set", p: "command", pt: "msg", to: "import", tot: "str" }],
      wires: [["predictor", "taken"]],
    },
    ...["decided", "counted", "alarms", "list", "written", "taken"].map(debug),
  ];
}

describe("the memory of all nodes", function () {
  this.timeout(120_000);
  const userDir = mkdtempSync(join(tmpdir(), "memory-"));
  const folder = join(userDir, "online-forecast");
  let nodeRed: NodeRed;
  const run = async (): Promise<void> => {
    nodeRed = await start([], { userDir, settings: { fileWorkingDirectory: userDir } });
    await nodeRed.deploy(flow());
  };
  before(async () => {
    linkPack(userDir);
    await run();
  });
  after(async () => {
    await nodeRed?.stop();
    rmSync(userDir, { recursive: true, force: true });
  });
  // biome-ignore lint/suspicious/noExplicitAny: a message holds whatever the flow put there
  const last = (id: string): any => nodeRed.debugged.filter((one) => one.id === id).at(-1)?.msg;
  const feed = async (topic: string, from: number, to: number): Promise<void> => {
    const before = nodeRed.debugged.filter(({ id }) => id === "counted").length;
    await nodeRed.inject("inject", { topic, from, to });
    const came = (): number => nodeRed.debugged.filter(({ id }) => id === "counted").length - before;
    await nodeRed.until("all readings", () => came() === to - from);
    await nodeRed.until("all decisions", () => last("decided")?.timestamp === 1e12 + 1000 * (to - 1));
  };

  it("goes on after a restart where each of them had stopped", async () => {
    await feed("press 1", 0, READINGS);
    await nodeRed.until("the alarm", () => last("alarms")?.alarm.state === "unacknowledged");
    await nodeRed.inject("guard order", { topic: "press 1", command: "freeze" });
    await feed("press 1", READINGS, READINGS + 1);
    const before = { decided: last("decided"), counted: last("counted") };
    await nodeRed.stop();
    await run();
    await feed("press 1", READINGS + 1, READINGS + 2);
    const after = { decided: last("decided"), counted: last("counted") };
    assert.equal(after.counted.kpi.readings, before.counted.kpi.readings + 1);
    assert.equal(after.counted.forecast.updates, before.counted.forecast.updates);
    assert.equal(after.counted.quality.model, "frozen");
    assert.equal(after.decided.stage.filling, before.decided.stage.filling + 1);
    await nodeRed.until("the list of alarms", () => last("list")?.payload[0]?.state === "unacknowledged");
    assert.deepEqual(nodeRed.problems, []);
  });

  it("takes a model by message to an asset of another name, as the engine would", async () => {
    await nodeRed.inject("order", { topic: "press 1", command: "export" });
    await nodeRed.until("the file", () => existsSync(join(userDir, FILE)) && last("written"));
    const twin = Forecaster.load(readFileSync(join(userDir, FILE)));
    assert.ok(twin.updates > 100);
    twin.forgetReadings();
    await nodeRed.inject("take", { topic: "line 9/b" });
    await nodeRed.until("the import", () => last("taken"));
    await feed("line 9/b", 0, 30);
    const { forecast, reading, timestamp } = last("counted");
    let own = Number.NaN;
    for (const { msg } of nodeRed.debugged.filter(({ id, msg }) => id === "counted" && msg.topic === "line 9/b"))
      own = twin.step({ time: msg.timestamp, values: msg.reading, existing: msg.baseline }, { learn: true }).forecast
        .value;
    assert.deepEqual([forecast.asset, timestamp, Object.keys(reading)], ["line 9/b", 1e12 + 29_000, ["u", "y"]]);
    assert.equal(forecast.value, own);
    assert.equal(forecast.updates, twin.updates);
    assert.deepEqual(nodeRed.problems, []);
  });

  it("lets go of a removed asset in every node and keeps its last state aside", async () => {
    await nodeRed.inject("order", { topic: "press 1", command: "remove" });
    await feed("press 1", 0, 1);
    const { forecast, kpi, quality, scored } = last("counted");
    assert.deepEqual([forecast.updates, scored, kpi, quality.model], [0, undefined, undefined, "learning"]);
    const kept = (part: string): boolean =>
      readdirSync(folder, { recursive: true })
        .map(String)
        .some((path) => path.startsWith(part) && /press-1-.*\.removed_/.test(path));
    for (const part of ["model", "guard", "gate", "rule", "meter"])
      await nodeRed.until(`${part} keeps it aside`, () => kept(part));
    await nodeRed.inject("order", { topic: "nobody", command: "remove" });
    await nodeRed.inject("order", { command: "remove", topic: "" });
    await nodeRed.until("two refusals", () => nodeRed.problems.length === 2);
    assert.deepEqual(
      nodeRed.problems.map(({ msg }) => /no asset “nobody”|needs msg\.topic/.exec(msg.message ?? msg)?.[0]),
      ["no asset “nobody”", "needs msg.topic"],
    );
  });

  it("sets a damaged record aside, says so in log and status, and goes on", async () => {
    await nodeRed.stop();
    const [part] = readdirSync(folder).filter((name) => name.startsWith("model"));
    for (const file of readdirSync(join(folder, part)))
      if (/^line-9-b-.*\.record(\.prev)?$/.test(file)) truncateSync(join(folder, part, file), 4000);
    await run();
    await feed("line 9/b", 30, 31);
    await nodeRed.until(
      "the status",
      () => nodeRed.statuses.get("predictor")?.text === "a saved model was set aside: see the error",
    );
    assert.match(nodeRed.log(), /\[warn\] \[forecast-model:.*line 9\/b.*damaged and kept as .*\.damaged_/);
    assert.equal(last("counted").forecast.updates, 0);
  });

  it("says that another process uses the folder, works without it, and touches nothing in it", async () => {
    await nodeRed.stop();
    const lock = new FolderLock(folder);
    lock.take();
    try {
      const files = (): string[] => readdirSync(folder, { recursive: true }).map(String).sort();
      const before = files();
      await run();
      await feed("line 9/b", 40, 45);
      await nodeRed.until(
        "the status",
        () => nodeRed.statuses.get("predictor")?.text === "another Node-RED has the memory: see the error",
      );
      await nodeRed.stop();
      const told = nodeRed.log().match(/\[warn\] \[forecast-model:model\].* is in use by process \d+/g) ?? [];
      assert.equal(told.length, nodeRed.log().match(/Starting flows/g)?.length, "once at each start");
      assert.ok(told.every((line) => line.endsWith(` ${process.pid}`)));
      assert.deepEqual(files(), before);
    } finally {
      lock.release();
    }
    await run();
  });
});
