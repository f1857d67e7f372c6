import { Agreement } from "./agreement";
import type { Sensor } from "./sensor";

/** Readings after which it is looked again who belongs to it. */
const MUSTER = 100;
/** Who comes with every reading, or in the mean after so many, joins; who then comes after so many stays. */
const JOINS = 1.5;
const STAYS = 2;

/** The sensors of an asset that come with every reading, and what they make of each other. */
export class Crew {
  private members: readonly Sensor[] = [];
  private agreement = new Agreement([]);
  private row = new Float64Array(0);
  private readonly s = new Float64Array(1);

  /**
   * @param patience readings that a disagreement may last before it is the plant's new way
   */
  constructor(private readonly patience: number) {}

  /**
   * Compares the sensors with each other, after each was judged by itself; tells those that are in doubt.
   *
   * @param sensors all of the asset
   * @param values what came
   * @param isMaintained whose value is not the process's
   * Allocates nothing as long as the same sensors come.
   */
  judge(
    sensors: ReadonlyMap<string, Sensor>,
    values: Readonly<Record<string, unknown>>,
    isMaintained: (sensor: Sensor) => boolean,
  ): void {
    // Those accused are not let go because somebody comes or goes.
    if (this.s[0] % MUSTER === 0 && !this.agreement.isAnyAccused) this.muster(sensors);
    this.s[0] += 1;
    const { members, row, agreement } = this;
    if (members.length < 2) return;
    for (let i = 0; i < members.length; i++) {
      const sensor = members[i];
      const value = values[sensor.name];
      row[i] = sensor.state === "bad" || typeof value !== "number" || isMaintained(sensor) ? Number.NaN : value;
    }
    agreement.judge(row);
    if (agreement.isAnyAccused) this.accuse();
  }

  private accuse(): void {
    const { members, row, agreement } = this;
    // A sensor that was believed at a new level, and contradicts the others there, stands to them in a new way.
    if (members.some((sensor, i) => sensor.hasMoved && agreement.verdict[i] === 1 && !Number.isNaN(row[i]))) {
      agreement.restart();
      return;
    }
    const state = agreement.isAgreeing ? "uncertain" : "bad";
    for (let i = 0; i < members.length; i++) {
      if (agreement.verdict[i] === 0 || Number.isNaN(row[i])) continue;
      members[i].contradict(state, agreement.expected(i), agreement.lasting, agreement.late);
    }
  }

  /** What the sensors say of each other from now on is right: how they belong together is learnt anew. */
  restart(): void {
    this.agreement.restart();
  }

  private muster(sensors: ReadonlyMap<string, Sensor>): void {
    let count = 0;
    let same = true;
    for (const sensor of sensors.values()) {
      if (!this.belongs(sensor)) continue;
      if (this.members[count] !== sensor) same = false;
      count += 1;
    }
    if (same && count === this.members.length) return;
    this.enlist([...sensors.values()].filter((sensor) => this.belongs(sensor)));
  }

  /** A member stays a little longer than a stranger would be let in: each change makes all be learnt anew. */
  private belongs(sensor: Sensor): boolean {
    const readings = this.members.includes(sensor) ? STAYS : JOINS;
    return sensor.usualReadings < readings && sensor.toleranceOfOthers < Number.POSITIVE_INFINITY;
  }

  private enlist(members: readonly Sensor[]): void {
    this.members = members;
    this.agreement = new Agreement(
      members.map((sensor) => sensor.toleranceOfOthers),
      this.patience,
    );
    this.row = new Float64Array(members.length);
  }

  /** Who belongs to it, by name. */
  get names(): string[] {
    return this.members.map((sensor) => sensor.name);
  }

  /** Takes back what `names` and `buffers` have told. */
  restore(names: readonly string[], sensors: ReadonlyMap<string, Sensor>): void {
    this.enlist(names.map((name) => sensors.get(name) as Sensor));
  }

  /** All that has to be remembered, in a fixed order. */
  buffers(): Float64Array[] {
    return [this.s, ...this.agreement.buffers()];
  }
}
