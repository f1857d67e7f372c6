import type { AssetMemory } from "../../src/memory/asset-memory";

/** The state of an asset, to be looked at and not changed; undefined where it is not in memory, or work is being done on it. */
export function peek<T>(memory: AssetMemory<T>, asset: string): T | undefined {
  let found: T | undefined;
  const keep = (state: T): void => {
    found = state;
  };
  if (memory.has(asset)) memory.use(asset, keep, () => {}); // it closes
  return found;
}
