import type { Language, Say } from "../message/say";
import { type KpiDocument, kpiDocument } from "./document";
import type { ErrorBlock } from "./error-history";
import { type KpiFigures, kpiFigures } from "./figures";
import type { Meter, MeterOptions } from "./meter";
import type { MeterOrder } from "./meter-order";
import type { MeterSettings } from "./meter-settings";
import { reportLanguage } from "./meter-words";
import type { Upkeep } from "./upkeep";

/** What a KPI meter answers, as messages and forecast health carry it. */
export class MeterAnswers {
  /**
   * @param unit of the target; "" = none
   * @param upkeepOf how an asset is kept; undefined = all of them
   */
  constructor(
    private readonly settings: MeterSettings,
    private readonly options: MeterOptions,
    private readonly unit: string,
    private readonly upkeepOf: (asset: string | undefined) => Upkeep,
    private readonly say: Say,
  ) {}

  of(meter: Meter): KpiFigures {
    return kpiFigures(meter, this.settings.rates, this.options);
  }

  /** How often figures were due up to now: it grows by one when they are due again, before or after a restart. */
  dues(meter: Meter): number {
    const { every, unit } = this.settings.emit;
    return Math.floor((unit === "readings" ? meter.readings : meter.hours * 60) / every);
  }

  /** The figures of an asset beside those of all of them, and when what it has learnt was saved last. */
  figures(meter: Meter, total: Meter) {
    const { saved } = this.upkeepOf(meter === total ? undefined : meter.asset);
    const known = Number.isNaN(saved) ? null : saved;
    return { topic: meter.asset, payload: this.of(meter), total: this.of(total), saved: known };
  }

  /** What is answered to an order, as properties of a message. @param meter that of all = all together */
  to({ command, language }: MeterOrder, meter: Meter, total: Meter): object {
    if (command === "figures") return this.figures(meter, total);
    const asset = meter === total ? undefined : meter.asset;
    return this.document(command === "csv" ? "csv" : "report", meter, asset, language);
  }

  /**
   * A report as a page of its own.
   *
   * @param asset undefined = all together
   * @param reader the language of who looks at it: the report's where none is set
   */
  report(meter: Meter, asset: string | undefined, reader: unknown): { html: string; file: string } {
    const set = this.settings.language;
    const language = reportLanguage(set === "auto" ? reader : undefined, set, this.say);
    const { payload, filename } = this.document("report", meter, asset, language);
    return { html: payload, file: filename };
  }

  private document(kind: "report" | "csv", meter: Meter, asset: string | undefined, language: Language): KpiDocument {
    const { rates, title } = this.settings;
    const { options, unit } = this;
    const upkeep = this.upkeepOf(asset);
    return kpiDocument(kind, meter, asset, { rates, meter: options, title, unit, language, now: Date.now(), upkeep });
  }

  /** The figures of an asset, and its errors over time; undefined where there is no meter. */
  sight(meter: Meter | undefined): { figures: KpiFigures; blocks: ErrorBlock[] } | undefined {
    if (!meter) return undefined;
    const blocks = [meter.baseline, meter.evaluation].flatMap(({ history }) => history.blocks);
    return { figures: this.of(meter), blocks };
  }
}
