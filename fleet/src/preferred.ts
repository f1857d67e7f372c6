import { createHash } from "node:crypto";

/**
 * Which instance a partition prefers: rendezvous hashing. Where one comes or goes, only the partitions move that prefer it.
 *
 * @param instances names, at least one; their order does not matter
 * Source: Thaler and Ravishankar 1998, "Using name-based mappings to increase hit rates".
 */
export function preferred(partition: number, instances: Iterable<string>): string {
  let best = "";
  let most = "";
  for (const name of instances) {
    const weight = createHash("sha256").update(`${partition}\n${name}`).digest("hex");
    if (weight > most) [best, most] = [name, weight];
  }
  return best;
}
