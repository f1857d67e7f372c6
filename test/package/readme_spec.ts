/** Both READMEs say what is there: every example, every command, the same tables and pictures. Its links: docs_spec.ts. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../node-red-process";

const root = projectRoot();
const read = (file: string): string => readFileSync(join(root, file), "utf8");
const names = (folder: string): string[] =>
  readdirSync(join(root, "examples", folder))
    .filter((file) => file.endsWith(".json"))
    .map((file) => file.replace(/\.json$/, ""));
const FILES = {
  "README.md": { language: "en-US", examples: [...names(""), ...names("dashboard")] },
  "README.ja.md": { language: "ja", examples: [...names("ja"), ...names("ja/ダッシュボード")] },
} as const;

/** The rows of the tables with a first cell in which something stands, as cells. */
function rows(text: string): string[][] {
  return text
    .split("\n")
    .filter((line) => line.startsWith("| ") && !line.startsWith("| ---"))
    .map((line) =>
      line
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

describe("README", () => {
  for (const [file, { language, examples }] of Object.entries(FILES)) {
    describe(file, () => {
      const text = read(file);

      it("lists every example by its name, and no other", () => {
        const listed = rows(text)
          .map(([first]) => first as string)
          .filter((name) => /^\d\d /.test(name));
        assert.deepEqual(listed.sort(), [...examples].sort());
      });

      it("lists the commands of every node, each by the node's name in the palette", () => {
        const manifest = JSON.parse(read("package.json"));
        for (const type of Object.keys(manifest["node-red"].nodes)) {
          if (type === "forecast-model") continue; // a config node takes no messages
          // The commands of these are the engine's own.
          const engine: Record<string, string> = {
            "drift-guard": "src/guard/guard-order.ts",
            "kpi-meter": "src/kpi/meter-order.ts",
            "rollout-gate": "src/rollout/gate.ts",
            "alarm-rule": "src/alarm/alarm-message.ts",
          };
          const source = read(`nodes/${type}.ts`) + (engine[type] ? read(engine[type]) : "");
          const listed = [...source.matchAll(/const (?:ALARM_)?COMMANDS(?:: [^=]*)? = \[([\s\S]*?)\](?: as const)?;/g)].flatMap(([, list]) => list?.match(/(?<=")\w+(?=")/g) ?? []); // biome-ignore format: one line
          const keyed = [...source.matchAll(/const EVENTS = \{([^}]*)\}/g)].flatMap(([, list]) => list?.match(/\w+(?=:)/g) ?? []); // biome-ignore format: one line
          const { paletteLabel } = JSON.parse(read(`nodes/locales/${language}/${type}.json`))[type];
          const row = rows(text).find(([first]) => first === paletteLabel);
          assert.ok(row, `${paletteLabel} has no row of commands`);
          const told = (row[1] ?? "").match(/(?<=`)\w+(?=`)/g) ?? [];
          assert.deepEqual(told.sort(), [...listed, ...keyed].sort(), type);
        }
      });

      it("shows its pictures in its own language", () => {
        const pictures = [...text.matchAll(/!\[[^\]]+\]\(([^)]+)\)/g)].map(([, path]) => path as string);
        // By their own address: the npm page and the editor's palette know no file beside the README.
        const { repository } = JSON.parse(read("package.json"));
        const place = /github\.com\/(.+)\.git$/.exec(repository.url)?.[1];
        const address = `https://raw.githubusercontent.com/${place}/main/`;
        const steps = ["read", "target", "flow", "result", "chart"].map((step) => `own-file-${step}`);
        assert.deepEqual(
          pictures.sort(),
          [...["dashboard", "demo", "forecast-health", "learning-curve", "report"], ...steps]
            .map((name) => `${address}docs/${name}${language === "ja" ? ".ja" : ""}.png`)
            .sort(),
        );
      });
    });
  }

  it("has the same chapters, code and figures in both languages", () => {
    const [english, japanese] = [read("README.md"), read("README.ja.md")];
    const shape = (text: string) => text.split("\n").map((line) => /^(#+|```\w*|\||!|- )/.exec(line)?.[0] ?? "").filter(Boolean); // biome-ignore format: one line
    assert.deepEqual(shape(japanese), shape(english));
    const figures = (text: string) => rows(text).flatMap((cells) => cells.join(" ").match(/[−+]?\d+\.\d+/g) ?? []);
    assert.ok(figures(english).length > 200);
    assert.deepEqual(figures(japanese), figures(english));
  });
});
