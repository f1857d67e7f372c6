import type { NodeAPI, NodeDef } from "node-red";
import type { BaseModel, BaseModels } from "../src/asset/base-models";
import type { ForecastMessage } from "../src/asset/forecast-model";
import type { TableFormat } from "../src/table/table-format";
import { type HistoryOrder, learnHistory } from "../src/training/learn-history";
import { tableMessages } from "../src/training/table-messages";
import { TRAINER_FIELDS, type TrainerForm, trainerSettings } from "../src/training/trainer-settings";
import { tableNotes, trainingError } from "../src/training/trainer-words";
import { JobFailed, type TableRead, TrainingJob } from "../src/training/training-job";
import { type HistoryTrainerNode, serveDialog } from "./history-trainer-dialog";
import { type SourceForm, sourceOf } from "./history-trainer-source";
import { forEditor } from "./kit/for-editor";
import { type Done, type Send, takeMessages } from "./kit/messages";
import { namedModel } from "./kit/named-model";
import { dueEvery } from "./kit/throttle";

interface HistoryTrainerDef extends NodeDef, TrainerForm, SourceForm {
  model: string;
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
    const named = namedModel(RED, this, config, trainerSettings, (code) => `invalid.${code}`);
    if (!named) return;
    const { model, say } = named;
    const { passes, batch } = named.settings;
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

    /** The model of this version takes the place of those of all assets. */
    const accept = (version: number): Promise<object> =>
      new Promise((give, fail) => {
        const accepted = (one: BaseModel, assets: number): void => {
          showVersion();
          give({ state: "accepted", version: one.version, assets, text: say("said.accepted", { version, assets }) });
        };
        model.useBase(version, accepted, fail);
      });

    /** @returns shows what was learnt, again where other things were shown since */
    const learn = async (of: TrainingJob, read: TableRead, msg: HistoryMessage, send: Send, began: Began) => {
      const isDue = dueEvery();
      const progress = (payload: { text: string }): void => {
        if (!isDue()) return;
        show("blue", payload.text);
        send([null, { topic: msg.topic, payload: { state: "learning", ...payload } }, null]);
      };
      const wanted = typeof msg.accept === "boolean" ? msg.accept : config.accept === true;
      const order = { ...began, read, target: model.target, again: msg.again === true, accept: wanted };
      const { isGood, status, payload } = await learnHistory(of, order, model.bases, accept, progress, say);
      const showResult = (): void => show(isGood ? "green" : "yellow", status);
      showResult();
      send([{ topic: msg.topic, payload }, null, null]);
      return showResult;
    };

    const stream = async (
      of: TrainingJob,
      { rows: count, source }: TableRead["summary"],
      send: Send,
    ): Promise<void> => {
      const isDue = dueEvery();
      for await (const { message, rows } of tableMessages(of, { count, size: batch, source, topic })) {
        send([null, null, message]);
        if (isDue()) show("blue", say("said.streaming", { rows, of: count }));
      }
      show("green", say("said.streamed", { rows: count }));
    };

    /** Reads the table, and learns from it or sends its rows, or both. */
    const work = async (msg: HistoryMessage, send: Send, learns: boolean, streams: boolean): Promise<void> => {
      if (job) throw new Error(say("error.busy"));
      const started = Date.now();
      try {
        const { path, table } = sourceOf(RED, this, config, msg, say);
        const { settings } = model;
        job = new TrainingJob({ path, zone: settings.zone, format, settings, training: { passes } });
        show("blue", "history-trainer.status.reading");
        const read = await job.read(table);
        this.seen = read;
        const notes = tableNotes(read.summary, say);
        if (notes.length > 0) this.warn(notes.join(" "));
        const showResult = learns ? await learn(job, read, msg, send, { started, notes }) : undefined;
        if (streams) await stream(job, read.summary, send);
        showResult?.();
      } catch (error) {
        const isCancelled = error instanceof JobFailed && error.code === "cancelled";
        show(isCancelled ? "grey" : "red", `history-trainer.status.${isCancelled ? "cancelled" : "failed"}`);
        if (!isCancelled) throw trainingError(error, say);
        send([{ topic: msg.topic, payload: { state: "cancelled" } }, null, null]);
      } finally {
        void job?.close();
        job = undefined;
      }
    };

    const read = (msg: HistoryMessage, send: Send, done: Done): void => {
      work(msg, send, rows !== "only", rows !== "none").then(() => done(), done);
    };

    const carryOut = async (command: Command, msg: HistoryMessage, send: Send): Promise<void> => {
      if (command === "stream") return work(msg, send, false, true);
      if (command === "cancel") {
        if (!job) throw new Error(say("error.notLearning"));
        void job.close();
        return undefined;
      }
      const { used, models } = await new Promise<BaseModels>((give, fail) => model.bases.list(give, fail));
      const answer = (payload: object): void => send([{ topic: msg.topic, payload }, null, null]);
      if (command === "versions")
        return answer({ state: "versions", used, versions: models.map((one) => ({ ...one })) });
      const version = command === "accept" ? models.at(-1)?.version : wholeIn(msg.version);
      if (version === undefined) throw new Error(say("error.nothingLearnt"));
      return answer(await accept(version));
    };

    const obey = (command: Command, msg: HistoryMessage, send: Send, done: Done): void => {
      carryOut(command, msg, send).then(() => done(), done);
    };

    takeMessages<Command, HistoryMessage>(this, model, { commands: COMMANDS, takesLong: true, obey, read });
    this.file = () => (config.sourceType === "env" ? sourceOf(RED, this, config, {}, say).path : undefined);
    this.versions = (give, fail) => model.bases.list(give, fail);
    this.use = accept;
    this.on("close", (done: () => void) => {
      if (job) job.close().then(() => done(), done);
      else done();
    });
    showVersion();
  }

  RED.nodes.registerType("history-trainer", HistoryTrainer, forEditor({ historyTrainerFields: TRAINER_FIELDS }));
  serveDialog(RED);
};

function wholeIn(value: unknown): number {
  const number = typeof value === "string" && value.trim() === "" ? Number.NaN : Number(value);
  return Number.isInteger(number) ? number : Number.NaN;
}
