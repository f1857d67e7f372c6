import type { SimulatedReading } from "./simulator";

/**
 * A reading as messages: one with all sensors, or one a sensor.
 *
 * @param timestamp ms since 1970
 */
export function messagesOf(
  { asset, values, existing, faults }: SimulatedReading,
  timestamp: number,
  output: "reading" | "sensors",
): object[] {
  const extra = {
    ...(existing === undefined ? {} : { baseline: existing }),
    ...(faults.length === 0 ? {} : { faults }),
  };
  if (output !== "sensors") return [{ topic: asset, payload: values, timestamp, ...extra }];
  return Object.entries(values).map(([sensor, payload]) => ({
    topic: `${asset}/${sensor}`,
    payload,
    timestamp,
    ...extra,
  }));
}
