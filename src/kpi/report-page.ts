import { isolated, oneLine } from "../message/one-line";
import type { Factor } from "./benefit";
import type { Line } from "./chart";
import type { KpiFigures } from "./figures";
import type { Meter, MeterOptions } from "./meter";
import type { Rates } from "./rates";
import type { ReportFormat } from "./report-format";
import type { ReportText } from "./report-text";
import type { ForecasterName } from "./scored-forecast";
import type { Upkeep } from "./upkeep";

/** What each part of the report is made from. */
export interface Page {
  meter: Meter;
  rates: Rates;
  settings: MeterOptions;
  figures: KpiFigures;
  /** Of the target; empty = not known. */
  unit: string;
  upkeep?: Upkeep;
  text: ReportText;
  format: ReportFormat;
}

export const LINES: Record<ForecasterName, Pick<Line, "colour" | "dash" | "width">> = {
  learner: { colour: "#0b5cad", width: 2.6 },
  existing: { colour: "#c2410c", dash: "7 3" },
  naive: { colour: "#6b7280", dash: "2 3" },
  frozen: { colour: "#15803d", dash: "9 3 2 3" },
};

const LONGEST_NAME = 60;

/** A name as long as a line has room for, which does not turn the direction of the text around it. */
export function shortName(name: string): string {
  const signs = Array.from(oneLine(name));
  return isolated(signs.length > LONGEST_NAME ? `${signs.slice(0, LONGEST_NAME).join("")}…` : signs.join(""));
}

/** Whether a figure is fact or belief. */
export function badge(source: Factor["source"], text: ReportText): string {
  return `<em class="${source}">${text.source[source]}</em>`;
}
