import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { mkdir, rename, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import writeFileAtomic from "write-file-atomic";
import { fileNameOf } from "./asset-name";
import { assetOf, type RecordError } from "./record";
import {
  type AsideReason,
  asideName,
  isAsideName,
  type Loaded,
  oldestAside,
  ownRecord,
  type SetAside,
  type Store,
} from "./store";

const NEWEST = ".record";
const ARRIVING = `${NEWEST}.new`;
const PREVIOUS = `${NEWEST}.prev`;
const HEAD_BYTES = 65_536;
const LEFTOVER_MS = 600_000;

/**
 * One file for each owner part and asset: `<folder>/<part>/<asset>.record`, the one before it as `.record.prev`, records
 * set aside as `.record.damaged_<time>` and so on. Reading is synchronous, so that a reading never waits for the disk's
 * turn; writing is asynchronous.
 *
 * A record is first written completely to `.record.new` (temporary file, sync, rename) and only then takes the place of
 * the newest, which becomes the previous. Wherever the power fails, at least one complete record is found.
 */
export class FileStore implements Store {
  private readonly tidied = new Set<string>();

  /** @param folder created at the first save */
  constructor(readonly folder: string) {}

  /** @throws Error of the file system where a record may exist but cannot be read */
  load(part: string, asset: string): Loaded {
    this.tidy(part);
    const path = this.path(part, asset);
    const setAside: SetAside[] = [];
    for (const state of [ARRIVING, NEWEST, PREVIOUS]) {
      const bytes = readIfThere(path + state);
      if (bytes === undefined) continue;
      try {
        return { record: ownRecord(bytes, asset), setAside };
      } catch (error) {
        const { code, message } = error as RecordError;
        setAside.push({ code, text: message, keptAs: this.moveAside(path, state, code) });
      }
    }
    return { setAside };
  }

  async save(part: string, asset: string, record: Uint8Array): Promise<void> {
    const path = this.path(part, asset);
    await mkdir(dirname(path), { recursive: true });
    await writeWhole(path + ARRIVING, record);
    await rename(path + NEWEST, path + PREVIOUS).catch(ignoreMissing);
    await rename(path + ARRIVING, path + NEWEST);
  }

  setAside(part: string, asset: string, reason: AsideReason): void {
    const path = this.path(part, asset);
    const states = [ARRIVING, NEWEST, PREVIOUS].filter((state) => existsSync(path + state));
    // Oldest first: should this be cut short, the newest is still found.
    for (const state of states.slice(1).reverse()) rmSync(path + state, { force: true });
    if (states.length > 0) this.moveAside(path, states[0], reason);
  }

  async keepBeside(part: string, asset: string, reason: AsideReason, record: Uint8Array): Promise<void> {
    const path = this.path(part, asset);
    await mkdir(dirname(path), { recursive: true });
    await writeWhole(asidePath(path, reason), record);
  }

  assets(part: string): string[] {
    const folder = this.partFolder(part);
    const names = new Set<string>();
    for (const file of filesOf(folder)) {
      if (![ARRIVING, NEWEST, PREVIOUS].some((state) => file.endsWith(state))) continue;
      const asset = assetOf(readHead(join(folder, file)));
      if (asset !== undefined) names.add(asset);
    }
    return [...names];
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
      const temporary = /\.record\.[^.]+\.\d+$/.test(file);
      if (!temporary) continue;
      const path = join(folder, file);
      try {
        if (Date.now() - statSync(path).mtimeMs > LEFTOVER_MS) rmSync(path, { force: true });
      } catch {
        // A leftover that cannot be removed does no harm.
      }
    }
  }
}

/** The write may be short on a full disk without an error, hence the look at what has arrived. */
async function writeWhole(path: string, record: Uint8Array): Promise<void> {
  await writeFileAtomic(path, Buffer.from(record.buffer, record.byteOffset, record.byteLength));
  const { size } = await stat(path);
  if (size === record.byteLength) return;
  rmSync(path, { force: true });
  throw Object.assign(new Error(`ENOSPC: only ${size} of ${record.byteLength} bytes were written, ${path}`), {
    code: "ENOSPC",
  });
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

function readIfThere(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

function readHead(path: string): Uint8Array {
  const head = Buffer.alloc(HEAD_BYTES);
  const file = openSync(path, "r");
  try {
    return head.subarray(0, readSync(file, head, 0, HEAD_BYTES, 0));
  } finally {
    closeSync(file);
  }
}

function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function ignoreMissing(error: unknown): void {
  if (!isMissing(error)) throw error;
}

// ENOTDIR: a part of the path is a file, so there is no such folder, and no record in it either.
function isMissing(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === "ENOENT" || code === "ENOTDIR";
}
