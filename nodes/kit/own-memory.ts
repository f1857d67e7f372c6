import type { Node } from "node-red";
import type { ForecastModel } from "../../src/asset/forecast-model";
import { AssetMemory, type AssetMemoryOptions } from "../../src/memory/asset-memory";
import { inWords } from "./in-words";

/** What a node says of the states that it keeps. */
type Own<T> = Pick<AssetMemoryOptions<T>, "part" | "kind" | "create" | "save" | "load"> &
  Partial<Pick<AssetMemoryOptions<T>, "limit" | "everyMs" | "everyChanges">>;

/**
 * A node's own states of the assets of its model: kept where the model's are, saved as often, told of in the same words.
 * They are saved when the node closes.
 */
export function ownMemory<T>(node: Node, model: ForecastModel, own: Own<T>): AssetMemory<T> {
  const { assetLimit, saveMs, saveUpdates } = model.settings;
  const memory = new AssetMemory<T>({
    store: model.store,
    limit: assetLimit,
    everyMs: saveMs,
    everyChanges: saveUpdates,
    report: (problem) => model.report(problem),
    ...own,
  });
  node.on("close", (done: () => void) => {
    const failed = (error: unknown): void => {
      node.error(inWords(model.explain(error)));
      done();
    };
    memory.close().then(done, failed);
  });
  return memory;
}
