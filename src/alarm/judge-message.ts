import type { Sliced } from "../slice/sliced";
import type { AlarmTransition } from "./alarm";
import { type AlarmMessage, givenSetpoints, inOrder, type Observed } from "./alarm-message";
import type { AlarmRule } from "./alarm-rule";
import type { SetpointSource } from "./rule-settings";

/** What the readings of a message have done to the alarms, and why some of them could not be judged. */
export interface Judged {
  readonly transitions: AlarmTransition[];
  readonly problems: unknown[];
}

/**
 * Holds the readings of a message against the limits, in the order of their times. What cannot be judged holds the
 * alarms. A batch is gone through row by row.
 *
 * @param property reads a path such as "spec.limit" of a message
 * @param arrival ms
 */
export function* judgeMessage(
  rule: AlarmRule,
  msg: AlarmMessage,
  observations: readonly (() => Observed)[],
  setpoints: readonly SetpointSource[],
  property: (msg: object, path: string) => unknown,
  arrival: number,
): Sliced<Judged> {
  const transitions: AlarmTransition[] = [];
  const problems: unknown[] = [];
  for (const observe of yield* inOrder(observations)) {
    try {
      const { row, observation, problem } = observe();
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

/** Takes note of a message of which nothing can be judged, and why. @param arrival ms */
export function judgeUnusable(rule: AlarmRule, problem: unknown, arrival: number): Judged {
  rule.hold(arrival);
  return { transitions: [], problems: [problem] };
}
