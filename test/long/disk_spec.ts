import assert from "node:assert/strict";
import { mkdirSync, readdirSync, renameSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { type NodeRed, start } from "../node-red-process";
import { prepareStream, type Stream } from "./stream";
import { readTally } from "./tally";

const ASSETS = 5;
const FAST = { saveUpdates: 20, saveMinutes: 0.05 };

describe("a Node-RED whose memory has nowhere to go", () => {
  let stream: Stream;
  let nodeRed: NodeRed | undefined;
  afterEach(async () => {
    await nodeRed?.stop();
    rmSync(stream.userDir, { recursive: true, force: true });
  });

  const run = async (): Promise<NodeRed> => {
    nodeRed = await start([], { userDir: stream.userDir, settings: stream.settings });
    return nodeRed;
  };
  const goesOn = async (readings = 40): Promise<void> => {
    const from = readTally(stream.tally).map(({ last }) => last);
    await nodeRed?.until("the flow goes on", () =>
      readTally(stream.tally).every(({ last }, asset) => last >= from[asset] + readings),
    );
  };
  const told = (what: RegExp): Promise<unknown> =>
    (nodeRed as NodeRed).until(`told ${what}`, () => what.test((nodeRed as NodeRed).log()), 30_000);
  const lasts = (): number[] => readTally(stream.tally).map(({ last }) => last);
  const firsts = (): number[] => readTally(stream.tally).map(({ first }) => first);

  it("goes on without its folder, tells it, saves everything as soon as it can, and knows it after a restart", async function () {
    this.timeout(120_000);
    stream = prepareStream(ASSETS, 20, FAST);
    writeFileSync(stream.records, "a file where the folder should be");
    await run();
    await goesOn(100);
    await told(/\[warn\] \[forecast-model:.*cannot be saved.*(EEXIST|ENOTDIR)/);
    assert.equal(nodeRed?.log().includes("[error]"), false);
    const unsaved = lasts();
    rmSync(stream.records);
    await told(/All models are saved again/);
    await nodeRed?.stop("SIGKILL");
    await run();
    await goesOn();
    for (const [asset, first] of firsts().entries())
      assert.ok(first > unsaved[asset], `line ${asset} goes on at ${first}; ${unsaved[asset]} was in memory only`);
  });

  it("goes on while its folder is gone in the middle of a run, and misses nothing afterwards", async function () {
    this.timeout(120_000);
    stream = prepareStream(ASSETS, 20, FAST);
    await run();
    await goesOn(100);
    const away = `${stream.records}.away`;
    renameSync(stream.records, away);
    writeFileSync(stream.records, "");
    await goesOn(100);
    await told(/cannot be saved/);
    const unsaved = lasts();
    rmSync(stream.records);
    renameSync(away, stream.records);
    await told(/saved again/);
    await nodeRed?.stop();
    await run();
    await goesOn();
    for (const [asset, first] of firsts().entries()) assert.ok(first > unsaved[asset]);
    const files = readdirSync(stream.records, { recursive: true }).map(String);
    assert.deepEqual(
      files.filter((file) => /damaged|foreign|unread/.test(file)),
      [],
    );
  });

  it("goes on with a damaged record, from the one before, and tells it", async function () {
    this.timeout(120_000);
    stream = prepareStream(ASSETS, 20, FAST);
    await run();
    await goesOn(100);
    await nodeRed?.stop();
    const before = lasts();
    const folders = readdirSync(stream.records).map((part) => join(stream.records, part));
    for (const folder of folders)
      for (const file of readdirSync(folder))
        if (file.startsWith("line-") && file.endsWith(".record")) truncateSync(join(folder, file), 5000);
    await run();
    await goesOn();
    await told(/Asset “line 0”.*The record before it is used/);
    for (const [asset, first] of firsts().entries()) {
      const lost = before[asset] + 1 - first;
      assert.ok(lost > 0 && lost <= 2 * FAST.saveUpdates + 20, `line ${asset} lost ${lost}`);
    }
    const kept = folders.flatMap((folder) => readdirSync(folder)).filter((file) => /\.damaged_\d/.test(file));
    assert.equal(kept.length, ASSETS);
  });

  it("goes on with a context store that is late, fails or is silent, tells it, and finds everything again", async function () {
    this.timeout(240_000);
    stream = prepareStream(ASSETS, 20, { ...FAST, remember: "context:rough" });
    const folder = join(stream.userDir, "rough");
    mkdirSync(folder);
    const mode = (word: string): void => writeFileSync(join(folder, "mode"), word);
    mode("ok");
    // Node-RED takes the module's name for a file beside its own stores.
    const stores = dirname(require.resolve("@node-red/runtime/lib/nodes/context/index.js"));
    const module = relative(stores, join(__dirname, "rough-context.js")).replaceAll("\\", "/");
    stream.settings.contextStorage = { default: { module: "memory" }, rough: { module, config: { folder } } };

    await run();
    await goesOn(100);
    mode("late");
    await goesOn();
    mode("error");
    await goesOn(100);
    await told(/cannot be saved.*connection refused/);
    const unsaved = lasts();
    mode("ok");
    await told(/saved again/);
    await nodeRed?.stop();
    const known = lasts();

    mode("error");
    await run();
    await goesOn();
    await told(/cannot be read.*connection refused/);
    mode("ok");
    const found = (): number => nodeRed?.log().match(/has been found after all/g)?.length ?? 0;
    await nodeRed?.until("all saved models are found", () => found() === ASSETS, 60_000);
    await goesOn();
    for (const [asset, last] of lasts().entries()) assert.ok(last > known[asset]);
    await nodeRed?.stop();
    const learnt = lasts();

    mode("silent");
    await run();
    await nodeRed?.until("the flow goes on", () => firsts().every((first) => first >= 0), 30_000);
    await told(/does not answer/);
    await nodeRed?.stop("SIGKILL");
    mode("ok");
    await run();
    await goesOn();
    for (const [asset, first] of firsts().entries()) {
      assert.ok(first > unsaved[asset]);
      assert.ok(first > learnt[asset], `line ${asset} goes on at ${first} after ${learnt[asset]}`);
    }
  });
});
