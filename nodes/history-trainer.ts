import type { NodeAPI, NodeDef } from "node-red";
import type { ForecastMessage } from "../src/asset/forecast-message";
import type { TableFormat } from "../src/table/table-format";
import { type TableOrder, Trainer, type TrainerAudience } from "../src/training/trainer";
import { TRAINER_FIELDS, type TrainerForm, trainerSettings } from "../src/training/trainer-settings";
import { type HistoryTrainerNode, serveDialog } from "./history-trainer-dialog";
import { type SourceForm, sourceOf } from "./history-trainer-source";
import { forEditor } from "./kit/for-editor";
import { type Done, type Send, takeMessages } from "./kit/messages";
import { namedModel } from "./kit/named-model";

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

const COMMANDS = ["cancel", "accept", "use", "versions", "stream"] as const;
type Command = (typeof COMMANDS)[number];

/** Learns a forecast model from history, and reads tables for it. */
export = (RED: NodeAPI): void => {
  function HistoryTrainer(this: HistoryTrainerNode, config: HistoryTrainerDef): void {
    RED.nodes.createNode(this, config);
    const named = namedModel(RED, this, config, trainerSettings, (code) => `invalid.${code}`);
    if (!named) return;
    const { model, say, settings } = named;
    const { format = {}, topic = "", wires = [] } = config;
    // Rows that nobody waits for are not sent.
    const rows = config.rows === "after" && !wires[2]?.length ? "none" : (config.rows ?? "none");
    const audience: TrainerAudience = {
      show: (fill, text) => this.status({ fill, shape: fill === "green" ? "dot" : "ring", text }),
      warn: (text) => this.warn(text),
    };
    const trainer = new Trainer(model, { ...settings, format, topic }, audience, say);

    const tell = (what: "cancel" | "use", who: string, version?: number): void =>
      this.log(say(`done.${what}`, { who: who || say("done.nobody"), version }));

    const work = (msg: HistoryMessage, send: Send, learns: boolean, streams: boolean): Promise<void> => {
      const { topic } = msg;
      const order: TableOrder = {
        learns,
        streams,
        again: msg.again === true,
        accept: typeof msg.accept === "boolean" ? msg.accept : config.accept === true,
        source: () => sourceOf(RED, this, config, msg, say),
      };
      return trainer.work(order, {
        result: (payload) => send([{ topic, payload }, null, null]),
        progress: (payload) => send([null, { topic, payload }, null]),
        rows: (message) => send([null, null, message]),
      });
    };

    const read = (msg: HistoryMessage, send: Send, done: Done): void => {
      work(msg, send, rows !== "only", rows !== "none").then(() => done(), done);
    };

    const carryOut = async (command: Command, msg: HistoryMessage, send: Send): Promise<void> => {
      if (command === "stream") return work(msg, send, false, true);
      if (command === "cancel") return trainer.cancel();
      const { used, models } = await trainer.versions();
      const answer = (payload: object): void => send([{ topic: msg.topic, payload }, null, null]);
      if (command === "versions")
        return answer({ state: "versions", used, versions: models.map((one) => ({ ...one })) });
      const version = command === "accept" ? models.at(-1)?.version : wholeIn(msg.version);
      if (version === undefined) throw new Error(say("error.nothingLearnt"));
      return answer(await trainer.accept(version));
    };

    const obey = (command: Command, msg: HistoryMessage, send: Send, done: Done): void => {
      carryOut(command, msg, send).then(() => done(), done);
    };

    takeMessages<Command, HistoryMessage>(this, model, { commands: COMMANDS, takesLong: true, obey, read });
    this.file = () => (config.sourceType === "env" ? sourceOf(RED, this, config, {}, say).path : undefined);
    this.seen = () => trainer.seen;
    this.progress = () => trainer.progress;
    this.cancel = (who) => {
      trainer.cancel();
      tell("cancel", who);
    };
    this.versions = (give, fail) => model.bases.list(give, fail);
    this.use = async (version, who) => {
      await trainer.accept(version, who);
      tell("use", who, version);
    };
    this.on("close", () => trainer.close());
    trainer.showVersion();
  }

  RED.nodes.registerType("history-trainer", HistoryTrainer, forEditor({ historyTrainerFields: TRAINER_FIELDS }));
  serveDialog(RED);
};

function wholeIn(value: unknown): number {
  const number = typeof value === "string" && value.trim() === "" ? Number.NaN : Number(value);
  return Number.isInteger(number) ? number : Number.NaN;
}
