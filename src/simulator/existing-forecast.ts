import { DESIGN_CO2_PER_STEAM } from "./boiler";

/** The forecast that a plant may already have before it hears of learning. */
export const PLANT_RULES = ["none", "smoothing", "design"] as const;
export type PlantRule = (typeof PLANT_RULES)[number];

/**
 * A plausible existing forecast of CO2 in kg/h, made from what the sensors show.
 *
 * - smoothing: simple exponential smoothing of the actual value, weight 0.8 on the newest (Brown 1959)
 * - design: steam flow times the CO2 per kg of steam as calculated at commissioning; nobody has looked at the factor
 *   since, so that it knows neither the boiler's part-load efficiency nor its age
 *
 * A value that is not a number leaves the forecast as it was.
 */
export class ExistingForecast {
  private value = Number.NaN;

  constructor(private readonly rule: PlantRule) {}

  /** @returns the forecast, NaN while there is none */
  next(steamFlow: number, co2: number): number {
    if (this.rule === "design" && Number.isFinite(steamFlow)) this.value = steamFlow * 3600 * DESIGN_CO2_PER_STEAM;
    if (this.rule === "smoothing" && Number.isFinite(co2)) {
      this.value = Number.isNaN(this.value) ? co2 : this.value + 0.8 * (co2 - this.value);
    }
    return this.value;
  }
}
