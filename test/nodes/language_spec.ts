import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { NodeAPI } from "node-red";
import { catalogue, textsOf } from "../../nodes/kit/say";
import { LANGUAGES } from "../../src/message/say";
import {
  loadFlow,
  MODEL,
  type Out,
  PREDICTOR,
  RULE,
  refused,
  send,
  statuses,
  TUNER,
  until,
  withServer,
} from "./forecast-flow";

const JAPANESE = /[぀-ヿ一-鿿]/;
/** A Node-RED that knows no text, as one of another language knows none of these. */
const RED = { _: (key: string) => key } as unknown as NodeAPI;

describe("the language of a forecast model", () => {
  withServer();

  const load = (language?: string, model: object = {}) =>
    loadFlow<{ out: Out; changes: { payload: { text?: string } } }>(
      ["out", "changes"],
      { ...MODEL, ...model, unit: "kg/h", ...(language !== undefined && { language }) },
      { ...TUNER, wires: [["predictor"], []] },
      { ...PREDICTOR, wires: [["out", "rule"]] },
      { ...RULE, watch: "actual", wires: [["changes"], [], []] },
    );

  it("is that of errors, statuses and alarms, whatever Node-RED speaks", async () => {
    const { out, changes } = await load("ja");
    for (let i = 0; i < 30; i++) send("tuner", { topic: "a", timestamp: 1000 * i, payload: { u: 1, y: 50 + i } });
    await until(() => out.length === 30);
    send("tuner", { topic: "a", timestamp: 30_000, payload: { u: 1, y: 150 } });
    await until(() => changes.length > 0);
    assert.match(await refused("tuner", { topic: "a", timestamp: 31_000, payload: "12,5" }), JAPANESE);
    await until(() => statuses("predictor").some(({ text }) => JAPANESE.test(text)));
    assert.match(JSON.stringify(changes[0]), JAPANESE);
  });

  it("is also that of what is wrong with its settings", async () => {
    await load("ja", { target: "" });
    const refusal = await refused("tuner", { topic: "a", payload: { u: 1, y: 2 } });
    assert.match(refusal, /^予測モデルの設定を確認してください。/);
    assert.doesNotMatch(refusal, /forecast-model|__/);
  });

  it("of a flow of before is Node-RED's", async () => {
    await load();
    assert.doesNotMatch(await refused("tuner", { topic: "a", payload: "12,5" }), JAPANESE);
  });

  it("that the pack does not speak is refused", async () => {
    await load("fr");
    assert.match(await refused("tuner", { topic: "a", payload: { u: 1, y: 2 } }), /forecast-model\.error\.settings/);
  });

  it("has the same texts as the catalogue, with their figures, 0 and none included", () => {
    const say = textsOf(RED, "lru-predictor", "ja");
    assert.equal(say("invalid.output"), catalogue("ja", "lru-predictor").invalid["output" as never]);
    assert.equal(say("no.such.text"), "lru-predictor.no.such.text");
    assert.equal(textsOf(RED, "lru-predictor")("invalid.output"), "lru-predictor.invalid.output");
    const model = textsOf(RED, "forecast-model", "en-US");
    assert.match(model("error.batchTooLong", { rows: 0, most: undefined }), /a batch of 0 readings, at most {2}go/);
    assert.match(model("error.batchTooLong", { rows: "$&__most__" }), /of \$&__most__ readings, at most __most__ /);
  });

  it("has a catalogue for every node in each of them", () => {
    const folder = join(__dirname, "..", "..", "nodes", "locales");
    for (const language of LANGUAGES)
      for (const file of readdirSync(join(folder, language)).filter((name) => name.endsWith(".json")))
        assert.ok(Object.keys(catalogue(language, file.replace(".json", ""))).length > 0, `${language} ${file}`);
  });
});
