import { randomUUID } from "node:crypto";
import type { Place, RecordTable } from "../../src/memory/shared-table";
import type { AsideReason } from "../../src/memory/store";
import { Owned } from "./owned";
import { clientNamed, type FleetRecords, fromText, inText, KEPT_ASIDE, type RecordsSetting } from "./records";

type Argument = string | Buffer;
type Reply = null | number | Buffer | Reply[];

/** The parts of the package redis that are used. */
interface Client {
  connect(): Promise<unknown>;
  destroy(): void;
  sendCommand(args: readonly Argument[]): Promise<Reply>;
  withTypeMapping(mapping: Record<number, unknown>): Client;
  on(event: "error" | "ready", listener: (error: Error) => void): void;
}

const PORT = 6379;
/** What Redis calls a string of bytes. */
const BLOB_STRING = 36;
/** ms */
const CONNECT_WITHIN = 5_000;
const SILENT = 10_000;
const SIGN_OF_LIFE = 3_000;
const LONGEST_RETRY = 2_000;

/** Of all scripts: the first key has the partition's epoch, the first argument the process's own. */
const FENCE = "if redis.call('GET', KEYS[1]) ~= ARGV[1] then return -1 end ";
/** A change that arrives after a later one is left out. KEYS[2]: the record; ARGV[2]: number of the change. */
const IN_ORDER = `
  local kept = redis.call('HMGET', KEYS[2], 'epoch', 'change', 'newest', 'previous')
  if kept[1] == ARGV[1] and tonumber(kept[2]) >= tonumber(ARGV[2]) then return 0 end `;
const READ = `${FENCE} return {redis.call('HGET', KEYS[2], ARGV[2])}`;
/** KEYS: epoch, record, names; ARGV: epoch, change, record, name. */
const WRITE = `${FENCE} ${IN_ORDER}
  local before = kept[3] or kept[4]
  if before then redis.call('HSET', KEYS[2], 'previous', before) end
  redis.call('HSET', KEYS[2], 'epoch', ARGV[1], 'change', ARGV[2], 'newest', ARGV[3])
  redis.call('SADD', KEYS[3], ARGV[4])
  return 1`;
/** KEYS: epoch, record, names, aside; ARGV: epoch, change, name, reason, places … */
const SET_ASIDE = `${FENCE} ${IN_ORDER}
  local records = {newest = kept[3], previous = kept[4]}
  local found = false
  for i = 5, #ARGV do
    found = found or records[ARGV[i]]
    records[ARGV[i]] = false
    redis.call('HDEL', KEYS[2], ARGV[i])
  end
  redis.call('HSET', KEYS[2], 'epoch', ARGV[1], 'change', ARGV[2])
  if not (records.newest or records.previous) then redis.call('SREM', KEYS[3], ARGV[3]) end
  if found then
    redis.call('LPUSH', KEYS[4], ARGV[4] .. ' ' .. redis.call('TIME')[1] .. '\\n' .. found)
    redis.call('LTRIM', KEYS[4], 0, ${KEPT_ASIDE - 1})
  end
  return 1`;
/** KEYS: epoch, aside; ARGV: epoch, reason, record. */
const KEEP = `${FENCE}
  redis.call('LPUSH', KEYS[2], ARGV[2] .. ' ' .. redis.call('TIME')[1] .. '\\n' .. ARGV[3])
  redis.call('LTRIM', KEYS[2], 0, ${KEPT_ASIDE - 1})
  return 1`;

/**
 * Records in Redis. Each change is a script, which Redis carries out in one piece: it compares the partition's epoch first,
 * which `begin` counts up. Keys of a partition carry its number in braces, so that they lie on one node of a cluster.
 */
export class RedisRecords implements FleetRecords, RecordTable {
  readonly owned: Owned<number>;
  private readonly client: Client;
  private changes = 0;
  /** Why there is no connection. */
  private fault: Error | undefined;

  /**
   * @param partitionOf the partition of an asset
   * @param onVolatile told where Redis says that it may lose what it has confirmed
   * @throws NoClient
   */
  constructor(
    { address, user, password, tls }: RecordsSetting,
    private readonly fleet: string,
    partitionOf: (asset: string) => number,
    private readonly onVolatile: () => void = () => {},
  ) {
    this.owned = new Owned(partitionOf);
    const url = new URL(address);
    const { createClient } = clientNamed("redis") as { createClient(options: object): Client };
    const isTls = tls !== undefined || url.protocol === "rediss:";
    const client = createClient({
      socket: {
        ...tls,
        ...(isTls ? { tls: true } : {}),
        host: url.hostname.replace(/^\[|\]$/g, ""),
        port: Number(url.port || PORT),
        connectTimeout: CONNECT_WITHIN,
        socketTimeout: SILENT,
        reconnectStrategy: (times: number) => Math.min(100 * 2 ** times, LONGEST_RETRY),
      },
      username: user || decodeURIComponent(url.username) || undefined,
      password: password || decodeURIComponent(url.password) || undefined,
      database: Number(url.pathname.slice(1) || 0),
      name: `fleet-${fleet}`,
      disableOfflineQueue: true,
      pingInterval: SIGN_OF_LIFE,
    });
    client.on("error", (error) => {
      this.fault = error;
    });
    client.on("ready", () => {
      this.fault = undefined;
      this.look().catch(() => {}); // it may not be allowed
    });
    client.connect().catch((error) => {
      this.fault = error;
    });
    this.client = client.withTypeMapping({ [BLOB_STRING]: Buffer });
  }

  async place(): Promise<string> {
    const key = `${this.fleet}:place`;
    await this.ask(["SET", key, randomUUID(), "NX"]);
    return String(await this.ask(["GET", key]));
  }

  async begin(partition: number): Promise<void> {
    const epoch = await this.ask(["INCR", this.key(partition, "epoch")]);
    this.owned.begin(partition, epoch as number);
  }

  async confirm(asset: string): Promise<void> {
    const [partition, epoch] = this.owned.of(asset);
    await this.run(`${FENCE} return 0`, partition, epoch, [], []);
  }

  async read(part: string, asset: string, place: Place): Promise<Uint8Array | undefined> {
    const [partition, epoch] = this.owned.of(asset);
    const reply = await this.run(READ, partition, epoch, [this.recordKey(partition, part, asset)], [place]);
    return ((reply as Reply[])[0] as Buffer | null) ?? undefined;
  }

  async write(part: string, asset: string, record: Uint8Array): Promise<void> {
    const [partition, epoch] = this.owned.of(asset);
    const keys = [this.recordKey(partition, part, asset), this.namesKey(partition, part)];
    await this.run(WRITE, partition, epoch, keys, [String(++this.changes), bufferOf(record), inText(asset)]);
  }

  async setAside(part: string, asset: string, reason: AsideReason, places: readonly Place[]): Promise<string> {
    const [partition, epoch] = this.owned.of(asset);
    const aside = this.asideKey(partition, part, asset);
    const keys = [this.recordKey(partition, part, asset), this.namesKey(partition, part), aside];
    await this.run(SET_ASIDE, partition, epoch, keys, [String(++this.changes), inText(asset), reason, ...places]);
    return aside;
  }

  async keepBeside(part: string, asset: string, reason: AsideReason, record: Uint8Array): Promise<void> {
    const [partition, epoch] = this.owned.of(asset);
    await this.run(KEEP, partition, epoch, [this.asideKey(partition, part, asset)], [reason, bufferOf(record)]);
  }

  async assets(part: string): Promise<string[]> {
    const lists = this.owned.entries().map(async ([partition]) => {
      const names = await this.ask(["SMEMBERS", this.namesKey(partition, part)]);
      return [...(names as Iterable<Reply>)].map((name) => fromText(String(name)));
    });
    return (await Promise.all(lists)).flat();
  }

  async suspected(partition: number, hash: number): Promise<number> {
    return Number(await this.ask(["HGET", this.key(partition, "suspects"), String(hash)]));
  }

  async suspect(partition: number, hash: number): Promise<void> {
    await this.ask(["HINCRBY", this.key(partition, "suspects"), String(hash), "1"]);
  }

  async cleared(partition: number, hash: number): Promise<void> {
    await this.ask(["HDEL", this.key(partition, "suspects"), String(hash)]);
  }

  async close(): Promise<void> {
    this.client.destroy();
  }

  /** Whether Redis has on disk what it confirms. */
  private async look(): Promise<void> {
    const said = async (name: string): Promise<string> => {
      const reply = await this.ask(["CONFIG", "GET", name]);
      return (reply instanceof Map ? [...reply.values()] : Object.values(reply as object)).map(String).join(" ");
    };
    const [appends, syncs] = await Promise.all(["appendonly", "appendfsync"].map(said));
    if (!appends.includes("yes") || !syncs.includes("always")) this.onVolatile();
  }

  /** @throws Fenced where a later epoch has begun */
  private async run(
    script: string,
    partition: number,
    epoch: number,
    keys: readonly string[],
    args: readonly Argument[],
  ): Promise<Reply> {
    const all = [this.key(partition, "epoch"), ...keys];
    const reply = await this.ask(["EVAL", script, String(all.length), ...all, String(epoch), ...args]);
    if (reply !== -1) return reply;
    throw this.owned.fenced(partition);
  }

  private async ask(command: readonly Argument[]): Promise<Reply> {
    try {
      return await this.client.sendCommand(command);
    } catch (error) {
      throw this.fault ?? error;
    }
  }

  private key(partition: number, kind: string): string {
    return `${this.fleet}:{${partition}}:${kind}`;
  }

  private recordKey(partition: number, part: string, asset: string): string {
    return this.key(partition, `record:${JSON.stringify([part, asset])}`);
  }

  private asideKey(partition: number, part: string, asset: string): string {
    return this.key(partition, `aside:${JSON.stringify([part, asset])}`);
  }

  /** Of the names of assets with a record. */
  private namesKey(partition: number, part: string): string {
    return this.key(partition, `assets:${inText(part)}`);
  }
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
