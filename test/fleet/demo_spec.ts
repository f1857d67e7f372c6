/** `npm run fleet` as a newcomer runs it: three addresses, forecasts of all machines, one is killed, all is stopped. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { connect } from "node:net";
import { join } from "node:path";
import { projectRoot } from "../node-red-process";
import { temporary, until } from "./fleet";

const MACHINES = 30;

interface List {
  count: number;
  models: { fleet: { partitions: { instance: string }[] } }[];
}

describe("npm run fleet", function () {
  this.timeout(240_000);
  const place = temporary();
  let printed = "";
  let child: ReturnType<typeof spawn>;
  let ended: Promise<number | null>;
  before(() => {
    const args = ["--assets", String(MACHINES), "--every", "1", "--folder", join(place.folder, "demo")];
    child = spawn(process.execPath, [join(projectRoot(), "scripts", "fleet.mjs"), ...args], { detached: true });
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (chunk) => {
        printed += chunk;
      });
    ended = new Promise((resolve) => child.once("exit", resolve));
  });
  after(() => {
    if (child.exitCode === null) process.kill(-(child.pid as number), "SIGKILL"); // it was begun with a group of its own
    place.remove();
  });

  const said = (pattern: RegExp, ms = 120_000): Promise<RegExpMatchArray> =>
    until(async () => {
      const found = pattern.exec(printed);
      assert.ok(found, printed);
      return found;
    }, ms);
  const list = async (address: string): Promise<List> =>
    (await fetch(`${address}/forecast-health/list`)).json() as never;

  it("prints three addresses that answer; all machines are forecast, each by one of them, also when one is killed and comes back", async () => {
    const addresses = await Promise.all(
      ["a", "b", "c"].map(async (name) => (await said(new RegExp(`Node-RED ${name}: (http:\\S+)`)))[1]),
    );
    assert.equal(new Set(addresses).size, 3);
    for (const address of addresses)
      for (const path of ["/", "/forecast-health"]) assert.equal((await fetch(address + path)).status, 200, path);
    const all = async (from: readonly string[]): Promise<void> => {
      const lists = await Promise.all(from.map(list));
      for (const { count } of lists) assert.ok(count > 0, JSON.stringify(lists.map((one) => one.count)));
      assert.equal(
        lists.reduce((sum, { count }) => sum + count, 0),
        MACHINES,
      );
      // Partitions without a machine have nobody yet.
      const named = lists[0].models[0].fleet.partitions.map(({ instance }) => instance);
      const owners = new Set(named.filter(Boolean));
      assert.equal(owners.size, from.length, [...owners].join(", "));
    };
    await until(() => all(addresses), 60_000);
    const [, pid] = await said(/kill -9 (\d+) +# b/);
    process.kill(Number(pid), "SIGKILL");
    await said(/Node-RED b has ended: the others have its machines now/);
    await until(() => all([addresses[0], addresses[2]]), 60_000);
    await said(/Node-RED b is back, and gets its machines: kill -9 \d+/);
    await until(() => all(addresses), 60_000);
  });

  it("is stopped in order: every Node-RED and the broker end", async () => {
    const [, port] = await said(/mqtt:\/\/127\.0\.0\.1:(\d+)/);
    const addresses = [...printed.matchAll(/Node-RED [ac]: (http:\S+)/g)].map(([, address]) => address);
    child.kill("SIGTERM");
    assert.equal(await ended, 0, printed);
    for (const address of addresses) await assert.rejects(fetch(address));
    const socket = connect(Number(port), "127.0.0.1");
    await new Promise((resolve) => socket.once("error", resolve));
    assert.doesNotMatch(printed, /\[error\]/);
  });
});
