import type { BaseModel, BaseModels } from "../asset/base-models";
import type { ForecastModel } from "../asset/forecast-model";
import type { Say } from "../message/say";
import type { TableFormat } from "../table/table-format";
import { learnHistory } from "./learn-history";
import { type TableMessage, tableMessages } from "./table-messages";
import { tableNotes, trainingError } from "./trainer-words";
import { JobFailed, type TableRead, TrainingJob } from "./training-job";

/** What does not change from one table to the next. */
export interface TrainerSettings {
  /** How often the history is gone through. */
  readonly passes: number;
  /** Rows in a message. */
  readonly batch: number;
  /** Guesses at a table that the user has changed. */
  readonly format: Partial<TableFormat>;
  /** Of messages with rows. */
  readonly topic: string;
}

/** The path of a file, or what a message holds. */
export interface TableSource {
  readonly path?: string;
  readonly table?: Uint8Array | string | unknown[];
}

/** What is to be done with a table. */
export interface TableOrder {
  /** Whether it is learnt from, and whether its rows are sent. */
  readonly learns: boolean;
  readonly streams: boolean;
  /** Whether to learn once more what was learnt before. */
  readonly again: boolean;
  /** Whether a model that is better than the last value is to be used at once. */
  readonly accept: boolean;
  /** @throws Error where there is none */
  source(): TableSource;
}

/** Who hears of the work on a table, as payloads of messages. */
export interface TableAudience {
  result(payload: object): void;
  progress(payload: object): void;
  rows(message: TableMessage): void;
}

/** How far the work on a table is. */
export interface TableProgress {
  readonly state: "reading" | "learning" | "streaming";
  /** Rows of the table; not known while it is being read. */
  readonly read?: number;
  /** Rows that were learnt or sent, and of how many. */
  readonly rows?: number;
  readonly of?: number;
}

type Fill = "red" | "green" | "yellow" | "blue" | "grey";

/** Who hears of the trainer as a whole. */
export interface TrainerAudience {
  /** @param text for a status, or its key */
  show(fill: Fill, text: string): void;
  /** What a person must know of a table. */
  warn(text: string): void;
}

/** Progress is told at most so often, ms. */
const TOLD_EVERY = 500;

/** Reads tables of history, one at a time, learns from them and sends their rows, and has what was learnt used. */
export class Trainer {
  /** The table that was read last. */
  seen: TableRead | undefined;
  /** undefined where there is no work. */
  progress: TableProgress | undefined;
  private job: TrainingJob | undefined;

  constructor(
    private readonly model: ForecastModel,
    private readonly settings: TrainerSettings,
    private readonly audience: TrainerAudience,
    private readonly say: Say,
  ) {}

  /** Reads a table, and learns from it or sends its rows, or both. @throws Error in the user's language */
  async work({ source, learns, streams, ...order }: TableOrder, audience: TableAudience): Promise<void> {
    if (this.job) throw new Error(this.say("error.busy"));
    const started = Date.now();
    const { show } = this.audience;
    try {
      const { path, table } = source();
      const { passes, format } = this.settings;
      const { settings } = this.model;
      const { zone, states } = settings;
      const job = new TrainingJob({
        path,
        zone,
        format: { ...(states && { states }), ...format },
        settings,
        training: { passes },
      });
      this.job = job;
      this.progress = { state: "reading" };
      show("blue", this.say("status.reading"));
      const read = await job.read(table);
      this.seen = read;
      const notes = tableNotes(read.summary, this.say);
      if (notes.length > 0) this.audience.warn(notes.join(" "));
      // What was learnt is shown again where other things were shown since.
      const result = learns ? await this.learn(job, { ...order, read, notes, started }, audience) : undefined;
      if (streams) await this.stream(job, read, audience);
      if (result) show(...result);
    } catch (error) {
      const isCancelled = error instanceof JobFailed && error.code === "cancelled";
      show(isCancelled ? "grey" : "red", this.say(`status.${isCancelled ? "cancelled" : "failed"}`));
      if (!isCancelled) throw trainingError(error, this.say);
      audience.result({ state: "cancelled" });
    } finally {
      this.job?.close();
      this.job = undefined;
      this.progress = undefined;
    }
  }

  /** Ends the work, if any. */
  close(): void {
    this.job?.close();
  }

  /** The same for a person. @throws Error where there is no work */
  cancel(): void {
    if (!this.job) throw new Error(this.say("error.notLearning"));
    this.job.close();
  }

  /** What was learnt so far. */
  versions(): Promise<BaseModels> {
    return new Promise((give, fail) => this.model.bases.list(give, fail));
  }

  /** The model of this version takes the place of those of all assets. @param by who says so, where that is known */
  readonly accept = (version: number, by = ""): Promise<object> =>
    new Promise((give, fail) => {
      const accepted = (one: BaseModel, assets: number): void => {
        this.showVersion();
        const text = this.say("said.accepted", { version, assets });
        give({ state: "accepted", version: one.version, assets, text });
      };
      this.model.useBase(version, accepted, fail, by);
    });

  /** Shows which version is used. */
  showVersion(): void {
    const { show } = this.audience;
    const give = ({ used }: BaseModels): void => {
      if (used > 0) show("green", this.say("said.used", { version: used }));
      else show("blue", this.say("status.waiting"));
    };
    this.model.bases.list(give, () => {});
  }

  /** @returns what is shown of it */
  private async learn(
    job: TrainingJob,
    order: Pick<TableOrder, "again" | "accept"> & { read: TableRead; notes: string[]; started: number },
    audience: TableAudience,
  ): Promise<[Fill, string]> {
    const isDue = dueEvery(TOLD_EVERY);
    const { rows: read } = order.read.summary;
    const progress = (payload: { rows: number; of: number; text: string }): void => {
      this.progress = { state: "learning", read, rows: payload.rows, of: payload.of };
      if (!isDue()) return;
      this.audience.show("blue", payload.text);
      audience.progress({ state: "learning", ...payload });
    };
    const { target, bases } = this.model;
    const learnt = await learnHistory(job, { ...order, target }, bases, this.accept, progress, this.say);
    const shown: [Fill, string] = [learnt.isGood ? "green" : "yellow", learnt.status];
    this.audience.show(...shown);
    audience.result(learnt.payload);
    return shown;
  }

  private async stream(job: TrainingJob, { summary }: TableRead, audience: TableAudience): Promise<void> {
    const { rows: count, source } = summary;
    const { batch: size, topic } = this.settings;
    const isDue = dueEvery(TOLD_EVERY);
    for await (const { message, rows } of tableMessages(job, { count, size, source, topic })) {
      audience.rows(message);
      this.progress = { state: "streaming", read: count, rows, of: count };
      if (isDue()) this.audience.show("blue", this.say("said.streaming", { rows, of: count }));
    }
    this.audience.show("green", this.say("said.streamed", { rows: count }));
  }
}

/** Says whether something may be done again that is to be done at most once in so many ms. */
function dueEvery(every: number): () => boolean {
  let last = Number.NEGATIVE_INFINITY;
  return () => {
    const now = Date.now();
    if (now - last < every) return false;
    last = now;
    return true;
  };
}
