import { mapSliced, type Sliced } from "../slice/sliced";
import type { ForecastMessage, Forecasts } from "./forecast-message";
import { isForecastOf } from "./plain";

/**
 * The mark of a model on a message: which reading was taken in, by its content, at which nodes the message has been, and
 * what was forecast. The forecast travels with its message because in a burst a model has taken in the last message
 * before the next node sees the first, and because a branch may be as slow as it likes.
 */
export interface Mark {
  content: string;
  nodes: string[];
  forecast: Forecasts;
  /** How many readings the model had taken in before the last one of this message. */
  index: number;
}

/** Whether a model has put something on a message. @param model its id */
export function hasMark({ observed }: ForecastMessage, model: string): boolean {
  return typeof observed === "object" && observed !== null && Object.hasOwn(observed, model);
}

/**
 * What a model has put on a message; undefined where it has not seen it. A mark that the model cannot have made, because
 * the message comes from elsewhere or somebody has written into it, is none.
 *
 * @param model its id
 */
export function* markOf(msg: ForecastMessage, model: string, asset: string): Sliced<Mark | undefined> {
  if (!hasMark(msg, model)) return undefined;
  const mark = Object(msg.observed?.[model]) as Partial<Mark>;
  const { content, nodes, forecast } = mark;
  if (typeof content !== "string" || !Array.isArray(nodes)) return undefined;
  const rows: unknown[] = Array.isArray(forecast) ? forecast : [forecast];
  const isOwn = (row: unknown): boolean => (row === null && Array.isArray(forecast)) || isForecastOf(row, asset);
  return (yield* mapSliced(rows, isOwn)).every(Boolean) ? (mark as Mark) : undefined;
}
