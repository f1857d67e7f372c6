/** ms between two summaries. */
const EVERY = 5000;
/** Kinds that are told apart at a time; what comes beyond is one kind of its own. */
const MOST_KINDS = 100;

/** So many values of a message make its kind; the rows of a long batch are mostly of one. */
const MOST_COMPARED = 1000;

/** Many errors of one kind, as they are told together. */
export interface Repeated<Message> {
  /** The last of them, and the message that it was about. */
  readonly error: Error;
  readonly msg: Message;
  /** How many there were since the kind was last told. */
  readonly count: number;
  readonly seconds: number;
}

/** The part of a timer that is needed: `setTimeout` and `clearTimeout`, or a clock that a spec winds on. */
export interface Timer {
  start(act: () => void, ms: number): unknown;
  stop(timer: never): void;
}

const TIMER: Timer = {
  start: (act, ms) => setTimeout(act, ms).unref(),
  stop: (timer) => clearTimeout(timer),
};

/**
 * Keeps a flood of errors from burying everything else: a broken sender may send a thousand wrong messages a second, and
 * each error goes to the log, to the debug sidebar and to every Catch node. The first of a kind is told in full, with its
 * message; the others are counted, and every five seconds the count is told with the last of them. A kind that has not
 * come for five seconds is told in full again.
 */
export class ErrorCounter<Message> {
  private readonly kinds = new Map<string, Omit<Repeated<Message>, "seconds"> | undefined>();
  private timer: unknown;

  /**
   * @param tell what to do with a count
   * @param clock for specs
   */
  constructor(
    private readonly tell: (repeated: Repeated<Message>) => void,
    private readonly clock: Timer = TIMER,
  ) {}

  /**
   * Ends the work on a message that was refused, as Node-RED asks for: with the error where it is news; without one
   * where it is counted.
   */
  refuse(error: Error, msg: Message, done: (error?: Error) => void): void {
    const own = kindOf(error);
    const kind = this.kinds.has(own) || this.kinds.size < MOST_KINDS ? own : "";
    const isNews = !this.kinds.has(kind);
    const count = isNews ? 0 : (this.kinds.get(kind)?.count ?? 0) + 1;
    this.kinds.set(kind, isNews ? undefined : { error, msg, count });
    this.timer ??= this.clock.start(this.flush, EVERY);
    done(isNews ? error : undefined);
  }

  /** Tells what is counted and stops; to be called when the node closes. */
  close(): void {
    if (this.timer !== undefined) this.clock.stop(this.timer as never);
    this.flush();
    if (this.timer !== undefined) this.clock.stop(this.timer as never);
    this.timer = undefined;
  }

  private readonly flush = (): void => {
    this.timer = undefined;
    const told = [...this.kinds];
    for (const [kind, repeated] of told) {
      if (repeated) this.kinds.set(kind, undefined);
      else this.kinds.delete(kind);
    }
    if (this.kinds.size > 0) this.timer = this.clock.start(this.flush, EVERY);
    for (const [, repeated] of told) if (repeated) this.tell({ ...repeated, seconds: EVERY / 1000 });
  };
}

/** What makes two errors the same: code, sensors and rules where they are known; else the text without its numbers. */
function kindOf({ cause, message }: Error): string {
  const { code, problems } = Object(cause) as { code?: unknown; problems?: unknown };
  if (typeof code !== "string") return message.replace(/-?\d[\d.e+-]*/g, "#");
  const values = Array.isArray(problems) ? problems.slice(0, MOST_COMPARED) : [];
  return [...new Set([code, ...values.map(({ sensor, rule }) => `${sensor} ${rule}`)])].join("\n");
}
