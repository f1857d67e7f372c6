import type { AssetMemory } from "../memory/asset-memory";
import { assetsFor } from "../message/command";
import { isSliceOver, nextSlice } from "../slice/sliced";

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
 * The assets that a command is for. At once where one is meant that is in memory: a reading that comes after the command
 * must not overtake it.
 *
 * @param asset a name or a filter, as `assetsFor` understands it; undefined = all
 * @param fail is told where no asset fits
 * @param known the names of all assets, in memory or stored
 */
export function assetsMeant(
  memory: AssetMemory<unknown>,
  asset: string | undefined,
  give: (names: readonly string[]) => void,
  fail: (error: unknown) => void,
  known: () => Promise<readonly string[]> = () => memory.allAssets(),
): void {
  if (asset !== undefined && (memory.has(asset) || memory.isBusy(asset))) {
    give([asset]);
    return;
  }
  known()
    .then(async (names) => {
      // A flood of commands is worked off in slices.
      if (isSliceOver()) await nextSlice();
      give(assetsFor(asset, names));
    })
    .catch(fail);
}

/**
 * Carries a command out at the assets that it is for. Where all are meant, first at those in memory and at once, then at
 * those that are stored.
 *
 * @param asset, fail, known as for `assetsMeant`
 */
export function commandAssets(
  memory: AssetMemory<unknown>,
  asset: string | undefined,
  act: Act,
  end: (outcome: Outcome) => void,
  fail: (error: unknown) => void,
  known: () => Promise<readonly string[]> = () => memory.allAssets(),
): void {
  if (asset !== undefined) {
    assetsMeant(memory, asset, (names) => atEach(names, act, end), fail, known);
    return;
  }
  const present = memory.assets();
  atEach(present, act, (first) => {
    known()
      .then((names) => {
        const others = names.filter((name) => !present.includes(name));
        const both = ({ assets, problems }: Outcome): void =>
          end({ assets: first.assets + assets, problems: [...first.problems, ...problems] });
        atEach(others, act, both);
      })
      .catch(fail);
  });
}

/** Acts at each of some assets. @param end is told once, when all have been tried */
export function atEach(names: readonly string[], act: Act, end: (outcome: Outcome) => void): void {
  const problems: unknown[] = [];
  let open = names.length;
  const finish = (problem?: unknown): void => {
    if (problem !== undefined) problems.push(problem);
    open -= 1;
    if (open === 0) end({ assets: names.length, problems });
  };
  if (open === 0) end({ assets: 0, problems });
  for (const name of names) {
    try {
      act(name, finish);
    } catch (error) {
      finish(error);
    }
  }
}
