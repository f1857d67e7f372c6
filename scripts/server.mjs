// How a server of another project is started for specs and the demo.
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Follows a server that was just started, until it says that it is up.
 *
 * @param name of the server, for people
 * @param child its process, whose output is read
 * @param isUp what it prints then
 * @param within ms
 * @param end `(signal, ended)`: ends it, where a signal to its process is not enough; `ended` resolves when that has
 * @param lastSignal ends it for sure
 * @returns log: what it has printed lately; end: `(signal)` as given
 * @throws Error with the end of its log where it does not come up; it is ended then
 */
export async function up({ name, child, isUp, within, end, lastSignal = "SIGKILL" }) {
  let log = "";
  const listen = (chunk) => {
    log = (log + chunk).slice(-20_000);
  };
  child.stdout.on("data", listen);
  child.stderr.on("data", listen);
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const by = end ?? killed(child);
  for (const limit = Date.now() + within; !isUp.test(log); await sleep(50)) {
    if (child.exitCode === null && Date.now() < limit) continue;
    await by(lastSignal, ended);
    throw new Error(`${name} does not start:\n${log.slice(-3000)}`);
  }
  return { log: () => log, end: (signal) => by(signal, ended) };
}

const killed = (child) => async (signal, ended) => {
  child.kill(signal);
  await ended;
};
