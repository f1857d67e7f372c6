/** What a gate remembers of an asset, read from its record and checked before it is believed. */
import { count, type Fields, fields, finite, flag, list, numbers, oneOf, text } from "../memory/checked";
import type { BlocksState } from "./block";
import type { Change, GateState, Reason } from "./gate";
import type { TrialCounts } from "./requirements";
import { STAGES } from "./stage";

/** Capitals of the gamblers, sums of blocks, and sums of an autocorrelation. */
const CAPITALS = 7;
const BLOCK_SUMS = 7;
const AUTOCORRELATION_SUMS = 5;
const MOST_CHANGES = 20;
const WHATS = ["promoted", "rolled-back", "held", "resumed", "reset", "ready", "afresh"] as const;

/**
 * Reads what `Gate.save` has written; fields that an older version did not know are at their start.
 *
 * @throws SyntaxError or TypeError where the bytes are no such record, or a damaged one
 */
export function readGate(bytes: Uint8Array): GateState {
  const s = fields(JSON.parse(new TextDecoder().decode(bytes)), "gate");
  return {
    stage: oneOf(s.stage, "stage", STAGES),
    rollbacks: count(s.rollbacks, "rollbacks"),
    ready: flag(s.ready, "ready"),
    subject: text(s.subject, "subject"),
    horizon: count(s.horizon, "horizon"),
    period: oneOf(s.period, "period", ["auto", "hour", "shift", "day"] as const),
    gain: finite(s.gain, "gain"),
    trial: trialOf(fields(s.trial, "trial")),
    better: count(s.better, "better"),
    periods: count(s.periods, "periods"),
    existing: count(s.existing, "existing"),
    learner: count(s.learner, "learner"),
    evidence: numbers(s.evidence, "evidence", CAPITALS),
    against: numbers(s.against, "against", CAPITALS),
    blocks: blocksOf(fields(s.blocks, "blocks")),
    usual: count(s.usual, "usual"),
    usualBlocks: count(s.usualBlocks, "usualBlocks"),
    coverage: finite(s.coverage, "coverage"),
    guard: oneOf(s.guard, "guard", ["ok", "not ok", "frozen"] as const),
    lastTime: finite(s.lastTime, "lastTime"),
    lastOrigin: s.lastOrigin === null ? null : finite(s.lastOrigin, "lastOrigin"),
    record: list(s.record, "record", MOST_CHANGES).map(changeOf),
  };
}

function trialOf(trial: Fields): TrialCounts {
  const of = (name: keyof TrialCounts): number => count(trial[name], `trial.${name}`);
  const since = (name: keyof TrialCounts): number => (trial[name] === undefined ? 0 : of(name));
  return {
    blocks: of("blocks"),
    days: of("days"),
    scored: of("scored"),
    doubtful: since("doubtful"),
    unusable: since("unusable"),
    stopped: since("stopped"),
    intervals: of("intervals"),
    covered: of("covered"),
    good: of("good"),
    proof: of("proof"),
    against: of("against"),
  };
}

function blocksOf(blocks: Fields): BlocksState {
  return {
    sums: numbers(blocks.sums, "blocks.sums", BLOCK_SUMS),
    errors: list(blocks.errors, "blocks.errors", 2).map((one) => numbers(one, "blocks.errors", AUTOCORRELATION_SUMS)),
    scores: numbers(blocks.scores, "blocks.scores", AUTOCORRELATION_SUMS),
  };
}

function changeOf(entry: unknown): Change {
  const { what, from, to, time, who, reason } = fields(entry, "change");
  return {
    what: oneOf(what, "change.what", WHATS),
    from: oneOf(from, "change.from", STAGES),
    time: finite(time, "change.time"),
    who: text(who, "change.who"),
    reason: reasonOf(fields(reason, "reason")),
    to: oneOf(to, "change.to", STAGES),
  };
}

function reasonOf(reason: Fields): Reason {
  const number = (name: string): number => finite(reason[name], `reason.${name}`);
  const { code } = reason;
  switch (code) {
    case "outsideLimits":
      return { code, value: number("value"), limit: number("limit") };
    case "farWorse":
      return { code, value: number("value"), existing: number("existing") };
    case "dependentBlocks":
      return { code, length: number("length") };
    case "person":
      return { code, text: text(reason.text, "reason.text") };
    case "settings": {
      const known = ["subject", "horizon", "block", "margin"] as const;
      const changed = list(reason.changed, "reason.changed", 8).map((one) => oneOf(one, "reason.changed", known));
      return { code, changed };
    }
    default:
      return { code: oneOf(code, "reason.code", ["notANumber", "guardFrozen", "evidence", "automatic"] as const) };
  }
}
