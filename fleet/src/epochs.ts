import { randomUUID } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { Ownership } from "../../src/memory/shared-folder";
import { Owned } from "./owned";
import type { FleetRecords } from "./records";

const EPOCH = /^e(\d+)$/;

/**
 * Records in a folder that all processes of a fleet see: `<folder>/<fleet>/p<partition>/e<epoch>/` has what was saved in an
 * epoch. Whoever takes over a partition makes the folder of the next epoch, which only one process can: making a folder
 * that is there already fails.
 */
export class Epochs implements Ownership, FleetRecords {
  /** Of each own partition the folders of its epochs, newest first. */
  readonly owned: Owned<readonly string[]>;
  private readonly root: string;
  private mark: string | undefined;

  /**
   * @param folder there already: where it is not, a disk is missing
   * @param partitionOf the partition of an asset
   */
  constructor(
    private readonly folder: string,
    fleet: string,
    partitionOf: (asset: string) => number,
  ) {
    this.root = join(folder, fleet);
    this.owned = new Owned(partitionOf);
  }

  async place(): Promise<string> {
    this.mustBeThere();
    const folder = join(this.root, "place");
    const file = join(folder, "mark");
    if (!existsSync(file)) {
      const own = join(this.root, `place.${randomUUID()}`);
      mkdirSync(own, { recursive: true });
      writeFileSync(join(own, "mark"), randomUUID());
      try {
        renameSync(own, folder);
      } catch (error) {
        rmSync(own, { recursive: true, force: true });
        if (!existsSync(file)) throw error; // else another process was faster
      }
    }
    this.mark = readFileSync(file, "utf8");
    return this.mark;
  }

  async begin(partition: number): Promise<void> {
    this.mustBeThere();
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
      this.owned.begin(partition, [own, ...older.filter((one) => !removedWhereEmpty(one))]);
      return;
    }
  }

  async suspected(partition: number, hash: number): Promise<number> {
    return this.suspects(partition)[hash] ?? 0;
  }

  async suspect(partition: number, hash: number): Promise<void> {
    const suspects = this.suspects(partition);
    this.note(partition, { ...suspects, [hash]: (suspects[hash] ?? 0) + 1 });
  }

  async cleared(partition: number, hash: number): Promise<void> {
    const { [hash]: _, ...others } = this.suspects(partition);
    this.note(partition, others);
  }

  private suspects(partition: number): Record<string, number> {
    this.mustBeThere();
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
    return this.owned.of(asset)[1];
  }

  folders(): readonly string[] {
    return this.owned.entries().flatMap(([, folders]) => folders);
  }

  async confirm(asset: string): Promise<void> {
    this.confirmFolder(this.foldersOf(asset)[0]);
  }

  confirmFolder(folder: string): void {
    const [, base, epoch] = /^(.*e)(\d+)$/.exec(folder) as RegExpExecArray;
    const isThere = existsSync(folder);
    // The next epoch's folder may be gone as well: it was empty when the one after it began.
    const isOver = existsSync(`${base}${Number(epoch) + 1}`) || (!isThere && isBehind(folder, Number(epoch)));
    if (isOver) {
      const found = this.owned.entries().find(([, [own]]) => own === folder);
      throw this.owned.fenced(found?.[0], folder);
    }
    if (!isThere) throw new Error(`The shared folder ${folder} is not there.`);
  }

  async close(): Promise<void> {}

  private mustBeThere(): void {
    if (!existsSync(this.folder)) throw new Error(`The shared folder ${this.folder} is not there.`);
    // Where a disk was taken away, an empty folder may be left at its place.
    if (this.mark !== undefined && !existsSync(join(this.root, "place", "mark")))
      throw new Error(`The shared folder ${this.folder} is another one than before.`);
  }
}

/** Whether a later epoch has begun; where the partition's folder is away, that is not known. */
function isBehind(folder: string, epoch: number): boolean {
  const place = dirname(folder);
  return existsSync(place) && (epochsIn(place)[0] ?? 0) > epoch;
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
