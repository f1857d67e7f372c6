import type { Node, NodeAPI, NodeDef, NodeMessage } from "node-red";
import type { ForecastMessage, ForecastModel, HasForecastModel } from "../src/asset/forecast-model";
import { assetsFor, commandOf } from "../src/message/command";
import { MessageProblem } from "../src/message/problem";
import { type MessageReading, type RawReading, readingsOf } from "../src/message/reading";
import { type PlainRanking, plainRanking, type Words } from "../src/scout/plain-ranking";
import type { Ranking } from "../src/scout/ranking";
import { RankingQueue } from "../src/scout/ranking-queue";
import { ReadingRing } from "../src/scout/reading-ring";
import { ranking } from "../src/scout/scout";
import { answersAfter, SCOUT_FIELDS } from "../src/scout/settings";
import { jsonOnly, routeTexts, scopeOf } from "./kit/route";

interface SensorScoutDef extends NodeDef {
  model: string;
  after: number | string;
}

const COMMANDS = ["rank", "reset"] as const;
/** Assets looked at at once: each keeps 40 kB a sensor. */
const MOST_ASSETS = 20;
/** Rows of an array that are taken in at once; of a longer one the last, since no more are kept. */
const ROWS_AT_ONCE = 100;
const MOST_ROWS = 5000;
/** Status texts come at most so often, ms. */
const STATUS_EVERY = 500;

/** What is known of one asset. */
interface Scouted {
  readonly ring: ReadingRing;
  /** Readings since the last answer. */
  since: number;
  ranking?: Ranking;
}

/** What becomes of the readings of a message. */
interface Intake {
  /** @param now the time of a reading that brings none, ms; NaN = not known */
  keep(reading: MessageReading, now: number): void;
  isClosed(): boolean;
  finish(): void;
  refuse(error: unknown): void;
}

/** What a dialog shows. */
interface Overview {
  running: boolean;
  after: number;
  assets: { asset: string; readings: number; waits: number; ranking: PlainRanking | null }[];
}

type SensorScoutNode = Node & {
  overview?(): Overview;
  rank?(asset: string): Promise<void>;
};

/** Tells which one or two sensors to start a forecast with. */
export = (RED: NodeAPI): void => {
  const words: Words = (key, values) => RED._(`sensor-scout.${key}`, values as Record<string, string>);

  function SensorScout(this: SensorScoutNode, config: SensorScoutDef): void {
    RED.nodes.createNode(this, config);
    const { model, problem } = (RED.nodes.getNode(config.model) as (Node & HasForecastModel) | null) ?? {};
    const after = answersAfter(config.after);
    if (!model || after === undefined) {
      const text = model ? RED._("sensor-scout.invalid.after") : (problem ?? RED._("sensor-scout.error.noModel"));
      this.status({ fill: "red", shape: "ring", text: "sensor-scout.status.settings" });
      this.error(text);
      this.on("input", (_msg, _send, done) => done(new Error(text)));
      return;
    }
    const { target } = model;
    const assets = new Map<string, Scouted>();
    const queue = new RankingQueue();
    const errors = model.errorCounter<NodeMessage>((text, msg) => this.error(text, msg));
    let closed = false;
    let shownAt = 0;
    const show = (fill: "blue" | "green" | "yellow" | "red", text: string): void => {
      shownAt = Date.now();
      this.status({ fill, shape: fill === "green" ? "dot" : "ring", text });
    };
    show("blue", "sensor-scout.status.waiting");

    /** Keeps a reading of an asset, from its first one on. */
    const keep = (name: string, { time, values, running }: MessageReading, now: number): void => {
      if (running === false) return;
      let scouted = assets.get(name);
      if (!scouted) {
        if (assets.size >= MOST_ASSETS) throw new Error(words("error.assets", { most: MOST_ASSETS }));
        scouted = { ring: new ReadingRing(), since: 0 };
        assets.set(name, scouted);
      }
      scouted.ring.take({ time: Number.isNaN(time) ? now : time, values });
      scouted.since++;
    };
    /** Works the ranking out, keeps it for the dialog, and hands it over in words. */
    const rankOf = (scouted: Scouted, give: (plain: PlainRanking) => void): void => {
      scouted.since = 0;
      const ahead = model.horizons[0] as number;
      queue.ask(ranking(scouted.ring.table(), { target, ahead }), (found) => {
        scouted.ranking = found;
        const plain = plainRanking(found, words);
        show(plain.tooLittle ? "blue" : plain.chosen.length > 0 ? "green" : "yellow", plain.text);
        give(plain);
      });
    };
    const answer = (send: (msg: NodeMessage) => void, rest: object, topic: string, payload: PlainRanking): void =>
      send({ ...rest, topic, payload, text: payload.text } as unknown as NodeMessage);

    this.on("input", (message, send, done) => {
      const msg = message as ForecastMessage;
      const refuse = (error: unknown): void => errors.refuse(model.explain(error, msg), message, done);
      const take = (then: (name: string) => void): void => {
        const name = model.assetOf(msg);
        readIn(model, msg, {
          keep: (reading, now) => keep(name, reading, now),
          isClosed: () => closed,
          finish: () => then(name),
          refuse,
        });
      };
      try {
        const command = commandOf(msg, COMMANDS);
        if (command === undefined) {
          take((name) => {
            const scouted = assets.get(name);
            if (scouted && after > 0 && scouted.since >= after)
              rankOf(scouted, (plain) => answer(send, {}, name, plain));
            else if (scouted && !scouted.ranking && Date.now() - shownAt >= STATUS_EVERY)
              show("blue", words(after > 0 ? "progress.of" : "progress.count", { count: scouted.since, after }));
            done();
          });
          return;
        }
        if (command === "reset") {
          for (const name of named(model, msg, assets)) assets.delete(name);
          show("blue", "sensor-scout.status.waiting");
          return done();
        }
        const { command: _, reset: __, payload: ___, ...rest } = msg;
        const rankAll = (names: readonly string[]): void => {
          if (names.length === 0) throw new Error(RED._("sensor-scout.error.noReading"));
          for (const name of names) rankOf(assets.get(name) as Scouted, (plain) => answer(send, rest, name, plain));
          done();
        };
        // An array may come with the command: it is taken in first.
        if (Array.isArray(msg.payload)) take((name) => rankAll([name]));
        else rankAll(named(model, msg, assets));
      } catch (error) {
        refuse(error);
      }
    });

    this.overview = () => ({
      running: true,
      after,
      assets: [...assets].map(([asset, { ring, since, ranking }]) => ({
        asset,
        readings: ring.length,
        waits: Math.max(0, after - since),
        ranking: ranking ? plainRanking(ranking, words) : null,
      })),
    });
    this.rank = (name) =>
      new Promise((resolve, reject) => {
        const scouted = assets.get(name);
        if (scouted) rankOf(scouted, () => resolve());
        else reject(new Error(RED._("sensor-scout.error.noReading")));
      });

    const stopListening = model.onRemoval((asset) => assets.delete(asset));
    this.on("close", () => {
      closed = true;
      queue.close();
      errors.close();
      stopListening();
    });
  }

  /** Reads the readings of a message, of a long array a part in each turn of the event loop. */
  function readIn(model: ForecastModel, msg: ForecastMessage, { keep, isClosed, finish, refuse }: Intake): void {
    const { zone, otherTimes, running } = model.settings;
    const payload = model.payloadOf(msg);
    const raw = {
      payload,
      timestamp: msg.timestamp,
      quality: msg.quality,
      running: running?.of === "msg" ? RED.util.getMessageProperty(msg as NodeMessage, running.name) : undefined,
    };
    const names = { target: model.target, inputs: undefined, existing: "", running };
    const read = (part: RawReading, now: number): void => {
      const { rows } = readingsOf(part, names, { zone, otherTimes, now: Date.now() });
      for (const row of rows) if (!(row instanceof MessageProblem)) keep(row, now);
    };
    const rows = Array.isArray(payload) ? payload.length : 0;
    if (rows <= ROWS_AT_ONCE) {
      // Rows that bring no times are evenly spaced; a reading that brings none is of its arrival.
      read(raw, Array.isArray(payload) ? Number.NaN : Date.now());
      finish();
      return;
    }
    let isRead = false;
    const part = (column: unknown, from: number): unknown =>
      Array.isArray(column) && column.length === rows ? column.slice(from, from + ROWS_AT_ONCE) : column;
    const readPart = (from: number): void => {
      if (isClosed()) return;
      const next = from + ROWS_AT_ONCE;
      try {
        const [readings, timestamp, quality, runs] = [payload, raw.timestamp, raw.quality, raw.running].map((column) =>
          part(column, from),
        );
        read({ payload: readings, timestamp, quality, running: runs }, Number.NaN);
        isRead = true;
      } catch (error) {
        // A part without a usable row does not cost the others.
        if (next >= rows ? !isRead : (error as MessageProblem).code !== "rowsRefused") {
          refuse(error);
          return;
        }
      }
      if (next < rows) setImmediate(readPart, next);
      else finish();
    };
    readPart(Math.max(0, rows - MOST_ROWS));
  }

  RED.nodes.registerType("sensor-scout", SensorScout, {
    settings: { sensorScoutFields: { value: SCOUT_FIELDS, exportable: true } },
  });

  // The table in the dialog, and its button.
  const nodeOf = (id: unknown): SensorScoutNode | null => {
    const node = RED.nodes.getNode(String(id)) as SensorScoutNode | null;
    return node?.type === "sensor-scout" ? node : null;
  };
  RED.httpAdmin.get("/sensor-scout/:id", RED.auth.needsPermission("flows.read"), (req, res) => {
    res.json(nodeOf(req.params.id)?.overview?.() ?? { running: false, after: 0, assets: [] });
  });
  const sayRoute = routeTexts(RED);
  RED.httpAdmin.post("/sensor-scout/:id", RED.auth.needsPermission("flows.write"), jsonOnly(sayRoute), (req, res) => {
    const node = nodeOf(req.params.id);
    const asset = scopeOf(req.body);
    if (!node?.rank || typeof asset !== "string") {
      res.sendStatus(node?.rank ? 400 : 404);
      return;
    }
    node.rank(asset).then(
      () => res.json(node.overview?.()),
      (error: Error) => res.status(404).json({ error: error.message }),
    );
  });
};

/** The assets that a command is for. */
function named(model: ForecastModel, msg: ForecastMessage, assets: ReadonlyMap<string, Scouted>): string[] {
  return assetsFor(model.commandAsset(msg), [...assets.keys()]);
}
