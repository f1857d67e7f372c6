/** Words for the states of a machine, as pairs: the first is 1, the second 0. Upper and lower case are the same. */
export const STATE_PAIRS: readonly string[] = [
  ...["on/off", "true/false", "run/stop", "running/stopped", "start/stop", "open/closed", "open/close", "opened/shut"],
  ...["yes/no", "active/inactive", "enabled/disabled"],
  ...["ein/aus", "an/aus", "auf/zu", "offen/geschlossen", "ja/nein", "läuft/steht", "wahr/falsch"],
  ...["marche/arrêt", "ouvert/fermé", "oui/non", "vrai/faux", "sí/no", "abierto/cerrado", "acceso/spento"],
  ...["運転/停止", "運転中/停止中", "稼働/停止", "稼働中/停止中", "起動/停止", "入/切", "開/閉", "はい/いいえ"],
  ...["オン/オフ", "有/無", "开/关", "运行/停止", "เปิด/ปิด"],
];

/**
 * Tells what a word for a state means.
 *
 * @param pairs such as "RUN/STOP"
 * @returns 1, 0, or undefined for all other texts
 */
export function stateWords(pairs: readonly string[]): (text: string) => 0 | 1 | undefined {
  const states = new Map<string, 0 | 1>();
  for (const pair of pairs) {
    const [one, zero] = pair.split("/").map(plain);
    if (one) states.set(one, 1);
    if (zero) states.set(zero, 0);
  }
  return (text) => (text.length > 20 ? undefined : states.get(plain(text)));
}

/** What a word means: 1, 0, or undefined. */
export type StateOf = ReturnType<typeof stateWords>;

/** What a word means by the usual pairs. */
export const stateOf = stateWords(STATE_PAIRS);

/**
 * The pairs that a person has typed, between commas.
 *
 * @example pairsIn("AUTO/MAN, 自動/手動") // ["AUTO/MAN", "自動/手動"]
 * @returns undefined where one of them is no pair of two words
 */
export function pairsIn(text: string): string[] | undefined {
  const pairs = text.split(/[,;、，]/).map((pair) => pair.trim()).filter((pair) => pair !== ""); // biome-ignore format: one line
  const isPair = (pair: string): boolean => /^[^/]{1,20}\/[^/]{1,20}$/.test(pair) && new Set(pair.split("/").map(plain)).size === 2; // biome-ignore format: one line
  return pairs.every(isPair) ? pairs : undefined;
}

function plain(text: string): string {
  return text.normalize("NFKC").trim().toLowerCase();
}
