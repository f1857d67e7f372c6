import type { Node, NodeAPI, NodeDef } from "node-red";
import { textOf, Unroutable } from "../src/connection";
import { encoded, MESSAGE_TYPE } from "../src/reading";
import type { HasFleet } from "./fleet-broker";

interface FleetOutDef extends NodeDef {
  broker: string;
}

/** ms */
const STATUS_EVERY = 1_000;

/** Sends readings into a fleet, each to the partition of its asset. */
export = (RED: NodeAPI): void => {
  function FleetOutNode(this: Node, config: FleetOutDef): void {
    RED.nodes.createNode(this, config);
    const broker = RED.nodes.getNode(config.broker) as (Node & HasFleet) | null;
    const { connection } = broker ?? {};
    if (!broker || !connection) {
      const text = broker?.problem ?? RED._("fleet-out.error.noBroker");
      this.status({ fill: "red", shape: "ring", text });
      this.error(text);
      this.on("input", (_msg, _send, done) => done(text as never));
      return;
    }
    let sent = 0;
    let unsent = 0;
    this.status({ fill: "blue", shape: "ring", text: "fleet-out.status.waiting" });
    const show = (): void => {
      if (connection.fault)
        this.status({ fill: "red", shape: "ring", text: `fleet-out.status.${connection.fault.code}` });
      else if (sent > 0)
        this.status({ fill: "green", shape: "dot", text: RED._("fleet-out.progress.sent", { count: sent }) });
    };
    const timer = setInterval(show, STATUS_EVERY);

    this.on("input", (message, send, done) => {
      const msg = message as unknown as Record<string, unknown>;
      const asset = msg.topic;
      if (typeof asset !== "string" || asset === "") {
        done(RED._("fleet-out.error.noAsset") as never);
        return;
      }
      let body: Buffer;
      try {
        body = encoded(msg, Date.now());
      } catch (error) {
        done(RED._("fleet-out.error.notPlain", { reason: (error as Error).message }) as never);
        return;
      }
      // A broker that takes nothing in would let messages heap up here.
      const isBlocked = connection.fault?.code === "blocked";
      const sending = isBlocked ? Promise.reject(new Error()) : connection.publish(asset, body, MESSAGE_TYPE);
      sending.then(
        () => {
          sent += 1;
          send(message);
          done();
        },
        (error: Error) => {
          unsent += 1;
          const fault = connection.fault;
          const missing = error instanceof Unroutable && RED._("fleet-out.error.noQueue", { queue: error.message });
          const reason = missing || (fault ? broker.faultText(fault) : error.message || textOf(undefined));
          done(RED._("fleet-out.error.notSent", { reason, count: unsent }) as never);
        },
      );
    });
    this.on("close", () => clearInterval(timer));
  }

  RED.nodes.registerType("fleet-out", FleetOutNode);
};
