import assert from "node:assert/strict";
import type { AlarmLimit } from "../../src/kpi/alarm-outcome";
import { kpiFigures } from "../../src/kpi/figures";
import { Meter, type MeterOptions } from "../../src/kpi/meter";
import { report } from "../../src/kpi/report";
import { REPORT_TEXT } from "../../src/kpi/report-text";
import { LANGUAGES } from "../../src/message/say";
import { fleet, PLANT, plant } from "./plant";
import { ALL_RATES, NO_RATES } from "./rates";
import { scored } from "./scored";

const OPTIONS = {
  title: "North plant",
  unit: "",
  language: "en-US",
  now: Date.UTC(2026, 10, 24),
  timeZone: "UTC",
} as const;
const plain = (html: string) =>
  html
    .replace(/<style>.*?<\/style>/s, "")
    .replace(/<[^>]*>/g, " ")
    .replace(/[\u2068\u2069]/g, "") // that keep the direction of a name to itself
    .replace(/&#(\d+);/g, (_, code) => String.fromCharCode(code))
    .replace(/\s+/g, " ");

describe("report", () => {
  const meter = plant(720);
  const figures = kpiFigures(meter, ALL_RATES, PLANT);

  it("stands alone: nothing in it is fetched or run", () => {
    for (const language of LANGUAGES) {
      const html = report(meter, ALL_RATES, PLANT, { ...OPTIONS, language });
      assert.doesNotMatch(html, /<script|<link|<img|<iframe|@import|url\(|\ssrc=|\shref=|javascript:/i);
      assert.deepEqual(new Set(html.match(/https?:\/\/[^"]*/g)), new Set(["http://www.w3.org/2000/svg"]));
    }
  });

  it("keeps a name in its line and its direction to itself", () => {
    const named = new Meter(PLANT, "a\u202Eb\r\nc\u2069d");
    named.add([scored(0, { learner: 1 })]);
    const html = report(named, ALL_RATES, PLANT, OPTIONS);
    assert.ok(html.includes("\u2068ab cd\u2069"));
    assert.doesNotMatch(html, /\u202E/);
  });

  it("states what the message states", () => {
    const text = plain(report(meter, ALL_RATES, PLANT, OPTIONS));
    const number = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 3 });
    const skill = figures.accuracy.lifetime.existing.skill as number;
    assert.ok(skill > 0);
    assert.ok(text.includes(`${number.format(skill)} % better than the existing forecast`));
    assert.ok(text.includes(number.format(figures.accuracy.lifetime.naive.mae as number)));
    const { alarms } = figures;
    assert.ok(alarms && alarms.learner.true > 0 && alarms.existing.false > 0);
    assert.ok(
      text.includes(`learning forecast ${alarms.learner.true} ${alarms.learner.false} ${alarms.learner.missed} `),
    );
    assert.ok(
      text.includes(`existing forecast ${alarms.existing.true} ${alarms.existing.false} ${alarms.existing.missed} `),
    );
    assert.equal(figures.roi.benefits.length, 4);
    for (const word of ["measured", "assumed", "Cautious", "Expected", "Payback", "frozen"])
      assert.ok(text.includes(word), word);
  });

  it("says that there is not enough data instead of a figure", () => {
    const early = plant(100);
    const text = plain(report(early, ALL_RATES, PLANT, OPTIONS));
    assert.match(text, /Not enough data yet/);
    assert.match(text, /Baseline: 97\.9 of 168 h observed/);
    assert.doesNotMatch(text, /€[1-9]/);
    assert.match(plain(report(new Meter(PLANT), NO_RATES, PLANT, OPTIONS)), /Not enough data yet/);
  });

  it("admits that the learner is worse", () => {
    const worse = new Meter({ window: 10, baselineHours: 1 });
    const time = (i: number) => i * 60_000;
    for (let i = 0; i < 200; i++)
      worse.add([
        {
          origin: time(i - 1),
          time: time(i),
          horizon: 1,
          actual: 0,
          learner: 1.5,
          naive: 1,
          existing: Number.NaN,
          frozen: 1,
          covered: undefined,
          lower: Number.NaN,
          upper: Number.NaN,
          doubtful: false,
          running: true,
        },
      ]);
    const text = plain(report(worse, NO_RATES, { window: 10, baselineHours: 1 }, OPTIONS));
    assert.match(text, /50 % worse than the last value/);
    assert.match(text, /50\.0 % worse compared with the last value/);
    assert.doesNotMatch(text, /[+−-]50|% better/);
  });

  it("says how the drift guard sees the model and when it was saved last, where that is known", () => {
    const upkeep = { guard: "drift", saved: Date.UTC(2026, 10, 24, 14, 2) } as const;
    const of = (language: "en-US" | "ja", known: Partial<typeof upkeep>) => {
      const all = { guard: undefined, saved: Number.NaN, ...known };
      return plain(report(meter, ALL_RATES, PLANT, { ...OPTIONS, language, timeZone: "UTC", upkeep: all }));
    };
    assert.match(of("en-US", upkeep), /Drift guard: the model has become worse\. What was learnt was last saved on Nov 24, 2026, 14:02\./); // biome-ignore format: one line
    assert.match(of("ja", upkeep), /ドリフト監視：モデルの精度が低下。学習内容の最終保存：2026年11月24日 14:02。/);
    assert.doesNotMatch(of("en-US", {}), /Drift guard|last saved/);
    assert.doesNotMatch(of("en-US", { guard: "drift" }), /last saved/);
  });

  it("lists the assets one by one in the report of all of them", () => {
    const all = fleet(60, ["Boiler 1", "Boiler <2>"]);
    const text = plain(report(all, NO_RATES, PLANT, OPTIONS));
    assert.ok(text.includes("North plant · All assets (2)"));
    const number = new Intl.NumberFormat("en-US", { maximumSignificantDigits: 3 });
    for (const [name, error] of all.byAsset) {
      const { learner, existing } = error.figures();
      assert.ok(
        text.includes(
          `${name} ${learner.readings} ${number.format(learner.mae as number)} ${number.format(existing.mae as number)}`,
        ),
      );
    }
  });

  it("speaks of months, not of hours, where the trial is paid back at once", () => {
    const text = plain(report(meter, { ...ALL_RATES, trialCost: 1 }, PLANT, OPTIONS));
    assert.match(text, /pays for itself in less than a month/);
  });

  it("lists exceedances with what both forecasts made of them, and false alarms of the learner only", () => {
    assert.ok(figures.alarms && figures.alarms.existing.false > figures.alarms.exceedances / 2);
    for (const { outcome } of meter.recent) assert.ok(outcome.kind !== "false" || outcome.warner === "learner");
    const text = plain(report(meter, ALL_RATES, PLANT, OPTIONS));
    assert.match(text, /Limit exceeded, warned [\d.]+ min before; existing forecast: [\d.]+ min before/);
    assert.doesNotMatch(text, /False alarm: existing/);
  });

  it("does not count the months of a lifetime", () => {
    const text = plain(report(meter, { ...ALL_RATES, trialCost: 1e9 }, PLANT, OPTIONS));
    assert.match(text, /pays for itself in more than 20 years, expected or cautious/);
  });

  it("calls a loss a loss", () => {
    const worse = plant(720, "Boiler 2", undefined, undefined, 6);
    const text = plain(report(worse, ALL_RATES, PLANT, OPTIONS));
    assert.match(text, /worse than the existing forecast\. It costs €[\d,]+ \(expected\) to €[\d,]+ \(cautious\) more/);
    assert.match(text, /% worse compared with the existing forecast/);
    assert.match(text, /does not pay for itself/);
  });

  it("says of a benefit whose rates are entered why it has no figure", () => {
    const calm: MeterOptions = { ...PLANT, limit: { ...(PLANT.limit as AlarmLimit), value: 1000 } };
    const rates = { ...ALL_RATES, limitKind: "regulation" as const };
    const quiet = plain(report(plant(720, "Boiler 2", undefined, undefined, 1, calm), rates, calm, OPTIONS));
    assert.match(
      quiet,
      /Fewer exceedances not enough data yet: no exceedance in the baseline, or none judged since – –/,
    );
    const { limit: _, ...unlimited } = PLANT;
    const open = plant(720, "Boiler 2", undefined, undefined, 1, unlimited);
    const text = plain(report(open, ALL_RATES, unlimited, OPTIONS));
    assert.match(text, /Fewer false alarms no limit set – –/);
    assert.match(text, /Less downtime no limit set – –/);
  });

  it("says where a list is not complete", () => {
    const text = plain(report(fleet(60, ["a", "b", "c", "d", "e", "f"]), NO_RATES, PLANT, OPTIONS));
    // Beside a table of operating modes there is room for two.
    assert.match(text, /Asset \(2 of 6\)/);
    assert.match(text, /Readings ahead \(1 of 2\)/);
    // Six assets need six times the hours of one.
    assert.match(text, /Baseline: 348 of 1,010 h observed/);
  });

  it("is made of a single forecast as well, whenever that was", () => {
    for (const time of [-8.64e15, 0, 1.7e12, 8.64e15]) {
      const single = new Meter(PLANT, "a");
      single.add([scored(time, { origin: time, actual: 1, learner: 2 })]);
      assert.match(plain(report(single, ALL_RATES, PLANT, OPTIONS)), /1 forecasts checked/);
    }
  });

  it("stays legible with the smallest and largest numbers, and with a name without end", () => {
    const rates = { ...ALL_RATES, price: 1e12, downtimeCost: 1e12 };
    for (const scale of [1e-200, 1e-9, 1e9, 1e140]) {
      const limit: MeterOptions = { ...PLANT, limit: { ...(PLANT.limit as AlarmLimit), value: 62 * scale } };
      const text = plain(
        report(plant(720, "x".repeat(10_000), undefined, undefined, 1, limit, scale), rates, limit, OPTIONS),
      );
      assert.deepEqual(text.match(/\S{30,}/g)?.filter((word) => !/^x{60}…$/.test(word)) ?? [], []);
    }
  });

  it("takes names from outside as text", () => {
    const evil = '"><img src=x onerror=alert(1)><script>';
    const html = report(plant(30, evil), NO_RATES, PLANT, { ...OPTIONS, title: evil });
    assert.doesNotMatch(html, /<img|<script/);
    assert.ok(plain(html).includes(evil));
  });

  it("is Japanese throughout where Japanese is asked for", () => {
    for (const [hours, rates] of [
      [720, ALL_RATES],
      [720, { ...ALL_RATES, limitKind: "regulation" as const }],
      [60, NO_RATES],
    ] as const) {
      const html = report(plant(hours, "2号缶"), { ...rates, currency: "JPY" }, PLANT, {
        ...OPTIONS,
        title: "川崎工場",
        language: "ja",
      });
      assert.match(html, /<html lang="ja">/);
      const words = plain(html).match(/[A-Za-z]{2,}/g) ?? [];
      assert.deepEqual(
        [...new Set(words)].filter((word) => !["MAE", "RMSE"].includes(word)),
        [],
      );
    }
  });

  it("has every word in both languages", () => {
    const leaves = (value: object, path = ""): string[] =>
      Object.entries(value).flatMap(([key, part]) =>
        typeof part === "object" ? leaves(part, `${path}.${key}`) : [`${path}.${key}:${typeof part}`],
      );
    assert.deepEqual(leaves(REPORT_TEXT.ja).sort(), leaves(REPORT_TEXT["en-US"]).sort());
  });

  it("writes no figure that is not one, whatever is missing", () => {
    const settings: MeterOptions[] = [PLANT, { window: 5, baselineHours: 1 }];
    for (const setting of settings)
      for (const rates of [NO_RATES, ALL_RATES, { ...NO_RATES, trialCost: 0 }, { ...ALL_RATES, currency: "XYZ" }])
        for (const one of [new Meter(setting), plant(3), plant(720)])
          for (const language of LANGUAGES)
            assert.doesNotMatch(
              plain(report(one, rates, setting, { ...OPTIONS, language })),
              /NaN|undefined|null|Infinity|∞|非数|\[object/,
            );
  });
});
