import type { BoilerState } from "./boiler";

/** What an instrument adds to the truth. */
export interface Instrument {
  /** The unit of the value, as printed on the display. */
  unit: string;
  /** Standard deviation of the noise, in the unit; flows and CO2: as a share of the value at rating. */
  noise: number;
  /** Last digit shown, in the unit. */
  resolution: number;
  /** Width of the usual operating range, in the unit: the yardstick of spikes and drifts. */
  span: number;
}

/** Of the reference boiler: 20 t/h, that is 5.6 kg/s of steam and about 3150 kg/h of CO2. */
export const INSTRUMENTS: Readonly<Record<keyof BoilerState, Instrument>> = {
  steam_flow_kg_s: { unit: "kg/s", noise: 0.02, resolution: 0.01, span: 4 },
  fuel_valve_pct: { unit: "%", noise: 0.05, resolution: 0.1, span: 40 },
  air_flow_kg_s: { unit: "kg/s", noise: 0.03, resolution: 0.01, span: 4 },
  steam_pressure_bar: { unit: "bar", noise: 0.01, resolution: 0.01, span: 2 },
  steam_temperature_c: { unit: "°C", noise: 0.3, resolution: 0.1, span: 40 },
  feedwater_temperature_c: { unit: "°C", noise: 0.1, resolution: 0.1, span: 10 },
  flue_temperature_c: { unit: "°C", noise: 0.3, resolution: 0.1, span: 40 },
  ambient_temperature_c: { unit: "°C", noise: 0.1, resolution: 0.1, span: 20 },
  o2_pct: { unit: "%", noise: 0.03, resolution: 0.01, span: 4 },
  co2_kg_h: { unit: "kg/h", noise: 8, resolution: 0.1, span: 2000 },
};

/** All sensors of a boiler, in the order of the messages; the usual target, CO2, is the last. */
export const SENSORS = Object.keys(INSTRUMENTS) as (keyof BoilerState)[];
