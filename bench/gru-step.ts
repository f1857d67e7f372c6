/**
 * What a general library takes for the same work: one training step of a GRU over the last readings (truncated
 * backpropagation through time) with TensorFlow.js on its CPU backend. It is installed into a scratch folder for the run.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

const VERSION = "4.22.0";
const PACKAGES = ["core", "layers", "backend-cpu"].map((part) => `@tensorflow/tfjs-${part}@${VERSION}`);
/** Readings that a training step looks back over. */
const WINDOW = 32;

interface Tensor {
  dataSync(): Float32Array;
  dispose(): void;
}
/** What is used of the library. */
interface Core {
  setBackend(name: string): Promise<boolean>;
  tensor(values: Float32Array, shape: number[]): Tensor;
  losses: { meanSquaredError(labels: Tensor, predictions: Tensor): Tensor };
  train: { adam(rate: number): { minimize(loss: () => Tensor, returnCost: boolean): Tensor } };
}
interface Layers {
  sequential(): { add(layer: object): void; apply(inputs: Tensor, how: { training: boolean }): Tensor };
  layers: { gru(options: object): object; dense(options: object): object };
}

/** Training steps of a GRU. */
export interface GruSteps {
  /** Takes so many steps; returns µs of a step. */
  steps(count: number): number;
  end(): void;
}

/**
 * @param size units
 * @param inputs of the network
 * @returns undefined where the library cannot be installed
 */
export async function gruSteps(size: number, inputs: number): Promise<GruSteps | undefined> {
  const folder = mkdtempSync(join(tmpdir(), "gru-step-"));
  const end = (): void => rmSync(folder, { recursive: true, force: true });
  writeFileSync(join(folder, "package.json"), '{ "private": true }');
  try {
    const options = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel", "error"];
    execFileSync("npm", ["install", ...options, ...PACKAGES], {
      cwd: folder,
      shell: process.platform === "win32",
      stdio: "ignore",
      timeout: 180_000,
    });
  } catch {
    end();
    return undefined;
  }
  const load = createRequire(join(folder, "package.json"));
  const core = load("@tensorflow/tfjs-core") as Core;
  load("@tensorflow/tfjs-backend-cpu");
  const { sequential, layers } = load("@tensorflow/tfjs-layers") as Layers;
  await core.setBackend("cpu");
  const model = sequential();
  model.add(layers.gru({ units: size, inputShape: [WINDOW, inputs], recurrentInitializer: "glorotNormal" }));
  model.add(layers.dense({ units: 1 }));
  const readings = Float32Array.from({ length: WINDOW * inputs }, (_, i) => Math.sin(i));
  const window = core.tensor(readings, [1, WINDOW, inputs]);
  const label = core.tensor(new Float32Array([0.5]), [1, 1]);
  const { meanSquaredError: lossOf } = core.losses;
  const optimizer = core.train.adam(0.001);
  return {
    end,
    steps: (count) => {
      const from = performance.now();
      for (let i = 0; i < count; i++) {
        const loss = optimizer.minimize(() => lossOf(label, model.apply(window, { training: true })), true);
        loss.dataSync();
        loss.dispose();
      }
      return (1000 * (performance.now() - from)) / count;
    },
  };
}
