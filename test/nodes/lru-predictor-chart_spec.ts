/** The predictor's output for a chart: what it sends, and that a chart of FlowFuse Dashboard draws it as it comes. */
import assert from "node:assert/strict";
import { dirname } from "node:path";
import { example, type FlowNode, type NodeRed, start } from "../node-red-process";
import { debug, delivered, lagged, loadFlow, MODEL, PREDICTOR, send, TUNER, until, withServer } from "./forecast-flow";

interface Point {
  topic: string;
  payload: number;
  asset: string;
  series: string;
  unit: string;
  timestamp?: number;
}
interface Out {
  payload: number | null;
  scored?: { actual: number; forecast: number; lower: number; upper: number; time: number };
}

const CHARTED = { ...PREDICTOR, chart: true, outputs: 2, wires: [["out"], ["points"]] };
const SERIES = ["actual", "forecast", "lower", "upper"];

describe("lru-predictor node, for a chart", () => {
  withServer();

  const load = (...nodes: object[]) => loadFlow<{ out: Out; points: Point }>(["out", "points"], ...nodes);

  for (const place of ["alone", "behind a tuner"]) {
    it(`sends the actual value, and what was forecast for it, as four series of one time: ${place}`, async () => {
      const model = { ...MODEL, unit: "kg/h" };
      const { out, points } =
        place === "alone"
          ? await load(model, CHARTED)
          : await load(model, { ...TUNER, wires: [["predictor"], []] }, CHARTED);
      const first = place === "alone" ? "predictor" : "tuner";
      for (const [t, payload] of lagged(100).entries()) send(first, { payload, topic: "kiln", timestamp: 1000 * t });
      await until(() => out.length === 100);
      await delivered();
      const last = points.slice(-4);
      const scored = out.at(-1)?.scored;
      assert.ok(scored);
      assert.deepEqual(
        last.map(({ series }) => series),
        SERIES,
      );
      assert.deepEqual(
        last.map(({ payload }) => payload),
        [scored.actual, scored.forecast, scored.lower, scored.upper],
      );
      assert.equal(scored.actual, lagged(100).at(-1)?.y);
      for (const { topic, series, asset, unit, timestamp } of last) {
        assert.equal(topic, `kiln: lru-predictor.series.${series} (kg/h)`);
        assert.deepEqual([asset, unit, timestamp], ["kiln", "kg/h", 99_000]);
      }
      assert.ok(
        points.every(({ payload }) => Number.isFinite(payload)),
        "what is not known is not drawn",
      );
    });
  }

  it("draws an estimate of now at each reading, its actual value when it is known", async () => {
    const { out, points } = await load({ ...MODEL, horizons: "0" }, { ...TUNER, wires: [["predictor"], []] }, CHARTED);
    for (const [t, { u, y }] of lagged(100).entries())
      send("tuner", { payload: t % 10 === 9 ? { u, y } : { u }, timestamp: 1000 * t });
    await until(() => out.length === 100);
    await delivered();
    const of = (name: string) => points.filter(({ series }) => series === name);
    assert.equal(of("actual").length, 9, "ten labels, of which the first comes before any estimate");
    assert.ok(of("forecast").length > 85, `${of("forecast").length} estimates`);
    assert.deepEqual(of("actual").at(-1)?.payload, lagged(100)[99]?.y);
    assert.equal(of("actual").at(-1)?.topic, "lru-predictor.series.actual", "without asset and unit");
  });

  it("draws of a batch the newest reading", async () => {
    const { points } = await load(MODEL, CHARTED);
    send("predictor", { payload: lagged(60), timestamp: lagged(60).map((_, t) => 1000 * t) });
    await until(() => points.length >= 2);
    await delivered();
    assert.ok(points.length <= 4 && points.every(({ timestamp }) => timestamp === 59_000));
  });

  it("has no second output unless it is asked for", async () => {
    const { out, points } = await load(MODEL, { ...PREDICTOR, wires: [["out"], ["points"]] });
    for (const [t, payload] of lagged(30).entries()) send("predictor", { payload, timestamp: 1000 * t });
    await until(() => out.length === 30);
    await delivered();
    assert.equal(points.length, 0);
  });
});

describe("a chart of FlowFuse Dashboard behind the predictor", function () {
  this.timeout(60_000);
  let red: NodeRed;
  after(() => red?.stop());

  it("draws the series as they come, with the settings that it has when it is new", async () => {
    const board = example("dashboard/10 operator dashboard").filter(({ type }) => /^ui-(base|theme|page)$/.test(type));
    const page = board.find(({ type }) => type === "ui-page") as FlowNode;
    const flow = example("01 first forecast").filter(({ type }) => type !== "debug" && type !== "delay");
    const predictor = flow.find(({ type }) => type === "lru-predictor") as FlowNode;
    Object.assign(flow.find(({ type }) => type === "plant-simulator") as FlowNode, { pace: "fastest", count: 60 });
    Object.assign(predictor, { chart: true, outputs: 2, wires: [[], ["aaaaaaaaaaaaaa02"]] });
    const group = {
      id: "aaaaaaaaaaaaaa01",
      type: "ui-group",
      name: "",
      page: page.id,
      width: "6",
      height: "1",
      order: 1,
    };
    const chart = {
      ...{
        id: "aaaaaaaaaaaaaa02",
        type: "ui-chart",
        z: predictor.z,
        group: group.id,
        name: "",
        label: "chart",
        order: 1,
      },
      ...{
        chartType: "line",
        category: "topic",
        categoryType: "msg",
        xAxisProperty: null,
        xAxisPropertyType: "timestamp",
      },
      ...{
        xAxisType: "time",
        yAxisProperty: "payload",
        yAxisPropertyType: "msg",
        action: "append",
        stackSeries: false,
      },
      ...{ removeOlder: 1, removeOlderUnit: "3600", removeOlderPoints: "", wires: [["drawn"]] },
    };
    const drawn = { ...debug("drawn"), z: predictor.z, complete: "_datapoint", targetType: "msg" };
    const dashboard = dirname(require.resolve("@flowfuse/node-red-dashboard/package.json"));
    red = await start([...flow, ...board, group, chart, drawn], { settings: { nodesDir: dashboard } });
    const points = () =>
      red.debugged.filter(({ id }) => id === "drawn").map(({ msg }) => msg as Record<string, unknown>);
    await red.until("points", () => new Set(points().map(({ category }) => category)).size === 4);
    for (const { category, x, y } of points()) {
      assert.match(String(category), /^boiler-1: (actual|forecast|lower edge|upper edge)/);
      assert.ok(Number.isFinite(x) && Number.isFinite(y), `${category}: ${x}, ${y}`);
    }
    assert.deepEqual(red.problems, []);
  });
});
