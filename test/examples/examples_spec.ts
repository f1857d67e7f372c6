import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { example, type FlowNode, type NodeRed, projectRoot, start } from "../node-red-process";

const folder = join(projectRoot(), "examples");
const names = (path: string): string[] =>
  readdirSync(path)
    .filter((file) => file.endsWith(".json"))
    .map((file) => file.replace(/\.json$/, ""))
    .sort();
const english = names(folder);
const japanese = names(join(folder, "ja"));

/** Amounts of money: each country's own. */
const MONEY = [
  "currency",
  "hourlyRate",
  "falseAlarmCost",
  "downtimeCost",
  "fine",
  "otherCost",
  "trialCost",
  "runningCost",
];

/** What a reader sees, where it stands, and money: the only differences between the languages. */
function structure(flow: FlowNode[]): unknown[] {
  return flow.map(({ name, label, info, x, y, w, h, complete, title, language, ...rest }) => {
    const limits = limitsOf(rest).map(({ message, cause, consequence, response, ...limit }) => limit);
    // The texts inside an expression.
    const rules = rulesOf(rest).map(({ to, ...rule }) => ({ ...rule, to: String(to).replace(/"[^"]*"/g, '""') }));
    return {
      ...Object.fromEntries(Object.entries(rest).filter(([key]) => !MONEY.includes(key))),
      ...(limits.length > 0 && { limits }),
      ...(rules.length > 0 && { rules }),
    };
  });
}

function texts(flow: FlowNode[]): string[] {
  const written = flow.flatMap((node) => [
    ...[node.name, node.label, node.info, node.title],
    ...limitsOf(node).flatMap(({ message, cause, consequence, response }) => [message, cause, consequence, response]),
  ]);
  return written.filter((text) => text) as string[];
}

/** The limits of an alarm rule, with what the operator reads. */
function limitsOf(node: Omit<FlowNode, "id" | "type">): Record<string, unknown>[] {
  return (node.limits ?? []) as Record<string, unknown>[];
}

function rulesOf(node: Omit<FlowNode, "id" | "type">): Record<string, unknown>[] {
  return (node.rules ?? []) as Record<string, unknown>[];
}

describe("the example flows", function () {
  this.timeout(60_000);

  it("are numbered from 01 without a gap, the same in Japanese", () => {
    // With those that need another pack, in a folder of their own.
    const all = [...english, ...names(join(folder, "dashboard"))].sort();
    assert.deepEqual(
      all.map((name) => name.slice(0, 2)),
      all.map((_, i) => String(i + 1).padStart(2, "0")),
    );
    assert.deepEqual(
      japanese.map((name) => name.slice(0, 2)),
      english.map((name) => name.slice(0, 2)),
    );
  });

  for (const [i, name] of english.entries()) {
    it(`${name}: tells what to look at, in both languages, and is the same flow in both`, () => {
      const flow = example(name);
      const other = example(`ja/${japanese[i]}`);
      assert.deepEqual(structure(other), structure(flow));
      for (const said of [flow, other]) {
        const comments = said.filter(({ type }) => type === "comment");
        assert.ok(
          comments.some(({ info }) => String(info).length > 100),
          "a comment node that explains",
        );
        const tab = said.find(({ type }) => type === "tab");
        assert.ok(tab?.label && tab.info, "a tab with a description");
      }
      const kana = /[\u3040-\u30ff\u4e00-\u9fff]/;
      assert.deepEqual(
        texts(flow).filter((text) => kana.test(text)),
        [],
      );
      assert.deepEqual(
        texts(other).filter((text) => !kana.test(text)),
        [],
      );
    });
  }

  describe("in the Import dialog of a real Node-RED", () => {
    let red: NodeRed;
    before(async () => {
      red = await start();
    });
    after(() => red?.stop());

    const library = async (path: string): Promise<unknown> =>
      (await fetch(`${red.url}/library/examples/flows/${path.split("/").map(encodeURIComponent).join("/")}`)).json();

    it("are listed, with the Japanese ones in a menu of their own", async () => {
      const listed = (await library("@kaizen-flow/node-red-online-forecast/")) as (string | { fn: string })[];
      const files = listed.flatMap((entry) => (typeof entry === "string" ? [] : [entry.fn]));
      assert.deepEqual(files.sort(), english);
      assert.ok(listed.includes("ja"));
    });

    it("start without a complaint", async () => {
      for (const name of [...english, ...japanese.map((file) => `ja/${file}`)]) {
        const flow = example(name).map((node) =>
          node.type === "mqtt-broker" ? { ...node, autoConnect: false } : node,
        );
        await red.deploy(flow);
        await new Promise((resolve) => setTimeout(resolve, 300));
        // The flow before may still say what came too late for it.
        const ids = flow.map(({ id }) => id);
        const own = red.problems.filter(({ id }) => ids.includes(String(id)));
        assert.deepEqual(own, [], name);
      }
    });
  });
});
