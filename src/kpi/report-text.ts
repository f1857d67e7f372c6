/** The words of the report, in English and Japanese. Sentences are functions, since word order differs. */
import type { Language } from "../message/say";
import type { BENEFITS, FACTORS } from "./benefit";
import type { Missing } from "./roi";
import type { ForecasterName } from "./scored-forecast";
import type { UnusableRule } from "./unusable-labels";
import type { GuardState } from "./upkeep";

type Period = "month" | "quarter" | "year";

export interface ReportText {
  /** Between two sentences. */
  gap: string;
  title: string;
  allAssets: (count: string) => string;
  observed: (from: string, to: string, hours: string, readings: string) => string;
  created: (date: string) => string;
  better: (percent: string, reference: string) => string;
  worse: (percent: string, reference: string) => string;
  /** Of a table: where the learner stands against another. */
  compared: (percent: string, isWorse: boolean) => string;
  same: string;
  notCompared: string;
  worth: (low: string, high: string, period: string) => string;
  costs: (low: string, high: string, period: string) => string;
  paysBack: (slow: string, fast: string) => string;
  paysBackEither: (time: string) => string;
  paysBackPerhaps: (fast: string) => string;
  paysNever: string;
  notYet: string;
  missing: Record<Missing, (done: string, needed: string) => string>;
  tile: { accuracy: string; alarms: string; money: (period: string) => string; payback: string };
  tileDetail: {
    accuracy: (reference: string) => string;
    alarms: (mine: string, other: string, reference: string) => string;
    money: string;
    payback: string;
  };
  none: string;
  noLimit: string;
  months: (count: string) => string;
  underOneMonth: string;
  overTwentyYears: string;
  never: string;
  hours: (count: string) => string;
  minutes: (count: string) => string;
  seconds: (count: string) => string;
  layer: { accuracy: string; operation: string; regulation: string; roi: string };
  layerNote: { accuracy: (unit: string) => string; operation: string; regulation: string };
  forecaster: Record<ForecasterName, string>;
  /** The same inside a sentence. */
  reference: Record<"existing" | "naive", string>;
  chart: { error: string; baseline: string; cumulative: string };
  column: {
    forecast: string;
    mae: string;
    rmse: string;
    skill: string;
    /** The same in two lines, and above the number of the last readings. */
    meanError: string;
    total: string;
    peakMae: string;
    recent: (readings: string) => string;
    baseline: string;
    true: string;
    false: string;
    missed: string;
    confirmed: string;
    lead: string;
    when: string;
    asset: string;
    event: string;
    benefit: string;
    working: string;
    conservative: string;
    expected: string;
    mode: string;
    horizon: string;
    ahead: string;
    readings: string;
  };
  /** @param peaks  coverage among the top 5 % */
  coverage: (percent: string, peaks: string) => string;
  intervalScore: (score: string) => string;
  /** An operating mode by the name that a score carries. */
  mode: (name: string) => string;
  doubt: (percent: string) => string;
  /** @param mine, other  errors of the learner and of the last value */
  stopped: (count: string, mine: string, other: string, counts: boolean) => string;
  unusable: (count: string, sensor: string, rules: string) => string;
  guard: (state: string) => string;
  guardState: Record<GuardState, string>;
  saved: (time: string) => string;
  /** Why a label could not be used, by the rule's name. */
  rule: Readonly<Record<UnusableRule, string>>;
  event: {
    warned: (lead: string) => string;
    missed: string;
    unjudged: string;
    false: (forecaster: string) => string;
    confirmed: string;
    rejected: string;
  };
  /** What follows the learner's outcome: what the existing forecast made of the same exceedance. */
  otherWarned: (lead: string) => string;
  other: { missed: string; unjudged: string };
  /** Part of a list: "(4 of 12)". */
  listed: (listed: string, all: string) => string;
  exceedances: (expected: string, happened: string) => string;
  avoided: (low: string, high: string, period: string) => string;
  /** Why a benefit has no figure although its rates are entered. */
  waiting: Record<(typeof BENEFITS)[number], string>;
  noAlarms: string;
  recentAlarms: string;
  noRegulation: string;
  benefit: Record<(typeof BENEFITS)[number], string>;
  factor: Record<(typeof FACTORS)[number], string>;
  factorOf: (name: string, amount: string) => string;
  source: { measured: string; assumed: string };
  range: (low: string, high: string) => string;
  total: (period: string) => string;
  trialCost: string;
  runningCost: string;
  roi: string;
  payback: string;
  period: Record<Period, string>;
  assumptions: string;
  assumption: {
    hoursPerYear: (hours: string) => string;
    limit: (side: "high" | "low", value: string, kind: "operation" | "regulation") => string;
    lead: (minutes: string) => string;
    baseline: (hours: string) => string;
    conservative: string;
    once: string;
    extrapolated: (period: string) => string;
    reference: (reference: string) => string;
  };
}

const capital = (word: string) => `${word[0].toUpperCase()}${word.slice(1)}`;

const english: ReportText = {
  gap: " ",
  title: "Forecast report",
  allAssets: (count) => `All assets (${count})`,
  observed: (from, to, hours, readings) => `${from} to ${to} · ${hours} h observed · ${readings} forecasts checked`,
  created: (date) => `Made on ${date}`,
  better: (percent, reference) => `The learning forecast was ${percent} better than ${reference}.`,
  worse: (percent, reference) => `The learning forecast was ${percent} worse than ${reference}.`,
  compared: (percent, isWorse) => `${percent} ${isWorse ? "worse" : "better"}`,
  same: "as good",
  notCompared: "The learning forecast has nothing to be compared with yet.",
  worth: (low, high, period) => `It is worth ${low} (cautious) to ${high} (expected) a ${period}.`,
  costs: (low, high, period) => `It costs ${low} (expected) to ${high} (cautious) more a ${period} than it saves.`,
  paysBack: (slow, fast) => `The trial pays for itself in ${fast} (expected), ${slow} at a cautious estimate.`,
  paysBackEither: (time) => `The trial pays for itself in ${time}, expected or cautious.`,
  paysBackPerhaps: (fast) => `The trial pays for itself in ${fast} as expected, but not at a cautious estimate.`,
  paysNever: "At these figures the trial does not pay for itself.",
  notYet: "Not enough data yet for a figure in money.",
  missing: {
    baseline: (done, needed) => `Baseline: ${done} of ${needed} h observed.`,
    evaluation: (done, needed) => `Evaluation after the baseline: ${done} of ${needed} h observed.`,
    benefits: () => "Nothing to add up: enter a limit and rates in the node, or wait for alarms to be judged.",
    trialCost: () => "The cost of the trial is not entered.",
    hoursPerYear: () => "How long the plant runs in a year is not entered.",
    preventable: () => "The share of exceedances that a warning can prevent is not entered.",
    probability: () => "The probability of a fine is not entered.",
  },
  tile: {
    accuracy: "Accuracy",
    alarms: "Useful alarms",
    money: (period) => `Benefit a ${period}`,
    payback: "Payback",
  },
  tileDetail: {
    accuracy: (reference) => `compared with ${reference}`,
    alarms: (mine, other, reference) => `false: ${mine}; ${reference}: ${other}`,
    money: "cautious to expected",
    payback: "expected to cautious",
  },
  none: "–",
  noLimit: "no limit set",
  months: (count) => `${count} ${count === "1" ? "month" : "months"}`,
  underOneMonth: "less than a month",
  overTwentyYears: "more than 20 years",
  never: "never",
  hours: (count) => `${count} h`,
  minutes: (count) => `${count} min`,
  seconds: (count) => `${count} s`,
  layer: { accuracy: "1 Accuracy", operation: "2 Operation", regulation: "3 Regulation", roi: "Return on investment" },
  layerNote: {
    accuracy: (unit) => `Errors in ${unit || "the unit of the forecast value"}. All figures measured; no money here.`,
    operation:
      "Alarms on the same limit, judged by what really happened and by operators' feedback. All counts measured.",
    regulation: "Exceedances of a limit that an authority watches; the fine is a probability, so the money is a range.",
  },
  forecaster: {
    learner: "learning forecast",
    existing: "existing forecast",
    naive: "last value",
    frozen: "model without learning",
  },
  reference: { existing: "the existing forecast", naive: "the last value" },
  chart: {
    error: "Mean absolute error over time",
    baseline: "baseline",
    cumulative: "Sum of benefit and cost over 24 months",
  },
  column: {
    forecast: "Forecast",
    mae: "MAE",
    rmse: "RMSE",
    skill: "Learner is",
    meanError: "Mean<br>error",
    total: "Total of<br>actual",
    peakMae: "MAE<br>top 5 %",

    recent: (readings) => `last ${readings} readings`,
    baseline: "baseline",
    true: "True",
    false: "False",
    missed: "Missed",
    confirmed: "Acted upon",
    lead: "Mean lead time",
    when: "Time",
    asset: "Asset",
    event: "What happened",
    benefit: "Benefit",
    working: "How it is worked out",
    conservative: "Cautious",
    expected: "Expected",
    mode: "Operating mode",
    horizon: "Readings ahead",
    ahead: "How far ahead",
    readings: "Forecasts checked",
  },
  coverage: (percent, peaks) => `The prediction interval held ${percent} of the actual values (top 5 %: ${peaks}).`,
  intervalScore: (score) => `Interval score ${score} (width plus penalty for misses).`,
  mode: (name) => name.replace(/^level (?=\d$)/, "Level ").replace(/^(running|stopped|other)$/, capital),
  doubt: (percent) => `Values were in doubt for ${percent} of the forecasts checked; all of them are counted.`,
  stopped: (count, mine, other, counts) =>
    `Plant stopped: ${count} forecasts, MAE ${mine} (last value ${other}), ${counts ? "included" : "not included"} above.`,
  unusable: (count, sensor, rules) =>
    `${count} values of ${sensor} could not be used and judged no forecast (${rules}).`,
  guard: (state) => `Drift guard: ${state}.`,
  guardState: {
    good: "values are good",
    uncertain: "values are in doubt",
    bad: "values are bad",
    silent: "no more readings come",
    learning: "it learns the model's usual error",
    ok: "the model is as good as usual",
    warning: "the model may be getting worse",
    drift: "the model has become worse",
    frozen: "the model is frozen",
    recovering: "the model is recovering",
  },
  saved: (time) => `What was learnt was last saved on ${time}.`,
  rule: {
    missing: "no value",
    null: "no value",
    late: "came too late",
    notANumber: "no number",
    sentinel: 'code for "no value"',
    range: "outside the physical range",
    spike: "spike",
    level: "sudden level",
    rate: "changed too fast",
    flatline: "stuck",
    noise: "noisy",
    agreement: "contradicted by other sensors",
    maintenance: "maintenance",
    senderBad: "called bad by the sender",
    bad: "bad quality",
    other: "other",
  },
  event: {
    warned: (lead) => `Limit exceeded, warned ${lead} before`,
    missed: "Limit exceeded without a warning in time",
    unjudged: "Limit exceeded, no forecast at that time",
    false: (forecaster) => `False alarm: ${forecaster}`,
    confirmed: "Alarm acted upon, limit not reached (operator)",
    rejected: "Alarm called false (operator)",
  },
  otherWarned: (lead) => `; existing forecast: ${lead} before`,
  other: { missed: "; existing forecast: no warning in time", unjudged: "; existing forecast: none" },
  listed: (listed, all) => `(${listed} of ${all})`,
  exceedances: (expected, happened) =>
    `Exceedances since the baseline: ${expected} expected from the baseline, ${happened} happened.`,
  avoided: (low, high, period) =>
    `Exceedances that earlier warnings avoid in a ${period}: ${low} (cautious) to ${high} (expected).`,
  waiting: {
    forecastError: "not enough data yet",
    falseAlarms: "not enough data yet",
    hoursSaved: "not enough data yet",
    downtime: "not enough data yet: no exceedance in the baseline, or none judged since",
    exceedances: "not enough data yet: no exceedance in the baseline, or none judged since",
  },
  noAlarms: "No alarm and no exceedance so far.",
  recentAlarms: "Last alarms of the learning forecast, and exceedances",
  noRegulation: "No limit of an authority is entered: exceedances are counted under operation, nothing here.",
  benefit: {
    forecastError: "Smaller forecast errors",
    falseAlarms: "Fewer false alarms",
    hoursSaved: "Working hours saved",
    downtime: "Less downtime",
    exceedances: "Fewer exceedances",
  },
  factor: {
    errorAvoided: "error avoided",
    pricePerUnit: "price per unit",
    falseAlarmsAvoided: "false alarms avoided",
    costOfFalseAlarm: "cost of one",
    hoursSaved: "hours",
    cautiousShare: "share",
    hourlyRate: "hourly rate",
    exceedancesExpected: "exceedances expected",
    warnedMore: "warned of by the learner only",
    preventable: "preventable",
    downtimeHours: "hours of stop",
    downtimeCost: "cost per hour",
    probability: "probability of a fine",
    costOfExceedance: "fine and other cost",
  },
  factorOf: (name, amount) => `${amount} ${name}`,
  source: { measured: "measured", assumed: "assumed" },
  range: (low, high) => `Range: ${low} to ${high}`,
  total: (period) => `Benefit a ${period}`,
  trialCost: "Cost of the trial, once",
  runningCost: "Running cost a year",
  roi: "Return on investment, first year",
  payback: "Payback",
  period: { month: "month", quarter: "quarter", year: "year" },
  assumptions: "Assumptions and method",
  assumption: {
    hoursPerYear: (hours) => `The plant runs ${hours} h a year (assumed).`,
    limit: (side, value, kind) =>
      `Limit: ${side === "high" ? "above" : "below"} ${value}, ${kind === "operation" ? "the plant's own" : "watched by an authority"}. An exceedance is paid for once, as downtime or as a fine.`,
    lead: (minutes) => `A warning counts if it comes ${minutes} min or more before the limit is reached.`,
    baseline: (hours) =>
      `Baseline: the first ${hours} h; it is frozen and never changes afterwards. Money comes from the time after it.`,
    conservative:
      "Cautious: measured counts at the lower end of their 80 % interval (nine trials in ten do better), assumptions at their low end. Expected: counts as measured, assumptions in the middle.",
    once: "Nothing is counted twice: accuracy carries no money; every benefit has its own cause and its own rate.",
    extrapolated: (period) => `Figures in money are extrapolated from the time observed to one ${period}.`,
    reference: (reference) => `Compared with: ${reference}, on the same readings.`,
  },
};

const MODES_IN_JAPANESE: Readonly<Record<string, string | undefined>> = Object.assign(Object.create(null), {
  running: "運転中",
  stopped: "停止中",
  other: "その他",
});

const japanese: ReportText = {
  gap: "",
  title: "予測評価レポート",
  allAssets: (count) => `全設備（${count} 台）`,
  observed: (from, to, hours, readings) => `${from} ～ ${to} · 観測 ${hours} 時間 · 照合した予測 ${readings} 件`,
  created: (date) => `作成日 ${date}`,
  better: (percent, reference) => `学習する予測は、${reference}より誤差が ${percent} 小さくなりました。`,
  worse: (percent, reference) => `学習する予測は、${reference}より誤差が ${percent} 大きくなりました。`,
  compared: (percent, isWorse) => `${percent} ${isWorse ? "悪化" : "改善"}`,
  same: "同等",
  notCompared: "比較対象となる予測がまだありません。",
  worth: (low, high, period) => `効果は${period}あたり ${low}（慎重）～ ${high}（標準）です。`,
  costs: (low, high, period) => `${period}あたり ${low}（標準）～ ${high}（慎重）の損失です。`,
  paysBack: (slow, fast) => `試行費用の回収期間は、標準で${fast}、慎重に見て${slow}です。`,
  paysBackEither: (time) => `試行費用の回収期間は、標準でも慎重に見ても${time}です。`,
  paysBackPerhaps: (fast) => `試行費用は標準で${fast}で回収できますが、慎重に見ると回収できません。`,
  paysNever: "この数値では、試行費用は回収できません。",
  notYet: "金額を示すには、データがまだ足りません。",
  missing: {
    baseline: (done, needed) => `基準期間：${needed} 時間中 ${done} 時間を観測済み。`,
    evaluation: (done, needed) => `基準期間後の評価：${needed} 時間中 ${done} 時間を観測済み。`,
    benefits: () => "集計できる項目がありません。ノードに限界値と単価を入力するか、警報の判定をお待ちください。",
    trialCost: () => "試行費用が未入力です。",
    hoursPerYear: () => "年間運転時間が未入力です。",
    preventable: () => "警報で防止できる割合が未入力です。",
    probability: () => "罰金の確率が未入力です。",
  },
  tile: {
    accuracy: "予測精度",
    alarms: "役立った警報",
    money: (period) => `${period}あたりの効果`,
    payback: "回収期間",
  },
  tileDetail: {
    accuracy: (reference) => `${reference}と比べた誤差`,
    alarms: (mine, other, reference) => `誤報 ${mine} 件（${reference} ${other} 件）`,
    money: "慎重 ～ 標準",
    payback: "標準 ～ 慎重",
  },
  none: "–",
  noLimit: "限界値 未設定",
  months: (count) => `${count} か月`,
  underOneMonth: "1 か月未満",
  overTwentyYears: "20 年超",
  never: "回収不可",
  hours: (count) => `${count} 時間`,
  minutes: (count) => `${count} 分`,
  seconds: (count) => `${count} 秒`,
  layer: { accuracy: "1　予測精度", operation: "2　運転", regulation: "3　規制", roi: "投資対効果" },
  layerNote: {
    accuracy: (unit) => `誤差の単位は${unit || "予測値と同じ"}です。すべて実測であり、金額は含みません。`,
    operation: "同じ限界値での警報を、実際の結果と運転員の判定で評価しました。件数はすべて実測です。",
    regulation: "行政が監視する限界値の超過です。罰金は確率で見積もるため、金額は範囲で示します。",
  },
  forecaster: {
    learner: "学習する予測",
    existing: "既存の予測",
    naive: "直近の値",
    frozen: "学習しないモデル",
  },
  reference: { existing: "既存の予測", naive: "直近の値" },
  chart: { error: "平均絶対誤差の推移", baseline: "基準期間", cumulative: "効果と費用の累計（24 か月）" },
  column: {
    forecast: "予測",
    mae: "MAE",
    rmse: "RMSE",
    skill: "学習の効果",
    meanError: "平均誤差",
    total: "合計の比<br>(対実測)",
    peakMae: "MAE<br>上位 5 %",
    recent: (readings) => `直近 ${readings} 件`,
    baseline: "基準期間",
    true: "的中",
    false: "誤報",
    missed: "見逃し",
    confirmed: "対処済み",
    lead: "平均リードタイム",
    when: "日時",
    asset: "設備",
    event: "結果",
    benefit: "効果",
    working: "算出根拠",
    conservative: "慎重",
    expected: "標準",
    mode: "運転モード",
    horizon: "予測先（件）",
    ahead: "予測先（時間）",
    readings: "照合した予測",
  },
  coverage: (percent, peaks) => `実測値の ${percent} が予測区間に入りました（上位 5 % では ${peaks}）。`,
  intervalScore: (score) => `区間スコアは ${score} です（区間の幅と外れの大きさの合計）。`,
  mode: (name) => MODES_IN_JAPANESE[name] ?? name.replace(/^level (?=\d$)/, "水準 "),
  doubt: (percent) => `照合した予測のうち${percent}は値が疑わしい間のものです(すべて集計に含みます)。`,
  stopped: (count, mine, other, counts) =>
    `設備の停止中: 予測${count}件、MAE ${mine}(直近の値 ${other})。上の集計に${counts ? "含みます" : "含みません"}。`,
  unusable: (count, sensor, rules) => `${sensor}の値${count}件は使用できず、予測の照合に用いていません(${rules})。`,
  guard: (state) => `ドリフト監視：${state}。`,
  guardState: {
    good: "計測値は正常",
    uncertain: "疑わしい計測値あり",
    bad: "不良な計測値あり",
    silent: "計測値が途絶えています",
    learning: "モデルの通常の誤差を学習中",
    ok: "モデルの精度は通常どおり",
    warning: "モデルの精度が低下している可能性あり",
    drift: "モデルの精度が低下",
    frozen: "モデルの学習を凍結中",
    recovering: "モデルは回復中",
  },
  saved: (time) => `学習内容の最終保存：${time}。`,
  rule: {
    missing: "値なし",
    null: "値なし",
    late: "遅延",
    notANumber: "数値でない",
    sentinel: "欠測コード",
    range: "物理的な範囲外",
    spike: "スパイク",
    level: "水準の急変",
    rate: "速すぎる変化",
    flatline: "値の固着",
    noise: "ノイズの急増",
    agreement: "他のセンサーと矛盾",
    maintenance: "保守中",
    senderBad: "送信元が不良と通知",
    bad: "品質不良",
    other: "その他",
  },
  event: {
    warned: (lead) => `限界値を超過。${lead}前に警報`,
    missed: "限界値を超過。事前の警報なし",
    unjudged: "限界値を超過。その時点の予測なし",
    false: (forecaster) => `誤報（${forecaster}）`,
    confirmed: "警報に対処し、超過を回避（運転員の判定）",
    rejected: "誤報と判定（運転員）",
  },
  otherWarned: (lead) => `（既存の予測は${lead}前）`,
  other: { missed: "（既存の予測は警報なし）", unjudged: "（既存の予測なし）" },
  listed: (listed, all) => `（${all} 件中 ${listed} 件）`,
  exceedances: (expected, happened) => `基準期間後の超過：基準からの想定 ${expected} 件、実際 ${happened} 件。`,
  avoided: (low, high, period) => `早期の警報で防げる超過：${period}あたり ${low} 件（慎重）～ ${high} 件（標準）。`,
  waiting: {
    forecastError: "データがまだ足りません",
    falseAlarms: "データがまだ足りません",
    hoursSaved: "データがまだ足りません",
    downtime: "データがまだ足りません（基準期間に超過がないか、その後に判定できた超過がありません）",
    exceedances: "データがまだ足りません（基準期間に超過がないか、その後に判定できた超過がありません）",
  },
  noAlarms: "警報も限界値の超過もまだありません。",
  recentAlarms: "最近の警報（学習する予測）と超過",
  noRegulation: "行政の限界値は設定されていません。超過は「運転」で計上し、ここには計上しません。",
  benefit: {
    forecastError: "予測誤差の減少",
    falseAlarms: "誤報の減少",
    hoursSaved: "作業時間の節減",
    downtime: "停止時間の減少",
    exceedances: "限界値超過の減少",
  },
  factor: {
    errorAvoided: "減少した誤差",
    pricePerUnit: "単価",
    falseAlarmsAvoided: "減少した誤報",
    costOfFalseAlarm: "1 件の費用",
    hoursSaved: "時間",
    cautiousShare: "割合",
    hourlyRate: "時間単価",
    exceedancesExpected: "想定超過件数",
    warnedMore: "学習する予測だけが警報した割合",
    preventable: "防止できる割合",
    downtimeHours: "停止時間",
    downtimeCost: "1 時間の損失",
    probability: "罰金の確率",
    costOfExceedance: "罰金とその他費用",
  },
  factorOf: (name, amount) => `${name} ${amount}`,
  source: { measured: "実測", assumed: "仮定" },
  range: (low, high) => `範囲：${low} ～ ${high}`,
  total: (period) => `${period}あたりの効果`,
  trialCost: "試行費用（一時）",
  runningCost: "年間運用費",
  roi: "投資利益率（初年度）",
  payback: "回収期間",
  period: { month: "月", quarter: "四半期", year: "年" },
  assumptions: "前提と方法",
  assumption: {
    hoursPerYear: (hours) => `年間運転時間は ${hours} 時間です（仮定）。`,
    limit: (side, value, kind) =>
      `限界値：${value} ${side === "high" ? "を上回る" : "を下回る"}（${kind === "operation" ? "自社の管理値" : "行政が監視する値"}）。超過の費用は、停止損失か罰金のどちらか一方だけで計上します。`,
    lead: (minutes) => `限界値に達する ${minutes} 分以上前の警報を有効とします。`,
    baseline: (hours) => `基準期間は最初の ${hours} 時間です。確定後は変わりません。金額はその後の期間から算出します。`,
    conservative:
      "慎重：実測件数は 80 % 区間の下限（10 回中 9 回はこれを上回る）、仮定は下限を使用します。標準：実測値そのままと、仮定の中央値を使用します。",
    once: "二重計上はありません。精度には金額を付けず、効果ごとに原因と単価を分けています。",
    extrapolated: (period) => `金額は、観測した期間の値を 1 ${period}あたりに換算したものです。`,
    reference: (reference) => `比較対象：${reference}（同じ測定値で比較）。`,
  },
};

export const REPORT_TEXT: Record<Language, ReportText> = { "en-US": english, ja: japanese };
