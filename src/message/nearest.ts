/** Of very long names only so many characters are compared, and of very many names so many. */
const LONGEST = 200;
const MOST = 2000;

/**
 * The name that somebody has probably meant. Capitals, blanks around and the width of Japanese letters count least.
 *
 * @returns the one that takes the fewest changes of a character; undefined where there is none to choose from
 */
export function nearestOf(name: string, names: Iterable<string>): string | undefined {
  let nearest: string | undefined;
  let fewest = Number.POSITIVE_INFINITY;
  let tried = 0;
  for (const one of names) {
    if (one === "" || one === name || tried++ >= MOST) continue;
    const changes = distance(plain(name), plain(one)) + distance(name.slice(0, LONGEST), one.slice(0, LONGEST)) / 1000;
    if (changes >= fewest) continue;
    nearest = one;
    fewest = changes;
  }
  return nearest;
}

/** Whether two names differ only in capitals, the width of letters, blanks and separators. */
export function sameButForWriting(one: string, other: string): boolean {
  const letters = (name: string): string => plain(name).replace(/[\s_.\-/:]/g, "");
  return letters(one) === letters(other);
}

function plain(name: string): string {
  return name.slice(0, LONGEST).normalize("NFKC").trim().toLowerCase();
}

/** Levenshtein distance: how many characters must be put in, taken out or replaced. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, j) => j);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = (row[j - 1] as number) + (from[i - 1] === to[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[to.length] as number;
}
