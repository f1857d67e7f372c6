import { Random } from "../../src/forecaster/random";
import type { Reading } from "../../src/index";

/** A small plant that always travels: y follows a and b with a lag and a little noise; `labelEvery` thins out y. */
export function plant(length: number, seed = 5, labelEvery = 1): Reading[] {
  const random = new Random(seed);
  const rows: Reading[] = [];
  let a = 0;
  let y = 20;
  for (let i = 0; i < length; i++) {
    a = 0.95 * a + 0.3 * random.normal();
    const b = Math.sin(i / 15) + 0.1 * random.normal();
    y += 0.2 * (20 + 3 * a + 2 * b - y) + 0.05 * random.normal();
    const labelled = (i + 1) % labelEvery === 0;
    rows.push({
      time: 1_700_000_000_000 + i * 1000,
      values: { a, b, y: labelled ? y : Number.NaN },
      existing: y + random.normal(),
    });
  }
  return rows;
}
