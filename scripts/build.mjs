// Compiles with tsc, then lays what Node-RED looks for beside the emitted .js: dialogs, locales, icons.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const require = createRequire(import.meta.url);
const tsc = join(dirname(require.resolve("typescript/package.json")), "bin", "tsc");

rmSync(join(root, "dist"), { recursive: true, force: true });
try {
  execFileSync(process.execPath, [tsc, "-p", root], { stdio: "inherit" });
} catch {
  process.exit(1); // tsc has said what is wrong
}
cpSync(join(root, "nodes"), join(root, "dist", "nodes"), {
  recursive: true,
  filter: (path) => !path.endsWith(".ts"),
});
if (existsSync(join(root, "icons"))) {
  cpSync(join(root, "icons"), join(root, "dist", "nodes", "icons"), { recursive: true });
}
