/** What a node registers in the editor and at run time, without either. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { createContext, runInContext } from "node:vm";
import { projectRoot } from "../node-red-process";

const root = projectRoot();
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));

export interface Definition {
  category: string;
  color?: string;
  icon?: string;
  inputs?: number;
  outputs?: number;
  defaults: Record<
    string,
    { value: unknown; validate?: (...a: unknown[]) => unknown; type?: string; required?: boolean }
  >;
  paletteLabel?: unknown;
  inputLabels?: unknown;
  outputLabels?: unknown;
}

/** Runs the dialog's script as the editor would, behind what all dialogs share, and catches what it registers. */
export function definitionOf(type: string): Definition {
  const html = readFileSync(join(root, "dist", "nodes", `${type}.html`), "utf8");
  const found = new Map<string, Definition>();
  const RED = {
    nodes: { registerType: (name: string, definition: Definition) => found.set(name, definition) },
    events: { on: () => {} },
    settings: settingsOf(type),
    i18n: { lang: () => "en-US" },
    _: (key: string) => key,
  };
  const $ = () => ({ val: () => undefined }); // no dialog is open
  const context = createContext({ RED, window: {}, $ });
  runInContext(readFileSync(join(root, "resources", "settings.js"), "utf8"), context);
  for (const [, code] of html.matchAll(/<script(?: type=["']text\/javascript["'])?>([\s\S]*?)<\/script>/g)) {
    runInContext(code as string, context);
  }
  const definition = found.get(type);
  assert.ok(definition, `${type}.html registers ${[...found.keys()].join(", ") || "nothing"}`);
  return definition;
}

/** What a node hands to the editor as settings. */
export function settingsOf(type: string): Record<string, unknown> {
  const handed: Record<string, { value: unknown; exportable: boolean }> = {};
  const ignore = () => {};
  require(join(root, manifest["node-red"].nodes[type]))({
    nodes: {
      registerType: (_type: string, _node: unknown, options?: { settings?: typeof handed }) =>
        Object.assign(handed, options?.settings),
    },
    httpAdmin: { get: ignore, post: ignore },
    auth: { needsPermission: ignore },
    settings: {},
  });
  return Object.fromEntries(
    Object.entries(handed).flatMap(([name, { value, exportable }]) => (exportable ? [[name, value]] : [])),
  );
}
