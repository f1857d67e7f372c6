import type { Node } from "node-red";
import type { Health } from "../../src/health/health";
import type { Witnesses } from "../../src/health/witness";

/** Lets forecast health ask a node what it knows of its assets, until the node closes. */
export function bearWitness<Kind extends keyof Witnesses>(
  node: Node,
  health: Health | undefined,
  kind: Kind,
  knows: Omit<Witnesses[Kind], "id" | "name">,
): void {
  const witness = { ...knows, id: node.id, name: node.name ?? "" } as Witnesses[Kind];
  const leave = health?.join(kind, witness);
  if (leave) node.on("close", () => leave());
}
