import type { NodeAPI, NodeDef, NodeMessage } from "node-red";
import type { BaseModel } from "../src/asset/base-models";
import type { ForecastMessage } from "../src/asset/forecast-model";
import { shown } from "../src/message/problem";
import { rangeOf } from "../src/settings/number-field";
import type { TableFormat } from "../src/table/table-format";
import type { DataSummary } from "../src/training/data-summary";
import { type HistoryOrder, learnHistory } from "../src/training/learn-history";
import { tableMessages } from "../src/training/table-messages";
import { TRAINER_FIELDS, type TrainerForm, trainerSettings } from "../src/training/trainer-settings";
import { tableNotes, trainingError } from "../src/training/trainer-words";
import { JobFailed, type TableRead, TrainingJob } from "../src/training/training-job";
import { type HistoryTrainerNode, pathOf, serveDialog } from "./history-trainer-dialog";
import { type Done, type Send, takeMessages } from "./kit/messages";
import { namedModel } from "./kit/named-model";
import { refuseAll } from "./kit/refuse-all";
import { STATUS_EVERY } from "./kit/throttle";

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
  wires?: string[][];
}

interface HistoryMessage extends ForecastMessage {
  version?: unknown;
  again?: unknown;
  accept?: unknown;
}

/** What is known before learning begins. */
type Began = Pick<HistoryOrder, "started" | "notes">;
type Fill = "red" | "green" | "yellow" | "blue" | "grey";

const COMMANDS = ["cancel", "accept", "use", "versions", "stream"] as const;
type Command = (typeof COMMANDS)[number];

/** Learns a forecast model from history, and reads tables for it. */
export = (RED: NodeAPI): void => {
  function HistoryTrainer(this: HistoryTrainerNode, config: HistoryTrainerDef): void {
    RED.nodes.createNode(this, config);
    const named = namedModel(RED, this, config);
    if (!named) return;
    const { model, say } = named;
    const settings = trainerSettings(config);
    if (typeof settings === "string") {
      refuseAll(this, say(`invalid.${settings}`, rangeOf(TRAINER_FIELDS, settings)));
      return;
    }
    const { passes, batch } = settings;
    const { format = {}, topic = "", wires = [] } = config;
    // Rows that nobody waits for are not sent.
    const rows = config.rows === "after" && !wires[2]?.length ? "none" : (config.rows ?? "none");
    let job: TrainingJob | undefined;

    const show = (fill: Fill, text: string): void =>
      this.status({ fill, shape: fill === "green" ? "dot" : "ring", text });
    const showVersion = (): void => {
      const give = ({ used }: { used: number }): void => {
        if (used > 0) show("green", say("said.used", { version: used }));
        else show("blue", "history-trainer.status.waiting");
      };
      model.bases.list(give, () => {});
    };
    showVersion();
    /** What came of a message, on the first output. */
    const tell = ({ topic }: HistoryMessage, send: Send, payload: object): void =>
      send([{ topic, payload }, null, null]);

    const obey = (command: Command, msg: HistoryMessage, send: Send, done: Done): void => {
      if (command === "stream") {
        work(msg, true, send, done);
        return;
      }
      if (command === "cancel") {
        if (job) void job.close();
        done(job ? undefined : new Error(say("error.notLearning")));
        return;
      }
      const answer = (payload: object): void => {
        tell(msg, send, payload);
        done();
      };
      const act = ({ used, models }: { used: number; models: BaseModel[] }): void => {
        const version = command === "accept" ? models.at(-1)?.version : wholeIn(msg.version);
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

    /** @param onlyStream whether the rows are wanted and nothing is to be learnt */
    const work = async (msg: HistoryMessage, onlyStream: boolean, send: Send, done: Done): Promise<void> => {
      if (job) {
        done(new Error(say("error.busy")));
        return;
      }
      const started = Date.now();
      try {
        const { path, table } = sourceOf(msg);
        const { settings } = model;
        job = new TrainingJob({ path, zone: settings.zone, format, settings, training: { passes } });
        show("blue", "history-trainer.status.reading");
        const read = await job.read(table);
        this.seen = read;
        const notes = tableNotes(read.summary, say);
        if (notes.length > 0) this.warn(notes.join(" "));
        const learns = !onlyStream && rows !== "only";
        const showResult = learns ? await learn(job, read, msg, send, { started, notes }) : undefined;
        if (onlyStream || rows !== "none") await stream(job, read.summary, send);
        showResult?.();
        done();
      } catch (error) {
        if (error instanceof JobFailed && error.code === "cancelled") {
          show("grey", "history-trainer.status.cancelled");
          tell(msg, send, { state: "cancelled" });
          done();
        } else {
          show("red", "history-trainer.status.failed");
          done(trainingError(error, say));
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
        return { path: pathOf(RED, file) };
      }
      if (typeof given === "string" || given instanceof Uint8Array || Array.isArray(given)) return { table: given };
      throw new Error(say("error.noTable", { property: `msg.${source || "payload"}`, value: shown(given) }));
    };

    /** @returns shows what was learnt, again where other things were shown since */
    const learn = async (
      of: TrainingJob,
      read: TableRead,
      msg: HistoryMessage,
      send: Send,
      began: Began,
    ): Promise<() => void> => {
      let told = 0;
      const progress = (payload: { text: string }): void => {
        if (Date.now() - told < STATUS_EVERY) return;
        told = Date.now();
        show("blue", payload.text);
        send([null, { topic: msg.topic, payload: { state: "learning", ...payload } }, null]);
      };
      const wanted = typeof msg.accept === "boolean" ? msg.accept : config.accept === true;
      const order = { ...began, read, target: model.target, again: msg.again === true, accept: wanted };
      const { isGood, status, payload } = await learnHistory(of, order, model.bases, accept, progress, say);
      const showResult = (): void => show(isGood ? "green" : "yellow", status);
      showResult();
      tell(msg, send, payload);
      return showResult;
    };

    const stream = async (of: TrainingJob, { rows: count, source }: DataSummary, send: Send): Promise<void> => {
      let shownAt = 0;
      for await (const { message, rows } of tableMessages(of, { count, size: batch, source, topic })) {
        send([null, null, message]);
        if (Date.now() - shownAt < STATUS_EVERY) continue;
        shownAt = Date.now();
        show("blue", say("said.streaming", { rows, of: count }));
      }
      show("green", say("said.streamed", { rows: count }));
    };

    const read = (msg: HistoryMessage, send: Send, done: Done): void => {
      work(msg, false, send, done);
    };
    takeMessages<Command, HistoryMessage>(this, model, { commands: COMMANDS, takesLong: true, obey, read });
    this.file = () => (config.sourceType === "env" ? sourceOf({}).path : undefined);
    this.versions = (give, fail) => model.bases.list(give, fail);
    this.use = accept;
    this.on("close", (done: () => void) => {
      if (job) job.close().then(() => done(), done);
      else done();
    });
  }

  RED.nodes.registerType("history-trainer", HistoryTrainer, {
    settings: { historyTrainerFields: { value: TRAINER_FIELDS, exportable: true } },
  });
  serveDialog(RED);
};

function wholeIn(value: unknown): number {
  const number = typeof value === "string" && value.trim() === "" ? Number.NaN : Number(value);
  return Number.isInteger(number) ? number : Number.NaN;
}
