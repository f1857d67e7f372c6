import { isFields } from "../message/fields";

/** After so many readings it is clear how they come. */
const CLEAR = 20;

/**
 * Notices that each message brings one sensor alone: then no reading shows how they belong together, each of them lacks
 * the others, and "one reading ahead" is the next message.
 */
export class Apart {
  private readonly names = new Set<string>();
  private readings = 0;

  /** @param label the name of what may well come by itself, as the label of a soft sensor does */
  constructor(private readonly label: string | undefined) {}

  /**
   * Counts a reading.
   *
   * @param row of the payload
   * @param known what the model reads, by name
   * @returns all that came apart, once, when it has become clear
   */
  take(row: unknown, known: object): string[] | undefined {
    if (this.readings === CLEAR || !isFields(row)) return undefined;
    const names = Object.keys(known).filter((name) => Object.hasOwn(row, name));
    this.readings = names.length > 1 ? CLEAR : this.readings + 1;
    for (const name of names) if (name !== this.label) this.names.add(name);
    return this.readings === CLEAR && names.length < 2 && this.names.size > 1 ? [...this.names] : undefined;
  }
}
