/** What becomes of the rows of a batch that cannot be used: one error that counts and names them. */
import { eachSliced, type Sliced } from "../slice/sliced";
import { MessageProblem, type Rule, sentence, type ValueProblem } from "./problem";

/** The English text names so many rows. */
const MOST_NAMED = 5;
const RULES: Partial<Record<string, Rule>> = {
  badTime: "badTime",
  timeUnit: "timeUnit",
  duplicate: "duplicate",
  outOfOrder: "outOfOrder",
  ahead: "ahead",
  unknownTime: "unknownTime",
  alreadyLabelled: "alreadyLabelled",
};

/** Why a row was refused, value by value. */
export function rowProblems({ code, details, problems }: MessageProblem): ValueProblem[] {
  if (problems.length > 0) return [...problems];
  return [{ sensor: "", rule: RULES[code] ?? "missing", value: String(details.time ?? details.value ?? "–") }];
}

/**
 * One error for all rows of a batch that were refused.
 *
 * @param rows of the batch: why each was refused, undefined where it was taken
 * @returns undefined where none was refused
 */
export function* refusedRows(rows: readonly (MessageProblem | undefined)[]): Sliced<MessageProblem | undefined> {
  const problems: ValueProblem[] = [];
  // One reason a row: who has 60 sensors wants to know of the other rows as well.
  const add = (problem: MessageProblem | undefined, i: number): void => {
    if (problem) problems.push({ ...rowProblems(problem)[0], row: i + 1 });
  };
  yield* eachSliced(rows, add);
  if (problems.length === 0) return undefined;
  const named = problems.slice(0, MOST_NAMED).map((one) => `row ${one.row}: ${sentence(one)}`);
  if (problems.length > MOST_NAMED) named.push("…");
  return new MessageProblem(
    "rowsRefused",
    { refused: problems.length, rows: rows.length },
    `${problems.length} of ${rows.length} readings of the batch were refused: ${named.join("; ")}`,
    problems,
  );
}
