/**
 * A real Node-RED in this process, without editor and without a door: what flows cost can be counted here. The node
 * `bench in` is where messages are put in, `bench out` hands over what comes.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import RED from "node-red";
import { linkPack } from "../test/node-red-process";

/** A node as it stands in a flow file. */
export type Def = Record<string, unknown> & { id: string; type: string };

/** A door of a flow. */
export interface End {
  /** `bench in`: sends a message on. */
  send(msg: object): void;
  /** `bench out`: is told of each message. */
  heard(msg: Record<string, unknown>): void;
}

const ENDS = `module.exports = (RED) => {
  const ends = globalThis.benchEnds;
  RED.nodes.registerType("bench in", function (config) {
    RED.nodes.createNode(this, config);
    this.on("input", (msg, send, done) => { send(msg); done(); });
    ends.set(config.id, { send: (msg) => this.receive(msg) });
  });
  RED.nodes.registerType("bench out", function (config) {
    RED.nodes.createNode(this, config);
    const end = { heard: () => {} };
    ends.set(config.id, end);
    this.on("input", (msg, _send, done) => { end.heard(msg); done(); });
  });
};
`;

export interface EmbeddedNodeRed {
  /** Replaces all flows; @returns their ends by node id. */
  deploy(flow: readonly Def[]): Promise<Map<string, End>>;
  /** A folder that is gone afterwards. */
  readonly folder: string;
  stop(): Promise<void>;
}

/** Starts Node-RED with the built pack in a user directory of its own. */
export async function startEmbedded(): Promise<EmbeddedNodeRed> {
  const folder = mkdtempSync(join(tmpdir(), "online-forecast-bench-"));
  linkPack(folder);
  const own = join(folder, "nodes");
  mkdirSync(own);
  writeFileSync(join(own, "bench-ends.js"), ENDS);
  writeFileSync(join(own, "bench-ends.html"), "<script>/* no editor looks at it */</script>");
  const ends = new Map<string, End>();
  Object.assign(globalThis, { benchEnds: ends });
  const quiet = { console: { level: "error", metrics: false, audit: false } };
  RED.init(createServer(), {
    userDir: folder,
    httpAdminRoot: false,
    httpNodeRoot: false,
    flowFile: "flows.json",
    credentialSecret: false,
    logging: quiet,
    telemetry: { enabled: false, updateNotification: false },
  } as never);
  await RED.start();
  const { flows } = RED.runtime as unknown as { flows: { setFlows(of: object): Promise<unknown> } };
  return {
    folder,
    async deploy(flow) {
      ends.clear();
      await flows.setFlows({ flows: { flows: flow }, deploymentType: "full" });
      const doors = flow.filter(({ type }) => type.startsWith("bench "));
      for (const limit = Date.now() + 20_000; doors.some(({ id }) => !ends.has(id)); ) {
        if (Date.now() > limit) throw new Error("the flow has not started");
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      return new Map(ends);
    },
    async stop() {
      await RED.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
