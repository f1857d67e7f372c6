import { randomUUID } from "node:crypto";
import type { Node, NodeAPI, NodeDef, NodeMessage } from "node-red";
import type { HasHealth } from "../../nodes/forecast-health";
import type { Asset } from "../../src/asset/asset";
import type { SharedStore } from "../../src/memory/shared-store";
import { type FleetConnection, shownAddress } from "../src/connection";
import { FolderRecords } from "../src/folder-records";
import { Intake } from "../src/intake";
import { partitionOf } from "../src/partition-of";
import { PostgresRecords } from "../src/postgres-records";
import { NoClient } from "../src/records";
import { RedisRecords } from "../src/redis-records";
import { UnderWay } from "../src/under-way";
import type { HasFleet } from "./fleet-broker";

interface FleetInDef extends NodeDef {
  broker: string;
  model: string;
  time: string;
  saveSeconds: number | string;
  prefetch: number | string;
}

/** ms */
const STATUS_EVERY = 1_000;
const WARN_EVERY = 60_000;
/** Nodes behind this one save for so long after it has closed, ms. */
const LAST_SAVES = 15_000;

/** Gives the readings of the partitions that are this instance's into the flow. */
export = (RED: NodeAPI): void => {
  function FleetInNode(this: Node, config: FleetInDef): void {
    RED.nodes.createNode(this, config);
    const ready = prepared(config);
    if (typeof ready === "string") {
      this.status({ fill: "red", shape: "ring", text: ready });
      this.error(ready);
      return;
    }
    const { broker, connection, model, shared, settings, records, place } = ready;
    const { instance, partitions } = connection.options;
    // The same for the same settings, whatever the node's id.
    const shape = `model${model.part.slice(model.id.length)}`;
    const partOf = (part: string): string | undefined => {
      if (part === model.part) return shape;
      // Sums of a KPI meter and figures of an alarm rule over all assets are each instance's own.
      if (/ total$|-system$/.test(part)) return undefined;
      return part.startsWith(`${model.part}-base`) ? undefined : part;
    };
    shared.share(partOf, records);
    const warned = new Map<string, number>();
    const warn = (code: "store" | "unclaimed" | "untimed" | "elsewhere", text: string): void => {
      const now = Date.now();
      const every = code === "untimed" ? Number.POSITIVE_INFINITY : WARN_EVERY;
      if (now - (warned.get(code) ?? Number.NEGATIVE_INFINITY) < every) return;
      warned.set(code, now);
      this.warn(RED._(`fleet-in.warning.${code}`, { text, place, time: settings.time }));
    };
    // Who would write records that the others cannot read waits for them, as who has other settings does.
    const identity = { name: instance, nonce: randomUUID(), shape: `${shape} v${model.recordVersion}` };
    // Nodes name a message by its _msgid, also where they make another one of it.
    const mark = `${this.id}:`;
    const way: UnderWay = new UnderWay((id) => intake.through(id));
    const intake: Intake = new Intake(connection, identity, settings, {
      place: () => records.place(),
      begin: (partition) => records.begin(partition),
      end: (partition) => records.owned.end(partition),
      assetOf: (msg) => model.reader.assetOf(msg),
      assign: (asset, partition) => records.owned.assign(asset, partition),
      prepare: async (asset, hash, msg) => {
        try {
          if (!model.isInMemory(asset)) await records.confirm(asset);
        } catch {
          return "away";
        }
        return new Promise<"new" | "known" | "last" | "away">((resolve) => {
          const look = (state: Asset): void => {
            if (model.isUnread(asset)) resolve("away");
            else if (!state.deliveries.has(hash)) resolve("new");
            else resolve(model.isLast(state, hash, msg) ? "last" : "known");
          };
          model.withAsset(asset, look, () => resolve("away"));
        });
      },
      isSaved: (asset) => model.isSaved(asset),
      isAllSaved: (asset) => shared.isSaved(asset),
      suspected: (partition, hash) => records.suspected(partition, hash),
      suspect: (partition, hash) => records.suspect(partition, hash),
      cleared: (partition, hash) => records.cleared(partition, hash),
      setAside: (message) => connection.setAside(message),
      saveNow: (asset) => shared.saveNow(asset),
      drop: (asset) => shared.drop(asset),
      send: (msg, id) => {
        way.begin(id, this.id);
        this.send({ ...msg, _msgid: mark + id } as NodeMessage);
        way.done(id, this.id);
      },
      isUnderWay: (id) => way.has(id),
      forget: (id) => way.forget(id),
      warn,
    });
    const label = this.id.replaceAll(".", "-");
    const named = ({ _msgid }: NodeMessage): string | undefined =>
      _msgid?.startsWith(mark) ? _msgid.slice(mark.length) : undefined;
    RED.hooks.add(`preDeliver.${label}`, ({ msg, destination: { node } }) => {
      const id = named(msg);
      // A node of the old kind does not say when it is done.
      if (id !== undefined && (node as { _expectedDoneCount?: number })._expectedDoneCount !== 0)
        way.given(id, node.id);
    });
    RED.hooks.add(`onComplete.${label}`, ({ msg, node }) => {
      const id = named(msg);
      if (id !== undefined) way.done(id, node.id);
    });
    const interrupt = (): void => intake.interrupt();
    const resume = (): void => intake.resume();
    RED.events.on("flows:stopping", interrupt);
    RED.events.on("flows:started", resume);
    broker.intake = this.id;
    records.owned.onFenced = (partition) => intake.partitions[partition].fenced();
    const stopWatching = model.deliveries.watch({
      isCurrent: (id) => intake.of(id)?.isCurrent(id) ?? false,
      settled: (asset, id) => intake.settled(asset, id),
      saving: (asset) => intake.saving(asset),
    });

    const stopTelling = ready.health?.join("fleet", {
      id: this.id,
      name: this.name ?? "",
      instance,
      partitionOf: (asset) => records.owned.partitionOf(asset),
      partitions: () => {
        const { fleet } = intake;
        return Array.from({ length: partitions }, (_, number) => {
          const standing = fleet.get(number);
          return {
            number,
            instance: standing?.instance ?? "",
            ready: standing?.ready ?? Number.NaN,
            inWork: standing?.inWork ?? Number.NaN,
            saved: standing?.saved ?? Number.NaN,
          };
        });
      },
    });

    const show = (): void => {
      const { active, instances, confirmed, open, dead, isAway, isDouble, differing, fault } = intake.standing;
      if (fault) this.status({ fill: "red", shape: "ring", text: `fleet-in.status.${fault.code}` });
      else if (isDouble) this.status({ fill: "red", shape: "ring", text: "fleet-in.status.double" });
      else if (differing !== undefined) {
        const { name, what } = differing;
        const code = what === "place" ? "elsewhere" : "differing";
        this.status({ fill: "red", shape: "ring", text: RED._(`fleet-in.progress.${code}`, { name }) });
        if (code === "elsewhere") warn(code, name);
      } else if (isAway || model.trouble === "unsaved")
        this.status({ fill: "red", shape: "ring", text: "fleet-in.status.away" });
      else if (dead > 0)
        this.status({ fill: "yellow", shape: "ring", text: RED._("fleet-in.progress.dead", { count: dead }) });
      else if (active === 0 && confirmed === 0)
        this.status({ fill: "blue", shape: "ring", text: "fleet-in.status.waiting" });
      else {
        const text = RED._("fleet-in.progress.active", { active, partitions, instances, confirmed, open });
        this.status({ fill: "green", shape: "dot", text });
      }
    };
    const timer = setInterval(show, STATUS_EVERY);
    this.status({ fill: "blue", shape: "ring", text: "fleet-in.status.waiting" });

    this.on("close", (done: () => void) => {
      clearInterval(timer);
      RED.events.off("flows:stopping", interrupt);
      RED.events.off("flows:started", resume);
      RED.hooks.remove(`*.${label}`);
      intake
        .stop()
        .catch(() => {})
        .then(() => {
          stopWatching();
          stopTelling?.();
          broker.intake = undefined;
          setTimeout(() => records.close().catch(() => {}), LAST_SAVES).unref();
          done();
        });
    });
  }

  /** All that is needed to take readings in, or the reason why that cannot be, in the user's language. */
  function prepared(config: FleetInDef) {
    const broker = RED.nodes.getNode(config.broker) as (Node & HasFleet) | null;
    const owner = RED.nodes.getNode(config.model) as (Node & HasHealth) | null;
    const connection = broker?.connection;
    const model = owner?.model;
    if (!broker || !connection) return broker?.problem ?? RED._("fleet-in.error.noBroker");
    if (!model) return owner?.problem ?? RED._("fleet-in.error.noModel");
    const shared = model.store as SharedStore;
    if (typeof shared.share !== "function") return RED._("fleet-in.error.noFiles");
    const { kind, folder, address } = broker.records;
    if (kind === "folder" && folder === "") return RED._("fleet-in.error.noFolder");
    if (broker.intake !== undefined) return RED._("fleet-in.error.second");
    const settings = {
      prefetch: Number(config.prefetch),
      saveMs: 1000 * Number(config.saveSeconds),
      time: String(config.time ?? "").trim() || "timestamp",
    };
    const { prefetch, saveMs } = settings;
    if (!Number.isInteger(prefetch) || prefetch < 1 || prefetch > 10_000) return RED._("fleet-in.invalid.prefetch");
    if (!(saveMs > 0 && saveMs <= 3_600_000)) return RED._("fleet-in.invalid.saveSeconds");
    const place = kind === "folder" ? folder : shownAddress(address);
    try {
      const records = recordsOf(broker, connection, place, shared.folderModule);
      return { broker, connection, model, health: owner.health, shared, settings, records, place };
    } catch (error) {
      if (error instanceof NoClient) return RED._("fleet-in.error.noClient", { client: error.client });
      throw error;
    }
  }

  /** @throws NoClient */
  function recordsOf(broker: HasFleet & Node, { options }: FleetConnection, place: string, module: string) {
    const { records } = broker;
    const { fleet, partitions } = options;
    const ofAsset = (asset: string): number => partitionOf(asset, partitions);
    if (records.kind === "folder") return new FolderRecords(records.folder, fleet, ofAsset, module);
    if (records.kind === "postgres") return new PostgresRecords(records, fleet, ofAsset);
    return new RedisRecords(records, fleet, ofAsset, () => broker.warn(RED._("fleet-in.warning.volatile", { place })));
  }

  RED.nodes.registerType("fleet-in", FleetInNode);
};
