import { FileStore } from "./file-store";
import type { AsideReason, Loaded, Member, SetAside, Store } from "./store";

/**
 * Which assets of a folder that several processes share are this process's own, and where their records lie. Each time
 * that an asset gets another owner, a new epoch begins, with a folder of its own: an owner that was only cut off goes on
 * writing in the folder of its epoch, where its successor's records are not.
 */
export interface Ownership {
  /**
   * The name of a part in the shared folder: the same in all processes, whatever the ids of their nodes. undefined = the
   * part stays with its process.
   */
  partOf(part: string): string | undefined;
  /**
   * Folders with records of an asset: that of the epoch in which this process owns it, then those before, newest first.
   *
   * @throws Error where the asset is not this process's own
   */
  foldersOf(asset: string): readonly string[];
  /** Folders with records of all assets that are this process's own. */
  folders(): readonly string[];
  /** @throws Error where a later epoch has begun than that of this folder, or the folder is not there */
  confirm(folder: string): void;
}

/** The state of nodes that is of no one asset stays with its process. */
const OF_NO_ASSET = "";

/**
 * Records in files of this process alone, until they are shared: then each asset has one owner at a time among several
 * processes, which `Ownership` knows. The newest epoch that has a record of an asset has the valid one.
 */
export class SharedFolder implements Store {
  private ownership: Ownership | undefined;
  private readonly members = new Set<Member>();
  private readonly writers = new Map<string, FileStore>();
  private readonly readers = new Map<string, FileStore>();
  /** The parts of an asset that were saved once in this epoch: from then on there are two records in the own folder. */
  private readonly savedOnce = new Map<string, Set<string>>();

  /** @param home where everything lies that is not shared */
  constructor(private readonly home: FileStore) {}

  join(member: Member): void {
    this.members.add(member);
  }

  /** From now on the records of assets lie where `ownership` says. */
  share(ownership: Ownership): void {
    this.ownership = ownership;
  }

  /** Whether the store has all that anybody here knows of the asset. */
  isSaved(asset: string): boolean {
    return [...this.members].every((member) => member.isSaved(asset));
  }

  /** Saves all that anybody here knows of the asset. */
  saveNow(asset: string): void {
    for (const member of this.members) member.saveNow(asset);
  }

  /** Everybody here lets the asset go: another process goes on with it. */
  drop(asset: string): void {
    for (const member of this.members) member.drop(asset);
    this.savedOnce.delete(asset);
  }

  load(part: string, asset: string): Loaded {
    const { ownership } = this;
    const shared = this.sharedPart(part, asset);
    if (!ownership || shared === undefined) return this.home.load(part, asset);
    const setAside: SetAside[] = [];
    const folders = ownership.foldersOf(asset);
    ownership.confirm(folders[0]);
    for (const folder of folders) {
      const loaded = this.reader(folder).load(shared, asset);
      setAside.push(...loaded.setAside);
      if (loaded.record) return { record: loaded.record, setAside };
    }
    return { setAside };
  }

  async save(part: string, asset: string, record: Uint8Array): Promise<void> {
    const { ownership } = this;
    const shared = this.sharedPart(part, asset);
    if (!ownership || shared === undefined) return this.home.save(part, asset, record);
    const [own, ...older] = ownership.foldersOf(asset);
    ownership.confirm(own);
    await this.writer(own).save(shared, asset, record);
    const once = this.savedOnce.get(asset) ?? new Set();
    if (once.has(part)) for (const folder of older) this.reader(folder).discard(shared, asset);
    else this.savedOnce.set(asset, once.add(part));
  }

  setAside(part: string, asset: string, reason: AsideReason): void {
    const { ownership } = this;
    const shared = this.sharedPart(part, asset);
    if (!ownership || shared === undefined) {
      this.home.setAside(part, asset, reason);
      return;
    }
    const [own, ...older] = ownership.foldersOf(asset);
    // Oldest first: should this be cut short, the newest is still found.
    for (const folder of older.reverse()) this.reader(folder).setAside(shared, asset, reason);
    this.writer(own).setAside(shared, asset, reason);
  }

  async keepBeside(part: string, asset: string, reason: AsideReason, record: Uint8Array): Promise<void> {
    const { ownership } = this;
    const shared = this.sharedPart(part, asset);
    if (!ownership || shared === undefined) return this.home.keepBeside(part, asset, reason, record);
    const [own] = ownership.foldersOf(asset);
    await this.writer(own).keepBeside(shared, asset, reason, record);
  }

  assets(part: string): string[] {
    const { ownership } = this;
    const shared = ownership?.partOf(part);
    if (!ownership || shared === undefined) return this.home.assets(part);
    return [...new Set(ownership.folders().flatMap((folder) => this.reader(folder).assets(shared)))];
  }

  private sharedPart(part: string, asset: string): string | undefined {
    return asset === OF_NO_ASSET ? undefined : this.ownership?.partOf(part);
  }

  private writer(folder: string): FileStore {
    return storeIn(this.writers, folder, () => this.ownership?.confirm(folder));
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
