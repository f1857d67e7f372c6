/**
 * - `damaged`: ours, but not as written, or numbers in it that cannot be
 * - `foreign`: no record of this package
 * - `newer`: written by a later version
 * - `mismatch`: sound, but of something else: another kind, target, shape; `found` and `wanted` say what differs
 */
export type RecordFault = "damaged" | "foreign" | "newer" | "mismatch";

/** Why bytes are no record that can be used. */
export class RecordError extends Error {
  override readonly name = "RecordError";

  /**
   * @param text English, for the log
   * @param differs of a mismatch: what the record has, and what was wanted
   */
  constructor(
    readonly code: RecordFault,
    text: string,
    readonly differs?: { readonly found: string; readonly wanted: string },
  ) {
    super(text);
  }
}

/** A mismatch, told in one sentence. */
export function mismatch(what: string, found: string, wanted: string): RecordError {
  return new RecordError("mismatch", `${what}: the record has ${found}, wanted is ${wanted}.`, { found, wanted });
}
