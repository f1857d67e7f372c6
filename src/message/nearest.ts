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
  const wanted = plain(name);
  for (const one of names) {
    if (one === "" || one === name) continue;
    if (tried++ >= MOST) break;
    const first = distance(wanted, plain(one), fewest);
    if (first >= fewest) continue;
    const changes = first + distance(name.slice(0, LONGEST), one.slice(0, LONGEST)) / 1000;
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
  // Cut again: one letter such as ㍿ becomes several.
  return name.slice(0, LONGEST).normalize("NFKC").trim().toLowerCase().slice(0, LONGEST);
}

/** Of the table of distances the row above and the one that is filled: they are the same for all names. */
let row = new Uint16Array(LONGEST + 1);
let next = new Uint16Array(LONGEST + 1);

/**
 * Levenshtein distance: how many characters must be put in, taken out or replaced.
 *
 * @param enough from here on it is no matter how many; then as many are returned, or more
 */
function distance(from: string, to: string, enough = Number.POSITIVE_INFINITY): number {
  if (Math.abs(from.length - to.length) >= enough) return enough;
  for (let j = 0; j <= to.length; j++) row[j] = j;
  for (let i = 1; i <= from.length; i++) {
    next[0] = i;
    let least = i;
    const letter = from.charCodeAt(i - 1);
    for (let j = 1; j <= to.length; j++) {
      const replaced = row[j - 1] + (letter === to.charCodeAt(j - 1) ? 0 : 1);
      const moved = 1 + Math.min(row[j], next[j - 1]);
      next[j] = Math.min(replaced, moved);
      least = Math.min(least, next[j]);
    }
    if (least >= enough) return enough;
    [row, next] = [next, row];
  }
  return row[to.length];
}
