/** Changes that a user makes in the dialogs of an example, and places where a test listens. */
import assert from "node:assert/strict";
import type { FlowNode } from "../node-red-process";

/** The only node of a type, or the only one with a name. */
export function the(flow: FlowNode[], type: string, name?: string): FlowNode {
  const found = flow.filter((node) => node.type === type && (name === undefined || node.name === name));
  assert.equal(found.length, 1, `${type} ${name ?? ""}: ${found.length} in the flow`);
  return found[0] as FlowNode;
}

/** Listens to one output of a node, with a debug node that shows one property of the message. */
export function probe(flow: FlowNode[], id: string, node: FlowNode, property: string, output = 0): void {
  flow.push({ id, type: "debug", z: node.z, active: true, tosidebar: true, complete: property, wires: [] });
  (node.wires as string[][])[output]?.push(id);
}

/** Presses a button: the id of the inject node whose text or payload contains `text`. */
export function button(flow: FlowNode[], text: string): string {
  const found = flow.filter((node) => node.type === "inject" && JSON.stringify(node).includes(text));
  assert.equal(found.length, 1, text);
  return (found[0] as FlowNode).id;
}
