import type { AssetMemory } from "../memory/asset-memory";
import type { AlarmTransition } from "./alarm";
import type { AlarmFigures, AlarmSystem } from "./alarm-figures";
import type { Order } from "./alarm-message";
import type { AlarmRule } from "./alarm-rule";
import { PresentAlarms } from "./present-alarms";
import { WakeUp } from "./wake-up";

/** The list and the figures are sent at most this often, ms: a flood of alarms must not become a flood of lists. */
const PUBLISH = 200;
/** So many readings are saved together; a change of state counts as many and is saved by itself. */
export const AT_ONCE = 10_000;
/** The figures belong to the rule, not to one asset; they are kept under this name. */
const SYSTEM = "alarm system";

/** Who hears of the alarms. */
export interface Audience {
  /** What has changed at an asset though no message has come: a delay or a timer has ended. */
  changed(transitions: readonly AlarmTransition[]): void;
  list(present: PresentAlarms, now: number): void;
  figures(figures: AlarmFigures): void;
  /** Something could not be loaded or saved. */
  failed(error: unknown): void;
}

/** The alarms of all assets: which stand, when the next one has to be looked at, and how many there were. */
export class Alarms {
  private readonly present = new PresentAlarms();
  private readonly wakeUp = new WakeUp((asset) => this.look(asset));
  private publishing: NodeJS.Timeout | undefined;
  private readonly reporting: NodeJS.Timeout;

  /**
   * @param rules of each asset
   * @param systems the figures of all of them
   * @param every ms between two sets of figures
   */
  constructor(
    private readonly rules: AssetMemory<AlarmRule>,
    private readonly systems: AssetMemory<AlarmSystem>,
    private readonly audience: Audience,
    every: number,
  ) {
    this.reporting = setInterval(() => this.publish(), every);
  }

  /** What stood before a restart still stands, whether or not the asset speaks. */
  begin(): void {
    const look = (assets: readonly string[]): void => {
      for (const asset of assets) this.look(asset);
    };
    this.rules.allAssets().then(look).catch(this.audience.failed);
  }

  /** Remembers what has changed at an asset, and lets it be known in time. */
  settle(rule: AlarmRule, transitions: readonly AlarmTransition[]): void {
    const isHeldNews = this.present.note(rule);
    this.wakeUp.set(rule.asset, rule.nextTimer);
    if (transitions.length > 0 || isHeldNews) this.publishSoon();
    // What an operator has seen or done must outlast a power cut; the rest is saved with time.
    this.rules.changed(rule.asset, transitions.length > 0 ? AT_ONCE : 1);
    if (transitions.length === 0) return;
    this.withSystem((system) => {
      for (const transition of transitions) system.count(transition, Date.now());
      this.systems.changed(SYSTEM, transitions.length);
    });
  }

  /**
   * Carries out what a person or a logic has ordered.
   *
   * @returns what has changed
   * @throws AlarmProblem where it is not possible
   */
  order(rule: AlarmRule, { event, action, verdict }: Order): AlarmTransition[] {
    if (event !== "feedback") {
      const transitions = rule.command(event, Date.now(), action);
      this.settle(rule, transitions);
      return transitions;
    }
    const judged = rule.feedback(verdict, action.limit);
    this.withSystem((system) => {
      for (const { before } of judged) system.judge(verdict, before);
      this.systems.changed(SYSTEM);
    });
    this.settle(rule, []);
    this.rules.changed(rule.asset, AT_ONCE);
    this.publishSoon();
    return [];
  }

  /** Lets go of an asset. */
  forget(asset: string): void {
    this.rules.remove(asset);
    this.present.forget(asset);
    this.wakeUp.set(asset, Number.POSITIVE_INFINITY);
    this.publishSoon();
  }

  /** Tells at once which alarms are present, and the figures. */
  publish(): void {
    clearTimeout(this.publishing);
    this.publishing = undefined;
    this.audience.list(this.present, Date.now());
    this.withSystem((system) => this.audience.figures(system.figures(Date.now())));
  }

  close(): void {
    this.wakeUp.close();
    clearInterval(this.reporting);
    clearTimeout(this.publishing);
  }

  /** Lets time pass for an asset and learns what stands there, without a reading. */
  private look(asset: string): void {
    const act = (rule: AlarmRule): void => {
      const transitions = rule.tick(Date.now());
      this.settle(rule, transitions);
      this.audience.changed(transitions);
    };
    this.rules.use(asset, act, this.audience.failed);
  }

  private publishSoon(): void {
    this.publishing ??= setTimeout(() => this.publish(), PUBLISH);
  }

  private withSystem(act: (system: AlarmSystem) => void): void {
    this.systems.use(SYSTEM, act, this.audience.failed);
  }
}
