/**
 * The page of forecast health with its script, style and texts, which hold nothing of the plant and need no permission. The
 * sidebar tab takes the same files.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { NodeAPI } from "node-red";
import { type Language, languageNamed } from "../src/message/say";
import type { Asked, Reply } from "./kit/route";
import { catalogue } from "./kit/say";

export const HTML = "text/html; charset=utf-8";
const SCRIPT = "text/javascript; charset=utf-8";
const STYLE = "text/css; charset=utf-8";
/**
 * From anywhere else nothing is fetched, nothing in the page runs that is not a file of it, and no other page frames it. Styles
 * may stand in a document, since a report that is opened from here has its own.
 */
const PAGE = {
  "Content-Type": HTML,
  "Content-Security-Policy":
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self'; img-src 'self' data:; frame-ancestors 'self'; base-uri 'none'; form-action 'none'",
  "Referrer-Policy": "no-referrer",
  "X-Content-Type-Options": "nosniff",
};
const RESOURCES = join(__dirname, "..", "..", "resources");

/** Registers the routes of page, files and texts. */
export function serveHealthPage(RED: NodeAPI): void {
  const files = {
    "health.js": [join(RESOURCES, "health.js"), SCRIPT],
    "health-charts.js": [join(RESOURCES, "health-charts.js"), SCRIPT],
    "health-page.js": [join(RESOURCES, "health-page.js"), SCRIPT],
    "health.css": [join(RESOURCES, "health.css"), STYLE],
    "health-page.css": [join(RESOURCES, "health-page.css"), STYLE],
    "uplot.js": [require.resolve("uplot/dist/uPlot.iife.min.js"), SCRIPT],
    "uplot.css": [require.resolve("uplot/dist/uPlot.min.css"), STYLE],
  } as const;

  RED.httpAdmin.get("/forecast-health", (req: Asked, res: Reply) => {
    // Its own addresses are relative to the place without a slash at the end.
    if (req.path.endsWith("/")) return res.redirect("../forecast-health");
    res.set(PAGE);
    return res.send(readFileSync(join(RESOURCES, "health-page.html")));
  });
  for (const [name, [path, type]] of Object.entries(files))
    RED.httpAdmin.get(`/forecast-health/${name}`, (_req: Asked, res: Reply) => {
      res.set({ "Content-Type": type, "Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff" });
      res.send(readFileSync(path));
    });
  RED.httpAdmin.get("/forecast-health/texts", (req: Asked, res: Reply) =>
    res.json(textsIn(languageNamed(req.query.language) ?? "en-US")),
  );
}

/** The texts of the page in one language: the pack's catalogue of the model and what experts are called. */
function textsIn(language: Language): object {
  return {
    health: catalogue(language, "forecast-model").health,
    expert: catalogue(language, "lru-predictor").expert,
  };
}
