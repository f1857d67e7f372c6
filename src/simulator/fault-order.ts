import { shown } from "../message/problem";
import { FAULT_KINDS, type FaultKind, type FaultOrder } from "./fault";

/** Why an order cannot be carried out. `code` is for translation, `text` for a log. */
export class OrderError extends Error {
  constructor(
    readonly code: "payload" | "sensor" | "kind" | "readings" | "size" | "asset",
    readonly value: string,
    /** What would have been understood, if there is a list of it. */
    readonly known: readonly string[] = [],
  ) {
    super(`${code}: ${value}${known.length > 0 ? `; known: ${known.join(", ")}` : ""}`);
    this.name = "OrderError";
  }
}

/** Takes a fault away again. */
const NO_FAULT = "none";

/**
 * Checks the payload of a fault command.
 *
 * @param payload  `{ sensor, kind, readings?, size? }`; kind "none" heals the sensor
 * @param sensors  the names that exist
 * @throws OrderError naming the field, what it held and what is known
 */
export function faultOrder(
  payload: unknown,
  sensors: readonly string[],
): FaultOrder | { sensor: string; kind: "none" } {
  if (typeof payload !== "object" || payload === null || Array.isArray(payload)) {
    throw new OrderError("payload", shown(payload));
  }
  const { sensor, kind, readings, size } = payload as Record<string, unknown>;
  if (typeof sensor !== "string" || !sensors.includes(sensor)) throw new OrderError("sensor", shown(sensor), sensors);
  if (kind === NO_FAULT) return { sensor, kind };
  if (!FAULT_KINDS.includes(kind as FaultKind)) throw new OrderError("kind", shown(kind), [...FAULT_KINDS, NO_FAULT]);
  const order: FaultOrder = { sensor, kind: kind as FaultKind };
  if (readings !== undefined) {
    if (!Number.isInteger(readings) || (readings as number) < 1) throw new OrderError("readings", shown(readings));
    order.readings = readings as number;
  }
  if (size !== undefined) {
    if (typeof size !== "number" || !(size > 0) || size > 1000) throw new OrderError("size", shown(size));
    order.size = size;
  }
  return order;
}
