import { hostname } from "node:os";
import type { Node, NodeAPI, NodeDef } from "node-red";
import { type Fault, FleetConnection, shownAddress } from "../src/connection";
import type { RecordsSetting } from "../src/records";

interface FleetBrokerDef extends NodeDef {
  fleet: string;
  address: string;
  tls: string;
  partitions: number | string;
  instance: string;
  /** undefined = folder: of a flow from before there was a choice. */
  records?: RecordsSetting["kind"];
  folder: string;
  recordsAddress?: string;
  recordsTls?: string;
  topics: string;
}

interface Secrets {
  user: string;
  password: string;
  recordsUser: string;
  recordsPassword: string;
}

/** The part of a config node that fleet in and fleet out use. */
export interface HasFleet {
  /** undefined where a setting is wrong. */
  readonly connection: FleetConnection | undefined;
  /** Why there is no connection, in the user's language. */
  readonly problem: string | undefined;
  /** Where the records lie. */
  readonly records: RecordsSetting;
  /** Why there is no connection now, in the user's language. */
  faultText(fault: Fault): string;
  /** Only one fleet in may take the readings of an instance. */
  intake: string | undefined;
}

type BrokerNode = Node<Secrets> & { -readonly [K in keyof HasFleet]: HasFleet[K] };

const FLEET = /^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$/;
/** A broker opens 2,047 channels on a connection, and each partition takes one. */
const MOST_PARTITIONS = 2000;

/** The broker of a fleet: where it is, and what this instance is called. */
export = (RED: NodeAPI): void => {
  function FleetBrokerNode(this: BrokerNode, config: FleetBrokerDef): void {
    RED.nodes.createNode(this, config);
    this.faultText = (fault) =>
      RED._(`fleet-broker.fault.${fault.code}`, { ...fault, address: shownAddress(config.address) });
    const wrong = wrongSetting(config);
    if (wrong) {
      this.problem = RED._(`fleet-broker.invalid.${wrong}`);
      this.error(this.problem);
      return;
    }
    const secrets = (this.credentials ?? {}) as Partial<Secrets>;
    const { user = "", password = "" } = secrets;
    this.records = {
      kind: kindOf(config),
      folder: String(config.folder ?? "").trim(),
      address: String(config.recordsAddress ?? "").trim(),
      user: secrets.recordsUser ?? "",
      password: secrets.recordsPassword ?? "",
      tls: tlsOf(config.recordsTls),
    };
    const connection = new FleetConnection({
      address: config.address.trim(),
      user,
      password,
      tls: tlsOf(config.tls) ?? {},
      fleet: config.fleet.trim(),
      partitions: Number(config.partitions),
      instance: String(config.instance ?? "").trim() || `${hostname()}:${RED.settings.uiPort ?? ""}`,
      topics: topicsOf(config.topics),
    });
    this.connection = connection;
    // Each change of the reason is told once; the connection is tried again all the time.
    let told = "";
    const isOver = (code: "connected" | "takes"): void => {
      if (told !== "") this.log(RED._(`fleet-broker.${code}`, { address: shownAddress(config.address) }));
      told = "";
    };
    const tell = (fault: Fault): void => {
      const text = this.faultText(fault);
      if (text !== told) this.warn(text);
      told = text;
    };
    const stopListening = connection.listen({
      up: () => isOver("connected"),
      down: tell,
      blocked: (fault) => (fault ? tell(fault) : isOver("takes")),
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
    credentials: {
      user: { type: "text" },
      password: { type: "password" },
      recordsUser: { type: "text" },
      recordsPassword: { type: "password" },
    },
  });

  /** What a tls-config node says for a connection; undefined where none is chosen. */
  function tlsOf(id: string | undefined): object | undefined {
    const node = id ? (RED.nodes.getNode(id) as { addTLSOptions?(to: object): void } | null) : null;
    if (!node?.addTLSOptions) return undefined;
    const tls = {};
    node.addTLSOptions(tls);
    return tls;
  }
};

/** What an address of each kind of records looks like. */
const RECORDS = {
  postgres: /^postgres(ql)?:\/\/[^\s/]+\/[^\s/]+$/,
  redis: /^rediss?:\/\/[^\s/]+(\/\d*)?$/,
};

function kindOf({ records = "folder" }: FleetBrokerDef): RecordsSetting["kind"] {
  return records in RECORDS ? records : "folder";
}

/** The first setting that makes no sense. */
function wrongSetting(
  config: FleetBrokerDef,
): "fleet" | "address" | "partitions" | "topics" | "postgres" | "redis" | undefined {
  if (!FLEET.test(String(config.fleet ?? "").trim())) return "fleet";
  try {
    if (!/^amqps?:$/.test(new URL(String(config.address ?? "").trim()).protocol)) return "address";
  } catch {
    return "address";
  }
  const partitions = Number(config.partitions);
  if (!Number.isInteger(partitions) || partitions < 1 || partitions > MOST_PARTITIONS) return "partitions";
  const kind = kindOf(config);
  if (kind !== "folder" && !RECORDS[kind].test(String(config.recordsAddress ?? "").trim())) return kind;
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
