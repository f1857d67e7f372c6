/** What a history trainer tells people, in their language. */
import type { Say } from "../message/say";
import { ALL_SHEETS, type Place } from "../table/table-format";
import { wholePercent } from "../text/percent";
import type { DataSummary } from "./data-summary";
import type { Trained, TrainingProgress } from "./history-training";
import { JobFailed } from "./training-job";

/** Failures that have a text of their own. */
const EXPLAINED: readonly string[] = [
  ...["empty", "tooLarge", "tooManyRows", "tooManyColumns", "oldExcel", "pdf", "markup", "compressed", "damagedExcel"],
  ...["noSheet", "unknownSheet", "encoding", "setting", "noRows", "noNumbers", "noTimes", "unknownColumn", "noObjects"],
  ...["noTarget", "noInputs", "fewRows", "tooManyInputs"],
  ...["ENOENT", "EACCES", "EISDIR", "ERR_WORKER_OUT_OF_MEMORY"],
];
/** What fewer forecasts say of a model is largely chance, and that is said. */
const FEW = 100;

/** So many columns are told of in a sentence each. */
const MOST_MARKED = 5;

/** So many sheets, or sections, are named. */
const MOST_SHEETS = 12;
const some = (names: readonly string[]): string => names.slice(0, MOST_SHEETS).join(", ") + (names.length > MOST_SHEETS ? " …" : ""); // biome-ignore format: one line

/** Why a table was not read or learnt from. */
export function trainingError(error: unknown, say: Say): Error {
  if (!(error instanceof JobFailed)) return error instanceof Error ? error : new Error(String(error));
  const code = EXPLAINED.includes(error.code) ? error.code : "failed";
  const place = placed(error.details, say);
  return new Error(say(`error.${code}`, { ...error.details, place, text: error.message }), { cause: error });
}

/** "line 14", of several sheets "sheet Boiler 2, line 14". */
function placed({ line, sheet }: Partial<Record<keyof Place, unknown>>, say: Say): string {
  return sheet === undefined ? say("place.line", { line }) : say("place.sheetLine", { sheet, line });
}

/** What a person must know of a table, sentence by sentence. */
export function tableNotes(
  {
    columns,
    unreadable,
    dropped,
    spread,
    remarks,
    sections,
    fiscal,
    doubts,
    format,
    sheets,
  }: Pick<
    DataSummary,
    "columns" | "unreadable" | "dropped" | "spread" | "remarks" | "sections" | "fiscal" | "doubts" | "format" | "sheets"
  >,
  say: Say,
): string[] {
  const notes: string[] = [];
  const [first] = unreadable.first;
  if (first) {
    const column = first.column || say("note.beyond");
    notes.push(
      say("note.unreadable", { count: unreadable.count, place: placed(first, say), column, text: first.text }),
    );
  }
  const marked = columns.flatMap(({ name, marked }) =>
    marked ? [{ column: name, ...marked, place: placed(marked, say) }] : [],
  );
  for (const one of marked.slice(0, MOST_MARKED)) notes.push(say(one.bad > 0 ? "note.bad" : "note.marked", one));
  if (marked.length > MOST_MARKED) notes.push(say("note.moreMarked", { count: marked.length - MOST_MARKED }));
  if (dropped.timeless > 0) notes.push(say("note.timeless", { count: dropped.timeless }));
  if (dropped.doubled > 0) notes.push(say("note.doubled", { count: dropped.doubled }));
  if (spread > 0) notes.push(say("note.spread", { count: spread }));
  if (remarks.count > 0) notes.push(say("note.remarks", { ...remarks, place: placed(remarks, say) }));
  if (sections.length > 0) {
    const each = sections.map((one) => say(one.title === "" ? "place.untitled" : "place.section", { title: one.title, place: placed(one, say) })); // biome-ignore format: one line
    notes.push(say("note.sections", { names: some(each) }));
  }
  if (format.tagValues === "held") notes.push(say("note.held", { seconds: format.step / 1000 }));
  if (format.dateOrder === "clock") notes.push(say("note.clock"));
  if (format.start !== "") notes.push(say("note.start", { start: format.start }));
  if (fiscal)
    notes.push(say("note.fiscal", { text: fiscal.text, date: new Date(fiscal.begin).toISOString().slice(0, 10) }));
  const unread = sheets.all.filter((sheet) => !sheets.read.includes(sheet));
  if (format.sheet === ALL_SHEETS)
    notes.push(say("note.sheets", { read: some(sheets.read), others: some(unread) || "–" }));
  for (const doubt of doubts) {
    const value = doubt === "dateOrder" ? say(`value.${format.dateOrder}`) : String(format[doubt]);
    notes.push(say(`doubt.${doubt}`, { value, others: some(unread) }));
  }
  if (format.timeColumn === "") notes.push(say("note.evenly", { seconds: format.step / 1000 }));
  return notes;
}

/** The same of a model that was learnt. */
export function modelNotes({ absent, scored }: Trained, say: Say): string[] {
  return [
    ...(absent.length > 0 ? [say("note.absent", { names: absent.slice(0, 8).join(", ") })] : []),
    ...(scored < FEW ? [say("note.few", { count: scored })] : []),
  ];
}

/** What learning was worth, in figures and in words. @param unit of the target; "" = not known */
export function trainingResult(trained: Trained, unit: string, say: Say) {
  const { error, naive, existing, scored, from, to, inputs } = trained;
  const change = error / naive - 1;
  const percent = `${change < 0 ? "−" : "+"}${Number.isFinite(change) ? wholePercent(100 * change) : "–"}`;
  const values = { error: `${figure(error)} ${unit}`.trim(), naive: figure(naive), percent };
  const text = Number.isNaN(existing)
    ? say("said.error", values)
    : say("said.errorExisting", { ...values, existing: figure(existing) });
  const tested = { forecasts: scored, from, to };
  return { text, error, naive, existing: finite(existing), change: finite(change), tested, inputs };
}

/** How far learning is. */
export function trainingProgress({ rows, of, error, naive }: TrainingProgress, say: Say) {
  const percent = Math.floor((100 * rows) / of);
  const text = say("said.learning", { percent, error: figure(error), naive: figure(naive) });
  return { percent, rows, of, error: finite(error), naive: finite(naive), text };
}

/** A number that people read: three digits that count. */
function figure(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(3))) : "–";
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
