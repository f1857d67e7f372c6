import assert from "node:assert/strict";
import fc from "fast-check";
import { type MeterForm, parseMeterSettings } from "../../src/kpi/meter-settings";
import { SettingsProblem } from "../../src/settings/settings-problem";

describe("meter settings", () => {
  it("take sensible defaults where the dialog was left as it is", () => {
    const { meter, rates, emit, language } = parseMeterSettings({});
    assert.deepEqual(meter, { window: 500, baselineHours: 168 });
    assert.deepEqual(emit, { every: 100, unit: "readings" });
    assert.equal(language, "auto");
    assert.equal(rates.currency, "EUR");
    assert.deepEqual([rates.price, rates.fine, rates.trialCost], [null, null, null], "no cost is guessed");
    assert.deepEqual(
      [rates.preventable, rates.probability, rates.hoursPerYear],
      [null, null, null],
      "nor a share, nor hours",
    );
  });

  it("read forms as text or numbers", () => {
    const { meter, rates } = parseMeterSettings({
      limit: "-4.5",
      side: "low",
      leastLead: "10",
      baseline: 12,
      baselineUnit: "hours",
      currency: " jpy ",
      fine: "0",
      price: 2,
    });
    assert.deepEqual(meter.limit, { value: -4.5, side: "low", leastLead: 600_000, clearAfter: 5, within: 0 });
    assert.equal(meter.baselineHours, 12);
    assert.deepEqual([rates.currency, rates.fine, rates.price], ["JPY", 0, 2]);
  });

  it("take the one end of a range that is given for both", () => {
    const { rates } = parseMeterSettings({ preventableLow: 30, probabilityHigh: "5" });
    assert.deepEqual([rates.preventable, rates.probability], [{ low: 0.3, high: 0.3 }, { low: 0.05, high: 0.05 }]); // biome-ignore format: one line
  });

  const refused: [MeterForm, string, string][] = [
    [{ price: "12,5" }, "price", "range"],
    [{ price: -1 }, "price", "range"],
    [{ limit: "NaN" }, "limit", "range"],
    [{ limit: Number.POSITIVE_INFINITY }, "limit", "range"],
    [{ window: 0 }, "window", "range"],
    [{ window: 2.5 }, "window", "range"],
    [{ hoursPerYear: 9000 }, "hoursPerYear", "range"],
    [{ baseline: 0 }, "baseline", "range"],
    [{ probabilityHigh: 101 }, "probabilityHigh", "range"],
    [{ preventableLow: 70, preventableHigh: 60 }, "preventableHigh", "order"],
    [{ currency: "€" }, "currency", "currency"],
    [{ period: "week" }, "period", "choice"],
    [{ language: "fr" }, "language", "choice"],
  ];
  for (const [form, field, code] of refused) {
    it(`refuse ${JSON.stringify(form)} and name the field`, () => {
      assert.throws(
        () => parseMeterSettings(form),
        (problem: unknown) => {
          assert.ok(problem instanceof SettingsProblem);
          assert.deepEqual([problem.field, problem.code], [field, code]);
          return true;
        },
      );
    });
  }

  it("never let a number through that cannot be worked with", () => {
    const fields = Object.keys({ ...BLANK }) as (keyof MeterForm)[];
    const value = fc.oneof(fc.double(), fc.string(), fc.integer(), fc.constantFrom(null, undefined, true, [], [1], {}));
    fc.assert(
      fc.property(fc.constantFrom(...fields), value, (field, given) => {
        try {
          const { meter, rates, emit } = parseMeterSettings({ [field]: given } as MeterForm);
          const numbers = [...Object.values(rates), ...Object.values(meter.limit ?? {}), emit.every, meter.window];
          for (const number of numbers)
            if (typeof number === "number") assert.ok(Number.isFinite(number), `${field}: ${given}`);
        } catch (problem) {
          assert.ok(problem instanceof SettingsProblem, String(problem));
        }
      }),
      { numRuns: 1000 },
    );
  });
});

const BLANK: Required<
  Pick<MeterForm, "limit" | "price" | "window" | "baseline" | "hoursPerYear" | "fine" | "currency" | "title">
> = {
  limit: "",
  price: "",
  window: "",
  baseline: "",
  hoursPerYear: "",
  fine: "",
  currency: "",
  title: "",
};
