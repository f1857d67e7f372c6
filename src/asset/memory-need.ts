import { LONGEST, REACH, SLOTS } from "../forecaster/dead-time";
import { LIGHT } from "../forecaster/horizon";
import { LAGS, shapeOf } from "../forecaster/network";
import { roomForOpen } from "../forecaster/open-forecasts";
import { capacityOf } from "../forecaster/options";
import { productsOf } from "../forecaster/products";
import { roomFor } from "../record/window";
import { SettingsProblem } from "../settings/settings-problem";
import { MODEL_FIELDS, type ModelForm, type ModelSettings, modelSettings } from "./settings";

/** Memory of the objects around the numbers, bytes: of an asset, a sensor, a horizon, and each further learner of it. */
export const OBJECTS = { light: 5_000, full: 15_000, sensor: 350, horizon: 15_500, learner: 6_000 };
/** Levels of a sensor; trust, scales and interval of a horizon. */
const LEVELS = 224;
const TRUST = 2500;
/** What was at the same time of the days before, and the cycle looked for. */
const SEASONS = 11_200;
/** The plain regressions of a soft sensor, beside what they know of their columns. */
const PLAIN = 2000;
/** Readings between two labels of a soft sensor. */
const USUAL_SPACING = 10;
/** What tells a sensor's dead time. */
const DEAD_TIME = 16 * (LONGEST + 1) + 32;
/** With more columns than this the sensors are not compared with each other. */
const MOST_RELATED = 64;

/** What of the settings of a model says how much memory an asset takes. */
export type MemoryOf = Pick<ModelSettings, "size" | "horizon" | "buildOn" | "steady" | "light" | "labelDelay">;

/**
 * About how much memory an asset of such a model takes, in bytes: what a dialog says before the model runs. As long as
 * labels are late, missing, or not learnt, it takes more, up to as much again.
 *
 * @param sensors how many it uses beside the target
 */
export function memoryOfAsset(settings: MemoryOf, sensors: number): number {
  const { size, horizon, steady, light, labelDelay } = settings;
  const ahead = horizon[0] > 0;
  const inputs = sensors + 1 + (settings.buildOn === "existing" ? 1 : 0);
  const furthest = Math.max(...horizon);
  const capacity = capacityOf(labelDelay, horizon, light);
  const learners = steady ? 3 : 1;
  const parameters = shapeOf(horizon[0], size, inputs).total;
  const experts = (ahead ? LIGHT.ahead : LIGHT.now) + (light ? 0 : 2);
  // Parameters of learner and twin, and two moments of single precision; states and traces.
  const network = 24 * parameters + 16 * size * inputs + 96 * size;
  const columns = 2 * size + 2 * inputs + 1;
  const triangle = (n: number): number => 4 * n * (n + 1);
  const related = sensors < MOST_RELATED ? sensors + 1 : 0;

  let asset =
    (light ? OBJECTS.light : OBJECTS.full) + (sensors + 1) * (OBJECTS.sensor + LEVELS) + 16 * related * related;
  let each = OBJECTS.horizon + TRUST + learners * network + (learners - 1) * OBJECTS.learner;
  // Of a reading that is kept for late labels, of one not learnt from yet, and in each horizon.
  const kept = 28 + (settings.buildOn === "existing" ? 12 : 0) + 32 * horizon.length;
  const read = 4 + (light ? 4 : 8) * inputs;
  let unread = 8 * horizon.length;
  if (!ahead) {
    const plain = sensors + 1;
    asset += triangle(plain) + triangle(plain + productsOf(sensors).length) + PLAIN;
    unread += 4 * sensors;
  }
  if (!light) {
    const delayed = SLOTS * (horizon.length > 1 ? 3 : 2);
    const squared = 2 * inputs + 1 + productsOf(inputs).length + delayed;
    const width = ahead ? columns + LAGS + 2 * inputs + delayed : columns + squared;
    asset += DEAD_TIME * sensors;
    each += 16 * width;
    if (ahead) {
      asset += SEASONS;
      each += triangle(width) + triangle(sensors + 2);
      unread += 44 * horizon.length;
    } else asset += triangle(columns) + triangle(squared);
  }
  // Ahead, the label comes with the reading for which it was made; of a soft sensor many readings never have one.
  const open = (k: number): number => roomForOpen(ahead ? k + 3 : capacity, capacity);
  const unlabelled = horizon.reduce((rows, k) => rows + open(k), 0) * (8 * experts + 20);
  const late = (ahead ? furthest : USUAL_SPACING) + 3;
  const behind = roomFor(late, capacity) * unread + roomFor(late + (light ? 0 : REACH), capacity) * read;
  return asset + horizon.length * each + capacity * kept + unlabelled + behind;
}

/** Settings that do not matter here. */
const ANY = { target: "y", asset: "topic", assetType: "msg", existing: "existing", remember: "none" } as const;

/**
 * The same for what stands in an open dialog, in full and light.
 *
 * @returns undefined where a field makes no sense yet
 */
export function memoryOfForm(
  form: Pick<ModelForm, "size" | "horizons" | "buildOn" | "steady" | "labelDelay">,
  sensors: number,
): { full: number; light: number } | undefined {
  const { coverage, seed, assetLimit, saveMinutes, saveUpdates } = MODEL_FIELDS;
  const numbers = {
    coverage: coverage.value,
    seed: seed.value,
    assetLimit: assetLimit.value,
    saveMinutes: saveMinutes.value,
    saveUpdates: saveUpdates.value,
  };
  if (!(sensors > 0)) return undefined;
  try {
    const settings = modelSettings({ ...ANY, ...numbers, ...form });
    const of = (light: boolean): number => Math.round(memoryOfAsset({ ...settings, light }, sensors));
    return { full: of(false), light: of(true) };
  } catch (problem) {
    if (problem instanceof SettingsProblem) return undefined;
    throw problem;
  }
}
