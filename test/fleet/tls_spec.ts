/** Connections by TLS with the authority of a company: to the broker by Node-RED's TLS node, and to the databases. */
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { PostgresRecords } from "../../fleet/src/postgres-records";
import { RedisRecords } from "../../fleet/src/redis-records";
import { projectRoot } from "../node-red-process";
import {
  allForecast,
  type Broker,
  folderRecords,
  Instance,
  Reference,
  Stream,
  startBroker,
  temporary,
  until,
  written,
} from "./fleet";

const script = (name: string) => import(join(projectRoot(), "scripts", `${name}.mjs`));

describe("TLS with an authority of one's own", function () {
  this.timeout(120_000);
  const place = temporary();
  let files: {
    ca: string;
    server: { cert: string; key: string };
    client: { cert: string; key: string };
  };
  before(async () => {
    const { makeCertificates } = await script("certificates");
    files = makeCertificates(join(place.folder, "certificates"));
  });
  after(() => place.remove());

  it("to the broker: without the authority, and without a certificate of one's own, it is said what is missing; with both, readings are learnt", async () => {
    const records = folderRecords(join(place.folder, "shared"));
    mkdirSync(records.folder);
    const broker: Broker = await startBroker(join(place.folder, "broker"), { ca: files.ca, ...files.server });
    const stream = new Stream(5, broker.amqp);
    const started: Instance[] = [];
    const instance = async (name: string, tls?: { ca: string; cert: string; key: string }): Promise<Instance> => {
      const one = new Instance(name, place.folder, { records, address: broker.amqps, tls });
      started.push(one);
      await one.start();
      return one;
    };
    try {
      await stream.connected();
      for (const [name, tls] of [
        ["unknown", undefined],
        ["nameless", { ca: files.ca, cert: "", key: "" }],
      ] as const) {
        const one = await instance(name, tls);
        const said = /TLS node of the fleet broker/;
        await one.process.until(
          `${name} is told`,
          () => said.test(one.log()) && one.process.statuses.get("in")?.text === "fleet-in.status.certificate",
          30_000,
        );
        await one.stop();
      }
      const one = await instance("known", { ca: files.ca, ...files.client });
      stream.begin(25);
      await sleep(5_000);
      await stream.end();
      await allForecast(stream, [one]);
      new Reference().compare(written([one]), stream);
    } finally {
      await stream.close();
      await Promise.all(started.map((one) => one.stop("SIGKILL")));
      await broker.stop();
    }
  });

  for (const kind of ["postgres", "redis"] as const)
    it(`to ${kind}: only with the authority`, async () => {
      const root = temporary(`fleet-${kind}-`);
      const tls = { ca: files.ca, ...files.server };
      const { startPostgres, startRedis } = await script(kind);
      const server = await (kind === "postgres"
        ? startPostgres(root.folder, undefined, tls)
        : startRedis(root.folder, undefined, true, tls));
      const { address, user, password } = server;
      const Records = kind === "postgres" ? PostgresRecords : RedisRecords;
      const open = (own: object) => {
        return new Records({ kind, folder: "", address, user, password, tls: own }, "fleet", () => 0);
      };
      const [known, unknown] = [open({ ca: readFileSync(files.ca) }), open({})];
      try {
        await until(() => known.begin(0));
        await known.confirm("a");
        await assert.rejects(unknown.begin(0), /certificate/);
      } finally {
        await Promise.all([known.close(), unknown.close()]);
        await server.stop();
        root.remove();
      }
    });
});
