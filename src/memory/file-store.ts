import { closeSync, fsync, lstatSync, mkdirSync, openSync, readdirSync, renameSync, rmSync, write } from "node:fs";
import { basename, dirname, join } from "node:path";
import { RecordError } from "../record/record-error";
import { fileNameOf } from "./asset-name";
import { FolderLock } from "./folder-lock";
import { isMissing, isPlainFile, isPlainFolder, NoPlainFile, readPlainFile } from "./plain-file";
import { assetOf } from "./record";
import {
  type AsideReason,
  asideName,
  InUse,
  isAsideName,
  type Loaded,
  oldestAside,
  ownRecord,
  type SetAside,
  type Store,
} from "./store";

const NEWEST = ".record";
/** Earlier versions gave a record this name before it took the newest one's place. */
const ARRIVING = `${NEWEST}.new`;
const PREVIOUS = `${NEWEST}.prev`;
const HEAD_BYTES = 65_536;
const LEFTOVER_MS = 600_000;

/**
 * By file: the number of the last change that was asked for, of this process, whatever stores of a folder it has. A save
 * that ends after a later change has begun must not land.
 */
const lastChange = new Map<string, number>();
/** They name temporary files, and those of a process that was killed may still be there. */
let changes = Date.now();

/**
 * One file for each owner part and asset: `<folder>/<part>/<asset>.record`, the one before it as `.record.prev`, records
 * set aside as `.record.damaged_<time>` and so on. Reading is synchronous, so that a reading never waits for the disk's
 * turn. Of writing only the data are waited for: in a busy Node-RED each wait costs a turn of the event loop, and that is
 * what a save takes.
 *
 * A record is first written completely to a file of its own and synced; then the newest becomes the previous, and the file
 * takes its place. Wherever the power fails, at least one complete record is found.
 *
 * One process at a time works in the folder, see `FolderLock`. Links, pipes and whatever else is no file are set aside
 * unopened.
 */
export class FileStore implements Store {
  private readonly tidied = new Set<string>();
  private readonly lock: Pick<FolderLock, "take">;

  /**
   * @param folder created at the first save, where it is this process's own
   * @param shared sees to it that one process at a time works in a folder that many see, which is there before; told before
   *   each look and each change. Absent = the folder is this process's own
   */
  constructor(
    readonly folder: string,
    private readonly shared?: Pick<FolderLock, "take">,
  ) {
    this.lock = shared ?? FolderLock.of(folder);
  }

  /** @throws InUse; Error of the file system where a record may exist but cannot be read */
  load(part: string, asset: string): Loaded {
    if (!this.enter(part)) return { setAside: [] };
    this.tidy(part);
    const path = this.path(part, asset);
    const setAside: SetAside[] = [];
    for (const state of [ARRIVING, NEWEST, PREVIOUS]) {
      try {
        const bytes = readPlainFile(path + state);
        if (bytes) return { record: ownRecord(bytes, asset), setAside };
      } catch (error) {
        const fault = faultOf(error);
        if (!fault) throw error;
        setAside.push({ code: fault, text: (error as Error).message, keptAs: this.moveAside(path, state, fault) });
      }
    }
    return { setAside };
  }

  async save(part: string, asset: string, record: Uint8Array): Promise<void> {
    const path = this.path(part, asset);
    const change = begin(path);
    await this.write(part, path, record, (written) => {
      if (lastChange.get(path) !== change) {
        rmSync(written);
        return;
      }
      if (this.isRecordThere(path, ARRIVING)) renameSync(path + ARRIVING, path + NEWEST);
      this.isRecordThere(path, PREVIOUS);
      if (this.isRecordThere(path, NEWEST)) renameSync(path + NEWEST, path + PREVIOUS);
      renameSync(written, path + NEWEST);
      lastChange.delete(path);
    });
  }

  setAside(part: string, asset: string, reason: AsideReason): void {
    const path = this.path(part, asset);
    begin(path);
    if (!this.enter(part)) return;
    const states = [ARRIVING, NEWEST, PREVIOUS].filter((state) => isThere(path + state));
    // Oldest first: should this be cut short, the newest is still found.
    for (const state of states.slice(1).reverse()) rmSync(path + state, { force: true });
    if (states.length > 0) this.moveAside(path, states[0], reason);
    lastChange.delete(path);
  }

  /** Removes the asset's records, because newer ones lie elsewhere. */
  discard(part: string, asset: string): void {
    const path = this.path(part, asset);
    begin(path);
    for (const state of [PREVIOUS, NEWEST, ARRIVING]) rmSync(path + state, { force: true });
    lastChange.delete(path);
  }

  async keepBeside(part: string, asset: string, reason: AsideReason, record: Uint8Array): Promise<void> {
    const path = this.path(part, asset);
    await this.write(part, path, record, (written) => renameSync(written, asidePath(path, reason)));
  }

  assets(part: string): string[] {
    const names = new Set<string>();
    if (!this.enter(part)) return [];
    const folder = this.partFolder(part);
    for (const file of filesOf(folder)) {
      if (![ARRIVING, NEWEST, PREVIOUS].some((state) => file.endsWith(state))) continue;
      const asset = assetIn(join(folder, file));
      if (asset !== undefined) names.add(asset);
    }
    return [...names];
  }

  /** Whether there are records of a part; the folder is this process's own then. */
  private enter(part: string): boolean {
    if (!isPlainFolder(this.partFolder(part))) return false;
    try {
      this.lock.take();
    } catch (error) {
      // What can only be read can be read by all.
      if (error instanceof InUse || !isReadOnly(error)) throw error;
    }
    return true;
  }

  private make(part: string): void {
    const folder = this.partFolder(part);
    if (isPlainFolder(folder)) {
      this.lock.take();
      return;
    }
    // A shared folder that is away is a disk that is missing: what would be made in its place, nobody would find.
    if (!this.shared) mkdirSync(this.folder, { recursive: true });
    this.lock.take();
    mkdirSync(folder, { recursive: !this.shared });
  }

  /** @param land gives the written file its name; nothing comes between its beginning and its end */
  private async write(part: string, path: string, record: Uint8Array, land: (written: string) => void): Promise<void> {
    this.make(part);
    const written = await writeBeside(path, record);
    try {
      // Another process may have come while this one stood still.
      this.lock.take();
      land(written);
    } catch (error) {
      rmSync(written, { force: true });
      throw error;
    }
  }

  /** Whether a record is there. What else lies in its place is set aside. */
  private isRecordThere(path: string, state: string): boolean {
    try {
      return isPlainFile(path + state);
    } catch (error) {
      if (!(error instanceof NoPlainFile)) throw error;
      this.moveAside(path, state, "foreign");
      return false;
    }
  }

  private partFolder(part: string): string {
    return join(this.folder, fileNameOf(part));
  }

  private path(part: string, asset: string): string {
    return join(this.partFolder(part), fileNameOf(asset));
  }

  private moveAside(path: string, state: string, reason: AsideReason): string {
    const name = asidePath(path, reason);
    renameSync(path + state, name);
    return name;
  }

  /** A process that was killed while it wrote leaves a temporary file behind; old ones are nobody's any more. */
  private tidy(part: string): void {
    if (this.tidied.has(part)) return;
    this.tidied.add(part);
    const folder = this.partFolder(part);
    for (const file of filesOf(folder)) {
      const temporary = /\.record\.(saving-\d+|[^.]+\.\d+)$/.test(file);
      if (!temporary) continue;
      const path = join(folder, file);
      try {
        if (Date.now() - lstatSync(path).mtimeMs > LEFTOVER_MS) rmSync(path, { force: true });
      } catch {
        // A leftover that cannot be removed does no harm.
      }
    }
  }
}

/**
 * Writes a record to a temporary file beside its place.
 *
 * @returns the file's path, once the disk has all of it
 */
async function writeBeside(path: string, record: Uint8Array): Promise<string> {
  changes += 1;
  const temporary = `${path}${NEWEST}.saving-${changes}`;
  const file = openSync(temporary, "wx");
  try {
    try {
      // On a full disk a write is short; the next one says why.
      for (let at = 0; at < record.byteLength; ) at += await written(file, record.subarray(at));
      await synced(file);
    } finally {
      closeSync(file);
    }
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  return temporary;
}

/** How many of the bytes were written. */
function written(file: number, bytes: Uint8Array): Promise<number> {
  return new Promise((resolve, reject) => {
    write(file, bytes, (error, count) => (error ? reject(error) : resolve(count)));
  });
}

function synced(file: number): Promise<void> {
  return new Promise((resolve, reject) => {
    fsync(file, (error) => (error ? reject(error) : resolve()));
  });
}

/** The number of a change that begins now. */
function begin(path: string): number {
  changes += 1;
  lastChange.set(path, changes);
  return changes;
}

/** A free name beside the records at `path`; the oldest of the names in use gives way. */
function asidePath(path: string, reason: AsideReason): string {
  const prefix = `${basename(path)}${NEWEST}.`;
  const folder = dirname(path);
  const kept = filesOf(folder).filter((file) => file.startsWith(prefix) && isAsideName(file));
  const name = asideName(prefix, reason, kept);
  for (const file of oldestAside([...kept, name])) rmSync(join(folder, file), { force: true });
  return join(folder, name);
}

/** Why what was found is not used; undefined where it could not be looked at. */
function faultOf(error: unknown): SetAside["code"] | undefined {
  if (error instanceof RecordError) return error.code;
  return error instanceof NoPlainFile ? "foreign" : undefined;
}

function assetIn(path: string): string | undefined {
  try {
    const head = readPlainFile(path, HEAD_BYTES);
    return head && assetOf(head);
  } catch (error) {
    if (error instanceof NoPlainFile) return undefined;
    throw error;
  }
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function isReadOnly(error: unknown): boolean {
  return ["EROFS", "EACCES", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "");
}

function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
