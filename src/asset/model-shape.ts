/** What gives a model its shape: with another one it is another model, with a record of its own. */
import { createHash } from "node:crypto";
import type { Forecaster } from "../forecaster/forecaster";
import { durationText } from "../message/duration";
import { mismatch } from "../record/record-error";
import type { ModelSettings } from "./settings";

/** A short name for the shape: the old record is found again when the settings come back. */
export function shapeHash(settings: ModelSettings): string {
  const { target, inputs, horizon, durations, size, buildOn, coverage, labelDelay, steady } = settings;
  const text = JSON.stringify([
    target,
    inputs,
    durations?.map(durationText) ?? horizon,
    size,
    buildOn,
    coverage,
    labelDelay,
    ...(steady ? ["steady"] : []), // a model of before there was a choice keeps its name
  ]);
  return createHash("sha256").update(text).digest("hex").slice(0, 8);
}

/** @throws RecordError where a forecaster was made for something else than the settings ask for */
export function mustFit(forecaster: Forecaster, settings: ModelSettings): void {
  const { target, inputs, horizon, durations, buildOn } = settings;
  const own = forecaster.options;
  const named = inputs.filter((input) => input !== target);
  const steps = own.horizon as number[];
  // How many steps spans of time are is for the sampler to say.
  const isTimed = durations?.length === steps.length;
  const wanted = shape(target, named, durations?.map(durationText) ?? horizon, buildOn);
  const found = shape(
    own.target,
    named.length === 0 ? [] : own.inputs,
    isTimed ? durations.map(durationText) : steps,
    own.buildOn,
  );
  if (wanted !== found) throw mismatch("What is forecast", found, wanted);
}

/** In signs that need no translation: "co2 ← load, fuel (+1, +6)". */
function shape(
  target: string,
  inputs: readonly string[],
  horizons: readonly (number | string)[],
  buildOn: string,
): string {
  const from = [...inputs, ...(buildOn === "existing" ? ["msg"] : [])].join(", ") || "*";
  return `${target} ← ${from.slice(0, 200)} (${horizons.map((k) => `+${k}`).join(", ")})`;
}
