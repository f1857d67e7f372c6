/** What can be wrong with a reading, a command or a record, as a plain code that a node can translate. */
import type { Say } from "../message/say";

export type AlarmProblemCode =
  | "badTime"
  | "outOfOrder"
  | "badField"
  | "badActual"
  | "noForecast"
  | "noQuality"
  | "noHorizon"
  | "badSetpoint"
  | "setpointOrder"
  | "deadbandTooWide"
  | "unknownLimit"
  | "notPossible"
  | "noAsset"
  | "badText"
  | "shelveTooLong"
  | "badVerdict"
  | "nothingToJudge"
  | "damagedRecord";

/** A problem with its details (all plain) and an English sentence. */
export class AlarmProblem extends Error {
  override readonly name = "AlarmProblem";
  constructor(
    readonly code: AlarmProblemCode,
    readonly details: Readonly<Record<string, string | number>>,
    text: string,
  ) {
    super(text);
  }

  /** The problem in the user's language. */
  inWords(say: Say): string {
    const details = { ...this.details };
    if (this.code === "notPossible") {
      details.event = say(`event.${details.event}`);
      details.state = say(`state.${details.state}`);
    }
    return say(`error.${this.code}`, details);
  }
}
