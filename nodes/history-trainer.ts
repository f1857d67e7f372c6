import { resolve } from "node:path";
import type { Node, NodeAPI, NodeDef, NodeMessage } from "node-red";
import type { BaseModel } from "../src/asset/base-models";
import type { ForecastMessage } from "../src/asset/forecast-model";
import { commandOf } from "../src/message/command";
import { shown } from "../src/message/problem";
import type { TableFormat } from "../src/table/table-format";
import type { DataSummary } from "../src/training/data-summary";
import type { Trained } from "../src/training/history-training";
import { TRAINER_FIELDS, type TrainerForm, trainerSettings } from "../src/training/trainer-settings";
import { JobFailed, type TableRead, type TableRow, TrainingJob } from "../src/training/training-job";
import { namedModel } from "./kit/named-model";
import { refuseAll } from "./kit/refuse-all";
import { jsonOnly } from "./kit/route";

interface HistoryTrainerDef extends NodeDef, TrainerForm {
  model: string;
  /** Where the table is: a message property that holds it, or the path of a file. */
  source: string;
  sourceType: "msg" | "str" | "env";
  /** What the user has changed of the guesses. */
  format?: Partial<TableFormat>;
  accept: boolean;
  rows: "none" | "after" | "only";
  topic: string;
}

interface HistoryMessage extends ForecastMessage {
  version?: unknown;
  again?: unknown;
  accept?: unknown;
}

/** What the admin routes ask a running node. */
interface HistoryTrainerNode extends Node {
  seen?: TableRead;
  /** The file that an environment variable names; undefined = none does. */
  file?(): string | undefined;
  versions?(give: (list: { used: number; models: BaseModel[] }) => void, fail: (error: Error) => void): void;
  use?(version: number): Promise<void>;
}

type Send = (messages: (NodeMessage | null)[]) => void;
type Done = (error?: Error) => void;
type Values = Record<string, string | number>;
type Fill = "red" | "green" | "yellow" | "blue" | "grey";

const COMMANDS = ["cancel", "accept", "use", "versions", "stream"] as const;
type Command = (typeof COMMANDS)[number];
/** Failures that have a text of their own. */
const EXPLAINED = [
  ...[
    "empty",
    "tooLarge",
    "tooManyRows",
    "tooManyColumns",
    "oldExcel",
    "pdf",
    "compressed",
    "damagedExcel",
    "noSheet",
    "encoding",
  ],
  ...["setting", "noRows", "noNumbers", "noTimes", "unknownColumn", "noObjects"],
  ...["noTarget", "noInputs", "fewRows", "tooManyInputs"],
  ...["ENOENT", "EACCES", "EISDIR", "ERR_WORKER_OUT_OF_MEMORY"],
];
/** Progress is shown and sent at most so often, ms. */
const TOLD_EVERY = 500;
/** What fewer forecasts say of a model is largely chance, and that is said. */
const FEW = 100;
/** A preview that takes longer is given up, ms. */
const PATIENCE = 120_000;

/** Learns a forecast model from history, and reads tables for it. */
export = (RED: NodeAPI): void => {
  const say = (key: string, values?: Values): string => RED._(`history-trainer.${key}`, values);

  /** What a Catch node or the dialog shall read. */
  function explain(error: unknown): Error {
    if (!(error instanceof JobFailed)) return error instanceof Error ? error : new Error(String(error));
    const code = EXPLAINED.find((known) => known === error.code) ?? "failed";
    return new Error(say(`error.${code}`, { ...error.details, text: error.message }), { cause: error });
  }

  function pathOf(file: string): string {
    return resolve((RED.settings as { fileWorkingDirectory?: string }).fileWorkingDirectory || ".", file.trim());
  }

  function HistoryTrainer(this: HistoryTrainerNode, config: HistoryTrainerDef): void {
    RED.nodes.createNode(this, config);
    const settings = trainerSettings(config);
    if (typeof settings === "string") {
      refuseAll(this, say(`invalid.${settings}`));
      return;
    }
    const named = namedModel(RED, this, config);
    if (!named) return;
    const { model } = named;
    const { passes, batch } = settings;
    const { format = {}, rows = "none", topic = "" } = config;
    let job: TrainingJob | undefined;

    const show = (fill: Fill, text: string): void =>
      this.status({ fill, shape: fill === "green" ? "dot" : "ring", text });
    const showVersion = (): void =>
      model.bases.list(
        ({ used }) =>
          used > 0
            ? show("green", say("said.used", { version: used }))
            : show("blue", "history-trainer.status.waiting"),
        () => {},
      );
    showVersion();

    this.on("input", (message, send, done) => {
      const msg = message as HistoryMessage;
      let command: Command | undefined;
      try {
        command = commandOf(msg, COMMANDS);
      } catch (error) {
        done(model.explain(error, msg));
        return;
      }
      if (command === undefined || command === "stream") work(msg, command, send as Send, done);
      else obey(command, msg, send as Send, done);
    });

    const obey = (command: Exclude<Command, "stream">, msg: HistoryMessage, send: Send, done: Done): void => {
      const answer = (payload: object): void => {
        send([{ topic: msg.topic, payload } as NodeMessage, null, null]);
        done();
      };
      if (command === "cancel") {
        if (job) void job.close();
        done(job ? undefined : new Error(say("error.notLearning")));
        return;
      }
      const act = ({ used, models }: { used: number; models: BaseModel[] }): void => {
        const version = command === "accept" ? models.at(-1)?.version : whole(msg.version);
        if (command === "versions") answer({ state: "versions", used, versions: models.map((one) => ({ ...one })) });
        else if (version === undefined) done(new Error(say("error.nothingLearnt")));
        else accept(version).then(answer, done);
      };
      model.bases.list(act, done);
    };

    /** The model of this version takes the place of those of all assets. */
    const accept = (version: number): Promise<object> =>
      new Promise((give, fail) => {
        const accepted = (one: BaseModel, assets: number): void => {
          showVersion();
          give({ state: "accepted", version: one.version, assets, text: say("said.accepted", { version, assets }) });
        };
        model.useBase(version, accepted, fail);
      });

    const work = async (msg: HistoryMessage, command: "stream" | undefined, send: Send, done: Done): Promise<void> => {
      if (job) {
        done(new Error(say("error.busy")));
        return;
      }
      const started = Date.now();
      try {
        const { path, table } = sourceOf(msg);
        const { settings } = model;
        const training = { passes };
        job = new TrainingJob({ path, zone: settings.zone, format, settings, training });
        show("blue", "history-trainer.status.reading");
        const read = await job.read(table);
        this.seen = read;
        const notes = notesOf(read.summary);
        if (notes.length > 0) this.warn(notes.join(" "));
        if (command !== "stream" && rows !== "only") await learn(job, read, msg, send, { started, notes });
        if (command === "stream" || rows !== "none") await stream(job, read.summary, send);
        done();
      } catch (error) {
        if (error instanceof JobFailed && error.code === "cancelled") {
          show("grey", "history-trainer.status.cancelled");
          send([{ topic: msg.topic, payload: { state: "cancelled" } } as NodeMessage, null, null]);
          done();
        } else {
          show("red", "history-trainer.status.failed");
          done(explain(error));
        }
      } finally {
        void job?.close();
        job = undefined;
      }
    };

    /** The path of the file, or what the message holds. */
    const sourceOf = (msg: HistoryMessage): { path?: string; table?: Uint8Array | string | unknown[] } => {
      const { source, sourceType } = config;
      const given: unknown =
        (sourceType ?? "msg") === "msg"
          ? RED.util.getMessageProperty(msg as NodeMessage, source || "payload")
          : RED.util.evaluateNodeProperty(source, sourceType, this, msg as NodeMessage);
      if (sourceType === "str" || sourceType === "env") {
        const file = String(given ?? "").trim();
        if (file === "") throw new Error(say("error.noFile"));
        return { path: pathOf(file) };
      }
      if (typeof given === "string" || given instanceof Uint8Array || Array.isArray(given)) return { table: given };
      throw new Error(say("error.noTable", { property: `msg.${source || "payload"}`, value: shown(given) }));
    };

    const learn = async (
      of: TrainingJob,
      { summary, hash }: TableRead,
      msg: HistoryMessage,
      send: Send,
      { started, notes }: { started: number; notes: string[] },
    ): Promise<void> => {
      const tell = (payload: object): void => send([{ topic: msg.topic, payload } as NodeMessage, null, null]);
      const known = await new Promise<BaseModel | undefined>((give, fail) =>
        model.bases.list(({ models }) => give(models.find((one) => one.hash === hash)), fail),
      );
      if (known && msg.again !== true) {
        const text = say("said.known", { version: known.version, date: day(known.at) });
        show("yellow", text);
        tell({ state: "known", version: known.version, text, ...known.about });
        return;
      }
      let told = 0;
      const trained = await of.learn(({ share, error, naive }) => {
        if (Date.now() - told < TOLD_EVERY) return;
        told = Date.now();
        const percent = Math.floor(100 * share);
        const text = say("said.learning", { percent, error: figure(error), naive: figure(naive) });
        show("blue", text);
        const payload = { state: "learning", percent, error: finite(error), naive: finite(naive), text };
        send([null, { topic: msg.topic, payload } as NodeMessage, null]);
      });
      const { bytes, absent } = trained;
      const unit = summary.columns.find(({ name }) => name === model.target)?.unit ?? "";
      const result = resultOf(trained, unit);
      const about = { ...result, target: model.target, unit, data: summary, seconds: (Date.now() - started) / 1000 };
      const all = [
        ...notes,
        ...(absent.length > 0 ? [say("note.absent", { names: absent.slice(0, 8).join(", ") })] : []),
        ...(trained.scored < FEW ? [say("note.few", { count: trained.scored })] : []),
      ];
      const added = await new Promise<BaseModel>((give, fail) =>
        model.bases.add(bytes, { at: Date.now(), hash, about }, give, fail),
      );
      const { version } = added;
      const wanted = typeof msg.accept === "boolean" ? msg.accept : config.accept === true;
      const isAccepted = wanted && trained.error < trained.naive;
      if (isAccepted) await accept(version);
      const next = say(isAccepted ? "said.inUse" : wanted ? "said.worse" : "said.waits", { version });
      show(trained.error < trained.naive ? "green" : "yellow", say("said.result", { version, text: result.text }));
      tell({ state: "learnt", version, accepted: isAccepted, ...about, text: `${result.text}. ${next}`, notes: all });
    };

    /** What learning was worth, in figures and in words. */
    const resultOf = ({ error, naive, existing, scored, from, to, inputs }: Trained, unit: string) => {
      const change = error / naive - 1;
      const percent = `${change < 0 ? "−" : "+"}${Math.abs(100 * change).toFixed(0)}`;
      const values = { error: `${figure(error)} ${unit}`.trim(), naive: figure(naive), percent };
      const text = Number.isNaN(existing)
        ? say("said.error", values)
        : say("said.errorExisting", { ...values, existing: figure(existing) });
      const tested = { forecasts: scored, from, to };
      return { text, error, naive, existing: finite(existing), change: finite(change), tested, inputs };
    };

    /** The rows of the table as messages, as fast as the flow takes them, half of the time left to others. */
    const stream = async (of: TrainingJob, { rows: count, source }: DataSummary, send: Send): Promise<void> => {
      const size = batch;
      for (let from = 0; from < count; from += size) {
        const some = await of.rows(from, size);
        const before = Date.now();
        const complete = from + size >= count;
        send([null, null, rowsMessage(some, { topic, size, source, complete })]);
        // Messages are delivered in turns of the event loop of their own.
        for (let turn = 0; turn < 3; turn++) await new Promise((next) => setImmediate(next));
        await new Promise((next) => setTimeout(next, Date.now() - before));
        if (before % 10 === 0) show("blue", say("said.streaming", { rows: from + some.length, of: count }));
      }
      show("green", say("said.streamed", { rows: count }));
    };

    this.file = () => (config.sourceType === "env" ? sourceOf({}).path : undefined);
    this.versions = (give, fail) => model.bases.list(give, fail);
    this.use = async (version) => {
      await accept(version);
    };
    this.on("close", (done: () => void) => {
      if (job) job.close().then(() => done(), done);
      else done();
    });
  }

  /** What a person must know of a table, sentence by sentence. */
  function notesOf({
    unreadable,
    dropped,
    doubts,
    format,
  }: Pick<DataSummary, "unreadable" | "dropped" | "doubts" | "format">): string[] {
    const notes: string[] = [];
    const [first] = unreadable.first;
    if (first) {
      const { line, text } = first;
      const column = first.column || say("note.beyond");
      notes.push(say("note.unreadable", { count: unreadable.count, line, column, text }));
    }
    if (dropped.timeless > 0) notes.push(say("note.timeless", { count: dropped.timeless }));
    if (dropped.doubled > 0) notes.push(say("note.doubled", { count: dropped.doubled }));
    for (const doubt of doubts) {
      const value = doubt === "dateOrder" ? say(`value.${format.dateOrder}`) : String(format[doubt]);
      notes.push(say(`doubt.${doubt}`, { value }));
    }
    if (format.timeColumn === "") notes.push(say("note.evenly", { seconds: format.step / 1000 }));
    return notes;
  }

  RED.nodes.registerType("history-trainer", HistoryTrainer, {
    settings: { historyTrainerFields: { value: TRAINER_FIELDS, exportable: true } },
  });

  // The dialog: how a file is understood, and the versions that were learnt.
  const nodeOf = (id: unknown): HistoryTrainerNode | undefined => {
    const node = RED.nodes.getNode(String(id)) as HistoryTrainerNode | null;
    return node?.type === "history-trainer" ? node : undefined;
  };
  const fileOf = (node: HistoryTrainerNode | undefined): string => {
    try {
      return node?.file?.() ?? "";
    } catch {
      return ""; // the variable is not set: that is said where the history is to be learnt
    }
  };
  const onlyJson = jsonOnly((key, values) => RED._(`forecast-model.route.${key}`, values ?? {}));
  let previews = 0;

  RED.httpAdmin.post(
    "/history-trainer/preview",
    RED.auth.needsPermission("flows.write"),
    onlyJson,
    async (req, res) => {
      const { id, file, type, zone, format } = Object(req.body) as Record<string, unknown>;
      const node = nodeOf(id);
      const named = typeof file === "string" ? file.slice(0, 4096).trim() : "";
      const given = named === "" && type === "env" ? fileOf(node) : named;
      const seen = given === "" ? node?.seen : undefined;
      const answer = ({ summary, head, first }: TableRead): unknown =>
        res.json({ ...summary, head, first, notes: notesOf(summary) });
      if (seen) return void answer(seen);
      if (given === "") return void res.status(400).json({ error: say("error.noFile") });
      if (previews >= 2) return void res.status(429).json({ error: say("error.busyPreview") });
      previews++;
      const path = pathOf(given);
      const job = new TrainingJob({ path, zone: String(zone ?? ""), format: Object(format) as Partial<TableFormat> });
      const timer = setTimeout(() => void job.close(), PATIENCE);
      try {
        answer(await job.read());
      } catch (error) {
        res.status(400).json({ error: explain(error).message });
      } finally {
        previews--;
        clearTimeout(timer);
        void job.close();
      }
    },
  );

  RED.httpAdmin.get("/history-trainer/:id/versions", RED.auth.needsPermission("flows.read"), (req, res) => {
    const node = nodeOf(req.params.id);
    if (!node?.versions) return void res.json({ running: false });
    const fail = (error: Error): unknown => res.status(500).json({ error: error.message });
    node.versions(({ used, models }) => {
      const plain = models.map(({ version, at, accepted, about }) => {
        const { text = "", data } = about as { text?: string; data?: Partial<DataSummary> };
        return { version, at, accepted, text, rows: data?.rows, source: data?.source, from: data?.from, to: data?.to };
      });
      res.json({ running: true, used, versions: plain });
    }, fail);
  });

  RED.httpAdmin.post("/history-trainer/:id/versions", RED.auth.needsPermission("flows.write"), onlyJson, (req, res) => {
    const node = nodeOf(req.params.id);
    const version: unknown = Object(req.body).version;
    if (!node?.use || !Number.isSafeInteger(version)) return void res.sendStatus(404);
    node.use(version as number).then(
      () => res.json({ used: version }),
      (error: Error) => res.status(409).json({ error: error.message }),
    );
  });
};

function rowsMessage(
  rows: readonly TableRow[],
  { topic, size, source, complete }: { topic: string; size: number; source: string; complete: boolean },
): NodeMessage {
  const times = rows.map(({ time }) => time);
  const values = rows.map((row) => row.values);
  const single = size === 1;
  const message = { topic, payload: single ? values[0] : values, timestamp: single ? times[0] : times };
  return { ...message, ...(source && { filename: source }), ...(complete && { complete }) } as NodeMessage;
}

/** A number that people read: three digits that count. */
function figure(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(3))) : "–";
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function day(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

function whole(value: unknown): number {
  const number = typeof value === "string" && value.trim() === "" ? Number.NaN : Number(value);
  return Number.isInteger(number) ? number : Number.NaN;
}
