import { deliveryOf } from "../asset/delivery";
import type { Sliced } from "../slice/sliced";
import type { AlarmTransition } from "./alarm";
import {
  type AlarmMessage,
  givenSetpoints,
  inOrder,
  type Observed,
  observationsOf,
  type ReadingSource,
} from "./alarm-message";
import type { AlarmRule } from "./alarm-rule";
import type { ParsedSettings, SetpointSource } from "./rule-settings";

/** What the readings of a message have done to the alarms, and why some of them could not be judged. */
export interface Judged {
  readonly transitions: AlarmTransition[];
  readonly problems: unknown[];
}

/** Reads a path such as "spec.limit" of a message. */
type Property = (msg: object, path: string) => unknown;

/**
 * Reads a message, for the rule of its asset to judge.
 *
 * @param arrival ms
 * @param isKnown whether the asset is: then its alarms are held by a message of which nothing can be used
 * @throws MessageProblem where nothing of it can be used, and its asset is not known
 */
export function judging(
  msg: AlarmMessage,
  { options, setpoints }: Pick<ParsedSettings, "options" | "setpoints">,
  source: ReadingSource,
  property: Property,
  arrival: number,
  isKnown: () => boolean,
): (rule: AlarmRule) => Sliced<Judged> {
  let observations: (() => Observed)[];
  try {
    observations = observationsOf(msg, options.watch, source, arrival);
  } catch (error) {
    if (!isKnown()) throw error;
    const unusable = (): never => {
      throw error;
    };
    observations = [unusable];
  }
  return (rule) => judgeMessage(rule, msg, observations, setpoints, property, arrival);
}

/**
 * Holds the readings of a message against the limits, in the order of their times. What cannot be judged holds the
 * alarms. A batch is gone through row by row.
 *
 * @param arrival ms
 */
function* judgeMessage(
  rule: AlarmRule,
  msg: AlarmMessage,
  observations: readonly (() => Observed)[],
  setpoints: readonly SetpointSource[],
  property: Property,
  arrival: number,
): Sliced<Judged> {
  const transitions: AlarmTransition[] = [];
  const problems: unknown[] = [];
  const isAgain = deliveryOf(msg)?.again;
  for (const observe of yield* inOrder(observations)) {
    try {
      const { row, observation, problem } = observe();
      // Judged before the process ended that was given it first: history, but no clock that was set back.
      if (isAgain && rule.hasSeen(observation.time)) continue;
      const limits = givenSetpoints(msg, setpoints, row, property);
      const judgement = rule.read(observation, limits.given, arrival);
      transitions.push(...judgement.transitions);
      problems.push(...(problem ? [problem] : []), ...limits.problems, ...judgement.problems);
    } catch (error) {
      problems.push(error);
      rule.hold(arrival);
    }
    if (observations.length > 1) yield;
  }
  return { transitions, problems };
}
