/** `npm start` as a new user runs it: the first time, again, with its port taken, and twice at once. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { projectRoot } from "../node-red-process";

interface Started {
  child: ChildProcess;
  /** All that it has printed so far. */
  text(): string;
  /** Resolves with the exit code. */
  ended: Promise<number | null>;
}

describe("npm start", function () {
  this.timeout(120_000);
  let folder: string;
  let taken: Server;
  let port: number;
  const children: ChildProcess[] = [];

  before((done) => {
    folder = mkdtempSync(join(tmpdir(), "online-forecast-start-"));
    taken = createServer().listen(0, "127.0.0.1", () => {
      port = (taken.address() as { port: number }).port;
      done();
    });
  });
  after(() => {
    for (const child of children) child.kill("SIGKILL");
    taken.close();
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  });

  function start(...options: string[]): Started {
    const args = [join(projectRoot(), "scripts", "start.mjs"), "--user-directory", join(folder, "user"), ...options];
    const child = spawn(process.execPath, args, { cwd: folder, env: { ...process.env, LANG: "en_US.UTF-8" } });
    children.push(child);
    let printed = "";
    for (const stream of [child.stdout, child.stderr])
      stream.on("data", (chunk) => {
        printed += chunk;
      });
    return { child, text: () => printed, ended: new Promise((resolve) => child.once("exit", resolve)) };
  }

  async function said(run: Started, pattern: RegExp): Promise<RegExpMatchArray> {
    for (let waited = 0; waited < 60_000; waited += 100) {
      const found = run.text().match(pattern);
      if (found) return found;
      assert.equal(run.child.exitCode, null, run.text());
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    return assert.fail(run.text());
  }

  const READY = /Node-RED is ready: (http:\S+)/;

  it("opens the demo, learning, and says where; a taken port is said; what was learnt is kept at the end", async () => {
    const run = start("--port", String(port));
    await said(run, new RegExp(`Port ${port} is taken`));
    const [, address] = await said(run, READY);
    const flows = (await (await fetch(`${address}/flows`)).json()) as { id: string; type: string; label?: string }[];
    assert.ok(flows.some(({ type }) => type === "rtrl-tuner") && flows.some(({ type }) => type === "plant-simulator"));

    const [, picture] = await said(run, /See the forecasts: (http:\S+)/);
    assert.equal(picture, `${address}/forecast-health`);
    assert.equal((await fetch(picture)).status, 200);

    const second = start();
    assert.equal(await second.ended, 0);
    assert.match(second.text(), new RegExp(`runs here already: ${address}`));
    assert.ok(second.text().includes(picture));

    await new Promise((resolve) => setTimeout(resolve, 5000));
    const updates = await learnt(address, flows);
    assert.ok(updates > 30, `${updates} updates`);
    run.child.kill("SIGTERM");
    assert.equal(await run.ended, 0);
    const records = readdirSync(join(folder, "user", "online-forecast"), { recursive: true });
    assert.ok(records.length > 0, "the models of the demo");
    assert.ok(!existsSync(join(folder, "user", "running.json")));

    const worn = wear(flows);
    const again = start("--port", "0");
    const [, place] = await said(again, READY);
    await new Promise((resolve) => setTimeout(resolve, 4000));
    const later = await learnt(place, flows);
    assert.ok(later > updates, "it goes on with what was learnt");
    again.child.kill("SIGTERM");
    assert.equal(await again.ended, 0);
    assert.ok(wear(flows) > worn && worn > 0, "and with the plant as old as it was");
  });

  /** How often the model of the demo has learnt. */
  async function learnt(address: string, flows: readonly { id: string; type: string }[]): Promise<number> {
    const model = flows.find(({ type }) => type === "forecast-model")?.id;
    const query = new URLSearchParams({ model: String(model), asset: "boiler-1" });
    const view = await (await fetch(`${address}/forecast-health/asset?${query}`)).json();
    return (view as { learnt: { updates: number } }).learnt.updates;
  }

  /** How worn the boiler of the demo was when Node-RED was stopped. */
  function wear(flows: readonly { id: string; type: string; z?: string }[]): number {
    const { id, z } = flows.find(({ type }) => type === "plant-simulator") ?? {};
    const kept = JSON.parse(readFileSync(join(folder, "user", "context", String(z), `${id}.json`), "utf8"));
    return kept.wear.wear["boiler-1"];
  }

  it("comes again with the user's own flows", async () => {
    const run = start("--port", "0");
    const [, address] = await said(run, READY);
    const mine = [{ id: "0123456789abcdef", type: "tab", label: "mine" }];
    const headers = { "Content-Type": "application/json" };
    await fetch(`${address}/flows`, { method: "POST", headers, body: JSON.stringify(mine) });
    run.child.kill("SIGTERM");
    await run.ended;
    const again = start("--port", "0");
    const [, place] = await said(again, READY);
    assert.deepEqual(await (await fetch(`${place}/flows`)).json(), mine);
    again.child.kill("SIGTERM");
    await again.ended;
  });

  for (const [options, reason] of [
    [["--port", "12,5"], /--port 12,5 is no port/],
    [["--host", "203.0.113.1"], /cannot listen on 203\.0\.113\.1/],
  ] as const)
    it(`says in one line what is wrong with ${options.join(" ")}`, async () => {
      const run = start(...options);
      assert.equal(await run.ended, 1);
      assert.match(run.text(), reason);
      assert.doesNotMatch(run.text(), /^ +at /m);
    });
});
