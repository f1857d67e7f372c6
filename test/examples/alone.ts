/** The engine without Node-RED, on the same plant: what the nodes must neither add to nor take from. */
import { type Forecast, Forecaster, type Scored } from "../../src/index";
import { Simulator, type SimulatorOptions } from "../../src/simulator/simulator";
import type { FlowNode } from "../node-red-process";
import { the } from "./adapt";

const SIZES: Record<string, number> = { small: 8, medium: 16, large: 32 };

/** The forecaster that a flow's forecast model describes. */
export function forecasterOf(flow: FlowNode[], asset: string): Forecaster {
  const model = the(flow, "forecast-model");
  return Forecaster.create({
    inputs: model.sensors as string[],
    target: model.target as string,
    horizon: Number(model.horizons),
    size: SIZES[model.size as string],
    coverage: Number(model.coverage) / 100,
    seed: Number(model.seed),
    buildOn: model.buildOn as "last" | "existing",
    labelDelay: Number(model.labelDelay),
    asset,
  });
}

/** The plant that a flow's simulator describes. */
export function plantOf(flow: FlowNode[]): Simulator {
  const simulator = the(flow, "plant-simulator");
  return new Simulator({
    ...(simulator as unknown as SimulatorOptions),
    assets: (simulator.assets as { name: string; rating: number; age: number }[]).map((asset) => ({ ...asset })),
  });
}

/**
 * Forecasts and scores of every boiler, reading by reading.
 *
 * @param approved  readings after which the models are approved as they are then; absent: never
 */
export function alone(
  flow: FlowNode[],
  count: number,
  approved?: number,
): Map<string, { forecasts: Forecast[]; scored: Scored[] }> {
  const plant = plantOf(flow);
  const start = Date.parse(the(flow, "plant-simulator").start as string);
  const results = new Map<string, { f: Forecaster; forecasts: Forecast[]; scored: Scored[] }>();
  for (let i = 0; i < count; i++) {
    if (i === approved) for (const { f } of results.values()) f.approve();
    for (const { asset, elapsed, values, existing } of plant.next()) {
      let result = results.get(asset);
      if (!result) {
        result = { f: forecasterOf(flow, asset), forecasts: [], scored: [] };
        results.set(asset, result);
      }
      const step = result.f.step({ time: start + Math.round(elapsed * 1000), values, existing }, { learn: true });
      result.forecasts.push({ ...step.forecast });
      if (step.scored) result.scored.push({ ...step.scored });
    }
  }
  return results;
}

/** Mean absolute error of one of the compared forecasts. */
export function mae(scored: readonly Scored[], which: "forecast" | "naive" | "frozen" | "existing"): number {
  return scored.reduce((sum, one) => sum + Math.abs(one[which] - one.actual), 0) / scored.length;
}
