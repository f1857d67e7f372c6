import type { AssetMemory } from "../../src/memory/asset-memory";
import { assetsFor } from "../../src/message/command";
import { isSliceOver, nextSlice } from "../../src/slice/sliced";

/** What became of a command: at how many assets it was tried, and what went wrong at some of them. */
export interface Outcome {
  readonly assets: number;
  readonly problems: readonly unknown[];
}

/** Carries a command out at one asset; an error that is thrown is a problem as well. */
export type Act = (asset: string, done: (problem?: unknown) => void) => void;

/** What is done with the state of each asset. */
export function withState<T>(memory: AssetMemory<T>, act: (state: T, asset: string) => void): Act {
  return (asset, done) => {
    const both = (state: T): void => {
      act(state, asset);
      done();
    };
    memory.use(asset, both, done);
  };
}

/**
 * Carries a command out at the assets that it is for: first at those in memory and at once, since a reading that comes
 * after a command must not overtake it; then at those that are stored.
 *
 * @param asset a name or a filter, as `assetsFor` understands it; undefined = all
 * @param known the names of all assets, in memory or stored
 * @throws where no asset fits
 */
export async function commandAssets(
  memory: AssetMemory<unknown>,
  asset: string | undefined,
  act: Act,
  known: () => Promise<readonly string[]> = () => memory.allAssets(),
): Promise<Outcome> {
  if (asset !== undefined && (memory.has(asset) || memory.isBusy(asset))) return atEach([asset], act);
  if (asset !== undefined) {
    const names = await known();
    // A flood of commands is worked off in slices.
    if (isSliceOver()) await nextSlice();
    return atEach(assetsFor(asset, names), act);
  }
  const present = memory.assets();
  const first = await atEach(present, act);
  const names = await known();
  const others = await atEach(
    names.filter((name) => !present.includes(name)),
    act,
  );
  return { assets: first.assets + others.assets, problems: [...first.problems, ...others.problems] };
}

function atEach(names: readonly string[], act: Act): Promise<Outcome> {
  return new Promise((resolve) => {
    const problems: unknown[] = [];
    let open = names.length;
    const finish = (problem?: unknown): void => {
      if (problem !== undefined) problems.push(problem);
      open -= 1;
      if (open === 0) resolve({ assets: names.length, problems });
    };
    if (open === 0) resolve({ assets: 0, problems });
    for (const name of names) {
      try {
        act(name, finish);
      } catch (error) {
        finish(error);
      }
    }
  });
}
