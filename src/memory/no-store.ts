import type { Loaded, Store } from "./store";

/** Keeps nothing: for users who want every start to be a first start. An asset let go is forgotten. */
export class NoStore implements Store {
  readonly keepsNothing = true;

  load(): Loaded {
    return { setAside: [] };
  }

  async save(): Promise<void> {}

  setAside(): void {}

  async keepBeside(): Promise<void> {}

  assets(): string[] {
    return [];
  }
}
