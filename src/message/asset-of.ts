import { MessageProblem, shown } from "./problem";

const LONGEST = 10_000;

/**
 * The asset that a message belongs to, from the value of the property that names it (usually `msg.topic`).
 *
 * @returns its name; empty for the one asset without a name
 * @throws MessageProblem where the value is neither text nor a number, or is longer than 10,000 characters
 */
export function assetOf(value: unknown): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "number" && Number.isFinite(value)) return String(value);
  if (typeof value !== "string")
    throw new MessageProblem("assetType", { value: shown(value) }, `the asset is ${shown(value)}: text is needed`);
  if (value.length > LONGEST)
    throw new MessageProblem(
      "assetTooLong",
      { length: value.length },
      `the asset's name has ${value.length} characters; at most 10,000 are kept apart`,
    );
  return value;
}
