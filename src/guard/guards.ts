import type { AssetMemory } from "../memory/asset-memory";
import type { Say } from "../message/say";
import type { Sliced } from "../slice/sliced";
import type { DriftAction, DriftChange, Guard, GuardedModel } from "./guard";
import { carryOut, type GuardOrder } from "./guard-order";
import { type Judgement, judged, modelChanged, sensorsChanged, type Told } from "./judgement";
import { silence } from "./spoken";
import { type Standing, Standings } from "./standing";
import type { Unjudged } from "./unjudged";

/** A forecast that fell due, as far as it says something of the model. */
interface Due {
  readonly state: string;
  readonly running: boolean;
  /** forecast − actual; null where it was not made. */
  readonly error: number | null;
  readonly naive: number | null;
  readonly actual: number | null;
}

/** The forecast model whose assets are guarded. */
interface GuardedAssets extends Pick<Told, "describe" | "remark"> {
  readonly target: string;
  readonly inputs: readonly string[];
  readonly settings: { readonly assetLimit: number };
  assetNames(): Promise<string[]>;
  withAsset(name: string, act: (asset: { forecaster?: GuardedModel }) => void, fail: (error: Error) => void): void;
  changed(asset: string): void;
}

/** The guards of all assets of a model: how each of them stands, and the messages that tell when that changes. */
export class Guards {
  private readonly standings: Standings;
  private readonly told: Told;

  /**
   * @param memory one guard an asset
   * @param action what the guards do when the model has drifted
   */
  constructor(
    private readonly memory: AssetMemory<Guard>,
    private readonly model: GuardedAssets,
    private readonly action: DriftAction | undefined,
    private readonly say: Say,
  ) {
    this.standings = new Standings(model.settings.assetLimit);
    this.told = {
      sensors: [model.target, ...model.inputs],
      say,
      describe: (problem) => model.describe(problem),
      remark: (asset, problem) => model.remark(asset, problem),
    };
  }

  /** The assets of which it is known how they stand. */
  names(): IterableIterator<string> {
    return this.standings.names();
  }

  /** How an asset stands; undefined where nothing is known of it. */
  find(asset: string): Standing | undefined {
    return this.standings.find(asset);
  }

  /** How the asset stands that people must know of first. */
  worst(): Standing | undefined {
    return this.standings.worst();
  }

  forget(asset: string): void {
    this.memory.remove(asset);
    this.standings.forget(asset);
  }

  /**
   * Judges the readings of a message.
   *
   * @throws MessageProblem where there is nothing to judge and the asset is not known: one that is has no value
   */
  *judge(guard: Guard, asset: string, rows: Unjudged): Sliced<Judgement> {
    if (rows.problem && Number.isNaN(guard.lastTime)) throw rows.problem;
    try {
      return yield* judged(guard, asset, rows, this.standings, this.told);
    } finally {
      this.memory.changed(asset, rows.fields.length);
    }
  }

  /** The names of the assets that a command may be for. @param asset the one, or the filter, that it names; undefined = none */
  async known(asset: string | undefined): Promise<string[]> {
    const { memory, model } = this;
    const names = await Promise.all([memory.allAssets(), asset === undefined ? [] : model.assetNames()]);
    return [...new Set(names.flat())];
  }

  /**
   * Carries an order out at an asset.
   *
   * @param tell is handed the messages about what has changed
   * @param then is told when it is done, or why it is not possible
   */
  order(
    asset: string,
    order: GuardOrder,
    tell: (changes: readonly object[]) => void,
    then: (problem?: unknown) => void,
  ): void {
    if (order.command === "reset") {
      this.forget(asset);
      then();
      return;
    }
    const act = (guard: Guard, forecaster?: GuardedModel): void => {
      const changes = carryOut(guard, order, asset, forecaster, this.say);
      this.memory.changed(asset);
      tell(this.modelStands(asset, guard, changes));
    };
    const withModel = (guard: Guard): void => {
      const both = ({ forecaster }: { forecaster?: GuardedModel }): void => {
        act(guard, forecaster);
        this.model.changed(asset);
        then();
      };
      this.model.withAsset(asset, both, then);
    };
    const alone = (guard: Guard): void => {
      act(guard);
      then();
    };
    this.memory.use(asset, order.command === "rollback" ? withModel : alone, then);
  }

  /**
   * Takes in a forecast that has fallen due; one that was made or judged with bad sensors says nothing of the model.
   *
   * @param tell is handed the messages about what has changed, where something has
   */
  hear(
    asset: { readonly name: string; readonly forecaster?: GuardedModel },
    { state, running, error, naive, actual }: Due,
    tell: (changes: readonly object[]) => void,
    fail: (error: unknown) => void,
  ): void {
    if (state === "bad" || !running || error === null) return;
    const lag = naive === null || actual === null ? Number.NaN : naive - actual;
    const act = (guard: Guard): void => {
      const changes = guard.score(error, lag, asset.forecaster);
      if (changes.length === 0) return;
      this.memory.changed(asset.name);
      tell(this.modelStands(asset.name, guard, changes));
    };
    this.memory.use(asset.name, act, fail);
  }

  /** The messages about assets that have fallen silent since this was last asked. @param now ms */
  fallenSilent(now: number): object[] {
    return [...this.standings.fallenSilent(now)].map(({ asset, standing, seconds }) =>
      sensorsChanged(asset, standing.state, "silent", {
        ne107: "failure",
        reasons: [silence(seconds, this.say)],
      }),
    );
  }

  private modelStands(asset: string, guard: Guard, changes: readonly DriftChange[]): object[] {
    this.standings.of(asset).model = guard.model.state;
    return modelChanged(asset, this.action, changes);
  }
}
