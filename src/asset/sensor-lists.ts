import type { AssetMemory } from "../memory/asset-memory";
import type { Asset } from "./asset";

/** The sensors that the model of an asset uses beside the target, and whether their list settles still. */
export interface SensorsOfAsset {
  asset: string;
  sensors: string[];
  isSettling: boolean;
}

/** What a dialog shows of the sensors that the model of each asset uses. */
export interface SensorLists {
  /** Whether the sensors are named in the settings: then there is nothing to settle. */
  named: boolean;
  /** The first assets in memory. */
  assets: SensorsOfAsset[];
  /** So many assets are known beside these. */
  more: number;
  /** The names in the reading that came last, whatever became of it: the target and what is not used among them. */
  seen: string[];
}

/** A dialog shows the sensors of so many assets, … */
const MOST_SHOWN = 10;
/** … and offers so many names. */
const MOST_SEEN = 200;

/**
 * The sensors that the models use now.
 *
 * @param named whether they are named in the settings
 * @param seen the names in the reading that came last
 */
export async function sensorLists(
  memory: AssetMemory<Asset>,
  named: boolean,
  target: string,
  seen: readonly string[],
): Promise<SensorLists> {
  const assets: SensorsOfAsset[] = [];
  for (const name of memory.assets().slice(0, MOST_SHOWN))
    memory.use(
      name,
      ({ forecaster, isSettling }) => {
        const sensors = forecaster?.inputs.filter((input) => input !== target);
        if (sensors) assets.push({ asset: name, sensors, isSettling });
      },
      () => {}, // it is in memory
    );
  const known = await memory.allAssets();
  return { named, assets, more: Math.max(0, known.length - assets.length), seen: seen.slice(0, MOST_SEEN) };
}
