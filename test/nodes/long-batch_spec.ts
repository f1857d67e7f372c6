import assert from "node:assert/strict";
import type { PlainForecast } from "../../src/asset/plain";
import {
  GATE,
  GUARD,
  handled,
  lagged,
  loadFlow,
  METER,
  MODEL,
  PREDICTOR,
  RULE,
  send,
  TUNER,
  until,
  withServer,
} from "./forecast-flow";

const NODES = { guard: GUARD, tuner: TUNER, predictor: PREDICTOR, kpi: METER };
const ROWS = 20_000;
/** For nodes that take some microseconds a row. */
const MANY = 40_000;
const START = 1.7e12;

interface Out {
  topic: string;
  payload: unknown;
  quality?: { state: string }[];
  forecast?: (PlainForecast | null)[];
  kpi?: { readings: number };
}

/** What each node works through, row by row. */
function batch(rows = ROWS): object {
  const payload = lagged(rows);
  const timestamp = payload.map((_, t) => START + 1000 * t);
  const scored = payload.map(({ y }, t) => ({
    origin: START + 1000 * (t - 1),
    time: START + 1000 * t,
    actual: y,
    forecast: y + 1,
  }));
  return { topic: "a", payload, timestamp, scored };
}

const single = (topic: string): object => ({ topic, payload: { u: 1, y: 20 }, timestamp: START + 1000 * ROWS });

describe("a long batch", () => {
  withServer();

  for (const [id, node] of Object.entries(NODES)) {
    it(`leaves turns of the event loop to others in the ${node.type}, and to other assets; its own wait and keep their order`, async () => {
      const { out } = await loadFlow<{ out: Out; caught: Out; learnt: Out }>(["out", "caught", "learnt"], MODEL, node);
      let turns = 0;
      let isOver = false;
      const count = (): void => {
        turns++;
        if (!isOver) setImmediate(count);
      };
      send(id, batch());
      send(id, single("a"));
      send(id, single("b"));
      count();
      await until(() => out.length === 3);
      isOver = true;
      assert.ok(turns > 2, `${turns} turns of the event loop`);
      assert.deepEqual(
        out.map(({ topic }) => topic),
        ["b", "a", "a"],
      );
      assert.equal((out[1].payload as unknown[]).length, ROWS);
      assert.ok(!Array.isArray(out[2].payload));
    });
  }

  for (const [id, node] of Object.entries({ gate: GATE, rule: RULE })) {
    it(`leaves turns of the event loop to others in the ${node.type}`, async () => {
      await loadFlow(["out", "changes", "list", "figures"], MODEL, node);
      const forecast = lagged(MANY).map(({ y }, t) => ({
        origin: START + 1000 * t,
        due: START + 1000 * (t + 1),
        horizon: 1,
        value: y,
        lower: y - 1,
        upper: y + 1,
        naive: y,
        existing: null,
      }));
      let turns = 0;
      let isOver = false;
      const count = (): void => {
        turns++;
        if (!isOver) setImmediate(count);
      };
      const end = handled(id, { ...batch(MANY), forecast });
      count();
      assert.equal(await end, undefined);
      isOver = true;
      assert.ok(turns > 2, `${turns} turns of the event loop`);
    });
  }

  for (const [id, node] of Object.entries({ ...NODES, gate: GATE, rule: RULE })) {
    it(`of more than 100,000 rows is refused by the ${node.type} before any is looked at`, async () => {
      await loadFlow(["out", "caught", "learnt", "changes", "list", "figures"], MODEL, node);
      let looked = 0;
      const rows = new Proxy(new Array(100_001), {
        get: (target, name) => {
          if (name !== "length") looked++;
          return target[name as "length"];
        },
      });
      const told: (string | undefined)[] = [];
      for (const property of ["payload", "scored", "forecast", "quality"])
        told.push(await handled(id, { topic: "a", payload: { u: 1, y: 2 }, [property]: rows }));
      assert.deepEqual(told, ["forecast-model.error.batchTooLong", undefined, undefined, undefined], "told once");
      assert.equal(looked, 0);
    });
  }
});
