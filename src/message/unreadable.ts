/** Properties tried before the search is given up: it runs after an error only, but a message may be endless. */
const MOST = 10_000;

/**
 * Why a message could not be worked on: the first property whose getter throws, such as "forecast.origin". Looked for
 * when something has gone wrong, so that the good messages do not pay for it.
 *
 * @returns path and reason; undefined where every property can be read
 */
export function unreadable(msg: object): { property: string; reason: string } | undefined {
  const seen = new Set<object>([msg]);
  const walk: [object, string][] = [[msg, ""]];
  for (let next = walk.shift(); next && seen.size < MOST; next = walk.shift()) {
    const [at, path] = next;
    for (const key of Object.keys(at).slice(0, MOST)) {
      const property = path === "" ? key : `${path}.${key}`;
      let value: unknown;
      try {
        value = (at as Readonly<Record<string, unknown>>)[key];
      } catch (error) {
        return { property: property.slice(0, 100), reason: reasonOf(error) };
      }
      if (typeof value !== "object" || value === null || ArrayBuffer.isView(value) || seen.has(value)) continue;
      seen.add(value);
      walk.push([value, property]);
    }
  }
  return undefined;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message.slice(0, 200) : typeof error;
}
