// Runs specs with mocha: two groups side by side, since one works mostly on the engine and the other waits for a browser.
import { spawn } from "node:child_process";
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Several times what the specs need, ms: only a spec that hangs takes longer. */
const LONGEST = 60 * 60_000;

/**
 * Runs each group of specs in a mocha of its own, all at the same time. What the first prints is seen as it comes, what
 * the others print when all before them have ended. Ends the script with an exit code other than 0 where one fails.
 *
 * @param groups lists of files; empty ones are left out
 * @param options node: program to run; cwd: folder with node_modules; env; forMocha: more arguments
 */
export async function specs(groups, { node, cwd, env, forMocha }) {
  const folder = mkdtempSync(join(tmpdir(), "online-forecast-specs-"));
  const runs = groups
    .filter((files) => files.length > 0)
    .map((files, i) => {
      const file = i === 0 ? undefined : join(folder, String(i));
      return { file, ended: mocha(files, { node, cwd, env, forMocha, file }) };
    });
  let failed = false;
  for (const { file, ended } of runs) {
    const status = await ended;
    failed ||= status !== 0;
    if (file !== undefined) process.stdout.write(readFileSync(file));
  }
  rmSync(folder, { recursive: true, force: true });
  if (failed) process.exit(1);
}

function mocha(files, { node, cwd, env, forMocha, file }) {
  const output = file === undefined ? undefined : createWriteStream(file);
  const child = spawn(node, [join("node_modules", "mocha", "bin", "mocha.js"), ...forMocha, ...files], {
    cwd,
    env,
    stdio: ["ignore", file === undefined ? "inherit" : "pipe", file === undefined ? "inherit" : "pipe"],
  });
  child.stdout?.pipe(output, { end: false });
  child.stderr?.pipe(output, { end: false });
  const say = (text) => (output ? output.write(`${text}\n`) : console.error(text));
  const timer = setTimeout(() => {
    say(`Stopped after ${LONGEST / 60_000} minutes: what is running since the last line above hangs.`);
    child.kill("SIGKILL");
  }, LONGEST);
  return new Promise((resolve) => {
    child.on("error", (error) => say(`${node} cannot be started: ${error.message}`));
    child.on("close", (code) => {
      clearTimeout(timer);
      if (output) output.end(() => resolve(code ?? 1));
      else resolve(code ?? 1);
    });
  });
}
