import type { AlarmRecord } from "./alarm";
import type { AlarmRule } from "./alarm-rule";
import { type AlarmWords, alarmNote } from "./alarm-sentence";
import { byUrgency } from "./alarm-status";

/** The alarms of all assets that are not normal, or held. */
export class PresentAlarms {
  private readonly byAsset = new Map<string, AlarmRecord[]>();
  /** Whether any asset has been heard of: before, nothing is known to be normal. */
  private judged = false;

  /** Takes over how the alarms of an asset stand. @returns whether what is held, or why, has changed */
  note(rule: AlarmRule): boolean {
    const list = rule.list();
    const before = this.byAsset.get(rule.asset) ?? [];
    this.judged = true;
    if (list.length > 0) this.byAsset.set(rule.asset, list);
    else this.byAsset.delete(rule.asset);
    return heldIn(before) !== heldIn(list);
  }

  forget(asset: string): void {
    this.byAsset.delete(asset);
  }

  /** The most urgent first, each with a note where there is something to say of it: a copy that a flow may change. */
  list(now: number, words: AlarmWords): (AlarmRecord & { note?: string })[] {
    return structuredClone(this.sorted()).map((alarm) => {
      const note = alarmNote(alarm, now, words);
      return note === "" ? alarm : { ...alarm, note };
    });
  }

  /** They as they are, the most urgent first; undefined before anything was judged. */
  get urgent(): readonly AlarmRecord[] | undefined {
    return this.judged ? this.sorted() : undefined;
  }

  private sorted(): AlarmRecord[] {
    return [...this.byAsset.values()].flat().sort(byUrgency);
  }
}

function heldIn(alarms: readonly AlarmRecord[]): string {
  return alarms.map(({ held, heldWhy }) => `${held ?? ""} ${heldWhy ?? ""}`).join();
}
