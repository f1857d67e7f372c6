/** The places in which a fleet can keep its records, each with a server of its own where it needs one. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Epochs } from "../../fleet/src/epochs";
import { partitionOf } from "../../fleet/src/partition-of";
import { PostgresRecords } from "../../fleet/src/postgres-records";
import type { FleetRecords, RecordsSetting } from "../../fleet/src/records";
import { RedisRecords } from "../../fleet/src/redis-records";
import type { Ownership } from "../../src/memory/shared-folder";
import type { RecordTable } from "../../src/memory/shared-table";
import { projectRoot } from "../node-red-process";
import { until } from "./fleet";

export interface RecordsPlace {
  readonly setting: RecordsSetting;
  /** Of the server's process; undefined where there is none. */
  readonly pid: number | undefined;
  /** A place as one instance of a fleet has it. */
  open(fleet: string, partitionOf: (asset: string) => number): FleetRecords & (Ownership | RecordTable);
  /** A place that only looks: partitions stay with whoever has them now. */
  look(fleet: string, partitions: number): Promise<FleetRecords & (Ownership | RecordTable)>;
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

/** What asks the database without being an owner. */
interface Asking {
  pool: { query(sql: string, args: unknown[]): Promise<{ rows: { number: number; epoch: string }[] }> };
  ask(command: string[]): Promise<unknown>;
  key(partition: number, what: string): string;
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
      look: async (fleet, partitions) => {
        const records = new Epochs(folder, fleet, (asset) => partitionOf(asset, partitions));
        for (let partition = 0; partition < partitions; partition++) {
          const place = join(folder, fleet, `p${partition}`);
          if (!existsSync(place)) continue; // nothing has come for it
          const epochs = readdirSync(place).flatMap((name) => /^e(\d+)$/.exec(name)?.slice(1).map(Number) ?? []);
          const newest = epochs.sort((a, b) => b - a).map((epoch) => join(place, `e${epoch}`));
          records.owned.begin(partition, newest);
        }
        return records;
      },
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
  const epochsOf = async ({ pool, ask, key }: Asking, records: unknown, fleet: string, partitions: number) => {
    if (kind === "postgres") {
      const { rows } = await pool.query("select number, epoch from forecast_partition where fleet = $1", [fleet]);
      return rows.map(({ number, epoch }) => [number, Number(epoch)]);
    }
    const all = Array.from({ length: partitions }, (_, partition) => partition);
    const asked = (partition: number) => ask.call(records, ["GET", key.call(records, partition, "epoch")]);
    return Promise.all(all.map(async (partition) => [partition, Number(await asked(partition))]));
  };
  return {
    setting,
    pid: server.process.pid,
    open: (fleet, partitionOf) => new open(setting, fleet, partitionOf),
    look: async (fleet, partitions) => {
      const records = new open(setting, fleet, (asset) => partitionOf(asset, partitions));
      const asking = records as unknown as Asking;
      const epochs = await until(() => epochsOf(asking, records, fleet, partitions));
      for (const [partition, epoch] of epochs) records.owned.begin(partition, epoch);
      return records;
    },
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
