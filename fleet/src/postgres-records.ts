import { createHash, randomUUID } from "node:crypto";
import type { Place, RecordTable } from "../../src/memory/shared-table";
import type { AsideReason } from "../../src/memory/store";
import { Owned } from "./owned";
import { clientNamed, type FleetRecords, fromText, inText, KEPT_ASIDE, type RecordsSetting } from "./records";

/** The parts of the package pg that are used. */
interface Connection {
  // biome-ignore lint/suspicious/noExplicitAny: a row has whatever the query asks for
  query(text: string, values?: readonly unknown[]): Promise<{ rows: any[] }>;
}
interface Client extends Connection {
  release(error?: unknown): void;
}
interface Pool extends Connection {
  connect(): Promise<Client>;
  end(): Promise<void>;
  on(event: "error", listener: (error: Error) => void): void;
}

const PORT = 5432;
/** Connections of an instance: saves that are under way at once. */
const CONNECTIONS = 8;
/** ms */
const CONNECT_WITHIN = 5_000;
const ANSWER_WITHIN = 15_000;
/** Any number, the same for all: one instance at a time makes the tables. */
const LOCK = 4_711_008_151;

const TABLES = `
  select pg_advisory_xact_lock(${LOCK});
  create table if not exists forecast_partition (
    fleet text, number integer, epoch bigint not null, primary key (fleet, number));
  create table if not exists forecast_record (
    key bytea primary key, fleet text not null, partition integer not null, part text not null, asset text not null,
    epoch bigint not null, change bigint not null, saved_at timestamptz not null default now(), newest bytea, previous bytea);
  create index if not exists forecast_record_partition on forecast_record (fleet, partition);
  create table if not exists forecast_record_aside (
    id bigserial primary key, key bytea not null, fleet text not null, part text not null, asset text not null,
    reason text not null, kept_at timestamptz not null default now(), record bytea not null);
  create index if not exists forecast_record_aside_key on forecast_record_aside (key);
  create table if not exists forecast_suspect (
    fleet text, partition integer, hash bigint, times integer not null, primary key (fleet, partition, hash));
  create table if not exists forecast_place (fleet text primary key, mark text not null);`;

/**
 * Records in PostgreSQL. Each change reads the partition's epoch under a share lock in the same transaction, and
 * `begin` updates it: so no change of an earlier epoch lands after a later one has begun.
 */
export class PostgresRecords implements FleetRecords, RecordTable {
  readonly owned: Owned<number>;
  private readonly pool: Pool;
  private tables: Promise<void> | undefined;
  /** Of this process, rising: what arrives late is known by it. */
  private changes = 0;

  /**
   * @param partitionOf the partition of an asset
   * @throws NoClient
   */
  constructor(
    { address, user, password, tls }: RecordsSetting,
    private readonly fleet: string,
    partitionOf: (asset: string) => number,
  ) {
    this.owned = new Owned(partitionOf);
    const url = new URL(address);
    const { Pool } = clientNamed("pg") as { Pool: new (options: object) => Pool };
    this.pool = new Pool({
      host: url.hostname.replace(/^\[|\]$/g, ""),
      port: Number(url.port || PORT),
      database: decodeURIComponent(url.pathname.slice(1)),
      user: user || decodeURIComponent(url.username),
      password: password || decodeURIComponent(url.password),
      ssl: tls ?? false,
      max: CONNECTIONS,
      connectionTimeoutMillis: CONNECT_WITHIN,
      query_timeout: ANSWER_WITHIN,
      keepAlive: true,
      application_name: `fleet ${fleet}`,
    });
    this.pool.on("error", () => {}); // an idle connection has ended: whoever asks next hears of it
  }

  async place(): Promise<string> {
    await this.haveTables();
    await this.pool.query("insert into forecast_place values ($1, $2) on conflict do nothing", [
      this.fleet,
      randomUUID(),
    ]);
    const { rows } = await this.pool.query("select mark from forecast_place where fleet = $1", [this.fleet]);
    return rows[0].mark;
  }

  async begin(partition: number): Promise<void> {
    await this.haveTables();
    const { rows } = await this.pool.query(
      `insert into forecast_partition as p values ($1, $2, 1)
       on conflict (fleet, number) do update set epoch = p.epoch + 1 returning epoch`,
      [this.fleet, partition],
    );
    this.owned.begin(partition, Number(rows[0].epoch));
  }

  async confirm(asset: string): Promise<void> {
    const [partition, epoch] = this.owned.of(asset);
    const { rows } = await this.pool.query("select epoch from forecast_partition where fleet = $1 and number = $2", [
      this.fleet,
      partition,
    ]);
    this.mustOwn(partition, epoch, rows);
  }

  async read(part: string, asset: string, place: Place): Promise<Uint8Array | undefined> {
    const [partition, epoch] = this.owned.of(asset);
    const { rows } = await this.pool.query(
      `select p.epoch, r.${place} as record from forecast_partition p left join forecast_record r on r.key = $3
       where p.fleet = $1 and p.number = $2`,
      [this.fleet, partition, this.keyOf(part, asset)],
    );
    this.mustOwn(partition, epoch, rows);
    return rows[0].record ?? undefined;
  }

  async write(part: string, asset: string, record: Uint8Array): Promise<void> {
    const [partition, epoch] = this.owned.of(asset);
    const { rows } = await this.pool.query(
      `with owner as (
         select epoch from forecast_partition where fleet = $1 and number = $2 and epoch = $3 for share
       ), written as (
         insert into forecast_record as r (key, fleet, partition, part, asset, epoch, change, newest)
         select $4, $1, $2, $5, $6, $3, $7, $8 from owner
         on conflict (key) do update set previous = coalesce(r.newest, r.previous), newest = excluded.newest,
           partition = excluded.partition, epoch = excluded.epoch, change = excluded.change, saved_at = now()
         where (r.epoch, r.change) < (excluded.epoch, excluded.change)
       )
       select epoch from owner`,
      [this.fleet, partition, epoch, this.keyOf(part, asset), inText(part), inText(asset), ++this.changes, record],
    );
    this.mustOwn(partition, epoch, rows);
  }

  setAside(part: string, asset: string, reason: AsideReason, places: readonly Place[]): Promise<string> {
    const change = ++this.changes;
    return this.changing(asset, async (client, partition, epoch) => {
      const key = this.keyOf(part, asset);
      const { rows } = await client.query(
        "select newest, previous from forecast_record where key = $1 and (epoch, change) < ($2, $3) for update",
        [key, epoch, change],
      );
      const bytes = rows.length > 0 ? places.map((place) => rows[0][place]).find((found) => found) : undefined;
      const name = bytes ? await this.keep(client, part, asset, reason, bytes) : "";
      const emptied = places.map((place) => `${place} = null`).join(", ");
      // The row stays: by it a save that arrives late is known.
      await client.query(
        `insert into forecast_record as r (key, fleet, partition, part, asset, epoch, change)
         values ($1, $2, $3, $4, $5, $6, $7)
         on conflict (key) do update set ${emptied}, epoch = excluded.epoch, change = excluded.change
         where (r.epoch, r.change) < (excluded.epoch, excluded.change)`,
        [key, this.fleet, partition, inText(part), inText(asset), epoch, change],
      );
      return name;
    });
  }

  keepBeside(part: string, asset: string, reason: AsideReason, record: Uint8Array): Promise<void> {
    return this.changing(asset, async (client) => {
      await this.keep(client, part, asset, reason, record);
    });
  }

  async assets(part: string): Promise<string[]> {
    const { rows } = await this.pool.query(
      `select asset from forecast_record
       where fleet = $1 and partition = any ($2) and part = $3 and (newest is not null or previous is not null)`,
      [this.fleet, this.owned.entries().map(([partition]) => partition), inText(part)],
    );
    return rows.map(({ asset }) => fromText(asset));
  }

  async suspected(partition: number, hash: number): Promise<number> {
    const { rows } = await this.pool.query(
      "select times from forecast_suspect where fleet = $1 and partition = $2 and hash = $3",
      [this.fleet, partition, hash],
    );
    return rows[0]?.times ?? 0;
  }

  async suspect(partition: number, hash: number): Promise<void> {
    await this.pool.query(
      `insert into forecast_suspect as s values ($1, $2, $3, 1)
       on conflict (fleet, partition, hash) do update set times = s.times + 1`,
      [this.fleet, partition, hash],
    );
  }

  async cleared(partition: number, hash: number): Promise<void> {
    await this.pool.query("delete from forecast_suspect where fleet = $1 and partition = $2 and hash = $3", [
      this.fleet,
      partition,
      hash,
    ]);
  }

  close(): Promise<void> {
    return this.pool.end();
  }

  private async haveTables(): Promise<void> {
    this.tables ??= this.makeTables();
    try {
      await this.tables;
    } catch (error) {
      this.tables = undefined;
      throw error;
    }
  }

  /** Asks first: even where all is there, making an index waits for all saves and holds them up. */
  private async makeTables(): Promise<void> {
    const { rows } = await this.pool.query("select to_regclass('forecast_place') as last");
    if (rows[0].last === null) await this.pool.query(TABLES);
  }

  /** Changes of an own asset in one transaction, during which the partition cannot be taken over. */
  private async changing<R>(
    asset: string,
    work: (client: Client, partition: number, epoch: number) => Promise<R>,
  ): Promise<R> {
    const [partition, epoch] = this.owned.of(asset);
    const client = await this.pool.connect();
    try {
      await client.query("begin");
      const { rows } = await client.query(
        "select epoch from forecast_partition where fleet = $1 and number = $2 for share",
        [this.fleet, partition],
      );
      this.mustOwn(partition, epoch, rows);
      const result = await work(client, partition, epoch);
      await client.query("commit");
      client.release();
      return result;
    } catch (error) {
      client.release(error); // the connection is closed, and with it the transaction
      throw error;
    }
  }

  /** @returns the name under which the record is kept; the oldest of the asset give way */
  private async keep(client: Client, part: string, asset: string, reason: AsideReason, record: Uint8Array) {
    const key = this.keyOf(part, asset);
    const { rows } = await client.query(
      `insert into forecast_record_aside (key, fleet, part, asset, reason, record)
       values ($1, $2, $3, $4, $5, $6) returning id`,
      [key, this.fleet, inText(part), inText(asset), reason, record],
    );
    await client.query(
      `delete from forecast_record_aside where key = $1
       and id not in (select id from forecast_record_aside where key = $1 order by id desc limit ${KEPT_ASIDE})`,
      [key],
    );
    return `forecast_record_aside, id ${rows[0].id}`;
  }

  /** @throws Fenced where a later epoch has begun */
  private mustOwn(partition: number, epoch: number, rows: readonly { epoch: string }[]): void {
    if (rows.length > 0 && Number(rows[0].epoch) === epoch) return;
    throw this.owned.fenced(partition);
  }

  /** Names may be longer than what an index takes. */
  private keyOf(part: string, asset: string): Buffer {
    return createHash("sha256")
      .update(JSON.stringify([this.fleet, part, asset]))
      .digest();
  }
}
