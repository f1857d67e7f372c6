import { analyse } from "chardet";
import { TableProblem } from "./table-problem";

/** Encodings that are told apart by their bytes alone, by the names of chardet. */
const KNOWN: Readonly<Record<string, string>> = {
  Shift_JIS: "shift_jis",
  "EUC-JP": "euc-jp",
  "ISO-8859-1": "windows-1252",
  "windows-1252": "windows-1252",
};
/** So many bytes around the first one beyond ASCII are looked at. */
const SAMPLE = 65_536;

/**
 * Text from bytes.
 *
 * @param given the encoding, as TextDecoder names it; undefined = found from the bytes
 * @throws TableProblem encoding, where there is none of this name
 */
export function decode(bytes: Uint8Array, given?: string): { text: string; encoding: string } {
  const encoding = given || encodingOf(bytes);
  try {
    return { text: new TextDecoder(encoding).decode(bytes), encoding };
  } catch {
    throw new TableProblem("encoding", { encoding }, `There is no encoding "${encoding}"; try utf-8 or shift_jis.`);
  }
}

/** The encoding of a text by its first bytes, by zeros in it, and at last by how often pairs of bytes occur in languages. */
function encodingOf(bytes: Uint8Array): string {
  const [a, b, c] = bytes;
  if (a === 0xef && b === 0xbb && c === 0xbf) return "utf-8";
  if (a === 0xff && b === 0xfe) return "utf-16le";
  if (a === 0xfe && b === 0xff) return "utf-16be";
  const zeros = [0, 0];
  const seen = Math.min(bytes.length, 4096);
  for (let i = 0; i < seen; i++) if (bytes[i] === 0) zeros[i % 2]++;
  // Digits and separators, of which tables are made, have one zero byte each in UTF-16.
  if (zeros[1] > 0.2 * seen && zeros[0] < 0.1 * zeros[1]) return "utf-16le";
  if (zeros[0] > 0.2 * seen && zeros[1] < 0.1 * zeros[0]) return "utf-16be";
  if (fits(bytes, "utf-8")) return "utf-8";
  const first = bytes.findIndex((byte) => byte > 127);
  const sample = bytes.subarray(Math.max(0, first - 1000), first + SAMPLE);
  for (const { name } of analyse(sample)) {
    const encoding = KNOWN[name];
    if (encoding && fits(sample, encoding)) return encoding;
  }
  return "windows-1252";
}

/** Whether all bytes mean something; a character that is cut off at the end does no harm. */
function fits(bytes: Uint8Array, encoding: string): boolean {
  try {
    new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}
