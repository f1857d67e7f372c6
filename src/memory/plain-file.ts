import { closeSync, constants, fstatSync, lstatSync, openSync, readSync } from "node:fs";

/** Where something else lies than a plain file: a link, a pipe, a device, a folder. It is neither followed nor opened. */
export class NoPlainFile extends Error {
  override readonly name = "NoPlainFile";
}

/** No record is larger: what is, is not read. */
const LARGEST_FILE = 1_000_000_000;

// A link or pipe that takes the file's place between the look and the opening is not followed and not waited for.
const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;

/**
 * Reads a plain file, or its beginning.
 *
 * @param most bytes read
 * @returns undefined where there is nothing
 * @throws NoPlainFile where something else lies there or the file is larger than any record; errors of the file system
 */
export function readPlainFile(path: string, most = LARGEST_FILE): Buffer | undefined {
  if (!isPlainFile(path)) return undefined;
  const file = openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    const stats = fstatSync(file);
    if (!stats.isFile()) throw new NoPlainFile(`${path} is no file.`);
    if (stats.size > LARGEST_FILE) throw new NoPlainFile(`${path} has ${stats.size} bytes: no record is that large.`);
    const bytes = Buffer.alloc(Math.min(stats.size, most));
    let at = 0;
    for (let read = -1; read !== 0 && at < bytes.length; at += read)
      read = readSync(file, bytes, at, bytes.length - at, at);
    return bytes.subarray(0, at);
  } finally {
    closeSync(file);
  }
}

/**
 * Whether a plain file is there; false where nothing is.
 *
 * @throws NoPlainFile
 */
export function isPlainFile(path: string): boolean {
  const stats = lookAt(path);
  if (!stats) return false;
  if (stats.isSymbolicLink()) throw new NoPlainFile(`${path} is a link, which is not followed.`);
  if (!stats.isFile()) throw new NoPlainFile(`${path} is no file.`);
  return true;
}

/**
 * Whether a folder is there; false where nothing is, or where a part of the path is a file.
 *
 * @throws NoPlainFile where something else lies there
 */
export function isPlainFolder(path: string): boolean {
  const stats = lookAt(path);
  if (!stats) return false;
  if (stats.isSymbolicLink()) throw new NoPlainFile(`${path} is a link, which is not followed.`);
  if (!stats.isDirectory()) throw new NoPlainFile(`${path} is no folder.`);
  return true;
}

function lookAt(path: string) {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** ENOTDIR: a part of the path is a file, so there is no such folder, and no file in it either. */
export function isMissing(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === "ENOENT" || code === "ENOTDIR";
}
