/** A flow whose settings cannot work, as it comes from a file: what the editor shows at once, and what a Catch node gets. */
import assert from "node:assert/strict";
import { type FlowNode, type NodeRed, start } from "../node-red-process";
import { MODEL, PREDICTOR, TUNER } from "../nodes/forecast-flow";
import { Editor } from "./editor";

const debug = { type: "debug", z: "tab", active: true, tosidebar: true, complete: "error", targetType: "msg" };
/** By the node that has to complain: what both editor and Catch node name, in each language. */
const COMPLAINTS = {
  noTarget: { "en-US": /Value to forecast/, ja: /予測対象/ },
  unknown: { "en-US": /[Ff]orecast model/, ja: /予測モデル/ },
  backwards: { "en-US": /How far ahead/, ja: /予測先/ },
  tuner: { "en-US": /How fast to learn/, ja: /学習の速さ/ },
  place: { "en-US": /Put forecast in/, ja: /予測値の出力先/ },
} as const;

const FLOW: FlowNode[] = [
  { id: "tab", type: "tab", label: "bad settings" },
  { ...MODEL, id: "without-target", target: "" },
  { ...MODEL, id: "to-the-past", horizons: "-1" },
  { ...MODEL, id: "fine" },
  { ...PREDICTOR, id: "noTarget", model: "without-target", x: 400, y: 60, wires: [[]] },
  { ...PREDICTOR, id: "unknown", model: "gone", x: 400, y: 120, wires: [[]] },
  { ...PREDICTOR, id: "backwards", model: "to-the-past", x: 400, y: 180, wires: [[]] },
  { ...TUNER, id: "tuner", model: "fine", speed: "custom", rate: "12,5", x: 400, y: 240, wires: [[], []] },
  { ...PREDICTOR, id: "place", model: "fine", output: "topic", x: 400, y: 300, wires: [[]] },
  { id: "in", type: "inject", z: "tab", x: 120, y: 180, props: [{ p: "payload" }], payload: "1", payloadType: "num" },
  { id: "catch", type: "catch", z: "tab", x: 120, y: 360, scope: null, wires: [["seen"]] },
  { ...debug, id: "seen", x: 400, y: 360 },
].map((node) => (node.id === "in" ? { ...node, wires: [Object.keys(COMPLAINTS)] } : node));

for (const language of ["en-US", "ja"] as const) {
  describe(`settings that cannot work (${language})`, function () {
    this.timeout(120_000);
    let red: NodeRed;
    let editor: Editor | undefined;

    before(async () => {
      red = await start(FLOW, { settings: { lang: language } });
    });
    after(async () => {
      await editor?.close();
      await red?.stop();
    });

    it("are told to a Catch node at every message, by every node", async () => {
      await red.inject("in");
      await red.until("five errors", () => red.debugged.length >= 5);
      for (const [id, words] of Object.entries(COMPLAINTS)) {
        const caught = red.debugged.map(({ msg }) => msg).find(({ source }) => source.id === id);
        if (id === "unknown") assert.ok(caught.message.length > 10, caught.message);
        assert.match(caught.message, words[language]);
        assert.doesNotMatch(caught.message, /__|forecast-model\.|lru-predictor\.|rtrl-tuner\.|undefined/);
      }
    });

    it("give every node a red triangle with the reason as soon as the editor opens", async () => {
      editor = await Editor.open(red.url, language);
      for (const [id, words] of Object.entries(COMPLAINTS)) {
        const reasons = await editor.triangle(id);
        assert.ok(reasons, `${id} has no red triangle`);
        assert.match(reasons, id === "tuner" || id === "place" ? words[language] : COMPLAINTS.unknown[language]);
      }
      await editor.picture("bad settings from a file");
      assert.deepEqual(editor.complaints, []);
    });
  });
}
