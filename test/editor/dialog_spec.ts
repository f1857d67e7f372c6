/** Every node of the pack as a person meets it in the editor, in both languages. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../node-red-process";
import { packedInUserDirectory } from "../package/packed";
import { nodesInEditor } from "./nodes-in-editor";

nodesInEditor({
  title: "the nodes in the editor",
  types: Object.keys(JSON.parse(readFileSync(join(projectRoot(), "package.json"), "utf8"))["node-red"].nodes),
  userDir: () => packedInUserDirectory().userDir,
  wrong: {
    type: "forecast-model",
    fields: [
      ["target", ""],
      ["horizons", "-1"],
    ],
  },
});
