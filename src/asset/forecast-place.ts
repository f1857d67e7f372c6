/** Where in a message a predictor puts its forecast: in the place of the reading, or in another property. */
import { SettingsProblem } from "../settings/settings-problem";
import { type MayBeMoved, movePayload } from "./moved";

/** Properties of a message that the nodes of this pack read: a forecast put there would break the flow behind. */
export const OWN_PROPERTIES: readonly string[] = [
  "topic",
  "timestamp",
  "reading",
  "observed",
  "quality",
  "scored",
  "tuning",
  "forecast",
  "command",
  "reset",
];

/**
 * The place that the dialog names, without `msg.`; where it names none, the payload.
 *
 * @param partsOf the parts of a path in a message; throws where a text is none
 * @throws SettingsProblem where it is no path, or a property of this pack's own
 */
export function placeOf(output: unknown, partsOf: (path: string) => readonly unknown[]): string {
  const place = (String(output ?? "").trim() || "payload").replace(/^msg\./, "");
  try {
    const parts = partsOf(place);
    if (parts.length > 1 || !OWN_PROPERTIES.includes(String(parts[0]))) return place;
  } catch {
    // It is no path.
  }
  throw new SettingsProblem("output");
}

/**
 * Puts a forecast, or for a batch a list of them, in its place.
 *
 * @param reading what was forecast from: it moves aside where the forecast takes its place
 * @param set puts a value at a path; false where that leads through text or a number
 * @returns whether it could be put there
 */
export function putForecast<Message extends MayBeMoved>(
  msg: Message,
  place: string,
  reading: unknown,
  forecast: unknown,
  set: (msg: Message, place: string, value: unknown) => unknown,
): boolean {
  if (place !== "payload") return set(msg, place, forecast) !== false;
  movePayload(msg, reading, forecast);
  return true;
}
