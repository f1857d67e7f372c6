import { exportNameOf } from "../memory/asset-name";
import type { Language } from "../message/say";
import { csv } from "./csv";
import { type KpiFigures, kpiFigures } from "./figures";
import type { Meter, MeterOptions } from "./meter";
import type { Rates } from "./rates";
import { report } from "./report";
import type { Upkeep } from "./upkeep";

/** A report or a table of the figures, as a message carries it. */
export interface KpiDocument {
  payload: string;
  filename: string;
  kpi: KpiFigures;
}

export interface DocumentOptions {
  readonly rates: Rates;
  readonly meter: MeterOptions;
  readonly title: string;
  readonly unit: string;
  readonly language: Language;
  /** ms since 1970 */
  readonly now: number;
  readonly upkeep: Upkeep;
}

/**
 * The figures of a meter as a document.
 *
 * @param asset  undefined = all together
 */
export function kpiDocument(
  kind: "report" | "csv",
  of: Meter,
  asset: string | undefined,
  { rates, meter, title, unit, language, now, upkeep }: DocumentOptions,
): KpiDocument {
  const names = asset === undefined ? [] : [exportNameOf(asset)];
  const name = ["forecast-report", ...names, new Date(now).toISOString().slice(0, 10)].join("-");
  const kpi = kpiFigures(of, rates, meter);
  return kind === "csv"
    ? { payload: csv(kpi, rates, unit), filename: `${name}.csv`, kpi }
    : { payload: report(of, rates, meter, { title, unit, language, now, upkeep }), filename: `${name}.html`, kpi };
}
