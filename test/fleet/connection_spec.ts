/** The connection of an instance to a broker that falls silent while it is being made. */
import assert from "node:assert/strict";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { connect as amqp } from "amqplib";
import { closed, openChannel } from "../../fleet/src/channel";
import { FleetConnection } from "../../fleet/src/connection";
import { ownBroker, until } from "./fleet";

describe("the connection of an instance", function () {
  this.timeout(120_000);
  const at = ownBroker();

  it("is tried again where the broker hears the first half of it, and then nothing for a while", async () => {
    const { port } = new URL(at.broker.amqp);
    let isSilent = false;
    const sockets: Socket[] = [];
    const server = createServer((near) => {
      sockets.push(near);
      near.on("error", () => {});
      // A fleet's connection is two: behind the second one nobody hears, and from then on behind the first neither.
      if (sockets.length === 2) {
        isSilent = true;
        near.resume();
        return;
      }
      const isHeard = (): boolean => sockets.indexOf(near) > 1 || !isSilent;
      const far = connect(Number(port), "127.0.0.1");
      near.on("data", (bytes) => isHeard() && far.write(bytes));
      far.on("data", (bytes) => isHeard() && near.write(bytes));
      for (const [one, other] of [
        [near, far],
        [far, near],
      ]) {
        // biome-ignore format: one line
        one.on("error", () => {});
        one.on("close", () => isHeard() && other.destroy());
      }
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    at.atEnd(() => server.close());
    at.atEnd(() => sockets.forEach((one) => void one.destroy()));
    const address = `amqp://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const own = { fleet: "fleet", partitions: 2, instance: "a", topics: [] };
    const connection = new FleetConnection({ ...own, address, user: "", password: "", tls: {} });
    at.atEnd(() => connection.stop());
    let isUp = false;
    connection.listen({
      up: () => {
        isUp = true;
      },
      down: () => {},
    });
    connection.start();
    await until(async () => assert.ok(isUp && isSilent, `${sockets.length} connections`), 60_000);
  });

  it("that breaks while a channel is being closed leaves nobody waiting for the answer", async () => {
    const { port } = new URL(at.broker.amqp);
    const far = connect(Number(port), "127.0.0.1");
    let isSilent = false;
    let near: Socket | undefined;
    const server = createServer((socket) => {
      near = socket;
      for (const one of [socket, far]) one.on("error", () => {});
      socket.on("data", (bytes) => isSilent || far.write(bytes));
      far.on("data", (bytes) => isSilent || socket.write(bytes));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    at.atEnd(() => server.close());
    at.atEnd(() => far.destroy());
    const model = await amqp(`amqp://127.0.0.1:${(server.address() as AddressInfo).port}`);
    model.on("error", () => {});
    const channel = await openChannel(model);
    isSilent = true;
    const end = closed(channel);
    near?.destroy(new Error("cut"));
    await end;
  });
});
