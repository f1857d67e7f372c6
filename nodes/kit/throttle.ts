import type { Node } from "node-red";

/** Status texts come at most so often, ms: a fast flow must not spend its time on them. */
export const STATUS_EVERY = 500;

/** An act that is wanted often and done now and then. */
export interface Throttled {
  /** At once where the last time is long enough ago, else as soon as it is. */
  soon(): void;
  now(): void;
}

/**
 * Does something, such as showing a status, at most once in a while; nothing any more when the node closes.
 *
 * @param every ms
 */
export function throttle(node: Node, act: () => void, every = STATUS_EVERY): Throttled {
  let last = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  const now = (): void => {
    clearTimeout(timer);
    timer = undefined;
    last = Date.now();
    act();
  };
  const soon = (): void => {
    const wait = last + every - Date.now();
    if (wait <= 0) now();
    else timer ??= setTimeout(now, Math.min(every, wait));
  };
  node.on("close", () => clearTimeout(timer));
  return { soon, now };
}
