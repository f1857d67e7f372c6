// Writes what bench/results/ holds into both READMEs: npm run readme
// The tables of accuracy.json and faults.json, and of every benchmark how many of its figures are where they should be.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./install.mjs";

/** As a Japanese reader writes them. */
const UNITS = { s: "秒", min: "分", h: "時間" };
const results = (name) => JSON.parse(readFileSync(join(root, "bench", "results", `${name}.json`), "utf8"));
const { rows, checks } = results("accuracy");

const WORDS = {
  "README.md": {
    head: [
      "series",
      "task",
      "naive",
      "best linear",
      "bias tracking",
      "frozen",
      "cold start",
      "output layer only",
      "**online**",
      "against naive",
      "inside 90 %",
    ],
    task: (text) => text,
    hidden: ["units", "output layer only", "recurrent unit and output layer"],
    promise: "promised figures reached",
    benchmarks: {
      head: ["command", "what it measures", "figures reached", "results"],
      accuracy: "errors on recorded data, each forecast scored before its actual value is learnt",
      plant: "a plant's life: stops, starts, recipes, losses, recalibrations, true excursions and broken sensors",
      faults: "what broken sensors leave behind, with and without guard; drift alarms; intervals",
      rollout: "wrong and right promotions and rollbacks of the gate, 1,000 simulated streams a case",
      speed: "microseconds and memory of a step, for each model size",
      flow: "what the nodes cost on top of the engine, and that they change no number",
      published: "protocols of the literature, all columns and steps, beside the published figures",
      scout: "which sensors the scout ranks first, with decoys among them, and what its choice is worth",
      trainer: "how long a training of 100,000 rows keeps others waiting",
    },
    faults: ["fault", "on", "forecasts", "without guard, worst", "with guard, median", "with guard, worst"],
    on: (text) => text,
    fault: (text) => text,
    forecasts: { "all, ahead": "ahead", "all, soft sensor": "soft sensors" },
  },
  "README.ja.md": {
    head: [
      "系列",
      "課題",
      "ナイーブ",
      "最良の線形",
      "バイアス補正",
      "固定",
      "事前学習なし",
      "出力層のみ学習",
      "**オンライン**",
      "ナイーブ比",
      "90 %区間の被覆率",
    ],
    task: (text) =>
      text
        .replace(
          /^soft sensor, label each (\d+) (\w)$/,
          (_, n, unit) => `ソフトセンサー、実測値は${n}${UNITS[unit]}ごと`,
        )
        .replace(/^(\d+) (\w+) ahead$/, (_, n, unit) => `${n}${UNITS[unit]}先`),
    hidden: ["ユニット数", "出力層のみ学習", "再帰ユニットと出力層を学習"],
    promise: "目標値の達成",
    benchmarks: {
      head: ["コマンド", "内容", "達成した目標値", "結果"],
      accuracy: "実データでの誤差(予測は必ず、実測値を学習する前に採点)",
      plant: "停止・起動、レシピ切替、欠測、再校正、実際の異常上昇、センサー故障など、プラントの日常を通した検証",
      faults: "センサーの固着・スパイク・信号断・倍率違い・ドリフトに対する、監視ありとなしの誤差。劣化警報と予測区間",
      rollout: "切替ゲートの昇格と差し戻しの正誤(模擬データ、1条件あたり1,000系列)",
      speed: "モデルの規模ごとの、1回の処理時間とメモリー",
      flow: "エンジンに対するノードの処理時間。数値が変わらないことも確認",
      published: "論文と同じ手順での誤差(全列・全ステップ)と、公表値との比較",
      scout: "おとりの信号を混ぜたときのセンサーの順位と、選ばれたセンサーの効果",
      trainer: "10万行の学習中に、ほかの処理を待たせる時間",
    },
    faults: ["故障", "故障箇所", "予測", "監視なし(最悪)", "監視あり(中央値)", "監視あり(最悪)"],
    on: (text) => ({ input: "入力", target: "予測対象", all: "全センサー" })[text],
    fault: (text) =>
      text
        .replace("stuck", "固着")
        .replace("spikes", "スパイク")
        .replace("dropout to 0", "0に落ちる")
        .replace("drift", "緩やかなドリフト")
        .replace(/^(.+) % lost$/, "値の$1 %が欠測")
        .replace(/, (\d+)$/, "、$1回"),
    forecasts: { "all, ahead": "先の予測", "all, soft sensor": "ソフトセンサー" },
  },
};

const figure = (value) => (value === "" ? "" : Number(value).toPrecision(3));
const percent = (value) => `${value > 0 ? "−" : "+"}${Math.abs(value).toFixed(1)} %`;
const line = (cells) => `| ${cells.join(" | ")} |`;

function table(words) {
  const recorded = rows.filter(({ naive }) => naive !== "");
  const hidden = rows.filter(({ naive }) => naive === "");
  const body = recorded.map((row) => {
    const linear = [row.smoothing, row.nlms, row.rls, row.quadratic].filter((value) => value !== "");
    return line([
      row.series.replaceAll("_", " "),
      words.task(row.task),
      figure(row.naive),
      figure(Math.min(...linear)),
      figure(row.bias),
      figure(row.frozen),
      figure(row.cold),
      figure(row.output),
      `**${figure(row.online)}**`,
      percent(row["skill %"]),
      `${(100 * row.coverage).toFixed(1)} %`,
    ]);
  });
  const rule = (count) => line(Array.from({ length: count }, () => "---"));
  return [
    line(words.head),
    rule(words.head.length),
    ...body,
    "",
    line(words.hidden),
    rule(words.hidden.length),
    ...hidden.map((row) => line([row.series.match(/\d+/)[0], figure(row.output), figure(row.online)])),
    "",
    `${words.promise}: ${checks.filter(({ ok }) => ok).length} / ${checks.length}`,
  ].join("\n");
}

function benchmarkTable({ head, ...about }) {
  return [
    line(head),
    line(head.map(() => "---")),
    ...Object.entries(about).map(([name, text]) => {
      const reached = results(name).checks.map(({ ok }) => ok);
      const count = `${reached.filter(Boolean).length} / ${reached.length}`;
      return line([`\`npm run bench:${name}\``, text, count, `[${name}.json](bench/results/${name}.json)`]);
    }),
  ].join("\n");
}

function faultTable(words) {
  const kinds = results("faults").rows.filter(({ series }) => series in words.forecasts);
  return [
    line(words.faults),
    line(words.faults.map(() => "---")),
    ...kinds.map((row) =>
      line([
        words.fault(row.fault),
        words.on(row.on),
        words.forecasts[row.series],
        figure(row["without guard, worst"]),
        figure(row["with guard, median"]),
        `**${figure(row["with guard, worst"])}**`,
      ]),
    ),
  ].join("\n");
}

function put(text, file, mark, content) {
  const between = new RegExp(`(<!-- ${mark} -->\\n)[\\s\\S]*?(<!-- /${mark} -->)`);
  if (!between.test(text)) throw new Error(`${file} has no place for the table "${mark}".`);
  return text.replace(between, (_, from, to) => `${from}\n${content}\n\n${to}`);
}

for (const [file, words] of Object.entries(WORDS)) {
  const path = join(root, file);
  const text = readFileSync(path, "utf8");
  const tables = {
    accuracy: table(words),
    faults: faultTable(words),
    benchmarks: benchmarkTable(words.benchmarks),
  };
  writeFileSync(
    path,
    Object.entries(tables).reduce((filled, [mark, content]) => put(filled, file, mark, content), text),
  );
}
