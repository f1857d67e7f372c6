import { Forecaster } from "../forecaster/forecaster";
import { MessageProblem, shown } from "../message/problem";
import { RecordError } from "../record/record-error";
import { Asset } from "./asset";
import { mustFit } from "./model-shape";
import type { Sampler } from "./sampling";
import type { ModelSettings } from "./settings";

/** A model of its own, as one asset is given it. */
export interface ImportedModel {
  readonly forecaster: Forecaster;
  readonly sampler: Sampler | undefined;
}

/** What the record of a checkpoint says of itself. */
const CHECKPOINT = JSON.stringify("checkpoint");
const PROBLEM = { damaged: "importDamaged", foreign: "importForeign", newer: "importNewer" } as const;

/**
 * The model in an exported file. It keeps what it has learnt and its scales; the readings that it has seen belong to
 * another time and are forgotten.
 *
 * @throws MessageProblem where the file is none, or of another model
 */
export function importedModel(file: unknown, settings: ModelSettings): ImportedModel {
  if (!(file instanceof Uint8Array)) {
    const value = shown(file);
    throw new MessageProblem("importType", { value }, `payload is ${value}: the exported file is needed as a Buffer`);
  }
  let forecaster: Forecaster | undefined;
  try {
    forecaster = Forecaster.load(file, {}, settings);
    mustFit(forecaster, settings);
    const sampler = Asset.samplerFrom(file, forecaster, settings);
    forecaster.forgetReadings();
    sampler?.forgetReadings();
    return { forecaster, sampler };
  } catch (error) {
    forecaster?.release();
    throw error instanceof RecordError ? problemOf(error) : error;
  }
}

function problemOf({ code, message, differs }: RecordError): MessageProblem {
  if (code !== "mismatch") return new MessageProblem(PROBLEM[code], {}, message);
  if (differs?.found === CHECKPOINT)
    return new MessageProblem("importCheckpoint", {}, "the file is a checkpoint: parameters without their model");
  return new MessageProblem("importShape", { ...differs }, message);
}
