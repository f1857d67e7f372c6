/**
 * A node for the soak: it sends batches of readings of many assets into a flow, the next when the one before has come
 * back, and writes down how much memory the process uses.
 */
import { appendFileSync } from "node:fs";
import type { Node, NodeAPI, NodeDef, NodeMessage } from "node-red";

interface SoakDef extends NodeDef {
  assets: number;
  /** Readings to send. */
  readings: number;
  /** Memory is measured each time that so many have come back. */
  every: number;
  /** File of the figures, one JSON object a line. */
  figures: string;
}

/** What stands in a line of the file. */
export interface SoakFigures {
  readings: number;
  /** MB that are in use after a collection. */
  used: number;
  rss: number;
  /** Forecasts that were no number. */
  notFinite: number;
}

/** ms until saves that are on their way have come to an end. */
const QUIET = 1000;
const BATCH = 20;
/** Each asset is read in bursts, so that some are idle while others work. */
const BURST = 500;

/** The same at every run: the fractional part of a fast sine, −0.5 to 0.5. */
function noise(number: number): number {
  const x = 43_758.5453 * Math.sin(12.9898 * number);
  return x - Math.floor(x) - 0.5;
}

export default (RED: NodeAPI): void => {
  function SoakNode(this: Node, config: SoakDef): void {
    RED.nodes.createNode(this, config);
    const { assets, readings, every, figures } = config;
    let sent = 0;
    let notFinite = 0;

    const next = (): void => {
      const burst = Math.floor(sent / BURST);
      const payload: Record<string, number>[] = [];
      const timestamp: number[] = [];
      const baseline: number[] = [];
      for (let i = 0; i < BATCH; i++) {
        const turn = Math.floor(burst / assets) * BURST + (sent % BURST);
        const load = Math.sin(turn / 20 + burst) + 0.1 * noise(sent);
        const flow = turn % 997 === 0 ? Number.NaN : load + 0.1 * noise(sent + 1e6);
        const y = turn % 1499 === 0 ? 1e6 : load ** 2 + 0.1 * noise(sent + 2e6);
        payload.push({ load, flow, y });
        timestamp.push(1e12 + 1000 * turn);
        baseline.push(load ** 2);
        sent++;
      }
      this.send({ topic: `line ${burst % assets}`, payload, timestamp, baseline } as unknown as NodeMessage);
    };

    const measure = (): void => {
      (globalThis as { gc?: () => void }).gc?.();
      const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
      const line: SoakFigures = {
        readings: sent,
        used: (heapUsed + arrayBuffers) / 2 ** 20,
        rss: rss / 2 ** 20,
        notFinite,
      };
      appendFileSync(figures, `${JSON.stringify(line)}\n`);
      if (sent < readings) next();
    };

    this.on("input", (message, _send, done) => {
      const { forecast } = message as unknown as { forecast: { value: number | null }[] };
      notFinite += forecast.filter(({ value }) => !Number.isFinite(value)).length;
      done();
      if (sent % every !== 0) next();
      else pause = setTimeout(measure, QUIET);
    });
    let pause = setTimeout(next, QUIET);
    this.on("close", () => clearTimeout(pause));
  }
  RED.nodes.registerType("test-soak", SoakNode);
};
