import { readFileSync, writeFileSync } from "node:fs";

/** Numbers kept for each asset, each a Float64. */
export const FIELDS = 7;

/** Where the number of readings sent stands. */
export const sentAt = (asset: number): number => FIELDS * asset;
/** Where the index of the first reading after a start stands; −1: none yet. */
export const firstAt = (asset: number): number => FIELDS * asset + 1;
/** Where the index of the last reading stands. */
export const lastAt = (asset: number): number => FIELDS * asset + 2;

/** Where the number of readings stands by which the index went back, at most. */
export const backAt = (asset: number): number => FIELDS * asset + 3;

/** Where the number of forecasts stands that the meter had counted first after a start; −1: none yet. */
export const firstCountAt = (asset: number): number => FIELDS * asset + 4;
/** Where the number of forecasts stands that the meter has counted. */
export const countAt = (asset: number): number => FIELDS * asset + 5;
/** Where the number stands by which that went back, at most. */
export const countBackAt = (asset: number): number => FIELDS * asset + 6;

/** What the stream node has noted of an asset. */
export interface Tally {
  sent: number;
  first: number;
  last: number;
  back: number;
  firstCount: number;
  count: number;
  countBack: number;
}

/** Begins a tally. */
export function createTally(path: string, assets: number): void {
  const tally = new Float64Array(FIELDS * assets);
  for (let asset = 0; asset < assets; asset++) {
    tally[firstAt(asset)] = -1;
    tally[lastAt(asset)] = -1;
    tally[firstCountAt(asset)] = -1;
  }
  writeFileSync(path, new Uint8Array(tally.buffer));
}

/** Reads a tally, asset by asset. */
export function readTally(path: string): Tally[] {
  const bytes = new Uint8Array(readFileSync(path));
  const tally = new Float64Array(bytes.buffer);
  return Array.from({ length: tally.length / FIELDS }, (_, asset) => ({
    sent: tally[sentAt(asset)],
    first: tally[firstAt(asset)],
    last: tally[lastAt(asset)],
    back: tally[backAt(asset)],
    firstCount: tally[firstCountAt(asset)],
    count: tally[countAt(asset)],
    countBack: tally[countBackAt(asset)],
  }));
}
