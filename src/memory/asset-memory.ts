import { RecordError, type RecordFault } from "../record/record-error";
import { begin, goOn, isSliceOver, nextSlice, type Sliced } from "../slice/sliced";
import { inTime, NoAnswer } from "./in-time";
import type { MemoryProblem } from "./memory-problem";
import { MemoryReport } from "./memory-report";
import { type AssetRecord, encodeRecord } from "./record";
import { Residents } from "./residents";
import { Retry } from "./retry";
import { SaveDue } from "./save-due";
import { SaveQueue } from "./save-queue";
import { InUse, type Loaded, type Store } from "./store";

/** Settings of an AssetMemory. */
export interface AssetMemoryOptions<T> {
  /** Whose states these are, for example a node's id; one owner each. */
  readonly part: string;
  /** What the states are, for example "forecaster"; a record of another kind is foreign. */
  readonly kind?: string;
  /** Of that kind, as `save` writes it, a whole number; a record of a later one is kept aside unread. Default 1. */
  readonly version?: number;
  readonly store: Store;
  /** The state of an asset never seen before. */
  create(asset: string): T;
  save(state: T): Uint8Array;
  /**
   * May throw where the bytes do not fit today's settings: the record is then kept aside and `create` is asked. A
   * RecordError says what kind of fault it is.
   *
   * @param version of the record, at most today's
   */
  load(bytes: Uint8Array, asset: string, version: number): T;
  /**
   * Told of each state that is let go, once nothing works on it any more: it gives back what the collector would be late
   * to find.
   */
  release?(state: T): void;
  /** Most assets held in memory, 1 or more; a hundred more while they are saved to be let go. */
  readonly limit?: number;
  /** A changed state is saved at the latest after this time, in ms … */
  readonly everyMs?: number;
  /** … or after this many changes: so early that it is saved when they have come. */
  readonly everyChanges?: number;
  /** How long readings wait for a store's answer, in ms. */
  readonly patienceMs?: number;
  /** How soon a store that failed is tried again, in ms. */
  readonly retryMs?: number;
  /** How long the end waits for what is not saved yet, in ms; less than Node-RED does. */
  readonly closeMs?: number;
  report(problem: MemoryProblem): void;
  /**
   * Told when the asset's record has just been made; what it returns is called once the store has it. So an owner knows
   * up to where what came to it is safe.
   */
  saving?(asset: string): () => void;
}

/** The memory is closed: nothing is learnt any more that could not be saved. */
export class MemoryClosed extends Error {
  override readonly name = "MemoryClosed";
  readonly code = "closed";
}

/** No further asset can be taken in: as many as may be are in memory, and none can be let go before it is saved. */
export class MemoryFull extends Error {
  override readonly name = "MemoryFull";
  readonly code = "full";

  /** @param limit most assets held in memory */
  constructor(readonly limit: number) {
    super(`${limit} assets are in memory, and none of them can be let go before it is saved.`);
  }
}

/** What an owner may leave open. */
type Optional = Pick<
  AssetMemoryOptions<unknown>,
  "kind" | "version" | "limit" | "everyMs" | "everyChanges" | "patienceMs" | "retryMs" | "closeMs"
>;

interface Held<T> {
  state: T;
  /** Changes that are not in the store. */
  changes: number;
  /** The number of changes at which the next save is due. */
  due: number;
  /** The store could not be read yet: this state is a stopgap and must not replace what is stored. */
  unread: boolean;
  /** Why the stored record has to be set aside before the first save. */
  aside?: RecordFault | "rejected";
  /** ms since 1970: when it was saved last; absent = not since it was made or loaded. */
  savedAt?: number;
}

interface Waiting<T> {
  /** Long work is what it returns. */
  act(state: T): Sliced<void> | undefined;
  fail?(error: Error): void;
}

/** An asset that is on its way into memory, or at which long work is being done: calls wait. */
interface Loading<T> {
  readonly queue: Waiting<T>[];
  /** Resolved when the queue has been served, by the store's answer or without. */
  served: Promise<void>;
}

/** So many assets beyond the limit wait to be saved before they are let go. */
const LEAVING = 100;
/** A save may take this many times longer than a reading waits for a load; then it counts as failed. */
const SAVE_PATIENCE = 6;
/** Of the time that the end may take, long work has this part. */
const LONG_WORK = 0.5;
/** Questions put at once to a store that did not answer before. */
const ASKED_AT_ONCE = 100;

/**
 * The states of many assets: made or loaded at first use, saved when they have changed, let go when too many are held.
 *
 * What is learnt is lost only with the process: a save that fails leaves the state in memory and is repeated, changes
 * during a save are counted for the next one, and a record that could not be read is never overwritten.
 */
export class AssetMemory<T> {
  private readonly options: AssetMemoryOptions<T> & Required<Optional>;
  private readonly report: MemoryReport;
  private readonly due: SaveDue;
  private readonly retry: Retry;
  private readonly saves = new SaveQueue((asset) => this.save(asset));
  private readonly turns = this.saves.turns;
  private readonly residents = new Residents<Held<T>>();
  private readonly loading = new Map<string, Loading<T>>();
  private readonly unread = new Set<string>();
  private makingRoom = false;
  private readonly interval: NodeJS.Timeout;
  private closing: Promise<void> | undefined;
  /** From when on long work is refused what it has not done yet, by `performance.now`. */
  private tooLate = Number.POSITIVE_INFINITY;

  constructor(options: AssetMemoryOptions<T>) {
    const { kind = "state", version = 1, limit = 10_000, everyMs = 300_000, everyChanges = 500 } = options;
    const { patienceMs = 5_000, retryMs = 10_000, closeMs = 12_000 } = options;
    this.options = { ...options, kind, version, limit, everyMs, everyChanges, patienceMs, retryMs, closeMs };
    this.report = new MemoryReport(options.part, options.store, everyMs, (problem) => options.report(problem));
    this.due = new SaveDue(everyChanges);
    this.retry = new Retry(retryMs, Math.max(everyMs, retryMs), () => this.tryAgain());
    this.interval = setInterval(() => this.saveChanged(), everyMs);
    this.interval.unref();
    options.store.join?.(this);
  }

  /**
   * Hands the asset's state to `act`: at once when it is in memory or the store answers at once, otherwise when it is
   * there, in the order of the calls. `act` must not keep the state, because another may take its place.
   *
   * @param fail told when `act` throws and when the memory is closed; a call without it throws, or is reported where it
   *   had to wait
   */
  use(asset: string, act: (state: T) => void, fail?: (error: Error) => void): void {
    const short = (state: T): undefined => {
      act(state);
    };
    this.work(asset, short, fail);
  }

  /**
   * As `use`, for work that may be long: it is done at once as far as a slice goes, and goes on in slices. Meanwhile the
   * asset stays in memory, whoever else wants it waits, and its state may be saved after any part of the work. At the end
   * of the memory the work is done; what would take too long then is refused by an error thrown into it.
   *
   * @param act returns the work, undefined for none
   */
  work(asset: string, act: (state: T) => Sliced<void> | undefined, fail?: (error: Error) => void): void {
    const waiting = { act, fail };
    if (this.closing) {
      refuse(waiting, new MemoryClosed("The memory is closed."));
      return;
    }
    this.enter(asset, waiting);
  }

  /** Tells that the asset's state has changed, `count` times. */
  changed(asset: string, count = 1): void {
    const held = this.residents.get(asset);
    if (!held) return;
    held.changes += count;
    if (held.changes >= held.due && !held.unread) this.saves.add(asset);
  }

  /**
   * Forgets the asset. Its last state stays in the store, set aside; should it come back, it starts anew.
   *
   * @param then called when it is forgotten: at once unless calls for it wait
   */
  remove(asset: string, then: () => void = () => {}): void {
    this.afterLoading(asset, () => {
      this.forget(asset);
      then();
    });
  }

  /**
   * Keeps the asset's state as it is now beside its record, because its owner puts another in its place.
   *
   * @returns when it is kept
   * @throws Error where it could not be kept
   */
  keepReplaced(asset: string): Promise<void> {
    const held = this.residents.get(asset);
    if (!held) return Promise.resolve();
    const { store, part } = this.options;
    const record = this.record(asset, held.state);
    const kept = this.turns.take(asset, () => store.keepBeside(part, asset, "replaced", record));
    return inTime(kept, SAVE_PATIENCE * this.options.patienceMs);
  }

  /** ms since 1970: when the asset was saved last; NaN where not since it came into memory. */
  savedAt(asset: string): number {
    return this.residents.get(asset)?.savedAt ?? Number.NaN;
  }

  /** Whether the store has all that is known of the asset. */
  isSaved(asset: string): boolean {
    if (this.loading.has(asset)) return false;
    const held = this.residents.get(asset);
    return !held || (held.changes === 0 && !held.unread);
  }

  /** Whether the asset's record could not be read, so that its state in memory is a stopgap. */
  isUnread(asset: string): boolean {
    return this.unread.has(asset);
  }

  /** Saves what has changed of the asset now rather than when it is due. */
  saveNow(asset: string): void {
    const held = this.residents.get(asset);
    if (held && held.changes > 0 && !held.unread) this.saves.add(asset);
  }

  /** Lets the asset go without saving it: what is in memory is no longer the newest, or belongs to somebody else now. */
  drop(asset: string): void {
    this.afterLoading(asset, () => {
      this.putAway(asset);
      this.noLongerFailed(asset);
    });
  }

  /** It is no longer in memory. */
  private putAway(asset: string): void {
    const held = this.residents.get(asset);
    for (const place of [this.residents, this.unread, this.saves]) place.delete(asset);
    if (held) this.release(held.state);
  }

  /** A moment later, so that a state is never released while it is being used. */
  private release(state: T): void {
    if (this.options.release) queueMicrotask(() => this.options.release?.(state));
  }

  /** Whether the asset is in memory. */
  has(asset: string): boolean {
    return this.residents.has(asset);
  }

  /** Whether calls for the asset wait, because it is on its way into memory or long work is being done. */
  isBusy(asset: string): boolean {
    return this.loading.has(asset);
  }

  /** Names of the assets in memory. */
  assets(): string[] {
    return [...new Set([...this.residents.names(), ...this.loading.keys()])];
  }

  /** Names of the assets in memory and in the store; of those in memory alone where another process uses the store. */
  async allAssets(): Promise<string[]> {
    const { store, part } = this.options;
    try {
      return [...new Set([...this.assets(), ...(await store.assets(part))])];
    } catch (error) {
      if (!(error instanceof InUse)) throw error;
      this.report.inUse(error, "");
      return this.assets();
    }
  }

  /** Serves what waits, saves everything that has changed and takes no further calls. */
  close(): Promise<void> {
    this.closing ??= this.finish();
    return this.closing;
  }

  private async finish(): Promise<void> {
    clearInterval(this.interval);
    this.retry.stop();
    const { closeMs } = this.options;
    this.tooLate = performance.now() + LONG_WORK * closeMs;
    try {
      await inTime(this.saveAll(), closeMs);
      // What is not saved now will not be; later saves would still need the states.
      for (const [, { state }] of this.residents.all()) this.release(state);
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
    }
    // Another process uses the store: told already. What was learnt of assets that were never read is beside their records.
    if (this.report.isBlocked) return;
    const unsaved = this.residents.all().filter(([, { changes, unread }]) => changes > 0 && !unread);
    if (unsaved.length === 0) return;
    const [[asset]] = unsaved;
    const text = "Not saved before the end.";
    this.report.tell({ code: "notSaved", asset, text, assets: unsaved.length });
  }

  private async saveAll(): Promise<void> {
    while (this.loading.size > 0) await Promise.all([...this.loading.values()].map((loading) => loading.served));
    await Promise.all([...this.unread].map((asset) => this.lastAttempt(asset)));
    this.saveChanged();
    await this.turns.ended();
  }

  /** At the end, a state that never met its record goes beside it rather than over it. */
  private async lastAttempt(asset: string): Promise<void> {
    try {
      this.adopt(asset, await inTime(Promise.resolve(this.find(asset)), this.options.patienceMs));
    } catch (error) {
      const held = this.residents.get(asset);
      if (!held?.unread || held.changes === 0) return;
      // Told already; nor could anything be kept.
      if (error instanceof InUse) return;
      await this.keepBeside(asset, this.record(asset, held.state));
    }
  }

  private enter(asset: string, waiting: Waiting<T>): void {
    const loading = this.loading.get(asset);
    if (loading) {
      loading.queue.push(waiting);
      return;
    }
    try {
      const held = this.inMemory(asset) ?? this.bring(asset, waiting);
      const work = held && waiting.act(held.state);
      if (work && !begin(work)) this.goOn(asset, work, waiting);
    } catch (error) {
      refuse(waiting, error);
    }
  }

  /** Goes on in later turns with work that was begun. */
  private goOn(asset: string, work: Sliced<void>, waiting: Waiting<T>): void {
    const queue: Waiting<T>[] = [];
    const served = this.finishWork(work)
      .catch((error) => this.tell(asset, waiting, error))
      .then(() => this.serve(asset, queue));
    this.loading.set(asset, { queue, served });
  }

  private inMemory(asset: string): Held<T> | undefined {
    const present = this.residents.use(asset);
    if (present) return present;
    const kept = this.residents.keep(asset);
    if (kept) this.makeRoom();
    return kept;
  }

  /**
   * From the store, if it answers at once; otherwise the call waits and undefined is returned.
   *
   * @throws MemoryFull
   */
  private bring(asset: string, waiting: Waiting<T>): Held<T> | undefined {
    if (this.residents.count + this.loading.size >= this.options.limit + LEAVING) throw this.full(asset);
    let loaded: Loaded | Promise<Loaded>;
    try {
      loaded = this.find(asset);
    } catch (error) {
      return this.holdUnread(asset, "loadFailed", error);
    }
    if (!(loaded instanceof Promise)) return this.hold(asset, this.opened(asset, loaded));
    const answer = loaded;
    const loading = { queue: [waiting], served: Promise.resolve() };
    this.loading.set(asset, loading);
    loading.served = this.waitFor(asset, answer, loading.queue);
    return undefined;
  }

  private full(asset: string): MemoryFull {
    const { limit } = this.options;
    const error = new MemoryFull(limit);
    this.report.full(asset, error.message, limit);
    return error;
  }

  private async waitFor(asset: string, answer: Promise<Loaded>, queue: Waiting<T>[]): Promise<void> {
    let loaded: Loaded | undefined;
    try {
      loaded = await inTime(answer, this.options.patienceMs);
    } catch (error) {
      const late = error instanceof NoAnswer;
      if (late) answer.then((loaded) => this.adopt(asset, loaded)).catch(() => this.retry.later());
      await this.holdAndServe(asset, queue, () => this.holdUnread(asset, late ? "loadLate" : "loadFailed", error));
      return;
    }
    await this.holdAndServe(asset, queue, () => this.hold(asset, this.opened(asset, loaded)));
  }

  private async holdAndServe(asset: string, queue: Waiting<T>[], hold: () => void): Promise<void> {
    try {
      hold();
    } catch (error) {
      this.loading.delete(asset);
      for (const waiting of queue) this.tell(asset, waiting, error);
      return;
    }
    await this.serve(asset, queue);
  }

  private async serve(asset: string, queue: Waiting<T>[]): Promise<void> {
    // Calls made meanwhile join the end of the queue, so that none overtakes another.
    for (let next = queue.shift(); next; next = queue.shift()) {
      const held = this.residents.get(asset);
      if (!held) {
        this.loading.delete(asset);
        this.startOver(asset, [next, ...queue]);
        return;
      }
      try {
        const work = next.act(held.state);
        if (work && !begin(work)) await this.finishWork(work);
      } catch (error) {
        this.tell(asset, next, error);
      }
      if (queue.length > 0 && isSliceOver()) await nextSlice();
    }
    this.loading.delete(asset);
  }

  /** Does what is left of a work. Where the end comes before, that is refused, and what was done is saved. */
  private async finishWork(work: Sliced<void>): Promise<void> {
    do {
      await nextSlice();
      if (performance.now() >= this.tooLate) work.throw(new MemoryClosed("The memory is closed."));
    } while (!goOn(work));
  }

  /** The asset was removed while calls for it were waiting. */
  private startOver(asset: string, calls: Waiting<T>[]): void {
    for (const { act, fail = (error: Error) => this.tell(asset, { act }, error) } of calls)
      this.enter(asset, { act, fail });
  }

  private tell(asset: string, waiting: Waiting<T>, error: unknown): void {
    try {
      refuse(waiting, error);
    } catch (untold) {
      this.report.tell({ code: "actFailed", asset, text: asError(untold).message });
    }
  }

  private afterLoading(asset: string, act: () => void): void {
    const loading = this.loading.get(asset);
    const short = (): undefined => {
      act();
    };
    if (loading) loading.queue.push({ act: short });
    else act();
  }

  private find(asset: string): Loaded | Promise<Loaded> {
    const { store, part } = this.options;
    return this.turns.ask(asset, () => store.load(part, asset));
  }

  private holding(state: T): Held<T> {
    return { state, changes: 0, due: this.due.first(), unread: false };
  }

  private hold(asset: string, held: Held<T>): Held<T> {
    this.residents.put(asset, held);
    this.makeRoom();
    return held;
  }

  private opened(asset: string, loaded: Loaded): Held<T> {
    for (const { code, text, keptAs } of loaded.setAside)
      this.report.tell({ code, asset, text, keptAs, usedPrevious: loaded.record !== undefined });
    if (!loaded.record) return this.holding(this.options.create(asset));
    try {
      return this.holding(this.read(loaded.record, asset));
    } catch (error) {
      const aside = faultOf(error) ?? "rejected";
      this.report.tell({ code: aside, asset, text: asError(error).message, usedPrevious: false });
      return { ...this.holding(this.options.create(asset)), aside };
    }
  }

  private read({ kind, version = 1, payload }: AssetRecord, asset: string): T {
    const own = this.options;
    if (kind !== own.kind)
      throw new RecordError("foreign", `The record is of the kind ${JSON.stringify(kind)}, not "${own.kind}".`);
    if (version > own.version)
      throw new RecordError(
        "newer",
        `The record is of version ${version} of "${kind}"; known are versions up to ${own.version}.`,
      );
    return own.load(payload, asset, version);
  }

  private holdUnread(asset: string, code: "loadFailed" | "loadLate", error: unknown): Held<T> {
    const held = this.hold(asset, { ...this.holding(this.options.create(asset)), unread: true });
    this.unread.add(asset);
    if (error instanceof InUse) this.report.inUse(error, asset);
    else this.report.tell({ code, asset, text: asError(error).message });
    this.retry.later();
    return held;
  }

  /** The record has come after all: it takes the place of the stopgap, which is kept beside it. */
  private adopt(asset: string, loaded: Loaded): void {
    this.afterLoading(asset, () => this.exchange(asset, loaded));
  }

  private exchange(asset: string, loaded: Loaded): void {
    const held = this.residents.get(asset);
    if (!held?.unread) return;
    const opened = this.opened(asset, loaded);
    held.unread = false;
    this.unread.delete(asset);
    this.report.answered();
    if (!loaded.record || opened.aside) {
      this.release(opened.state);
      held.aside = opened.aside;
      if (held.changes >= held.due) this.saves.add(asset);
      return;
    }
    if (held.changes > 0) this.keepBeside(asset, this.record(asset, held.state));
    this.release(held.state);
    Object.assign(held, opened);
    this.report.tell({ code: "loadRecovered", asset, text: "The record has been read and is used." });
  }

  private async keepBeside(asset: string, record: Uint8Array): Promise<void> {
    const { store, part } = this.options;
    try {
      await this.turns.take(asset, () => store.keepBeside(part, asset, "unread", record));
    } catch (error) {
      this.report.tell({ code: "keepFailed", asset, text: asError(error).message });
    }
  }

  private askAgain(asset: string): void {
    this.unread.delete(asset);
    this.unread.add(asset);
    Promise.resolve()
      .then(() => this.find(asset))
      .then((loaded) => {
        this.adopt(asset, loaded);
        this.retry.helped();
        const [next] = this.unread;
        if (next !== undefined) this.askAgain(next);
      })
      .catch(() => this.retry.later());
  }

  /** A moment later, so that a state is never let go while it is being used. */
  private makeRoom(): void {
    if (this.makingRoom || this.residents.size <= this.options.limit) return;
    this.makingRoom = true;
    queueMicrotask(() => {
      this.makingRoom = false;
      this.letGo();
    });
  }

  private letGo(): void {
    // While the store fails, nothing can be let go without loss; its recovery makes room.
    if (this.report.unsaved.size > 0 || this.unread.size > 0) return;
    for (const [asset, held] of this.residents.idle()) {
      if (this.residents.size <= this.options.limit) return;
      if (this.loading.has(asset)) continue;
      if (held.changes > 0 || this.turns.isBusy(asset)) {
        this.residents.leave(asset, held);
        this.saves.add(asset);
      } else {
        this.residents.delete(asset);
        this.release(held.state);
      }
    }
  }

  private forget(asset: string): void {
    const { store, part } = this.options;
    const held = this.residents.get(asset);
    const last = held && !held.unread && held.changes > 0 ? this.record(asset, held.state) : undefined;
    this.putAway(asset);
    this.noLongerFailed(asset);
    this.turns
      .take(asset, async () => {
        if (held?.aside) await store.setAside(part, asset, held.aside);
        if (last) await store.save(part, asset, last);
        await store.setAside(part, asset, "removed");
      })
      .catch((error) => this.report.tell({ code: "removeFailed", asset, text: asError(error).message }));
  }

  private record(asset: string, state: T): Uint8Array {
    const { kind, version, save } = this.options;
    return encodeRecord({ kind, version, asset, payload: save(state) });
  }

  private saveChanged(): void {
    for (const [asset, { changes }] of this.residents.all()) if (changes > 0) this.saves.add(asset);
    this.report.remind();
  }

  private async save(asset: string): Promise<void> {
    const { store, part } = this.options;
    const held = this.residents.get(asset);
    if (!held || held.unread) return;
    const saved = held.changes;
    const { aside, due } = held;
    held.due = saved + this.due.next;
    let landed: (() => void) | undefined;
    try {
      if (saved > 0) {
        const record = store.keepsNothing ? undefined : this.record(asset, held.state);
        landed = this.options.saving?.(asset);
        const work = async (): Promise<void> => {
          if (aside) await store.setAside(part, asset, aside);
          if (record) await store.save(part, asset, record);
        };
        await inTime(work(), SAVE_PATIENCE * this.options.patienceMs);
      }
    } catch (error) {
      this.saveFailed(asset, held, error);
      return;
    }
    held.aside = undefined;
    if (saved > 0) held.savedAt = Date.now();
    this.due.saved(saved >= due ? held.changes - due : 0);
    held.changes -= saved;
    held.due = this.due.next;
    if (held.changes === 0 && this.residents.isLeaving(asset, held)) {
      this.residents.delete(asset);
      this.release(held.state);
    }
    this.saveSucceeded(asset);
    landed?.();
    if (held.changes >= held.due) this.saves.add(asset);
  }

  private saveFailed(asset: string, held: Held<T>, error: unknown): void {
    held.due = held.changes + this.due.next;
    // Dropped meanwhile: nobody wants it saved any more.
    if (this.residents.get(asset) !== held) return;
    this.residents.keep(asset);
    this.report.saveFailed(asset, asError(error));
    this.retry.later();
  }

  private saveSucceeded(asset: string): void {
    this.retry.helped();
    this.report.answered();
    this.noLongerFailed(asset);
  }

  private noLongerFailed(asset: string): void {
    if (this.report.noLongerUnsaved(asset)) this.makeRoom();
  }

  private tryAgain(): void {
    for (const asset of this.report.unsaved) this.saves.add(asset);
    for (const asset of [...this.unread].slice(0, ASKED_AT_ONCE)) this.askAgain(asset);
  }
}

/** The kind of fault that an owner or the record itself has named; a text that cannot be parsed is damaged. */
function faultOf(error: unknown): RecordFault | undefined {
  if (error instanceof RecordError) return error.code;
  if (error instanceof SyntaxError) return "damaged";
  const code = (error as { code?: unknown } | null)?.code;
  return FAULTS.find((fault) => fault === code);
}

const FAULTS: readonly RecordFault[] = ["damaged", "foreign", "newer", "mismatch"];

function refuse(waiting: { fail?(error: Error): void }, error: unknown): void {
  if (!waiting.fail) throw error;
  waiting.fail(asError(error));
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
