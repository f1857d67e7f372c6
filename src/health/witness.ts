/** What the nodes that name a model know of its assets, each its own part. All texts are in the user's language. */
import type { ErrorBlock } from "../kpi/error-history";
import type { KpiFigures } from "../kpi/figures";

/** A node that names a model and has no more to tell, such as an LRU predictor. */
export interface Witness {
  /** Of the node. */
  readonly id: string;
  /** What its user calls it; may be empty. */
  readonly name: string;
}

/** A drift guard. */
export interface GuardWitness extends Witness {
  /** undefined where it has not seen the asset since the start. */
  look(asset: string): GuardSight | undefined;
  order(command: "resume", asset: string): Promise<void>;
}

export interface GuardSight {
  /** Of the last reading. */
  readonly state: "good" | "uncertain" | "bad";
  /** Why the last reading was not good. */
  readonly reasons: readonly string[];
  readonly silent: boolean;
  /** Of the model. */
  readonly model: "learning" | "ok" | "warning" | "drift" | "frozen" | "recovering";
}

/** What a person can ask of an RTRL tuner. */
export type TunerCommand = "pause" | "resume" | "rollback" | "approve";

/** An RTRL tuner. */
export interface TunerWitness extends Witness {
  isPaused(asset: string): boolean;
  order(command: TunerCommand, asset: string): Promise<void>;
}

/** A rollout gate. */
export interface GateWitness extends Witness {
  /** A word of the program, or "ready" where an approval is awaited; cheap: for a list of all assets. */
  stageOf(asset: string): string | undefined;
  look(asset: string): GateSight | undefined;
}

export interface GateSight {
  /** In the user's language. */
  readonly stage: string;
  /** "better in 31 of 40 shifts, 12 % on average, evidence 8 of 20" */
  readonly text: string;
  readonly ready: boolean;
  /** What the next stage still needs. */
  readonly missing: readonly string[];
  /** The last change; "" where there was none. */
  readonly last: string;
}

/** A KPI meter. */
export interface MeterWitness extends Witness {
  /** Of the target; "" where nobody has said it. */
  readonly unit: string;
  /** undefined where it has counted nothing of the asset yet. */
  look(asset: string): { readonly figures: KpiFigures; readonly blocks: readonly ErrorBlock[] } | undefined;
  /**
   * The report of now, an HTML document.
   *
   * @param asset undefined = all assets together
   * @param language of the reader, such as "ja"
   */
  report(asset: string | undefined, language: string): Promise<{ html: string; file: string }>;
}

/** A fleet in: which instance of a fleet has which share of the assets. */
export interface FleetWitness extends Witness {
  /** What this instance is called. */
  readonly instance: string;
  partitionOf(asset: string): number;
  /** All, by number. */
  partitions(): readonly FleetPartition[];
}

export interface FleetPartition {
  readonly number: number;
  /** The one that has it; "" = none that is known. */
  readonly instance: string;
  /** Readings that wait in the broker; NaN where nobody knows. */
  readonly ready: number;
  /** Readings that the instance has and has not saved; NaN where nobody knows. */
  readonly inWork: number;
  /** ms since 1970: when a record was saved last; NaN where not since the instance has it. */
  readonly saved: number;
}

export interface Witnesses {
  fleet: FleetWitness;
  guard: GuardWitness;
  tuner: TunerWitness;
  predictor: Witness;
  gate: GateWitness;
  meter: MeterWitness;
}
