import type { Owned } from "./owned";

/** The records are another process's by now. */
export class Fenced extends Error {
  override readonly name = "Fenced";
}

/** So many records set aside are kept of one asset, as on one box. */
export const KEPT_ASIDE = 10;

/**
 * Where the records of a fleet lie, as far as partitions go: whoever takes a partition over begins its next epoch, and from
 * then on nobody changes its records in an earlier one. All that asks the medium throws or rejects with what that says.
 */
export interface FleetRecords {
  readonly owned: Owned<unknown>;
  /** A mark of the place and the fleet, made by whoever asks first: the same for all who see these records. */
  place(): Promise<string>;
  /** Makes this process the owner of the partition's records. */
  begin(partition: number): Promise<void>;
  /** Rejects where the records of an asset cannot be read now, or are another process's. */
  confirm(asset: string): Promise<void>;
  /** How often a reading was noted as suspect without having been cleared. */
  suspected(partition: number, hash: number): Promise<number>;
  /** Notes that a suspect reading is given into the flow, so that whoever comes after this process knows it. */
  suspect(partition: number, hash: number): Promise<void>;
  /** The suspect reading has been taken in, or was put aside. */
  cleared(partition: number, hash: number): Promise<void>;
  /** Lets go of the medium; nothing can be asked any more. */
  close(): Promise<void>;
}

/** Which records a fleet has, and where. */
export interface RecordsSetting {
  readonly kind: "folder" | "postgres" | "redis";
  /** Of the folder. */
  readonly folder: string;
  /** Of the database: postgres://computer:5432/database, redis://computer:6379/0 or rediss://. */
  readonly address: string;
  readonly user: string;
  readonly password: string;
  /** What Node.js takes for a TLS connection to the database; undefined = without TLS, unless the address says so. */
  readonly tls: object | undefined;
}

/** The client of a database is an optional dependency: it may be missing. */
export class NoClient extends Error {
  override readonly name = "NoClient";

  constructor(readonly client: string) {
    super(`The package ${client} is not installed.`);
  }
}

/**
 * The client of a database.
 *
 * @throws NoClient where it is not installed
 */
export function clientNamed(name: "pg" | "redis"): unknown {
  try {
    return require(name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "MODULE_NOT_FOUND") throw new NoClient(name);
    throw error;
  }
}

/**
 * A name as text that any database takes, with NUL and unpaired surrogates escaped; others stay readable.
 *
 * @example inText("plant/press"); // "plant/press"
 */
export function inText(name: string): string {
  return JSON.stringify(name).slice(1, -1);
}

export function fromText(text: string): string {
  return JSON.parse(`"${text}"`);
}
