import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import type { AsideReason, Loaded, Store } from "../../src/memory/store";
import type { FolderAnswer, FolderQuestion } from "./folder-process";
import { Owned } from "./owned";
import { Fenced, type FleetRecords } from "./records";

/** ms: a file server that has not answered for so long hangs. */
const PATIENCE = 10_000;

type Without<T> = T extends unknown ? Omit<T, "id"> : never;

interface Asked {
  /** Whether its asker has been told that the folder hangs. */
  isLate: boolean;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Records in a folder that all instances of a fleet see, read and written by a process of its own: a file server that hangs
 * holds whoever asks it, also for hours. Here each question ends in an error after some seconds, and as long as the process
 * hangs nothing more is asked of it. What it does when it goes on is what was asked, in order.
 */
export class FolderRecords implements FleetRecords, Store {
  readonly owned: Owned<true>;
  private child: ChildProcess | undefined;
  private readonly asked = new Map<number, Asked>();
  private count = 0;
  private isClosed = false;

  /**
   * @param folder there already: where it is not, a disk is missing
   * @param partitionOf the partition of an asset
   * @param module file of the pack's SharedFolder
   * @param patience ms
   */
  constructor(
    private readonly folder: string,
    private readonly fleet: string,
    partitionOf: (asset: string) => number,
    private readonly module: string,
    private readonly patience = PATIENCE,
  ) {
    this.owned = new Owned(partitionOf, (partition) => this.tell({ ask: "end", partition }));
  }

  async place(): Promise<string> {
    return (await this.ask({ ask: "place" })) as string;
  }

  async begin(partition: number): Promise<void> {
    await this.ask({ ask: "begin", partition });
    this.owned.begin(partition, true);
  }

  async confirm(asset: string): Promise<void> {
    await this.ask({ ask: "confirm", ...this.whose(asset) });
  }

  async suspected(partition: number, hash: number): Promise<number> {
    return (await this.ask({ ask: "suspected", partition, hash })) as number;
  }

  async suspect(partition: number, hash: number): Promise<void> {
    await this.ask({ ask: "suspect", partition, hash });
  }

  async cleared(partition: number, hash: number): Promise<void> {
    await this.ask({ ask: "cleared", partition, hash });
  }

  async load(part: string, asset: string): Promise<Loaded> {
    return (await this.ask({ ask: "load", part, ...this.whose(asset) })) as Loaded;
  }

  async save(part: string, asset: string, record: Uint8Array): Promise<void> {
    await this.ask({ ask: "save", part, record, ...this.whose(asset) });
  }

  async setAside(part: string, asset: string, reason: AsideReason): Promise<void> {
    await this.ask({ ask: "setAside", part, reason, ...this.whose(asset) });
  }

  async keepBeside(part: string, asset: string, reason: AsideReason, record: Uint8Array): Promise<void> {
    await this.ask({ ask: "keepBeside", part, reason, record, ...this.whose(asset) });
  }

  async assets(part: string): Promise<string[]> {
    return (await this.ask({ ask: "assets", part })) as string[];
  }

  /** Another process goes on with the asset. */
  forget(asset: string): void {
    this.tell({ ask: "forget", asset, partition: this.owned.partitionOf(asset) });
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.child?.kill("SIGKILL");
  }

  /** @throws Fenced where the asset is not this process's own */
  private whose(asset: string): { asset: string; partition: number } {
    return { asset, partition: this.owned.of(asset)[0] };
  }

  /** @throws Error where the folder hangs, or what the file system says */
  private ask(question: Without<FolderQuestion>): Promise<unknown> {
    const hangs = `The shared folder ${this.folder} has not answered for ${this.patience / 1000} s.`;
    const [oldest] = this.asked.values();
    if (oldest?.isLate) return Promise.reject(new Error(hangs));
    const id = this.count++;
    return new Promise((resolve, reject) => {
      const end = (): void => clearTimeout(timer);
      const asked: Asked = {
        isLate: false,
        resolve: (value) => {
          end();
          resolve(value);
        },
        reject: (error) => {
          end();
          reject(error);
        },
      };
      const timer = setTimeout(() => {
        asked.isLate = true;
        reject(new Error(hangs));
      }, this.patience);
      this.asked.set(id, asked);
      this.send({ ...question, id } as FolderQuestion);
    });
  }

  /** Asks for what needs no answer; a process that hangs or has ended has nothing to let go of. */
  private tell(question: Without<FolderQuestion>): void {
    if (this.child) this.ask(question).catch(() => {});
  }

  private send(question: FolderQuestion): void {
    this.child ??= this.start();
    this.child.send(question, (error) => {
      if (error) this.answered({ id: question.id, error });
    });
  }

  private start(): ChildProcess {
    const child = fork(join(__dirname, "folder-process.js"), [this.folder, this.fleet, this.module], {
      serialization: "advanced",
      execArgv: [],
    });
    child.on("message", (answer: FolderAnswer) => this.answered(answer));
    child.on("error", () => {}); // told by the end, or by what cannot be sent
    child.on("exit", () => this.ended(child));
    // Node-RED ends although this process is there.
    child.unref();
    child.channel?.unref();
    return child;
  }

  private answered(answer: FolderAnswer): void {
    if ("fenced" in answer) {
      this.owned.onFenced(answer.fenced);
      return;
    }
    const one = this.asked.get(answer.id);
    this.asked.delete(answer.id);
    if (!one) return;
    if ("value" in answer) one.resolve(answer.value);
    else {
      const { name, message } = answer.error;
      one.reject(name === "Fenced" ? new Fenced(message) : new Error(message));
    }
  }

  /** What the process knew of epochs is gone: the partitions begin anew. */
  private ended(child: ChildProcess): void {
    if (this.child !== child) return;
    this.child = undefined;
    for (const { reject } of this.asked.values())
      reject(new Error("The process that reads and writes the shared folder has ended."));
    this.asked.clear();
    if (!this.isClosed) for (const [partition] of this.owned.entries()) this.owned.fenced(partition);
  }
}
