import type { Health } from "./health";

/**
 * The model that is learnt on a predictor's wire where its own is not: a tuner and a predictor that should name one model
 * name two. Both are halves of one then: nobody learns what is forecast, and nobody forecasts with what is learnt. Where
 * either is not so it is meant: two models in a row for two targets, or one that is not to learn beside one that is.
 *
 * @param own of the predictor's model
 * @param marks of a message: what has taken it in, by id, models among it
 * @param healthOf the health of a model by its id
 * @returns undefined where nothing speaks for a mistake
 */
export function learntInstead(
  own: Health,
  marks: unknown,
  healthOf: (id: string) => Health | undefined,
): Health | undefined {
  if (own.isLearnt || typeof marks !== "object" || marks === null) return undefined;
  for (const id of Object.keys(marks)) {
    const other = id === own.model.id ? undefined : healthOf(id);
    if (other?.isLearnt && !other.isForecast) return other;
  }
  return undefined;
}
