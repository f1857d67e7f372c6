import type { Health } from "./health";

/**
 * A tuner and a predictor on one wire that should name one model and name two. Both are halves of one then: nobody learns
 * what is forecast, and nobody forecasts with what is learnt. Where either is not so it is meant: two models in a row for
 * two targets, or one that is not to learn beside one that is.
 */
export class CrossedModels {
  private learnt: Health | undefined;

  /**
   * @param own of the predictor's model
   * @param healthOf the health of a model by its id
   */
  constructor(
    private readonly own: Health | undefined,
    private readonly healthOf: (id: string) => Health | undefined,
  ) {}

  /** Whether it was so at the last message. */
  get isSo(): boolean {
    return this.learnt !== undefined;
  }

  /**
   * Looks whether it is so.
   *
   * @param marks of a message: what has taken it in, by id, models among it
   * @returns of the model that is learnt instead, where it was not so at the message before
   */
  look(marks: unknown): Health | undefined {
    const before = this.learnt;
    this.learnt = this.learntInstead(marks);
    return before ? undefined : this.learnt;
  }

  private learntInstead(marks: unknown): Health | undefined {
    const { own } = this;
    if (!own || own.isLearnt || typeof marks !== "object" || marks === null) return undefined;
    for (const id of Object.keys(marks)) {
      const other = id === own.model.id ? undefined : this.healthOf(id);
      if (other?.isLearnt && !other.isForecast) return other;
    }
    return undefined;
  }
}
