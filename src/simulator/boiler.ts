import type { Random } from "../forecaster/random";
import { Load, type LoadProfile } from "./load";

/** What distinguishes one boiler from the next. */
export interface BoilerParameters {
  /** Rated steam flow, kg/s. */
  rating: number;
  /** Fouling and valve wear at the start: 0 as built, 1 due for overhaul. */
  age: number;
  /** Hours of operation from 0 to nearly 1 on that scale; Infinity: it does not age. */
  ageingHours: number;
  load: LoadProfile;
}

/** The true state of the process, before any instrument has looked at it. Each name ends with its unit. */
export interface BoilerState {
  steam_flow_kg_s: number;
  fuel_valve_pct: number;
  air_flow_kg_s: number;
  steam_pressure_bar: number;
  steam_temperature_c: number;
  feedwater_temperature_c: number;
  flue_temperature_c: number;
  ambient_temperature_c: number;
  o2_pct: number;
  co2_kg_h: number;
}

/** Lower heating value of natural gas, MJ/kg (IPCC 2006, vol. 2, table 1.2). */
const HEATING_VALUE = 48;
/** CO2 per heat of natural gas, kg/MJ (IPCC 2006, vol. 2, table 2.2). */
const EMISSION_FACTOR = 0.0561;
/** Air that burns 1 kg of natural gas completely, kg. */
const STOICHIOMETRIC_AIR = 17.2;
/** Oxygen in dry air, % by volume. */
const OXYGEN_IN_AIR = 20.95;
const PRESSURE_SETPOINT = 20;
const FEEDWATER_TEMPERATURE = 105;
/** Heat from feedwater at 105 °C to steam at 20 bar and about 300 °C, MJ/kg. */
const STEAM_HEAT = 2.58;
const DESIGN_EFFICIENCY = 0.92;
/** Flue gas loss of natural gas by Siegert's formula: %/K, with 0.66/(21 − O2) + 0.009. */
const SIEGERT = { a: 0.66, b: 0.009 };

/**
 * CO2 for each kg of steam as calculated when the boiler was commissioned, kg/kg. A plant that has not looked since
 * still multiplies its steam flow by it.
 */
export const DESIGN_CO2_PER_STEAM = (STEAM_HEAT / DESIGN_EFFICIENCY) * EMISSION_FACTOR;

/**
 * An industrial gas-fired steam boiler with superheater and economiser, about 20 bar, in lumped form, integrated with
 * explicit Euler steps of at most one second. Symbols as in the code, all flows kg/s, powers MW:
 *
 *     pressure     e1 dp/dt = Q − q_s Δh                     Åström and Bell 2000, "Drum-boiler dynamics", Automatica 36,
 *                                                            the single-state model of drum pressure with ideal level control
 *     steam        q_s = load · rating · p / p_setpoint      consumers throttle a valve
 *     heat         τ dQ/dt = η m_f H − Q, τ = 20 s           furnace and tube metal
 *     valve        m_f = m_max R^(x − 1) (1 + 0.1 wear)      equal percentage characteristic, IEC 60534-2-4, R = 25 to 35
 *     air          λ = m_air / (17.2 m_f)                    fan at constant volume: mass falls with ambient temperature
 *     oxygen       O2 = 20.95 (1 − 1/λ)                      complete combustion, as much dry flue gas as air
 *     loss         (T_flue − T_ambient)(0.66/(21 − O2) + 0.009) %          Siegert's formula for natural gas
 *     flue         T_flue → T_feed + 10 + 65 g^0.7 (1 + 0.6 fouling), τ = 60 s     g: flue gas over its design value
 *     CO2          m_f H · 0.0561 kg/MJ                      IPCC 2006 guidelines, vol. 2, table 2.2
 *     saturation   T = 100 p_abs^0.25 °C                     usual engineering approximation, within 1 % from 1 to 100 bar
 *
 * The fuel valve follows the steam flow (feedforward) and the pressure (PI controller), the air follows the fuel demand
 * with a slow O2 trim. The oxygen probe sits in the duct (first-order lag); the CO2 analyser draws its sample through a
 * line: a pure transport delay, then a first-order lag. Fouling and valve wear grow with operation, so that what held
 * at commissioning slowly stops being true.
 */
export class Boiler {
  readonly state: BoilerState;
  /** Fouling and wear now, 0 to 1. */
  age: number;

  private readonly load: Load;
  private readonly rangeability: number;
  private readonly fuelMax: number;
  private readonly flueDesign: number;
  private readonly storage: number;
  private readonly leanness: number;
  private readonly analyserLag: number;
  private readonly line: Float64Array;

  private place = 0;
  private elapsed = 0;
  private heat: number;
  private integral = 0;
  private trim = 0;
  private gasQuality = 0;
  private weather = 0;

  /**
   * @param parameters  rating > 0, age in [0, 1], ageingHours > 0
   * @param random      this boiler's own stream: it draws its build tolerances first, then its life
   * @param dt          integration step, s, in (0, 1]
   */
  constructor(
    private readonly parameters: BoilerParameters,
    private readonly random: Random,
    private readonly dt: number,
  ) {
    const { rating } = parameters;
    const between = (low: number, high: number): number => low + (high - low) * random.uniform();
    this.age = parameters.age;
    this.rangeability = between(25, 35);
    this.fuelMax = ((1.15 * rating * STEAM_HEAT) / DESIGN_EFFICIENCY / HEATING_VALUE) * between(0.97, 1.03);
    this.flueDesign = ((rating * STEAM_HEAT) / DESIGN_EFFICIENCY / HEATING_VALUE) * (1 + 1.15 * STOICHIOMETRIC_AIR);
    this.storage = rating * between(25, 35); // e1, MJ/bar: hot water and metal
    this.leanness = between(0.98, 1.04);
    this.analyserLag = between(4, 8);
    this.load = new Load(parameters.load, random);

    const steam = this.load.advance(0, dt) * rating;
    const demand = steam / rating / 1.15;
    const fuel = this.fuelMax * demand;
    const co2 = fuel * HEATING_VALUE * EMISSION_FACTOR * 3600;
    this.heat = steam * STEAM_HEAT;
    this.line = new Float64Array(Math.max(1, Math.round(between(6, 12) / dt))).fill(co2);
    this.state = {
      steam_flow_kg_s: steam,
      fuel_valve_pct: 100 * this.valveFor(demand),
      air_flow_kg_s: fuel * STOICHIOMETRIC_AIR * 1.2,
      steam_pressure_bar: PRESSURE_SETPOINT,
      steam_temperature_c: 300,
      feedwater_temperature_c: FEEDWATER_TEMPERATURE,
      flue_temperature_c: 170,
      ambient_temperature_c: 15,
      o2_pct: 3.5,
      co2_kg_h: co2,
    };
  }

  /** Moves on by one integration step. */
  advance(): void {
    const { state: s, dt, random, parameters } = this;
    this.elapsed += dt;

    // Surroundings: the day's temperature, and a gas quality that wanders by 2 % over hours.
    this.weather += (-this.weather * dt) / 1800 + 1.5 * Math.sqrt((2 * dt) / 1800) * random.normal();
    s.ambient_temperature_c = 15 - 6 * Math.cos((2 * Math.PI * (this.elapsed + 3600)) / 86400) + this.weather;
    this.gasQuality += (-this.gasQuality * dt) / 14400 + 0.02 * Math.sqrt((2 * dt) / 14400) * random.normal();
    s.feedwater_temperature_c += (FEEDWATER_TEMPERATURE - s.feedwater_temperature_c) * (dt / 300);
    s.feedwater_temperature_c += 0.05 * Math.sqrt(dt) * random.normal();

    // Steam side.
    const demand = this.load.advance(this.elapsed, dt);
    s.steam_flow_kg_s = (demand * parameters.rating * s.steam_pressure_bar) / PRESSURE_SETPOINT;

    // Control: feedforward and PI for the fuel, with anti-windup by clamping; the actuator moves at most 3 %/s.
    const error = PRESSURE_SETPOINT - s.steam_pressure_bar;
    this.integral = clamp(this.integral + (0.1 * error * dt) / 150, -0.3, 0.3);
    const fuelDemand = clamp(s.steam_flow_kg_s / parameters.rating / 1.15 + 0.1 * error + this.integral, 0.12, 1);
    const wanted = 100 * this.valveFor(fuelDemand);
    s.fuel_valve_pct += clamp((wanted - s.fuel_valve_pct) * Math.min(1, dt / 2), -3 * dt, 3 * dt);

    // Combustion.
    const x = s.fuel_valve_pct / 100;
    const fuel = this.fuelMax * this.rangeability ** (x - 1) * (1 + 0.1 * this.age);
    const power = fuel * HEATING_VALUE * (1 + this.gasQuality);
    const lambdaSet = (1.15 + 0.25 * (1 - fuelDemand) ** 2) * this.leanness + this.trim;
    const density = 288 / (273 + s.ambient_temperature_c);
    const air = this.fuelMax * fuelDemand * STOICHIOMETRIC_AIR * lambdaSet * density;
    s.air_flow_kg_s += (air - s.air_flow_kg_s) * Math.min(1, dt / 4);
    const lambda = Math.max(1, s.air_flow_kg_s / (STOICHIOMETRIC_AIR * fuel));
    const oxygen = OXYGEN_IN_AIR * (1 - 1 / lambda);
    s.o2_pct += (oxygen - s.o2_pct) * Math.min(1, dt / 4);
    const oxygenSet = 2.5 + 4 * (1 - fuelDemand) ** 2;
    this.trim = clamp(this.trim + ((oxygenSet - s.o2_pct) * 0.05 * dt) / 120, -0.15, 0.15);

    // Heat and losses.
    const flueGas = (s.air_flow_kg_s + fuel) / this.flueDesign;
    const flue = s.feedwater_temperature_c + 10 + 65 * flueGas ** 0.7 * (1 + 0.6 * this.age);
    s.flue_temperature_c += (flue - s.flue_temperature_c) * Math.min(1, dt / 60);
    const loss = (s.flue_temperature_c - s.ambient_temperature_c) * (SIEGERT.a / (21 - oxygen) + SIEGERT.b);
    const efficiency = 1 - loss / 100 - 0.01;
    this.heat += (efficiency * power - this.heat) * Math.min(1, dt / 20);
    s.steam_pressure_bar += ((this.heat - s.steam_flow_kg_s * STEAM_HEAT) / this.storage) * dt;
    s.steam_pressure_bar = clamp(s.steam_pressure_bar, 2, 28); // a safety valve lifts above, the burner trips below
    const saturation = 100 * (s.steam_pressure_bar + 1) ** 0.25;
    const superheat = 87 * (flueGas / Math.max(0.1, s.steam_flow_kg_s / parameters.rating)) ** 0.4;
    const steam = saturation + superheat * (1 - 0.15 * this.age);
    s.steam_temperature_c += (steam - s.steam_temperature_c) * Math.min(1, dt / 40);

    // The analyser sees what left the furnace one transport delay ago.
    const arrives = this.line[this.place] as number;
    this.line[this.place] = power * EMISSION_FACTOR * 3600;
    this.place = (this.place + 1) % this.line.length;
    s.co2_kg_h += (arrives - s.co2_kg_h) * Math.min(1, dt / this.analyserLag);

    this.age += ((1 - this.age) * demand * dt) / (3600 * parameters.ageingHours);
  }

  /** Position, 0 to 1, that gives a fraction of the greatest fuel flow by the valve's data sheet. */
  private valveFor(fraction: number): number {
    return 1 + Math.log(fraction) / Math.log(this.rangeability);
  }
}

function clamp(x: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, x));
}
