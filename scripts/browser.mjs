// Finds a Chromium for the editor tests, or installs one.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";
import { root } from "./install.mjs";

const NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome", "chrome.exe"];
const PLACES = [
  "/usr/bin",
  "/snap/bin",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application",
  "C:\\Program Files (x86)\\Google\\Chrome\\Application",
];

/** Path of a Chromium that starts. Installs one where there is none; ends the script with one line where it cannot. */
export function browser() {
  const chosen = process.env.CHROMIUM_PATH;
  if (chosen) {
    if (starts(chosen)) {
      return chosen;
    }
    return fail(`CHROMIUM_PATH names "${chosen}", which does not start.`);
  }
  const path = onSystem() ?? ownCopy();
  if (path) {
    return path;
  }
  console.log("No Chromium found for the editor tests: installing one …");
  return installOnDebian() ?? installOwnCopy() ?? fail("No Chromium found, and installing one failed.");
}

function fail(reason) {
  console.error(
    `${reason} Install Chromium or Chrome (on Debian: apt-get install chromium fonts-noto-cjk), or set CHROMIUM_PATH to its program; or run the tests without a browser: npm run test:fast`,
  );
  return process.exit(1);
}

/** A file with the right name may still be a stub that asks for a snap: only a printed version counts. */
function starts(path) {
  if (!existsSync(path)) {
    return false;
  }
  if (process.platform === "win32") {
    return true; // Chrome on Windows opens a window instead of printing its version.
  }
  const { status, stdout } = spawnSync(path, ["--version"], { encoding: "utf8", timeout: 30_000 });
  return status === 0 && /\d+\.\d+/.test(stdout);
}

function onSystem() {
  const folders = [...(process.env.PATH ?? "").split(delimiter), ...PLACES];
  const candidates = folders.flatMap((folder) => [folder, ...NAMES.map((name) => join(folder, name))]);
  return candidates.find((path) => /chrom/i.test(path.slice(-25)) && starts(path));
}

// playwright-core keeps its copy in a folder of the project, so that removing the project removes it too.
const ownFolder = join(root, ".browser");

function ownCopy() {
  process.env.PLAYWRIGHT_BROWSERS_PATH = ownFolder;
  const path = createRequire(import.meta.url)("playwright-core").chromium.executablePath();
  return path && starts(path) ? path : undefined;
}

function installOnDebian() {
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) {
    return undefined;
  }
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  try {
    for (const args of [
      ["update", "-qq"],
      // Without the font every Japanese character in the screenshots is an empty box.
      ["install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-noto-cjk"],
    ]) {
      execFileSync("apt-get", args, { env, stdio: ["ignore", "ignore", "inherit"] });
    }
  } catch {
    return undefined; // apt-get has said why; the other way is still open
  }
  return onSystem();
}

function installOwnCopy() {
  const cli = join(dirname(createRequire(import.meta.url).resolve("playwright-core/package.json")), "cli.js");
  spawnSync(process.execPath, [cli, "install", "--no-shell", "chromium"], {
    env: { ...process.env, PLAYWRIGHT_BROWSERS_PATH: ownFolder },
    stdio: "inherit",
  });
  return ownCopy();
}
