import { type Ownership, SharedFolder } from "./shared-folder";
import { type RecordTable, SharedTable } from "./shared-table";
import type { AsideReason, Loaded, Member, Store } from "./store";

/**
 * The name of a part in the shared place: the same in all processes, whatever the ids of their nodes. undefined = the part
 * stays with its process.
 */
export type PartOf = (part: string) => string | undefined;

/** A store that may want to know when another process goes on with an asset. */
export type SharedPlace = Store & { forget?(asset: string): void };

/** The state of nodes that is of no one asset stays with its process. */
const OF_NO_ASSET = "";

/**
 * Records of this process alone, until they are shared: then each asset has one owner at a time among several processes,
 * and its records lie where all of them find them.
 */
export class SharedStore implements Store {
  private shared: { readonly partOf: PartOf; readonly store: SharedPlace } | undefined;
  /** A process of its own that keeps records in a folder finds here how. */
  readonly folderModule = require.resolve("./shared-folder");
  private readonly members = new Set<Member>();

  /** @param home where everything lies that is not shared */
  constructor(private readonly home: Store) {}

  join(member: Member): void {
    this.members.add(member);
  }

  /** From now on the records of assets lie in folders, in a table or in another store that all processes see. */
  share(partOf: PartOf, place: Ownership | RecordTable | SharedPlace): void {
    const store = "load" in place ? place : "foldersOf" in place ? new SharedFolder(place) : new SharedTable(place);
    this.shared = { partOf, store };
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
    this.shared?.store.forget?.(asset);
  }

  load(part: string, asset: string): Loaded | Promise<Loaded> {
    const [store, name] = this.placeOf(part, asset);
    return store.load(name, asset);
  }

  async save(part: string, asset: string, record: Uint8Array): Promise<void> {
    const [store, name] = this.placeOf(part, asset);
    await store.save(name, asset, record);
  }

  setAside(part: string, asset: string, reason: AsideReason): void | Promise<void> {
    const [store, name] = this.placeOf(part, asset);
    return store.setAside(name, asset, reason);
  }

  async keepBeside(part: string, asset: string, reason: AsideReason, record: Uint8Array): Promise<void> {
    const [store, name] = this.placeOf(part, asset);
    await store.keepBeside(name, asset, reason, record);
  }

  assets(part: string): string[] | Promise<string[]> {
    const [store, name] = this.placeOf(part);
    return store.assets(name);
  }

  private placeOf(part: string, asset?: string): [store: Store, part: string] {
    const shared = asset === OF_NO_ASSET ? undefined : this.shared?.partOf(part);
    return this.shared && shared !== undefined ? [this.shared.store, shared] : [this.home, part];
  }
}
