import { AssetMemory } from "../memory/asset-memory";
import type { MemoryProblem } from "../memory/memory-problem";
import type { Store } from "../memory/store";
import { RecordError } from "../record/record-error";

/** A model that was trained on history, beside its bytes. */
export interface BaseModel {
  /** From 1, in the order of training. */
  readonly version: number;
  /** ms: when it was trained. */
  readonly at: number;
  /** ms: when it was accepted last; null = never. */
  readonly accepted: number | null;
  /** Who did that; absent where it was no person whose name is known. */
  readonly by?: string;
  /** The same where the same would be learnt. */
  readonly hash: string;
  /** What whoever trained it wants to know of it later, as plain data. */
  readonly about: object;
}

/** All trained models of a forecast model. */
export interface BaseModels {
  /** The last number that was given. */
  last: number;
  /** The version from which new assets begin; 0 = from nothing. */
  used: number;
  models: BaseModel[];
}

/** The list stands under one name, each model under its number. */
const LIST = "trained models";
/** So many are kept; of older ones only the one that is used. */
const MOST_KEPT = 10;

/** Remembers the models of a forecast model that were trained on history: what its assets begin with. */
export class BaseMemory {
  private readonly lists: AssetMemory<BaseModels>;
  private readonly models: AssetMemory<{ bytes: Uint8Array }>;

  /**
   * @param part of the owner's records; the list and the models have parts of their own beside it
   * @param report is told where something cannot be saved; that it cannot be read, an asset's own record says as well
   */
  constructor(part: string, store: Store, report: (problem: MemoryProblem) => void) {
    const kept = {
      store,
      everyChanges: 1,
      report: (problem: MemoryProblem): void => {
        if (!problem.code.startsWith("load") && problem.code !== "inUse") report(problem);
      },
    };
    this.lists = new AssetMemory<BaseModels>({
      ...kept,
      part: `${part}-bases`,
      kind: "base models",
      create: () => ({ last: 0, used: 0, models: [] }),
      save: (list) => Buffer.from(JSON.stringify(list)),
      load: readList,
    });
    this.models = new AssetMemory<{ bytes: Uint8Array }>({
      ...kept,
      part: `${part}-base`,
      kind: "base model",
      create: () => ({ bytes: new Uint8Array(0) }),
      save: ({ bytes }) => bytes,
      load: (bytes) => ({ bytes }),
      // All of them: where nothing is remembered, memory is all there is.
      limit: MOST_KEPT + 2,
    });
  }

  close(): Promise<unknown> {
    return Promise.all([this.lists.close(), this.models.close()]);
  }

  /** Hands over the list as it is now; it must not be changed. */
  list(give: (list: BaseModels) => void, fail: (error: Error) => void): void {
    this.lists.use(LIST, give, fail);
  }

  /** Keeps a model under the next number; it is not used yet. */
  add(
    bytes: Uint8Array,
    model: Omit<BaseModel, "version" | "accepted">,
    give: (model: BaseModel) => void,
    fail: (error: Error) => void,
  ): void {
    const keep = (list: BaseModels): void => {
      const added = { ...model, version: ++list.last, accepted: null };
      list.models.push(added);
      const old = list.models.filter(({ version }) => version !== list.used).slice(0, -MOST_KEPT);
      list.models = list.models.filter((one) => !old.includes(one));
      for (const { version } of old) this.models.remove(String(version));
      const put = (state: { bytes: Uint8Array }): void => {
        state.bytes = bytes;
        this.models.changed(String(added.version));
        this.lists.changed(LIST);
        give(added);
      };
      this.models.use(String(added.version), put, fail);
    };
    this.lists.use(LIST, keep, fail);
  }

  /**
   * The bytes of a version.
   *
   * @param give is handed nothing where there is none of this number
   */
  bytesOf(version: number, give: (bytes: Uint8Array | undefined) => void, fail: (error: Error) => void): void {
    const find = (list: BaseModels): void => {
      if (!list.models.some((model) => model.version === version)) give(undefined);
      else this.models.use(String(version), ({ bytes }) => give(bytes.length > 0 ? bytes : undefined), fail);
    };
    this.lists.use(LIST, find, fail);
  }

  /** The bytes of the version that is used; nothing where none is. */
  used(give: (bytes: Uint8Array | undefined) => void, fail: (error: Error) => void): void {
    this.lists.use(LIST, ({ used }) => (used === 0 ? give(undefined) : this.bytesOf(used, give, fail)), fail);
  }

  /** Assets begin with this version from now on. @param by who has said so; "" = no person whose name is known */
  choose(version: number, now: number, by: string, done: () => void, fail: (error: Error) => void): void {
    const accepted = { accepted: now, by: by || undefined };
    const choose = (list: BaseModels): void => {
      list.used = version;
      list.models = list.models.map((model) => (model.version === version ? { ...model, ...accepted } : model));
      this.lists.changed(LIST);
      done();
    };
    this.lists.use(LIST, choose, fail);
  }
}

/** @throws RecordError where the bytes are no list of models */
function readList(bytes: Uint8Array): BaseModels {
  try {
    const { last, used, models } = JSON.parse(Buffer.from(bytes).toString()) as BaseModels;
    if ([last, used, ...models.map(({ version }) => version)].every((version) => Number.isSafeInteger(version)))
      return { last, used, models };
  } catch {
    // It is none.
  }
  throw new RecordError("damaged", "The list of trained models is no list.");
}
