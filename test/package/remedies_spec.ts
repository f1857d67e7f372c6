/** What an error asks for stands where the debug sidebar shows it: in the first 80 characters. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { projectRoot } from "../node-red-process";

const root = projectRoot();
const { "node-red": pack } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
/** Characters of a text that the debug sidebar shows. */
const SHOWN = 80;
/** A name or a value that stands in for a placeholder. */
const VALUE = "boiler-1";

/** What asks somebody to do something, or says what would be right. */
const ASKS = {
  "en-US":
    /\b(add|allow|change|check|choose|correct|enter|export|give|let|list|look|make|name|open|put|raise|save|send|set|shelve|split|take|try|unpack|update|use|wait|wire|write)\b|\b(must|needed|needs)\b|known:|there is:|the lowest first|is the message sent twice/i,
  ja: /ください|必要|使える|使用できる|登録済み|選ぶか/,
} as const;
/** Nothing can be done, the text says what is missing by itself, or it goes round another text that asks. */
const OTHERS: Record<string, readonly string[]> = {
  "forecast-model": ["memoryClosed", "repeated", "rowsRefused", "unreadable"],
  "history-trainer": ["failed", "notLearning"],
  "rollout-gate": ["more", "notPossible", "notYet"],
  "alarm-rule": ["badActual", "damagedRecord", "notPossible", "outOfOrder"],
  "plant-simulator": ["unreadable"],
};

describe("errors say what to do in the part that is shown", () => {
  for (const type of Object.keys(pack.nodes))
    for (const language of ["en-US", "ja"] as const)
      it(`${type} (${language})`, () => {
        const file = join(root, "nodes", "locales", language, `${type}.json`);
        const { error = {} } = JSON.parse(readFileSync(file, "utf8"))[type];
        const silent = Object.entries<string>(error)
          .filter(([key]) => !OTHERS[type]?.includes(key))
          .filter(([, text]) => !ASKS[language].test(text.replace(/__\w+?__/g, VALUE).slice(0, SHOWN)));
        assert.deepEqual(silent, []);
      });
});
