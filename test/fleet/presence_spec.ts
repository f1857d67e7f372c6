/** An instance that the others hear no more, although its connection stands. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { FleetConnection } from "../../fleet/src/connection";
import { Intake } from "../../fleet/src/intake";
import type { Keeper } from "../../fleet/src/partition";
import { ownBroker, until } from "./fleet";

const PARTITIONS = 4;

describe("instances of a fleet that say that they are there", function () {
  this.timeout(120_000);
  const at = ownBroker();

  function started(instance: string) {
    const login = { address: at.broker.amqp, user: "", password: "", tls: {} };
    const connection = new FleetConnection({ ...login, fleet: "fleet", partitions: PARTITIONS, instance, topics: [] });
    const keeper = { place: async () => "here", begin: async () => {}, end: () => {} } as unknown as Keeper;
    const identity = { name: instance, nonce: randomUUID(), shape: "model" };
    const settings = { prefetch: 10, saveMs: 1000, time: "timestamp" };
    const intake = new Intake(connection, identity, settings, keeper);
    connection.start();
    at.atEnd(() => connection.stop());
    at.atEnd(() => intake.stop());
    return { connection, intake };
  }

  it("one that does not hear itself any more connects anew, and hears the others again", async () => {
    const [a, b] = ["a", "b"].map(started);
    const both = (): void => {
      for (const { intake } of [a, b]) assert.equal(intake.standing.instances, 2);
    };
    await until(async () => both());
    const { ears } = a.connection;
    await at.broker.control("delete_queue", ears);
    await until(async () => assert.equal(a.intake.standing.instances, 1));
    await until(async () => both(), 60_000);
    assert.notEqual(a.connection.ears, ears);
  });
});
