/** What a person orders of a drift guard: that somebody works on a sensor, that a new level is meant, and so on. */
import { shown } from "../message/problem";
import type { Say } from "../message/say";
import type { DriftChange, Guard, GuardedModel } from "./guard";

export const COMMANDS = ["maintenance", "newLevel", "accept", "rollback", "freeze", "resume", "reset"] as const;
export type GuardCommand = (typeof COMMANDS)[number];

export interface GuardOrder {
  readonly command: GuardCommand;
  /** The sensor that is meant; "" = all of the asset. */
  readonly sensor: string;
  /** Of maintenance: whether it begins. */
  readonly on: boolean;
}

/**
 * The order of a message.
 *
 * @param sensors those of the model; where no inputs are named, any name may be one
 * @throws Error where there is no such sensor
 */
export function guardOrder(
  command: GuardCommand,
  { sensor, payload }: { readonly sensor?: unknown; readonly payload?: unknown },
  { target, inputs }: { readonly target: string; readonly inputs: readonly string[] },
  say: Say,
): GuardOrder {
  const name = sensor ?? "";
  const known = ["", target, ...inputs];
  if (typeof name !== "string" || (inputs.length > 0 && !known.includes(name))) throw noSensor(name, say);
  return { command, sensor: name, on: payload !== false };
}

/**
 * Carries an order out, but for "reset", which lets go of the guard.
 *
 * @param asset its name, to say what is wrong
 * @param model the asset's forecaster, which a rollback needs
 * @returns changes of the model's state
 * @throws Error where there is no such sensor, or nothing to roll back
 */
export function carryOut(
  guard: Guard,
  { command, sensor, on }: GuardOrder,
  asset: string,
  model: GuardedModel | undefined,
  say: Say,
): readonly DriftChange[] {
  if (command === "freeze") return guard.freeze();
  if (command === "resume") return guard.resume();
  if (command === "rollback") {
    if (!model) throw new Error(say("error.noForecaster", { asset: shown(asset) }));
    return guard.rollback(model);
  }
  if (command === "maintenance") guard.maintain(on, sensor);
  if (command === "accept") guard.accept();
  if (command === "newLevel" && !guard.expectLevel(sensor)) throw noSensor(sensor, say);
  return [];
}

function noSensor(value: unknown, say: Say): Error {
  return new Error(say("error.sensor", { value: shown(value) }));
}
