import type { Kernel } from "../kernel";
import * as leastSquares from "./least-squares";

/** The kernels in TypeScript, one loop after the other as the method is written. */
export const plain: Kernel = { name: "plain TypeScript", ...leastSquares };
