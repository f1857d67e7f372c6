import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { NodeAPI } from "node-red";
import type { Language, Say } from "../../src/message/say";

interface Texts {
  readonly [key: string]: string | Texts;
}

/** Where Node-RED has the texts of the forecast model. */
export const MODEL_TEXTS = "@kaizen-flow/node-red-online-forecast/forecast-model:forecast-model";
const read = new Map<string, Texts>();

/** The texts of one node in a language of the pack, as its catalogue has them. */
export function catalogue(language: Language, type: string): Texts {
  const file = join(__dirname, "..", "locales", language, `${type}.json`);
  const known = read.get(file) ?? (JSON.parse(readFileSync(file, "utf8"))[type] as Texts);
  read.set(file, known);
  return known;
}

/**
 * What a node says. Node-RED itself has loaded no language but its own, which on a server is mostly English.
 *
 * @param language empty = Node-RED's
 */
export function textsOf(RED: NodeAPI, type: string, language: Language | "" = ""): Say {
  if (language === "") return (key, values) => RED._(`${type}.${key}`, (values ?? {}) as Record<string, string>);
  const texts = catalogue(language, type);
  return (key, values = {}) => {
    const found = key.split(".").reduce<string | Texts | undefined>((at, part) => Object(at)[part], texts);
    if (typeof found !== "string") return `${type}.${key}`;
    return found.replace(/__(\w+?)__/g, (place, name) => (name in values ? String(values[name] ?? "") : place));
  };
}

/**
 * The texts of the forecast model, for nodes of other types too: without its name Node-RED looks for a text in the
 * catalogue of the asking node's own type alone, and gives back the key.
 */
export function modelTexts(RED: NodeAPI, language: Language | "" = ""): Say {
  if (language !== "") return textsOf(RED, "forecast-model", language);
  return (key, values) => RED._(`${MODEL_TEXTS}.${key}`, (values ?? {}) as Record<string, string>);
}
