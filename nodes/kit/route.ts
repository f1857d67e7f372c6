/**
 * What every admin route of the pack asks of a request that changes something. Where Node-RED has no login, the browser of
 * anybody who can reach it is the only door: a page from elsewhere can make it post a form, but not JSON.
 */
import type { NodeAPI } from "node-red";
import { oneLine } from "../../src/message/one-line";
import { type Language, languageNamed, type Say } from "../../src/message/say";
import { modelTexts, textsOf } from "./say";

/** What is needed of a request. */
export interface Question {
  readonly headers: { readonly "content-type"?: string; readonly "accept-language"?: string };
  readonly body?: unknown;
}

/** What is needed of the answer. */
export interface Answer {
  json(body: unknown): unknown;
  status(code: number): Answer;
}

/** A request with what may stand in its address. */
export interface Asked extends Question {
  readonly query: Readonly<Record<string, unknown>>;
  readonly path: string;
  readonly user?: unknown;
}

/** The answer to it, which may be a document. */
export interface Reply extends Answer {
  set(fields: Readonly<Record<string, string>>): unknown;
  send(body: string | Buffer): unknown;
  redirect(place: string): unknown;
}

/** Why a request is not granted. */
export class Refusal extends Error {
  /** @param status of the answer */
  constructor(
    readonly status: number,
    text: string,
  ) {
    super(text);
  }
}

/** Lets work answer a request; what fails is refused with its reason. */
export function answering(res: Answer, work: () => Promise<unknown>): void {
  work().catch((error: Error) =>
    res.status(error instanceof Refusal ? error.status : 409).json({ error: error.message }),
  );
}

/**
 * A node's texts in the language of whoever asks, which dialogs and browsers name in Accept-Language; else in Node-RED's.
 *
 * @param language of the forecast model that the answer is about; empty = of none
 */
export function textsFor(RED: NodeAPI, req: Question, type: string, language: Language | "" = ""): Say {
  return textsOf(RED, type, language || asked(req));
}

/** The language that a request names; empty where that is none of the pack's. */
function asked({ headers }: Question): Language | "" {
  const named = (headers["accept-language"] ?? "").split(",").map((one) => one.trim().slice(0, 2).toLowerCase());
  return languageNamed(named.find(languageNamed)) ?? "";
}

/** The texts of the routes, by the same rule. */
export function routeTexts(RED: NodeAPI, req: Question, language: Language | "" = ""): Say {
  const say = modelTexts(RED, language || asked(req));
  return (key, values) => say(`route.${key}`, values);
}

/** The word by which a request is for all assets. */
export const ALL = Symbol("all");

/** A name longer than this is none that a person would send. */
const LONGEST_ASSET = 10_000;
/** A name or a reason is a line, not a book. */
const LONGEST_LINE = 500;

/** Refuses what is not sent as JSON with 415. */
export function jsonOnly(RED: NodeAPI): (req: Question, res: Answer, next: () => void) => void {
  return (req, res, next) => {
    const [type] = String(req.headers["content-type"] ?? "").split(";");
    if (type.trim().toLowerCase() === "application/json") next();
    else res.status(415).json({ error: routeTexts(RED, req)("json") });
  };
}

/**
 * For which asset a request is: `asset`, its name, or `all: true`.
 *
 * @returns undefined where it says neither or both, or the name is no text or longer than any
 */
export function scopeOf(body: unknown): string | typeof ALL | undefined {
  const { asset, all } = Object(body) as { asset?: unknown; all?: unknown };
  if (all === true) return asset === undefined ? ALL : undefined;
  if (all !== undefined && all !== false) return undefined;
  return typeof asset === "string" && asset.length <= LONGEST_ASSET ? asset : undefined;
}

/** Who asks: the user who is logged in; only where nobody is, the name that the request gives. */
export function whoAsks(req: { readonly user?: unknown; readonly body?: unknown }): string {
  const { username } = Object(req.user) as { username?: unknown };
  return typeof username === "string" && username !== "" ? lineOf(username) : lineOf(Object(req.body).who);
}

/** A name or a reason as one line of text; empty where it is none. */
export function lineOf(value: unknown): string {
  return typeof value === "string" ? oneLine(value.slice(0, 4 * LONGEST_LINE)).slice(0, LONGEST_LINE) : "";
}

/** The header for a file to keep; the name is of letters of any script, digits, hyphens and a dot. */
export function attachment(file: string): Record<string, string> {
  return { "Content-Disposition": `attachment; filename*=UTF-8''${encodeURIComponent(file)}` };
}
