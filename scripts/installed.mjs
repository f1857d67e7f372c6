// Programs of other projects that specs and the demo of a fleet need: found, or installed where this is Debian and root.
import { spawnSync } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";

/**
 * Folder of a program; else one line says what to do, and the script ends.
 *
 * @param name of the project, for people
 * @param pack Debian's package
 * @param placeOf the folder, undefined where it is not there
 */
export function installed(name, pack, placeOf) {
  const found = placeOf();
  if (found) return found;
  const isRoot = process.getuid?.() === 0;
  if (isRoot && existsSync("/usr/bin/apt-get")) {
    console.log(`Installing ${name} (apt-get install ${pack}) …`);
    // The service of the package must not start: this project runs a server of its own.
    const policy = "/usr/sbin/policy-rc.d";
    const isOurs = !existsSync(policy);
    if (isOurs) writeFileSync(policy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
    const quiet = { stdio: "ignore", env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } };
    const install = () => spawnSync("apt-get", ["install", "-y", pack], quiet).status === 0;
    if (!install()) {
      spawnSync("apt-get", ["update"], quiet);
      install();
    }
    if (isOurs) rmSync(policy, { force: true });
    const place = placeOf();
    if (place) return place;
  }
  console.error(
    `${name} is not installed: run \`sudo apt-get install ${pack}\`, or install it as its site says, then again.`,
  );
  return process.exit(1);
}
