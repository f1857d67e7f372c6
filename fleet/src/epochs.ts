import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Ownership } from "../../src/memory/shared-folder";

const EPOCH = /^e(\d+)$/;

/** The records of a partition are another process's by now. */
export class Fenced extends Error {
  override readonly name = "Fenced";
}

/**
 * Which partitions are this process's own, in a folder that all processes of a fleet see:
 * `<folder>/<fleet>/p<partition>/e<epoch>/` has the records that were saved in an epoch. Whoever takes over a partition
 * makes the folder of the next epoch, which only one process can: making a folder that is there already fails.
 */
export class Epochs implements Ownership {
  private readonly owned = new Map<number, readonly string[]>();
  private readonly partitions = new Map<string, number>();
  private readonly root: string;
  /** Told when another process is found to have taken a partition over. */
  onFenced: (partition: number) => void = () => {};

  /**
   * @param folder there already: where it is not, a disk is missing
   * @param partOf the name of a part in the shared folder, see `Ownership`
   * @param partitionOf the partition of an asset
   */
  constructor(
    private readonly folder: string,
    fleet: string,
    readonly partOf: (part: string) => string | undefined,
    private readonly partitionOf: (asset: string) => number,
  ) {
    this.root = join(folder, fleet);
  }

  /**
   * Begins the next epoch of a partition.
   *
   * @throws Error of the file system
   */
  begin(partition: number): void {
    if (!existsSync(this.folder)) throw new Error(`The shared folder ${this.folder} is not there.`);
    const place = join(this.root, `p${partition}`);
    mkdirSync(place, { recursive: true });
    for (;;) {
      const known = epochsIn(place);
      const own = join(place, `e${(known[0] ?? 0) + 1}`);
      try {
        mkdirSync(own);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
        continue; // another process was faster
      }
      const older = known.map((epoch) => join(place, `e${epoch}`));
      this.owned.set(partition, [own, ...older.filter((one) => !removedWhereEmpty(one))]);
      return;
    }
  }

  /** The partition is no longer this process's own. */
  end(partition: number): void {
    this.owned.delete(partition);
    for (const [asset, of] of this.partitions) if (of === partition) this.partitions.delete(asset);
  }

  /** How often a reading was noted as suspect without having been cleared. */
  suspected(partition: number, hash: number): number {
    return this.suspects(partition)[hash] ?? 0;
  }

  /** Notes that a suspect reading is given into the flow, so that whoever comes after this process knows it. */
  suspect(partition: number, hash: number): void {
    const suspects = this.suspects(partition);
    this.note(partition, { ...suspects, [hash]: (suspects[hash] ?? 0) + 1 });
  }

  /** The suspect reading has been taken in, or was put aside. */
  cleared(partition: number, hash: number): void {
    const { [hash]: _, ...others } = this.suspects(partition);
    this.note(partition, others);
  }

  private suspects(partition: number): Record<string, number> {
    const file = this.suspectFile(partition);
    try {
      return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
    } catch (error) {
      // Cut off by the end of a process: counting begins anew.
      if (error instanceof SyntaxError) return {};
      throw error;
    }
  }

  private note(partition: number, suspects: Record<string, number>): void {
    const file = this.suspectFile(partition);
    writeFileSync(`${file}.new`, JSON.stringify(suspects));
    renameSync(`${file}.new`, file);
  }

  private suspectFile(partition: number): string {
    return join(this.root, `p${partition}`, "suspects.json");
  }

  foldersOf(asset: string): readonly string[] {
    const partition = this.partitions.get(asset) ?? this.partitionOf(asset);
    const folders = this.owned.get(partition);
    if (!folders)
      throw new Fenced(`Another instance of the fleet has the asset ${JSON.stringify(asset.slice(0, 60))}.`);
    return folders;
  }

  /** A model may call an asset otherwise than the readings do: then it lies in the partition of the readings. */
  assign(asset: string, partition: number): void {
    if (this.partitionOf(asset) !== partition) this.partitions.set(asset, partition);
  }

  folders(): readonly string[] {
    return [...this.owned.values()].flat();
  }

  confirm(folder: string): void {
    const [, base, epoch] = /^(.*e)(\d+)$/.exec(folder) as RegExpExecArray;
    if (existsSync(`${base}${Number(epoch) + 1}`)) {
      for (const [partition, [own]] of this.owned) if (own === folder) setImmediate(() => this.onFenced(partition));
      throw new Fenced(`Another instance has taken over ${folder}: nothing is written there any more.`);
    }
    if (!existsSync(folder)) throw new Error(`The shared folder ${folder} is not there.`);
  }
}

/** Newest first. */
function epochsIn(place: string): number[] {
  return readdirSync(place)
    .flatMap((name) => EPOCH.exec(name)?.slice(1).map(Number) ?? [])
    .sort((a, b) => b - a);
}

/** An epoch whose records have all been saved in a later one. */
function removedWhereEmpty(folder: string): boolean {
  try {
    for (const part of readdirSync(folder)) rmdirSync(join(folder, part));
    rmdirSync(folder);
    return true;
  } catch {
    return false;
  }
}
