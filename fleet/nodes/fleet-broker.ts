import { hostname } from "node:os";
import type { Node, NodeAPI, NodeDef } from "node-red";
import { type Fault, FleetConnection } from "../src/connection";

interface FleetBrokerDef extends NodeDef {
  fleet: string;
  address: string;
  tls: string;
  partitions: number | string;
  instance: string;
  folder: string;
  topics: string;
}

interface Secrets {
  user: string;
  password: string;
}

/** The part of a config node that fleet in and fleet out use. */
export interface HasFleet {
  /** undefined where a setting is wrong. */
  readonly connection: FleetConnection | undefined;
  /** Why there is no connection, in the user's language. */
  readonly problem: string | undefined;
  /** The folder that all instances see. */
  readonly folder: string;
  /** Why there is no connection now, in the user's language. */
  faultText(fault: Fault): string;
  /** Only one fleet in may take the readings of an instance. */
  intake: string | undefined;
}

type BrokerNode = Node<Secrets> & { -readonly [K in keyof HasFleet]: HasFleet[K] };

const FLEET = /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/;
const MOST_PARTITIONS = 4096;

/** The broker of a fleet: where it is, and what this instance is called. */
export = (RED: NodeAPI): void => {
  function FleetBrokerNode(this: BrokerNode, config: FleetBrokerDef): void {
    RED.nodes.createNode(this, config);
    this.folder = String(config.folder ?? "").trim();
    this.faultText = (fault) =>
      RED._(`fleet-broker.fault.${fault.code}`, { ...fault, address: shownAddress(config.address) });
    const wrong = wrongSetting(config);
    if (wrong) {
      this.problem = RED._(`fleet-broker.invalid.${wrong}`);
      this.error(this.problem);
      return;
    }
    const { user = "", password = "" } = (this.credentials ?? {}) as Partial<Secrets>;
    const tls: Record<string, unknown> = {};
    const tlsNode = config.tls ? (RED.nodes.getNode(config.tls) as { addTLSOptions?(to: object): void } | null) : null;
    tlsNode?.addTLSOptions?.(tls);
    const connection = new FleetConnection({
      address: config.address.trim(),
      user,
      password,
      tls,
      fleet: config.fleet.trim(),
      partitions: Number(config.partitions),
      instance: String(config.instance ?? "").trim() || `${hostname()}:${RED.settings.uiPort ?? ""}`,
      topics: topicsOf(config.topics),
    });
    this.connection = connection;
    // Each change of the reason is told once; the connection is tried again all the time.
    let told = "";
    const stopListening = connection.listen({
      up: () => {
        if (told !== "") this.log(RED._("fleet-broker.connected", { address: shownAddress(config.address) }));
        told = "";
      },
      down: (fault) => {
        const text = this.faultText(fault);
        if (text !== told) this.warn(text);
        told = text;
      },
    });
    connection.start();
    this.on("close", (done: () => void) => {
      stopListening();
      // Whoever takes readings hands them over first, over this connection.
      const wait = (): void => {
        if (this.intake === undefined) connection.stop().then(done, done);
        else setTimeout(wait, 20);
      };
      wait();
    });
  }

  RED.nodes.registerType<BrokerNode, FleetBrokerDef, object, Secrets>("fleet-broker", FleetBrokerNode, {
    credentials: { user: { type: "text" }, password: { type: "password" } },
  });
};

/** The first setting that makes no sense. */
function wrongSetting(config: FleetBrokerDef): "fleet" | "address" | "partitions" | "topics" | undefined {
  if (!FLEET.test(String(config.fleet ?? "").trim())) return "fleet";
  try {
    if (!/^amqps?:$/.test(new URL(String(config.address ?? "").trim()).protocol)) return "address";
  } catch {
    return "address";
  }
  const partitions = Number(config.partitions);
  if (!Number.isInteger(partitions) || partitions < 1 || partitions > MOST_PARTITIONS) return "partitions";
  return topicsOf(config.topics).every(isFilter) ? undefined : "topics";
}

function topicsOf(text: unknown): string[] {
  return String(text ?? "")
    .split(",")
    .map((topic) => topic.trim())
    .filter((topic) => topic !== "");
}

function isFilter(topic: string): boolean {
  const levels = topic.split("/");
  return levels.every((level, i) => level === "+" || (level === "#" && i === levels.length - 1) || !/[#+]/.test(level));
}

/** An address without what might be a password. */
function shownAddress(address: string): string {
  return String(address ?? "").replace(/\/\/[^@/]*@/, "//");
}
