/** All nodes of the pack behind fleet in, through kills: every alarm is raised once, and guard, gate and meter go on. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { FlowNode } from "../node-red-process";
import { GATE, GUARD, METER, RULE } from "../nodes/forecast-flow";
import {
  allForecast,
  Instance,
  ownBroker,
  Reference,
  reading,
  Stream,
  savedOf,
  storeOf,
  until,
  written,
} from "./fleet";
import { KINDS, type RecordsPlace, startPlace } from "./records-place";

const ASSETS = 12;
const KILLS = 4;
const [HIGH, DEADBAND] = [0.8, 0.1];

/** fleet in → guard → tuner → predictor → gate → alarm rule → who writes alarms down, and → KPI meter. */
function whole(file: string): (flow: FlowNode[]) => FlowNode[] {
  const rewired = (node: FlowNode, to: string[]): FlowNode => ({ ...node, wires: [to] });
  return (flow) => [
    ...flow.map((node) => {
      if (node.id === "in") return rewired(node, ["guard"]);
      return node.id === "predictor" ? rewired(node, ["record", "gate"]) : node;
    }),
    { ...GUARD, wires: [["poison"], [], []] },
    { ...GATE, wires: [["rule", "kpi"], []] },
    {
      ...RULE,
      limits: [{ ...RULE.limits[0], high: String(HIGH) }],
      deadband: String(DEADBAND),
      unit: "",
      wires: [["alarms"], [], []],
    },
    { ...METER, wires: [[], [], []] },
    { id: "alarms", type: "test-record", z: "tab", file, keep: "alarm", wires: [[]] },
  ];
}

interface Change {
  event: string;
  time: number;
}
type Line = [asset: string, alarm: Change, at: number];

describe("all nodes of the pack behind fleet in", function () {
  this.timeout(240_000);
  const at = ownBroker();

  for (const kind of KINDS.filter((one) => one !== "postgres"))
    it(`go on through ${KILLS} kills, with records in ${kind}: no alarm is lost or raised twice`, async () => {
      const records: RecordsPlace = await startPlace(kind);
      const stream = new Stream(ASSETS, at.broker.amqp, 16, kind);
      const instances = ["a", "b"].map((name) => {
        const file = join(at.folder, `${name}-${kind}.alarms`);
        const setting = { records: records.setting, address: at.broker.amqp, fleet: kind, change: whole(file) };
        return new Instance(`${name}-${kind}`, at.folder, setting);
      });
      try {
        await stream.connected();
        await Promise.all(instances.map((one) => one.start()));
        stream.begin(100);
        await until(async () => {
          for (const one of instances) assert.ok(written([one]).length > 10 * ASSETS, `${one.name} has its share`);
        }, 60_000);
        for (let kill = 0; kill < KILLS; kill++) {
          const victim = instances[kill % 2];
          await victim.stop("SIGKILL");
          await sleep(2_000);
          await victim.start();
          await sleep(5_000 + 1_000 * Math.random());
        }
        await stream.end();
        await allForecast(stream, instances);
        // The guard's doubts act on learning, and it goes on from its own last save: bit by bit is for flows without it.
        const { part } = new Reference();
        await until(async () => {
          const kept = await records.look(kind, 16);
          try {
            for (const [asset, count] of stream.sent.entries()) {
              const saved = await savedOf(storeOf(kept), part, reading(asset, 0).topic);
              assert.equal(saved.index + 1, count, `asset ${asset}`);
            }
          } finally {
            await kept.close();
          }
        }, 60_000);
        const changes = ["a", "b"].flatMap((name) => linesOf(join(at.folder, `${name}-${kind}.alarms`)));
        let count = 0;
        for (let asset = 0; asset < ASSETS; asset++) {
          const { topic } = reading(asset, 0);
          const own = changes.filter(([of]) => of === topic).map(([, { event, time }]) => `${event} ${time}`);
          const wanted = alarmsOf(asset, stream.sent[asset]);
          // What was sent and not saved is sent again by whoever is next: the same change at the same time.
          assert.deepEqual([...new Set(own)].sort(), wanted.sort(), topic);
          count += wanted.length;
        }
        const sum = stream.sent.reduce((all, n) => all + n);
        // Partitions of before the last kill that have had no reading since are in nobody's memory: all have one more.
        stream.begin(100);
        await sleep(2_000);
        await stream.end();
        await allForecast(stream, instances);
        const seen = await until(async () => {
          const found = await told(instances);
          assert.deepEqual(found, { ...found, assets: ASSETS, guards: ASSETS, gates: ASSETS });
          return found;
        });
        console.log(
          `      ${count} changes of alarms, each once, ${changes.length - count} sent again; ${seen.guards} guards and ${seen.gates} gates go on, meters have counted ${seen.counted} readings of ${sum} and more`,
        );
        // A meter goes on from its last save: what it has seen since is counted once more, or not at all.
        assert.ok(seen.counted > 0.8 * sum && seen.counted < 1.3 * sum);
        for (const one of instances)
          assert.deepEqual(one.log().match(/^.*\[error\].*$|.*cannot be read.*$/gm) ?? [], []);
      } finally {
        await stream.close();
        await Promise.all(instances.map((one) => one.stop("SIGKILL")));
        await records.close();
      }
    });

  /** What guards, gates and meters say of each asset that is in memory somewhere. */
  async function told(
    instances: readonly Instance[],
  ): Promise<{ assets: number; guards: number; gates: number; counted: number }> {
    const sum = { assets: 0, guards: 0, gates: 0, counted: 0 };
    for (const one of instances) {
      const ask = async (path: string): Promise<unknown> =>
        (await fetch(`${one.process.url}/forecast-health/${path}`)).json();
      const { assets } = (await ask("list")) as { assets: { asset: string }[] };
      for (const { asset } of assets) {
        const view = (await ask(`asset?${new URLSearchParams({ model: "model", asset })}`)) as View;
        sum.assets += 1;
        if (view.guard) sum.guards += 1;
        if (view.stage) sum.gates += 1;
        sum.counted += view.meters[0]?.figures.readings ?? 0;
      }
    }
    return sum;
  }
});

interface View {
  guard: string;
  stage: string;
  meters: { figures: { readings: number } }[];
}

function linesOf(file: string): Line[] {
  if (!existsSync(file)) return [];
  const text = readFileSync(file, "utf8");
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  return whole.split("\n").filter(Boolean).map((line) => JSON.parse(line)); // biome-ignore format: one line
}

/** The changes that an alarm with a deadband has to make. */
function alarmsOf(asset: number, count: number): string[] {
  const found: string[] = [];
  let isActive = false;
  for (let i = 0; i < count; i++) {
    const { payload, timestamp } = reading(asset, i);
    if (isActive ? payload.y < HIGH - DEADBAND : payload.y >= HIGH) {
      isActive = !isActive;
      found.push(`${isActive ? "activate" : "clear"} ${timestamp}`);
    }
  }
  return found;
}
