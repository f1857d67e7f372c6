/** A tuner and a predictor on one wire that name two forecast models: by mistake, or for two targets. */
import assert from "node:assert/strict";
import helper from "node-red-node-test-helper";
import {
  lagged,
  loadFlow,
  MODEL,
  type Out,
  PREDICTOR,
  send,
  statuses,
  TUNER,
  until,
  withServer,
} from "./forecast-flow";

const OTHER = { ...MODEL, id: "other", name: "steam", target: "u", sensors: ["y"] };
const FIRST = { ...TUNER, wires: [["predictor"], []] };

/** Sends readings into a node and waits until they have come out. */
async function run(entry: string, ...nodes: object[]): Promise<{ warned: unknown[]; out: Out[] }> {
  const { out } = await loadFlow<{ out: Out }>(["out"], MODEL, OTHER, ...nodes);
  for (const [t, payload] of lagged(20).entries()) send(entry, { payload, timestamp: 1000 * t });
  await until(() => out.length >= 20);
  const logged = helper.log().args.map(([event]) => event as { id?: string; level: number; msg: unknown });
  const isWarning = ({ id = "", level }: { id?: string; level: number }): boolean =>
    level === 30 && ["predictor", "second"].includes(id);
  const warned = logged.filter(isWarning).map(({ msg }) => msg);
  return { warned, out };
}

const YELLOW = { fill: "yellow", shape: "ring", text: "lru-predictor.status.otherModel" };

describe("a tuner and a predictor that name different forecast models", () => {
  withServer();

  it("where nobody learns the one and nobody uses the other: a yellow status, and one warning", async () => {
    const { warned, out } = await run("tuner", FIRST, { ...PREDICTOR, model: "other" });
    assert.deepEqual(warned, ["lru-predictor.error.otherModel"]);
    assert.deepEqual(statuses("predictor").at(-1), YELLOW);
    assert.equal(typeof out[19]?.payload, "number", "it forecasts all the same");
  });

  for (const [what, ...nodes] of [
    ["the same model", FIRST, PREDICTOR],
    [
      "two models in a row for two targets",
      FIRST,
      { ...PREDICTOR, wires: [["tuner2"]] },
      { ...TUNER, id: "tuner2", model: "other", wires: [["second"], []] },
      { ...PREDICTOR, id: "second", model: "other", output: "again" },
    ],
    [
      "both tuners before both predictors",
      { ...TUNER, wires: [["tuner2"], []] },
      { ...TUNER, id: "tuner2", model: "other", wires: [["second"], []] },
      { ...PREDICTOR, id: "second", model: "other", output: "again", wires: [["predictor"]] },
      PREDICTOR,
    ],
    [
      "a model that is not to learn behind one that learns",
      FIRST,
      { ...PREDICTOR, wires: [["second"]] },
      { ...PREDICTOR, id: "second", model: "other", output: "again" },
    ],
    [
      "the same beside it",
      { ...TUNER, wires: [["predictor", "second"], []] },
      { ...PREDICTOR, wires: [[]] },
      { ...PREDICTOR, id: "second", model: "other" },
    ],
    [
      "a model that learns on another wire",
      FIRST,
      { ...PREDICTOR, model: "other" },
      { ...TUNER, id: "tuner2", model: "other", wires: [[], []] },
    ],
  ] as const)
    it(`${what}: nothing is said`, async () => {
      const { warned } = await run("tuner", ...nodes);
      assert.deepEqual(warned, []);
      for (const id of ["predictor", "second"].filter((one) => nodes.some((node) => node.id === one)))
        assert.ok(!statuses(id).some(({ text }) => text === YELLOW.text));
    });

  it("a predictor alone, and a tuner of another model on another wire: nothing is said", async () => {
    const { warned } = await run("predictor", { ...PREDICTOR, model: "other" }, { ...TUNER, wires: [[], []] });
    assert.deepEqual(warned, []);
  });
});
