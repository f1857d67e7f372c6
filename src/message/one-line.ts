/** What others have written (a name, a reason) as text that stays in its line and does not turn the text around it. */

// Control characters, and the two signs that end a line in Unicode.
const BREAKS = /[\p{Cc}\u2028\u2029]+/gu;
/** Signs that change the direction of the text behind them. */
const DIRECTIONS = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/g;

/**
 * A text as one line, without signs that change its direction: in a log it can neither begin an entry of its own nor show
 * another's words in another order.
 *
 * @example oneLine(" a\r\nb ")  // "a b"
 */
export function oneLine(text: string): string {
  return text.replace(BREAKS, " ").replace(DIRECTIONS, "").trim();
}

/** The same, isolated: text in Arabic or Hebrew does not turn what stands before and behind it. Empty stays empty. */
export function isolated(text: string): string {
  const line = oneLine(text);
  return line === "" ? "" : `\u2068${line}\u2069`;
}
