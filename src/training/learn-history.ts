import type { BaseMemory, BaseModel } from "../asset/base-models";
import type { Say } from "../message/say";
import { modelNotes, trainingProgress, trainingResult } from "./trainer-words";
import type { TableRead, TrainingJob } from "./training-job";

/** What is to be learnt, and what a person has said of it. */
export interface HistoryOrder {
  readonly read: TableRead;
  /** Name of the sensor that is forecast. */
  readonly target: string;
  /** Whether to learn once more what was learnt before. */
  readonly again: boolean;
  /** Whether a model that is better than the last value is to be used at once. */
  readonly accept: boolean;
  /** What a person must know of the table. */
  readonly notes: readonly string[];
  /** ms since 1970: when work on the table began. */
  readonly started: number;
}

/** What came of it: for the status, and as a message carries it. */
export interface HistoryLearnt {
  readonly isGood: boolean;
  readonly status: string;
  readonly payload: object;
}

/**
 * Learns a model from a table, keeps it as a version, and says what it is worth.
 *
 * @param bases the versions of the forecast model
 * @param use puts a version in the place of the models of all assets
 * @param tell how far it is; called often
 */
export async function learnHistory(
  job: TrainingJob,
  { read: { summary, hash }, target, again, accept, notes, started }: HistoryOrder,
  bases: BaseMemory,
  use: (version: number) => Promise<unknown>,
  tell: (progress: ReturnType<typeof trainingProgress>) => void,
  say: Say,
): Promise<HistoryLearnt> {
  const known = await new Promise<BaseModel | undefined>((give, fail) =>
    bases.list(({ models }) => give(models.find((one) => one.hash === hash)), fail),
  );
  if (known && !again) {
    const date = new Date(known.at).toISOString().slice(0, 10);
    const text = say("said.known", { version: known.version, date });
    return { isGood: false, status: text, payload: { state: "known", version: known.version, text, ...known.about } };
  }
  const trained = await job.learn((progress) => tell(trainingProgress(progress, say)));
  const unit = summary.columns.find(({ name }) => name === target)?.unit ?? "";
  const result = trainingResult(trained, unit, say);
  const about = { ...result, target, unit, data: summary, seconds: (Date.now() - started) / 1000 };
  const { version } = await new Promise<BaseModel>((give, fail) =>
    bases.add(trained.bytes, { at: Date.now(), hash, about }, give, fail),
  );
  const isGood = trained.error < trained.naive;
  const accepted = accept && isGood;
  if (accepted) await use(version);
  const next = say(accepted ? "said.inUse" : accept ? "said.worse" : "said.waits", { version });
  const text = `${result.text}. ${next}`;
  const all = [...notes, ...modelNotes(trained, say)];
  return {
    isGood,
    status: say("said.result", { version, text: result.text }),
    payload: { state: "learnt", version, accepted, ...about, text, notes: all },
  };
}
