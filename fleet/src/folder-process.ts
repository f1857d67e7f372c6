/**
 * The process that reads and writes a shared folder for a Node-RED: where the file server hangs, it alone hangs.
 *
 * Arguments: the folder, the name of the fleet, the file of the pack's SharedFolder.
 */
import type { SharedFolder } from "../../src/memory/shared-folder";
import type { AsideReason } from "../../src/memory/store";
import { Epochs } from "./epochs";

/** What is asked of the process. Whoever asks says to which partition an asset belongs. */
export type FolderQuestion = { readonly id: number } & (
  | { readonly ask: "place" }
  | { readonly ask: "begin" | "end"; readonly partition: number }
  | { readonly ask: "suspected" | "suspect" | "cleared"; readonly partition: number; readonly hash: number }
  | { readonly ask: "confirm" | "forget"; readonly partition: number; readonly asset: string }
  | { readonly ask: "load"; readonly partition: number; readonly asset: string; readonly part: string }
  | {
      readonly ask: "save" | "setAside" | "keepBeside";
      readonly partition: number;
      readonly asset: string;
      readonly part: string;
      readonly reason?: AsideReason;
      readonly record?: Uint8Array;
    }
  | { readonly ask: "assets"; readonly part: string }
);

/** What it says: an answer, why there is none, or that another process has taken a partition over. */
export type FolderAnswer =
  | { readonly id: number; readonly value: unknown }
  | { readonly id: number; readonly error: { readonly name: string; readonly message: string } }
  | { readonly fenced: number };

const [folder, fleet, file] = process.argv.slice(2);
const { SharedFolder: Folder } = require(file) as { SharedFolder: typeof SharedFolder };
const epochs = new Epochs(folder, fleet, () => -1);
const store = new Folder(epochs);
const say = (answer: FolderAnswer): void => {
  process.send?.(answer, () => {}); // who asked may have ended
};
epochs.owned.onFenced = (partition) => say({ fenced: partition });

function answer(question: FolderQuestion): unknown {
  if ("asset" in question) epochs.owned.assign(question.asset, question.partition);
  switch (question.ask) {
    case "place":
      return epochs.place();
    case "begin":
      return epochs.begin(question.partition);
    case "end":
      return epochs.owned.end(question.partition);
    case "suspected":
    case "suspect":
    case "cleared":
      return epochs[question.ask](question.partition, question.hash);
    case "confirm":
      return epochs.confirm(question.asset);
    case "forget":
      return store.forget(question.asset);
    case "load":
      return store.load(question.part, question.asset);
    case "save":
      return store.save(question.part, question.asset, question.record as Uint8Array);
    case "setAside":
      return store.setAside(question.part, question.asset, question.reason as AsideReason);
    case "keepBeside":
      return store.keepBeside(
        question.part,
        question.asset,
        question.reason as AsideReason,
        question.record as Uint8Array,
      );
    case "assets":
      return store.assets(question.part);
  }
}

process.on("message", async (question: FolderQuestion) => {
  const { id } = question;
  try {
    say({ id, value: await answer(question) });
  } catch (error) {
    const { name, message } = error as Error;
    say({ id, error: { name, message } });
  }
});
// It ends with the Node-RED that has started it, which still saves when both are told to end.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => {});
process.on("disconnect", () => process.exit());
