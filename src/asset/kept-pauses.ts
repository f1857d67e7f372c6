import type { AssetMemory } from "../memory/asset-memory";
import { Pauses } from "./pauses";

/** The pauses of all assets are one record, under this name. */
const ALL = "";

/** What is kept, and how. */
export const PAUSES_RECORD = {
  kind: "pauses",
  everyChanges: 1,
  create: () => new Pauses(),
  save: (pauses: Pauses) => pauses.save(),
  load: Pauses.load,
} as const;

type Fail = (error: Error) => void;

/** Where learning is paused, as it is kept beside the assets. */
export class KeptPauses {
  constructor(private readonly memory: AssetMemory<Pauses>) {}

  /** Hands the pauses over: at once where they are in memory. */
  use(act: (pauses: Pauses) => void, fail: Fail): void {
    this.memory.use(ALL, act, fail);
  }

  /** Pauses learning or lets it go on. @param asset undefined = everywhere, also at assets that are still to come */
  set(pauses: Pauses, asset: string | undefined, paused: boolean): void {
    pauses.set(asset, paused);
    this.memory.changed(ALL);
  }

  /** Whether learning is paused at an asset; not as far as is known where they cannot be read at once. */
  has(asset: string): boolean {
    let paused = false;
    const look = (pauses: Pauses): void => {
      paused = pauses.has(asset);
    };
    this.use(look, () => {}); // it closes
    return paused;
  }

  /** Forgets that an asset differs from the others. */
  forget(asset: string, fail: Fail): void {
    const forget = (pauses: Pauses): void => {
      pauses.forget(asset);
      this.memory.changed(ALL);
    };
    this.use(forget, fail);
  }
}
