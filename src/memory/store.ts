import { RecordError, type RecordFault } from "../record/record-error";
import { type AssetRecord, decodeRecord } from "./record";

/** A record that could not be used, and the name under which it is kept. */
export interface SetAside {
  readonly code: RecordFault;
  readonly text: string;
  readonly keptAs: string;
}

/** The newest readable record, if there is one, and what had to be set aside on the way to it. */
export interface Loaded {
  readonly record?: AssetRecord;
  readonly setAside: readonly SetAside[];
}

/** Why a good record is set aside: its asset was removed, an import takes its place, its settings no longer fit, … */
export type AsideReason = RecordFault | "removed" | "replaced" | "rejected" | "unread";

/**
 * Where records are kept, by owner part and asset. Methods that return a value at once where they can let a reading pass
 * without waiting. All of them may throw or reject with whatever the medium says; nothing is half done then: what was
 * stored before is still there. A save that ends late, after the asset was saved again or set aside, is as if it had
 * never been.
 */
export interface Store {
  /** @throws InUse where another process uses the store: it is not touched then */
  load(part: string, asset: string): Loaded | Promise<Loaded>;
  /** Keeps `record` as the newest and the one before as the previous. */
  save(part: string, asset: string, record: Uint8Array): Promise<void>;
  /** Takes the stored record away under a name that says why; afterwards nothing is found by `load`. */
  setAside(part: string, asset: string, reason: AsideReason): void | Promise<void>;
  /** Keeps `record` beside the stored one, where `load` does not look. */
  keepBeside(part: string, asset: string, reason: AsideReason, record: Uint8Array): Promise<void>;
  /** Names of all assets with a record. */
  assets(part: string): string[] | Promise<string[]>;
  /** Whether records are thrown away: then none need be made. */
  readonly keepsNothing?: true;
  /** Whoever remembers something in this store says so at its beginning, where the store wants to know. */
  join?(member: Member): void;
}

/** Who has states of assets in memory whose records lie in a store. */
export interface Member {
  /** Whether the store has all that is known of the asset. */
  isSaved(asset: string): boolean;
  /** Saves what has changed of the asset now. */
  saveNow(asset: string): void;
  /** Lets the asset go without saving it. */
  drop(asset: string): void;
}

/** Another process uses the store. One and the same error for as long as it does, so that it is told once. */
export class InUse extends Error {
  override readonly name = "InUse";
  readonly code = "inUse";
}

/** How many records set aside are kept of one asset; the oldest give way, so that faults cannot fill a disk. */
const KEPT_ASIDE = 10;

/** Which of the names set aside of one asset have to give way. */
export function oldestAside(names: readonly string[]): string[] {
  return [...names].sort((a, b) => (timeOf(a) < timeOf(b) ? -1 : 1)).slice(0, -KEPT_ASIDE);
}

/**
 * Decodes a stored record and checks that it is the asked asset's own.
 *
 * @throws RecordError
 */
export function ownRecord(bytes: Uint8Array, asset: string): AssetRecord {
  const record = decodeRecord(bytes);
  if (record.asset !== asset)
    throw new RecordError("foreign", `The record belongs to the asset ${JSON.stringify(record.asset.slice(0, 60))}.`);
  return record;
}

/**
 * A name for a record to be set aside, later than all that are kept already, also after the clock was turned back.
 *
 * @example asideName("boiler-3.record.", "damaged", []).slice(0, 24); // "boiler-3.record.damaged_": the time follows
 */
export function asideName(prefix: string, reason: AsideReason, kept: readonly string[]): string {
  const latest = Math.max(0, ...kept.map((name) => Date.parse(timeOf(name).replace(COMPACT, "$1-$2-$3T$4:$5:$6.$7Z"))));
  const time = new Date(Math.max(Date.now(), latest + 1));
  return `${prefix}${reason}_${time.toISOString().replace(/[-:.Z]/g, "")}`;
}

/** Whether a name was made by `asideName`. */
export function isAsideName(name: string): boolean {
  return COMPACT.test(timeOf(name));
}

const COMPACT = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})$/;

function timeOf(name: string): string {
  return name.slice(name.lastIndexOf("_") + 1);
}
