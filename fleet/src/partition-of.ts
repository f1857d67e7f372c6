/**
 * The partition of an asset: FNV-1a of its name in UTF-8, modulo the number of partitions. All that sends readings into a
 * fleet computes it alike; a broker's own hash exchange would not do, since its ring may be another after a restart.
 */
export function partitionOf(asset: string, partitions: number): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(asset, "utf8")) {
    hash ^= byte;
    hash = Math.imul(hash, 0x01000193);
  }
  return (hash >>> 0) % partitions;
}
