/** Starting points for deadband and delay by the type of the signal, for an engineer to refine. */

export type SignalType = "flow" | "level" | "pressure" | "temperature";

export interface Preset {
  /** Deadband in % of the signal's span. */
  deadband: number;
  /** On-delay and off-delay in seconds. */
  delay: number;
}

/** Source: EEMUA 191 and ANSI/ISA-18.2-2016, tables of recommended starting deadbands and delay times. */
export const PRESETS: Readonly<Record<SignalType, Preset>> = {
  flow: { deadband: 5, delay: 15 },
  level: { deadband: 5, delay: 60 },
  pressure: { deadband: 2, delay: 15 },
  temperature: { deadband: 1, delay: 60 },
};
