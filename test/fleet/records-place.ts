/** The places in which a fleet can keep its records, each with a server of its own where it needs one. */
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Epochs } from "../../fleet/src/epochs";
import { PostgresRecords } from "../../fleet/src/postgres-records";
import type { FleetRecords, RecordsSetting } from "../../fleet/src/records";
import { RedisRecords } from "../../fleet/src/redis-records";
import type { Ownership } from "../../src/memory/shared-folder";
import type { RecordTable } from "../../src/memory/shared-table";
import { projectRoot } from "../node-red-process";

export interface RecordsPlace {
  readonly setting: RecordsSetting;
  /** Of the server's process; undefined where there is none. */
  readonly pid: number | undefined;
  /** A place as one instance of a fleet has it. */
  open(fleet: string, partitionOf: (asset: string) => number): FleetRecords & (Ownership | RecordTable);
  /** It is out of reach, with all that it has. */
  away(): Promise<void>;
  back(): Promise<void>;
  /** Ends as by a power failure, and begins again. */
  crash(): Promise<void>;
  close(): Promise<void>;
}

interface Server {
  readonly address: string;
  readonly user: string;
  readonly password: string;
  readonly process: { readonly pid: number };
  stop(): Promise<void>;
  kill(): Promise<void>;
}

export const KINDS = ["folder", "postgres", "redis"] as const;

export async function startPlace(kind: RecordsSetting["kind"]): Promise<RecordsPlace> {
  const root = mkdtempSync(join(tmpdir(), `fleet-${kind}-`));
  const remove = (): void => rmSync(root, { recursive: true, force: true, maxRetries: 3 });
  const none = { folder: "", address: "", user: "", password: "", tls: undefined };
  if (kind === "folder") {
    const folder = join(root, "shared");
    mkdirSync(folder);
    return {
      setting: { ...none, kind, folder },
      pid: undefined,
      open: (fleet, partitionOf) => new Epochs(folder, fleet, partitionOf),
      away: async () => renameSync(folder, `${folder}.away`),
      back: async () => renameSync(`${folder}.away`, folder),
      crash: async () => {},
      close: async () => remove(),
    };
  }
  const script = await import(join(projectRoot(), "scripts", `${kind}.mjs`));
  const start = (): Promise<Server> => script[kind === "postgres" ? "startPostgres" : "startRedis"](root);
  let server = await start();
  const { address, user, password } = server;
  const setting = { ...none, kind, address, user, password };
  const open = kind === "postgres" ? PostgresRecords : RedisRecords;
  return {
    setting,
    pid: server.process.pid,
    open: (fleet, partitionOf) => new open(setting, fleet, partitionOf),
    away: () => server.stop(),
    back: async () => {
      server = await start();
    },
    crash: async () => {
      await server.kill();
      server = await start();
    },
    close: async () => {
      await server.kill();
      remove();
    },
  };
}

/** How many epochs of a partition have a folder. */
export function foldersIn({ setting }: RecordsPlace, fleet: string, partition: number): number {
  return readdirSync(join(setting.folder, fleet, `p${partition}`)).filter((name) => name.startsWith("e")).length;
}
