import { createHash } from "node:crypto";

const READABLE = 40;
const HASH = 32;
const SHORT_HASH = 12;

/**
 * Turns any asset name into the name of a file: up to 40 readable letters and digits of any script, in lower case, then
 * 128 bits of SHA-256 in hexadecimal. The name has no separator, no leading dot, at most 200 bytes, and the hash keeps
 * names apart that differ in case or in signs only, also on disks that ignore case.
 *
 * @example fileNameOf("Boiler 3/Steam").slice(0, 15); // "boiler-3-steam-": 32 hexadecimal digits follow
 */
export function fileNameOf(asset: string): string {
  const slug = readable(asset, "-");
  return slug === "" ? hash(asset) : `${slug}-${hash(asset)}`;
}

/**
 * Turns any asset name into a part of a key that Node-RED takes as one name and not as a path: only ASCII letters,
 * digits and underscores.
 *
 * @example keyOf("Boiler 3/Steam").slice(0, 15); // "boiler_3_steam_": 32 hexadecimal digits follow
 */
export function keyOf(asset: string): string {
  const slug = readable(asset, "_").replace(/[^a-z0-9]+/g, "_");
  return `${slug}_${hash(asset)}`;
}

/**
 * Turns any asset name into a part of the name of a file that people take along: the name itself where it is short, in
 * lower case, and of letters and digits joined by hyphens; else what can be read of it and 48 bits of its hash, so that two
 * assets whose names differ only in signs that are left out have two files.
 *
 * @example exportNameOf("boiler-3"); // "boiler-3"
 * @example exportNameOf("Boiler 3").slice(0, 9); // "boiler-3-": 12 hexadecimal digits follow
 */
export function exportNameOf(asset: string): string {
  const slug = readable(asset, "-");
  // A name that ends as if it had a hash gets one of its own, and one that Windows keeps for itself.
  const isPlain = !/-[0-9a-f]{12}$|^(con|prn|aux|nul|(com|lpt)\d)$/.test(asset);
  if (slug === asset && slug !== "" && isPlain) return asset;
  return `${slug || "unnamed"}-${hash(asset).slice(0, SHORT_HASH)}`;
}

function readable(asset: string, between: string): string {
  const words =
    asset
      .slice(0, 4 * READABLE)
      .normalize("NFC")
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? [];
  return Array.from(words.join(between)).slice(0, READABLE).join("");
}

// UTF-16, because UTF-8 would turn every unpaired surrogate into the same replacement sign.
function hash(asset: string): string {
  return createHash("sha256").update(Buffer.from(asset, "utf16le")).digest("hex").slice(0, HASH);
}
