/**
 * Three instances with a stream of readings, for specs in which they lose something. After each failure the records have
 * learnt every reading once, and they and every forecast are bit by bit those of one process which saw the same readings.
 *
 * FLEET_ASSETS: more than there is time for in every run. FLEET_RECORDS: folder, postgres or redis.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import {
  allForecast,
  type Broker,
  Instance,
  Line,
  quantile,
  Reference,
  Stream,
  startBroker,
  takeovers,
  temporary,
  until,
  written,
} from "./fleet";
import { type KINDS, type RecordsPlace, startPlace } from "./records-place";

export const ASSETS = Number(process.env.FLEET_ASSETS ?? 200);
export const KIND = (process.env.FLEET_RECORDS ?? "folder") as (typeof KINDS)[number];
/** Of all assets together. */
const PER_SECOND = Number(process.env.FLEET_RATE ?? 150);
/** An instance that forecasts so many readings more has a share of the partitions. */
const SHARE = 20;

/** Started before the specs of a `describe`, which see it from then on. */
export class ThreeInstances {
  records!: RecordsPlace;
  broker!: Broker;
  /** The way of the last one to its broker. */
  line!: Line;
  instances!: Instance[];
  stream!: Stream;
  private readonly place = temporary();
  private readonly reference = new Reference();

  constructor() {
    before(() => this.start());
    after(() => this.end());
  }

  private async start(): Promise<void> {
    this.records = await startPlace(KIND);
    await this.startBroker();
    const { amqp } = this.broker;
    this.line = new Line(amqp);
    const cuttable = await this.line.open();
    this.stream = new Stream(ASSETS, amqp);
    await this.stream.connected();
    this.instances = ["a", "b", "c"].map((name) => {
      const address = name === "c" ? cuttable : amqp;
      return new Instance(name, this.place.folder, { records: this.records.setting, address });
    });
    await Promise.all(this.instances.map((one) => one.start()));
    this.stream.begin(PER_SECOND);
    await until(async () => {
      for (const one of this.instances) assert.ok(written([one]).length > ASSETS / 2, `${one.name} has its share`);
    }, 120_000);
  }

  private async end(): Promise<void> {
    await this.stream?.close();
    await Promise.all((this.instances ?? []).map((one) => one.stop("SIGKILL")));
    this.line?.close();
    await this.broker?.stop();
    await this.records?.close();
    this.place.remove();
  }

  /** The same one as before, with what it had. */
  async startBroker(): Promise<void> {
    this.broker = await startBroker(join(this.place.folder, "broker"));
  }

  /**
   * Lets the stream come to rest and compares all that was said since the beginning, and the records: each has learnt what
   * was sent, once. Then readings come again.
   */
  async check(): Promise<void> {
    await this.compare();
    this.stream.begin(PER_SECOND);
  }

  async compare(): Promise<void> {
    const { stream, instances, reference } = this;
    await stream.end();
    await allForecast(stream, instances);
    const { forecasts, again } = reference.compare(written(instances), stream);
    const learnt = await until(() => this.compareRecords(), 60_000);
    console.log(
      `      ${forecasts} forecasts bit by bit alike, none lost, ${again} made again; ${learnt} readings in ${ASSETS} records, each once`,
    );
    for (const one of instances) {
      const errors = one.log().match(/^.*\[error\].*$/gm) ?? [];
      assert.deepEqual(errors, [], one.name);
    }
  }

  /** What is saved where all have ended in order is what one process has. */
  async compareStopped(): Promise<void> {
    this.reference.compare(written(this.instances), this.stream);
    await this.compareRecords();
  }

  private async compareRecords(): Promise<number> {
    const kept = await this.records.look("fleet", 16);
    try {
      return await this.reference.compareRecords(kept, this.stream);
    } finally {
      await kept.close();
    }
  }

  /** Waits until one that was started has partitions. */
  async hasItsShare(one: Instance): Promise<void> {
    const before = written([one]).length;
    const sent = (): number => this.stream.sent.reduce((sum, count) => sum + count, 0);
    const began = sent();
    const says = ({ name, isRunning, process }: Instance): string =>
      `${name} ${isRunning ? `says "${process.statuses.get("in")?.text}"` : "has ended"}`;
    try {
      await until(async () => assert.ok(written([one]).length >= before + SHARE), 180_000);
    } catch {
      const line = await this.broker.control("list_consumers", "queue_name", "channel_pid", "active");
      const all = `${this.instances.map(says).join(", ")}, ${sent() - began} readings were sent`;
      assert.fail(`${one.name} has no share: ${all}\n${line}\n${one.log().slice(-2000)}`);
    }
  }

  /** ms until the partitions of one that is gone went on at others, once all of them have. */
  async allTakenOver(victim: Instance, at: number): Promise<number[]> {
    return until(async () => {
      const { owned, times } = takeovers(written(this.instances), victim.name, at);
      assert.equal(times.length, owned, `${victim.name}'s partitions have been taken over`);
      return times;
    }, 60_000);
  }
}

export function tell(what: string, times: readonly number[]): void {
  const [p50, p99] = [quantile(times, 0.5), quantile(times, 0.99)];
  console.log(`      ${what}: p50 ${p50} ms, p99 ${p99} ms of ${times.length} partitions`);
}
