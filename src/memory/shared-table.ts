import { RecordError } from "../record/record-error";
import { type AsideReason, type Loaded, ownRecord, type SetAside, type Store } from "./store";

/** Of each part and asset a table has the newest record and the one before. */
export type Place = "newest" | "previous";

/**
 * Records as bytes in a database that several processes see. Everything throws where another process owns the asset by
 * now, and changes nothing then. A change that arrives after a later one of the same asset is left out.
 */
export interface RecordTable {
  read(part: string, asset: string, place: Place): Promise<Uint8Array | undefined>;
  /** Puts a record into the newest place; what was there goes to the previous one. */
  write(part: string, asset: string, record: Uint8Array): Promise<void>;
  /**
   * Empties places, and keeps what lay in the first of them that was not empty.
   *
   * @returns the name under which it is kept
   */
  setAside(part: string, asset: string, reason: AsideReason, places: readonly Place[]): Promise<string>;
  /** Keeps a record, the last ten of an asset. */
  keepBeside(part: string, asset: string, reason: AsideReason, record: Uint8Array): Promise<void>;
  /** Names of all assets with a record that are this process's own. */
  assets(part: string): Promise<string[]>;
}

const PLACES: readonly Place[] = ["newest", "previous"];

/** Records of assets in a table that several processes share. */
export class SharedTable implements Store {
  constructor(private readonly table: RecordTable) {}

  async load(part: string, asset: string): Promise<Loaded> {
    const setAside: SetAside[] = [];
    for (const place of PLACES) {
      const bytes = await this.table.read(part, asset, place);
      if (!bytes) continue;
      try {
        return { record: ownRecord(bytes, asset), setAside };
      } catch (error) {
        if (!(error instanceof RecordError)) throw error;
        const keptAs = await this.table.setAside(part, asset, error.code, [place]);
        setAside.push({ code: error.code, text: error.message, keptAs });
      }
    }
    return { setAside };
  }

  save(part: string, asset: string, record: Uint8Array): Promise<void> {
    return this.table.write(part, asset, record);
  }

  async setAside(part: string, asset: string, reason: AsideReason): Promise<void> {
    await this.table.setAside(part, asset, reason, PLACES);
  }

  keepBeside(part: string, asset: string, reason: AsideReason, record: Uint8Array): Promise<void> {
    return this.table.keepBeside(part, asset, reason, record);
  }

  assets(part: string): Promise<string[]> {
    return this.table.assets(part);
  }
}
