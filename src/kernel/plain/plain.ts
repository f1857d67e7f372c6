import type { Kernel } from "../kernel";
import * as adam from "./adam";
import * as layer from "./layer";
import * as leastSquares from "./least-squares";
import * as readout from "./readout";

/** The kernels in TypeScript, one loop after the other as the method is written. */
export const plain: Kernel = { name: "plain TypeScript", ...leastSquares, ...layer, ...readout, ...adam };
