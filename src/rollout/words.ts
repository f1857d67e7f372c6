import { oneLine } from "../message/one-line";
import type { Say } from "../message/say";
import type { Change, GateProblem, Reason, Summary } from "./gate";
import { UnknownForecast } from "./known";
import type { Missing } from "./requirements";
import type { Period } from "./scope";

/**
 * Where a rollout stands: "better in 31 of 40 shifts, 12 % on average, evidence 8 of 20; 3 % of forecasts in doubt".
 *
 * @param target  the sensor that is forecast, to name it
 */
export function progressText(summary: Summary, period: Period, say: Say, target = ""): string {
  const { stage, blocks, better, gain, periods, proof, against, needed, filling, length } = summary;
  const { doubt, unusable, stopped } = summary;
  const parts: string[] = [];
  if (blocks === 0) parts.push(say("progress.first", { filling, length }));
  else {
    const unit = say(periods > 1 ? "unit.several" : `unit.${period}`, { count: periods, unit: say(`unit.${period}`) });
    const average = say(gain < 0 ? "progress.worse" : "progress.better", { gain: figure(Math.abs(gain)) });
    // What matters about a learner that is live is whether it has to go. Beyond a proof there is nothing more to prove.
    const [told, reached] = stage === "live" ? (["live", against] as const) : (["trial", proof] as const);
    const evidence = figure(Math.min(reached, needed));
    parts.push(say(`progress.${told}`, { blocks, better, unit, average, needed, evidence }));
  }
  if (doubt >= 0.1) parts.push(say("progress.doubt", { share: figure(doubt) }));
  if (unusable > 0) parts.push(say("progress.unusable", { count: unusable, sensor: target }));
  if (stopped > 0) parts.push(say("progress.stopped", { count: stopped }));
  return parts.join(say("progress.joint"));
}

/** One thing that is missing for a promotion. */
export function missingText({ code, value, needed }: Missing, say: Say): string {
  const shorter = code === "days" && SHORTER.find(({ below }) => needed < below);
  if (!shorter) return say(`missing.${code}`, { value: figure(value), needed });
  const { unit, inDay } = shorter;
  return say(`missing.${unit}`, { value: Math.floor(value * inDay), needed: Math.ceil(needed * inDay - 1e-3) });
}

/** A trial that is needed for less than so many days is told of in a shorter unit: "0 of 0.005 days" tells nobody anything. */
const SHORTER = [
  { below: 3 / 24, unit: "minutes", inDay: 1440 },
  { below: 1, unit: "hours", inDay: 24 },
] as const;

/** An entry of the record: what changed, why, by whom. */
export function changeText({ what, from, to, who, reason }: Change, asset: string, say: Say): string {
  const name = oneLine(asset) || say("unnamed");
  const moved =
    what === "ready" || from === to ? say(`stage.${to}`) : `${say(`stage.${from}`)} → ${say(`stage.${to}`)}`;
  const by = who ? say("by", { who: oneLine(who) }) : "";
  return say(`change.${what}`, { asset: name, moved, reason: reasonText(reason, say), by }).trim();
}

/** So many characters of a name, and of a person's reason, have room in a status. */
const LONGEST = 30;

/** The same in a status: "rolled back: the drift guard froze the model", "on hold: boiler inspection by Sato". */
export function whyText({ to, who, reason }: Change, say: Say): string {
  const short = (text: string): string => (text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text);
  const why = reason.code === "person" ? short(reasonText(reason, say)) : say(`why.${reason.code}`);
  const by = who ? say("by", { who: short(oneLine(who)) }) : "";
  return say(`why.${to}`, { why, by }).trim();
}

/** Why a command was not carried out. */
export function problemText({ code, details }: GateProblem, asset: string, say: Say): string {
  const missing = details.missing.map((point) => missingText(point, say)).join("; ");
  return say(`error.${code}`, {
    asset: oneLine(asset.slice(0, 60)) || say("unnamed"),
    command: details.command,
    stage: say(`stage.${details.stage}`),
    missing,
  });
}

/** Why a message is no forecast; undefined where an error is no matter of the gate's. */
export function unknownText(error: unknown, say: Say): Error | undefined {
  if (!(error instanceof UnknownForecast)) return undefined;
  return new Error(say(`error.${error.code}`, { value: error.value }), { cause: error });
}

/** A person is told of so many problems; the others are counted. */
const MOST_PROBLEMS = 10;

/** Why a command was not carried out at several assets. */
export function problemsText(texts: readonly string[], say: Say): string {
  const more = texts.length - MOST_PROBLEMS;
  return [...texts.slice(0, MOST_PROBLEMS), ...(more > 0 ? [say("error.more", { count: more })] : [])].join("\n");
}

function reasonText(reason: Reason, say: Say): string {
  switch (reason.code) {
    case "person":
      return oneLine(reason.text) || say("reason.none");
    case "outsideLimits":
      return say("reason.outsideLimits", { value: figure(reason.value), limit: reason.limit });
    case "farWorse":
      return say("reason.farWorse", { value: figure(reason.value), existing: figure(reason.existing) });
    case "dependentBlocks":
      return say("reason.dependentBlocks", { length: reason.length });
    case "settings":
      return say("reason.settings", { changed: reason.changed.map((key) => say(`setting.${key}`)).join(", ") });
    default:
      return say(`reason.${reason.code}`);
  }
}

/** A figure that a person compares: never rounded up to a limit that it has not reached. */
function figure(x: number): string {
  if (Math.abs(x) >= 1000) return Math.abs(x) >= 1e6 ? x.toPrecision(3) : String(Math.floor(x));
  return String(Math.abs(x) >= 10 ? Math.floor(x) : Math.floor(10 * x + 1e-9) / 10);
}
