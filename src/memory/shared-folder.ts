import { FileStore } from "./file-store";
import type { AsideReason, Loaded, SetAside, Store } from "./store";

/**
 * Which assets of a folder that several processes share are this process's own, and where their records lie. Each time
 * that an asset gets another owner, a new epoch begins, with a folder of its own: an owner that was only cut off goes on
 * writing in the folder of its epoch, where its successor's records are not.
 */
export interface Ownership {
  /**
   * Folders with records of an asset: that of the epoch in which this process owns it, then those before, newest first.
   *
   * @throws Error where the asset is not this process's own
   */
  foldersOf(asset: string): readonly string[];
  /** Folders with records of all assets that are this process's own. */
  folders(): readonly string[];
  /** @throws Error where a later epoch has begun than that of this folder, or the folder is not there */
  confirmFolder(folder: string): void;
}

/** Records in files that several processes share. The newest epoch that has a record of an asset has the valid one. */
export class SharedFolder implements Store {
  private readonly writers = new Map<string, FileStore>();
  private readonly readers = new Map<string, FileStore>();
  /** The parts of an asset that were saved once in this epoch: from then on there are two records in the own folder. */
  private readonly savedOnce = new Map<string, Set<string>>();

  constructor(private readonly ownership: Ownership) {}

  /** Another process goes on with the asset. */
  forget(asset: string): void {
    this.savedOnce.delete(asset);
  }

  load(part: string, asset: string): Loaded {
    const setAside: SetAside[] = [];
    const folders = this.ownership.foldersOf(asset);
    this.ownership.confirmFolder(folders[0]);
    for (const folder of folders) {
      const loaded = this.reader(folder).load(part, asset);
      setAside.push(...loaded.setAside);
      if (loaded.record) return { record: loaded.record, setAside };
    }
    return { setAside };
  }

  async save(part: string, asset: string, record: Uint8Array): Promise<void> {
    const [own, ...older] = this.ownership.foldersOf(asset);
    this.ownership.confirmFolder(own);
    await this.writer(own).save(part, asset, record);
    const once = this.savedOnce.get(asset) ?? new Set();
    if (once.has(part)) for (const folder of older) this.reader(folder).discard(part, asset);
    else this.savedOnce.set(asset, once.add(part));
  }

  setAside(part: string, asset: string, reason: AsideReason): void {
    const [own, ...older] = this.ownership.foldersOf(asset);
    this.ownership.confirmFolder(own);
    // Oldest first: should this be cut short, the newest is still found.
    for (const folder of older.reverse()) this.reader(folder).setAside(part, asset, reason);
    this.writer(own).setAside(part, asset, reason);
  }

  async keepBeside(part: string, asset: string, reason: AsideReason, record: Uint8Array): Promise<void> {
    const [own] = this.ownership.foldersOf(asset);
    await this.writer(own).keepBeside(part, asset, reason, record);
  }

  assets(part: string): string[] {
    return [...new Set(this.ownership.folders().flatMap((folder) => this.reader(folder).assets(part)))];
  }

  private writer(folder: string): FileStore {
    return storeIn(this.writers, folder, () => this.ownership.confirmFolder(folder));
  }

  private reader(folder: string): FileStore {
    return storeIn(this.readers, folder, () => {});
  }
}

function storeIn(stores: Map<string, FileStore>, folder: string, take: () => void): FileStore {
  const known = stores.get(folder);
  if (known) return known;
  const store = new FileStore(folder, { take });
  stores.set(folder, store);
  return store;
}
