import assert from "node:assert/strict";
import { type AddressInfo, createServer, type Server } from "node:net";
import { Aedes } from "aedes";
import type { Forecast } from "../../src/index";
import { example, type FlowNode, type NodeRed, start } from "../node-red-process";
import { the } from "./adapt";
import { alone } from "./alone";

const COUNT = 300;

describe("example 05 from MQTT", function () {
  this.timeout(60_000);
  let broker: Aedes;
  let server: Server;
  let red: NodeRed;
  let flow: FlowNode[];
  const published = new Map<string, Forecast[]>();

  before(async () => {
    broker = await Aedes.createBroker();
    server = createServer(broker.handle);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    broker.on("publish", ({ topic, payload }) => {
      const [, boiler, what] = topic.split("/");
      if (what !== "forecast") return;
      published.set(boiler as string, [...(published.get(boiler as string) ?? []), JSON.parse(String(payload))]);
    });
    flow = example("05 from MQTT");
    Object.assign(the(flow, "mqtt-broker"), {
      broker: "127.0.0.1",
      port: String((server.address() as AddressInfo).port),
    });
    Object.assign(the(flow, "plant-simulator"), {
      speed: 100,
      count: COUNT,
      start: "2026-01-01T00:00:00Z",
      autostart: false,
    });
    flow.push({
      id: "go",
      type: "inject",
      z: the(flow, "plant-simulator").z,
      props: [],
      wires: [[the(flow, "plant-simulator").id]],
    });
    red = await start(flow);
  });
  after(async () => {
    await red?.stop();
    await new Promise<void>((resolve) => broker.close(resolve));
    server.close();
  });

  it("publishes a forecast for each reading of each of three boilers, as if each had an engine of its own", async () => {
    const subscription = the(flow, "mqtt in").id;
    await red.until("connection", () => red.statuses.get(subscription)?.fill === "green");
    await red.inject("go", { command: "start" });
    await red.until("all forecasts", () => [...published.values()].flat().length === 3 * COUNT);
    const expected = alone(flow, COUNT);
    for (const boiler of ["boiler-1", "boiler-2", "boiler-3"]) {
      const forecasts = published.get(boiler) as Forecast[];
      const own = expected.get(`plant/${boiler}/reading`);
      assert.deepEqual(
        forecasts.map(({ value, due }) => ({ value, due })),
        own?.forecasts.map(({ value, due }) => ({ value, due })),
      );
    }
    assert.deepEqual(red.problems, []);
  });
});
