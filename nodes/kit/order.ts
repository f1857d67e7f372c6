import type { Done } from "./messages";

/** A person's order from elsewhere than the wire, carried out as a command is: settled when that ends. */
export function ordered(obey: (done: Done) => void): Promise<void> {
  return new Promise((resolve, reject) => obey((error) => (error ? reject(error) : resolve())));
}
