import {
  closeSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync,
} from "node:fs";
import { hostname } from "node:os";
import { dirname, join, resolve } from "node:path";
import { isoTime } from "../text/iso-time";
import { isMissing, readPlainFile } from "./plain-file";
import { InUse } from "./store";

const NAME = ".lock";
const BEAT_MS = 10_000;
/** A holder of whom nothing is known has gone when its lock has not moved for so long. */
const SILENT_MS = 35_000;
const LONGEST_LOCK = 10_000;

/** Who holds a folder. */
interface Holder {
  readonly pid: number;
  readonly host: string;
  /** When the process was started, ms: tells it from a later one with the same number. */
  readonly started: number;
  /** Of the running operating system; empty where it has none. After a power failure no process of before lives. */
  readonly boot: string;
}

const me: Holder = { pid: process.pid, host: hostname(), started: Math.round(performance.timeOrigin), boot: bootId() };

/** All locks of this process, by path: whatever stores there are of a folder, they share one. */
const locks = new Map<string, FolderLock>();

/**
 * Sees to it that one process at a time works in a folder: a file `.lock` in it names the process and is touched every
 * 10 s. A lock whose process has died is taken over, at once where that can be known (same host, and the process is gone,
 * or the host was started since), otherwise when it has not been touched for 35 s. Held until the process ends.
 */
export class FolderLock {
  private readonly path: string;
  private held = false;
  /** The folder was taken from this process while it stood still: from now on it only believes in silence. */
  private lost = false;
  private inUse: InUse | undefined;
  private beating: NodeJS.Timeout | undefined;
  /** When the lock of another process was last seen to move, by this process's own clock. */
  private seen: { readonly touched: number; readonly at: number } | undefined;

  /** Use `of`, so that all stores of a folder share one. */
  constructor(folder: string) {
    this.path = join(resolve(folder), NAME);
  }

  /** The lock of a folder, one for each in this process. */
  static of(folder: string): FolderLock {
    const path = resolve(folder);
    const lock = locks.get(path) ?? new FolderLock(path);
    if (locks.size === 0) process.once("exit", releaseAll);
    locks.set(path, lock);
    return lock;
  }

  /**
   * Takes the folder, which must be there, or makes sure that it is still held.
   *
   * @param now ms of a clock that never goes back
   * @throws InUse where another process has it; errors of the file system
   */
  take(now = performance.now()): void {
    if (this.held && this.isMine()) return;
    this.held = false;
    const found = this.found();
    if (found && !isSame(found.holder, me)) {
      if (!this.hasGone(found, now)) throw this.toldAs(found.holder);
      this.putAway(found.holder);
    }
    if (!found || !isSame(found.holder, me)) this.write();
    this.held = true;
    this.inUse = undefined;
    this.seen = undefined;
    this.beat();
  }

  /** Gives the folder back. */
  release(): void {
    clearInterval(this.beating);
    if (this.held && this.isMine()) rmSync(this.path, { force: true });
    this.held = false;
  }

  private isMine(): boolean {
    const found = this.found();
    if (!found) return false;
    if (isSame(found.holder, me)) return true;
    this.lost = true;
    return false;
  }

  private found(): { holder: Holder | undefined; touched: number } | undefined {
    const bytes = readPlainFile(this.path, LONGEST_LOCK);
    if (!bytes) return undefined;
    try {
      return { holder: parsed(bytes.toString("utf8")), touched: statSync(this.path).mtimeMs };
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }

  private hasGone({ holder, touched }: { holder: Holder | undefined; touched: number }, now: number): boolean {
    if (!this.lost && holder?.host === me.host) {
      if (holder.boot !== me.boot || holder.pid === me.pid || !isAlive(holder.pid)) return true;
    }
    if (this.seen?.touched !== touched) this.seen = { touched, at: now };
    return now - this.seen.at > SILENT_MS;
  }

  private toldAs(holder: Holder | undefined): InUse {
    const who = holder
      ? `process ${holder.pid} on ${holder.host}, running since ${isoTime(holder.started)}`
      : "another process";
    this.inUse ??= new InUse(
      `${dirname(this.path)} is in use by ${who}. Nothing is read from it or written to it: give each Node-RED a user ` +
        "directory of its own.",
    );
    return this.inUse;
  }

  /** Only the lock that was judged may go: another process may have been faster. */
  private putAway(judged: Holder | undefined): void {
    const aside = `${this.path}.${me.pid}`;
    renameSync(this.path, aside);
    if (judged && !isSame(parsed(readFileSync(aside, "utf8")), judged)) {
      try {
        linkSync(aside, this.path);
      } catch {
        // Somebody has the folder by now in any case.
      }
    }
    rmSync(aside, { force: true });
  }

  private write(): void {
    let file: number;
    try {
      file = openSync(this.path, "wx");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "EEXIST") throw this.toldAs(this.found()?.holder);
      throw error;
    }
    try {
      writeSync(file, textOf(me));
    } catch (error) {
      rmSync(this.path, { force: true });
      throw error;
    } finally {
      closeSync(file);
    }
  }

  private beat(): void {
    clearInterval(this.beating);
    this.beating = setInterval(() => {
      try {
        if (this.held && this.isMine()) utimesSync(this.path, new Date(), new Date());
      } catch {
        // The disk is gone for the moment. Should another take the folder meanwhile, it is seen before the next save.
      }
    }, BEAT_MS);
    this.beating.unref();
  }
}

function releaseAll(): void {
  for (const lock of locks.values()) lock.release();
}

function isSame(holder: Holder | undefined, own: Holder): boolean {
  return holder?.pid === own.pid && holder.host === own.host && holder.started === own.started;
}

/** undefined where the text was cut off by a full disk or a power failure: nobody can be asked, only waited for. */
function parsed(text: string): Holder | undefined {
  try {
    return Object(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function textOf({ pid, host, started, boot }: Holder): string {
  return JSON.stringify({ pid, host, started, boot });
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function bootId(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return "";
  }
}
