import type { Asset } from "./asset";
import { allOf, type PlainForecast, type PlainScored } from "./plain";

/**
 * Hears of every forecast of a model that has fallen due, once, whichever node took its reading in.
 *
 * @param quality what the drift guard and the model said of that reading
 */
export type Watcher = (asset: Asset, scored: PlainScored, quality: unknown) => void;

/** Who hears of what becomes of a model's assets. What a method gives back is called to hear no more. */
export class Listeners {
  private readonly watchers = new Set<Watcher>();
  private readonly forecastWatchers = new Set<(asset: Asset, forecast: PlainForecast) => void>();
  private readonly removalListeners = new Set<(asset: string) => void>();
  /** How many nodes ask why a forecast has changed. */
  private asking = 0;

  /** Lets a node hear of every scored forecast. */
  watch(watcher: Watcher): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  /** Lets a node hear of the newest forecast of each message, once, whichever node took its reading in. */
  watchForecasts(watcher: (asset: Asset, forecast: PlainForecast) => void): () => void {
    this.forecastWatchers.add(watcher);
    return () => this.forecastWatchers.delete(watcher);
  }

  /** Lets a node hear of every asset that is removed, so that it lets go of its own state of it. */
  onRemoval(listener: (asset: string) => void): () => void {
    this.removalListeners.add(listener);
    return () => this.removalListeners.delete(listener);
  }

  /** Every forecast tells from now on why it has changed, whichever node takes its reading in. */
  askWhy(): () => void {
    this.asking++;
    return () => {
      this.asking--;
    };
  }

  /** Whether somebody asks why a forecast has changed. */
  get isAsked(): boolean {
    return this.asking > 0;
  }

  /** @param scored with what else fell due by the same reading */
  tellScored(asset: Asset, scored: PlainScored, quality: unknown): void {
    for (const one of allOf(scored)) for (const watcher of this.watchers) watcher(asset, one, quality);
  }

  tellForecast(asset: Asset, forecast: PlainForecast): void {
    for (const watcher of this.forecastWatchers) watcher(asset, forecast);
  }

  tellRemoval(asset: string): void {
    for (const listener of this.removalListeners) listener(asset);
  }
}
