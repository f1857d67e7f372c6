import type { AsideReason } from "./store";

/**
 * What happened to the memory of an asset, for status, log and translation by `code`:
 * - `damaged`, `foreign`, `newer`: a record could not be read and is kept as `keptAs`; `usedPrevious` tells whether the
 *   record before it is used, else the asset starts from the base
 * - `mismatch`: the record is sound but of something else, such as another target (`text`); it is kept, the asset starts
 *   from the base
 * - `inUse`: another process uses the store (`text` says which); nothing is read from it and nothing written. Told once
 *   for all assets and owners of the store, and again at long intervals
 * - `rejected`: the record is intact, but its owner refused it (`text`), for example after other inputs were chosen; it
 *   is kept, the asset starts from the base
 * - `loadFailed`, `loadLate`: the store gave an error or no answer in time; the asset works from the base meanwhile, and
 *   its record is asked for again
 * - `loadRecovered`: the record has come after all and is used; what was learnt meanwhile is kept beside it
 * - `saveFailed`: records of `assets` assets could not be saved; everything is still in memory, and it is tried again
 * - `saveRecovered`: all of them are saved now
 * - `keepFailed`: what was learnt while the record could not be read could not be kept beside it; it is lost
 * - `full`: as many assets as may be are in memory (`assets`), and none can be let go before it is saved; new ones are
 *   refused. Told once, and again at long intervals
 * - `notSaved`: at the end there was no time to save what was learnt of `assets` assets; it is lost
 * - `removeFailed`: the record of a removed asset could not be set aside; should the asset come back, it goes on from it
 * - `actFailed`: what waited for the record failed without having anyone to tell
 */
export interface MemoryProblem {
  readonly code:
    | Extract<AsideReason, "damaged" | "foreign" | "newer" | "mismatch" | "rejected">
    | "inUse"
    | "loadFailed"
    | "loadLate"
    | "loadRecovered"
    | "saveFailed"
    | "saveRecovered"
    | "keepFailed"
    | "full"
    | "notSaved"
    | "removeFailed"
    | "actFailed";
  /** Whose memory it is: the owner of the states. */
  readonly part: string;
  /** The asset, for `saveFailed` and `notSaved` the first one of them. */
  readonly asset: string;
  /** English, for the log. */
  readonly text: string;
  readonly keptAs?: string;
  readonly usedPrevious?: boolean;
  readonly assets?: number;
}
