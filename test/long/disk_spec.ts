import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { type NodeRed, start } from "../node-red-process";
import { prepareStream, type Stream } from "./stream";
import { readTally } from "./tally";

const ASSETS = 5;
/** Guard, model, gate, rule and meter remember each asset. */
const PARTS = 5;
const FAST = { saveUpdates: 20, saveMinutes: 0.05 };

describe("a Node-RED whose memory has nowhere to go", () => {
  let stream: Stream;
  let nodeRed: NodeRed;
  afterEach(async () => {
    await nodeRed?.stop();
    rmSync(stream.userDir, { recursive: true, force: true });
  });

  const run = async (launcher: readonly string[] = []): Promise<NodeRed> => {
    nodeRed = await start([], { userDir: stream.userDir, settings: stream.settings, launcher });
    return nodeRed;
  };
  const goesOn = async (readings = 40): Promise<void> => {
    // After a start the tally shows the run before until a message has come through.
    await nodeRed.until("the flow begins", () => firsts().every((first) => first >= 0), 30_000);
    const from = readTally(stream.tally).map(({ last }) => last);
    await nodeRed.until("the flow goes on", () =>
      readTally(stream.tally).every(({ last }, asset) => last >= from[asset] + readings),
    );
  };
  const told = (what: RegExp): Promise<unknown> =>
    nodeRed.until(`told ${what}`, () => what.test(nodeRed.log()), 30_000);
  /** Until every node has saved every asset anew: each has a memory of its own and makes up for what it could not save. */
  const savedAnew = async (folder = stream.records): Promise<void> => {
    const since = Date.now();
    const isNew = (path: string): boolean =>
      (statSync(join(folder, path), { throwIfNoEntry: false })?.mtimeMs ?? 0) >= since;
    const saved = (): string[] =>
      readdirSync(folder, { recursive: true })
        .map(String)
        .filter((path) => /line[-_]\d[-_][0-9a-f]+(\.record)?$/.test(path) && isNew(path));
    await nodeRed.until("all are saved anew", () => saved().length === PARTS * ASSETS, 60_000);
  };
  /** That what could not be saved for a while is there after a restart, and no record was harmed. */
  const knowsAfterStop = async (signal: NodeJS.Signals, unsaved: number[]): Promise<void> => {
    await nodeRed.stop(signal);
    await run();
    await goesOn();
    for (const [asset, first] of firsts().entries())
      assert.ok(first > unsaved[asset], `line ${asset} goes on at ${first}; ${unsaved[asset]} was in memory only`);
    const files = readdirSync(stream.records, { recursive: true }).map(String);
    assert.deepEqual(
      files.filter((file) => /damaged|foreign|unread/.test(file)),
      [],
    );
  };
  const lasts = (): number[] => readTally(stream.tally).map(({ last }) => last);
  const firsts = (): number[] => readTally(stream.tally).map(({ first }) => first);

  it("goes on without its folder, tells it, saves everything as soon as it can, and knows it after a restart", async function () {
    this.timeout(120_000);
    stream = prepareStream(ASSETS, 20, FAST);
    writeFileSync(stream.records, "a file where the folder should be");
    await run();
    await goesOn(100);
    await told(/\[warn\] \[forecast-model:.*cannot be saved.*(EEXIST|ENOTDIR)/);
    assert.equal(nodeRed.log().includes("[error]"), false);
    const unsaved = lasts();
    rmSync(stream.records);
    await told(/All models are saved again/);
    await knowsAfterStop("SIGKILL", unsaved);
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
    await knowsAfterStop("SIGTERM", unsaved);
  });

  it("goes on while its disk is full, tells it, and misses nothing afterwards", async function () {
    this.timeout(240_000);
    stream = prepareStream(ASSETS, 20, FAST);
    const { process } = await run();
    await goesOn(100);
    // No file may grow beyond 8 kB: the kernel takes a part of a record and refuses the rest, as a full disk does.
    const fill = (bytes: string): void => {
      execFileSync("prlimit", [`--pid=${process.pid}`, `--fsize=${bytes}:unlimited`]);
    };
    fill("8192");
    await goesOn(100);
    await told(/\[warn\] \[forecast-model:.*cannot be saved.*(ENOSPC|EFBIG)/);
    await goesOn(100);
    const unsaved = lasts();
    fill("unlimited");
    await told(/saved again/);
    await savedAnew();
    await knowsAfterStop("SIGKILL", unsaved);
  });

  it("goes on while its folder is read-only, tells it, and misses nothing afterwards", async function () {
    this.timeout(240_000);
    stream = prepareStream(ASSETS, 20, FAST);
    // A superuser may write everywhere; without that capability it is refused like everybody.
    const root = process.getuid?.() === 0;
    await run(root ? ["setpriv", "--bounding-set", "-dac_override,-dac_read_search", "--"] : []);
    await goesOn(100);
    const folders = [stream.records, ...readdirSync(stream.records).map((part) => join(stream.records, part))];
    for (const folder of folders) chmodSync(folder, 0o555);
    await goesOn(100);
    await told(/\[warn\] \[forecast-model:.*cannot be saved.*EACCES/);
    const unsaved = lasts();
    for (const folder of folders) chmodSync(folder, 0o755);
    await told(/saved again/);
    await savedAnew();
    await knowsAfterStop("SIGKILL", unsaved);
  });

  it("goes on with a damaged record, from the one before, and tells it", async function () {
    this.timeout(120_000);
    stream = prepareStream(ASSETS, 20, FAST);
    await run();
    await goesOn(100);
    await nodeRed.stop();
    const before = readTally(stream.tally);
    const folders = readdirSync(stream.records).map((part) => join(stream.records, part));
    let truncated = 0;
    for (const folder of folders)
      for (const file of readdirSync(folder))
        if (file.startsWith("line-") && file.endsWith(".record")) {
          truncateSync(join(folder, file), Math.floor(statSync(join(folder, file)).size / 2));
          truncated++;
        }
    await run();
    await goesOn();
    await told(/Asset “line 0”.*The record before it is used/);
    const allLost = firsts().map((first, asset) => before[asset].last + 1 - first);
    assert.ok(Math.max(...allLost) > 0, "the records before know less");
    for (const [asset, lost] of allLost.entries()) {
      // A line that was saved just before the stop loses nothing: that its record before is used is told, not guessed.
      await told(new RegExp(`Asset “line ${asset}”.*The record before it is used`));
      assert.ok(lost <= 2 * FAST.saveUpdates + 20, `line ${asset} lost ${lost}`);
      // One that was under way at the stop was learnt, and never came through; more than was sent cannot be known.
      assert.ok(firsts()[asset] <= before[asset].sent, `line ${asset} knows more than was sent`);
    }
    const setAside = (): string[] =>
      folders.flatMap((folder) => readdirSync(folder)).filter((file) => /\.damaged_\d/.test(file));
    assert.ok(truncated >= PARTS * ASSETS);
    await nodeRed.until("all are set aside", () => setAside().length === truncated);
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
    await nodeRed.stop();
    const known = lasts();

    mode("error");
    await run();
    await goesOn();
    await told(/cannot be read.*connection refused/);
    mode("ok");
    const found = (): number => nodeRed.log().match(/has been found after all/g)?.length ?? 0;
    await nodeRed.until("all saved states are found", () => found() >= PARTS * ASSETS, 60_000);
    await savedAnew(join(folder, "values"));
    await goesOn();
    for (const [asset, last] of lasts().entries()) assert.ok(last > known[asset]);
    await nodeRed.stop();
    const learnt = lasts();

    mode("silent");
    await run();
    await nodeRed.until("the flow goes on", () => firsts().every((first) => first >= 0), 30_000);
    await told(/does not answer/);
    await nodeRed.stop("SIGKILL");
    mode("ok");
    await run();
    await goesOn();
    for (const [asset, first] of firsts().entries()) {
      assert.ok(first > unsaved[asset]);
      assert.ok(first > learnt[asset], `line ${asset} goes on at ${first} after ${learnt[asset]}`);
    }
  });
});
