/**
 * A context store plug-in for the long specs: each value in a file of its own, answers as the file "mode" beside them
 * tells: "ok", "late" (3 s), "error", "silent" (never).
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

type Answer = (error: unknown, ...values: unknown[]) => void;

class RoughContext {
  private readonly values: string;
  private readonly mode: string;

  constructor({ folder }: { folder: string }) {
    this.values = join(folder, "values");
    this.mode = join(folder, "mode");
    mkdirSync(this.values, { recursive: true });
  }

  async open(): Promise<void> {}

  async close(): Promise<void> {}

  async delete(): Promise<void> {}

  async clean(): Promise<void> {}

  get(scope: string, key: string, callback?: Answer): void {
    this.answer(callback, () => {
      const file = this.file(scope, key);
      return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined;
    });
  }

  set(scope: string, key: string, value: unknown, callback?: Answer): void {
    this.answer(callback, () => {
      if (value === undefined) rmSync(this.file(scope, key), { force: true });
      else writeFileSync(this.file(scope, key), JSON.stringify(value));
    });
  }

  keys(scope: string, callback?: Answer): void {
    const prefix = `${scope} `;
    this.answer(callback, () =>
      readdirSync(this.values)
        .filter((file) => file.startsWith(prefix))
        .map((file) => file.slice(prefix.length)),
    );
  }

  private file(scope: string, key: string): string {
    return join(this.values, `${scope} ${key}`);
  }

  private answer(callback: Answer | undefined, work: () => unknown): void {
    if (!callback) throw new Error("This store is asynchronous only.");
    const mode = readFileSync(this.mode, "utf8");
    if (mode === "silent") return;
    setTimeout(
      () => {
        if (mode === "error") callback(new Error("connection refused"));
        else callback(undefined, work());
      },
      mode === "late" ? 3000 : 5,
    );
  }
}

export = (config: { folder: string }): RoughContext => new RoughContext(config);
