import type { AssetMemory } from "../../src/memory/asset-memory";
import { assetsFor } from "../../src/message/command";
import { isSliceOver, nextSlice } from "../../src/slice/sliced";

/** What became of a command: at how many assets it was tried, and what went wrong at some of them. */
export interface Outcome {
  readonly assets: number;
  readonly problems: readonly unknown[];
}

/** A command that is carried out at one asset after the other. */
export interface Commanded {
  /** The names of all assets, in memory or stored. */
  known(): Promise<readonly string[]>;
  /** Carries it out at one asset; an error that is thrown is a problem as well. */
  act(asset: string, done: (problem?: unknown) => void): void;
  end(outcome: Outcome): void;
  /** No asset fits. */
  fail(error: unknown): void;
}

/**
 * Carries a command out at the assets that it is for: first at those in memory and at once, since a reading that comes
 * after a command must not overtake it; then at those that are stored.
 *
 * @param asset a name or a filter, as `assetsFor` understands it; undefined = all
 */
export function commandAssets(memory: AssetMemory<unknown>, asset: string | undefined, command: Commanded): void {
  const { known, end, fail } = command;
  if (asset !== undefined && (memory.has(asset) || memory.isBusy(asset))) {
    atEach([asset], command.act, end);
    return;
  }
  if (asset !== undefined) {
    known()
      .then(async (names) => {
        // A flood of commands is worked off in slices.
        if (isSliceOver()) await nextSlice();
        atEach(assetsFor(asset, names), command.act, end);
      })
      .catch(fail);
    return;
  }
  const present = memory.assets();
  atEach(present, command.act, (first) => {
    known()
      .then((names) => {
        const others = names.filter((name) => !present.includes(name));
        const both = ({ assets, problems }: Outcome): void =>
          end({ assets: first.assets + assets, problems: [...first.problems, ...problems] });
        atEach(others, command.act, both);
      })
      .catch(fail);
  });
}

function atEach(names: readonly string[], act: Commanded["act"], end: Commanded["end"]): void {
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
