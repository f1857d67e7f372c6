/** What a drift guard says of the readings of a message, and what it sends beside them. */

import { shown, type ValueProblem } from "../message/problem";
import { isUnclear } from "../message/quality";
import type { Say } from "../message/say";
import { eachSliced, mapSliced, type Sliced } from "../slice/sliced";
import type { DriftAction, DriftChange, Guard } from "./guard";
import { judgeMessage } from "./judge-message";
import type { State } from "./quality";
import { copyOf, type PlainReason, type SpokenQuality } from "./spoken";
import { type Standings, stand } from "./standing";
import { copied, type Unjudged } from "./unjudged";

export interface Judgement {
  /** For `msg.quality`: one, or one a row of a batch. */
  readonly quality: SpokenQuality | SpokenQuality[];
  /** Whether a forecast can be made of the message. */
  readonly isUsable: boolean;
  /** The messages that tell how the sensors stand otherwise than before. */
  readonly changes: readonly object[];
  /** The message that tells what was caught; null where nothing was. */
  readonly caught: object | null;
}

/** What is told of an asset, and to whom. */
export interface Told {
  /** The names that are known beside those that came. */
  readonly sensors: readonly string[];
  readonly say: Say;
  /** Why a value cannot be used, in the user's language. */
  describe(problem: ValueProblem): string;
  /** What was not used, and is no error. */
  remark(asset: string, problem: ValueProblem): void;
}

/**
 * Judges the readings of a message, and puts down how its asset stands.
 *
 * @param told what is needed to say so
 */
export function* judged(
  guard: Guard,
  asset: string,
  rows: Unjudged,
  standings: Standings,
  { sensors, say, describe, remark }: Told,
): Sliced<Judgement> {
  const { batch, words, order, fields } = rows;
  const { qualities, isUsable } = yield* judgeMessage(guard, rows, sensors, Date.now(), say, describe);
  const standing = standings.heard(asset, Date.now());
  standing.patience = guard.patience;
  standing.model = guard.model.state;
  const isNotClear = (word: unknown, i: number): boolean =>
    word !== undefined && isUnclear(word, [...sensors, ...Object.keys(fields[i] ?? {})]);
  const isNew = standing.unclear ? [] : yield* mapSliced(words, isNotClear);
  const unclear = words[isNew.indexOf(true)];
  if (unclear !== undefined) {
    standing.unclear = true;
    remark(asset, { sensor: "", rule: "unclearQuality", value: shown(unclear) });
  }
  const changes: object[] = [];
  yield* eachSliced(order, (i) => {
    const quality = qualities[i] as SpokenQuality;
    const before = stand(standing, quality);
    if (before) changes.push(sensorsChanged(asset, before, quality.state, quality));
  });
  const caught = yield* caughtIn(asset, rows, qualities);
  return { quality: batch ? qualities : (qualities[0] as SpokenQuality), isUsable, changes, caught };
}

type Sensors = State | "silent";
/** Why the sensors stand as they do. */
interface Why {
  readonly ne107: SpokenQuality["ne107"];
  readonly reasons: readonly PlainReason[];
}

/** The message that tells that the sensors of an asset stand otherwise than before. */
export function sensorsChanged(asset: string, from: Sensors, to: Sensors, { ne107, reasons }: Why): object {
  return { topic: asset, payload: to, change: { of: "sensors", from, to, ne107, reasons } };
}

/** The messages that tell that the model of an asset stands otherwise than before. */
export function modelChanged(
  asset: string,
  action: DriftAction | undefined,
  changes: readonly DriftChange[],
): object[] {
  return changes.map((one) => ({ topic: asset, payload: one.to, change: { of: "model", action, ...one } }));
}

/** What was caught, in objects of its own: Node-RED would copy all of a long batch at once. */
function* caughtIn(asset: string, { batch, fields }: Unjudged, qualities: SpokenQuality[]): Sliced<object | null> {
  if (qualities.every(({ reasons }) => reasons.length === 0)) return null;
  const came = yield* mapSliced(fields, copied);
  const words = yield* mapSliced(qualities, copyOf);
  const payload = words.flatMap(({ reasons }) => reasons);
  const [reading, quality] = batch ? [came, words] : [came[0], words[0]];
  return { topic: asset, payload, quality, reading };
}
