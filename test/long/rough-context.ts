/**
 * A context store plug-in for the long specs: values in one JSON file, answers as the file "mode" beside it tells: "ok",
 * "late" (3 s), "error", "silent" (never).
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

type Answer = (error: unknown, ...values: unknown[]) => void;
type Scopes = Record<string, Record<string, unknown>>;

class RoughContext {
  private readonly file: string;
  private readonly mode: string;

  constructor({ folder }: { folder: string }) {
    this.file = join(folder, "context.json");
    this.mode = join(folder, "mode");
  }

  async open(): Promise<void> {}

  async close(): Promise<void> {}

  async delete(): Promise<void> {}

  async clean(): Promise<void> {}

  get(scope: string, key: string, callback?: Answer): void {
    this.answer(callback, (scopes) => scopes[scope]?.[key]);
  }

  set(scope: string, key: string, value: unknown, callback?: Answer): void {
    this.answer(callback, (scopes) => {
      scopes[scope] = { ...scopes[scope], [key]: value };
      writeFileSync(this.file, JSON.stringify(scopes));
    });
  }

  keys(scope: string, callback?: Answer): void {
    this.answer(callback, (scopes) => Object.keys(scopes[scope] ?? {}));
  }

  private answer(callback: Answer | undefined, work: (scopes: Scopes) => unknown): void {
    if (!callback) throw new Error("This store is asynchronous only.");
    const mode = readFileSync(this.mode, "utf8");
    if (mode === "silent") return;
    setTimeout(
      () => {
        if (mode === "error") return callback(new Error("connection refused"));
        callback(undefined, work(existsSync(this.file) ? JSON.parse(readFileSync(this.file, "utf8")) : {}));
      },
      mode === "late" ? 3000 : 5,
    );
  }
}

export = (config: { folder: string }): RoughContext => new RoughContext(config);
