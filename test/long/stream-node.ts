/**
 * A node for the long specs: it sends readings of many assets into a flow and writes down, at once and outside the
 * process, how many readings of each asset the model has taken in when a message comes back. What was written survives
 * the end of the process, however sudden.
 */
import { closeSync, openSync, readSync, writeSync } from "node:fs";
import type { Node, NodeAPI, NodeDef, NodeMessage } from "node-red";
import { backAt, countAt, countBackAt, FIELDS, firstAt, firstCountAt, lastAt, sentAt } from "./tally";

interface StreamDef extends NodeDef {
  model: string;
  assets: number;
  /** ms between two readings of an asset. */
  every: number;
  /** File of the tally. */
  tally: string;
}

// Where a spec limits the size of files to stand for a full disk, the kernel sends this with its refusal.
process.on("SIGXFSZ", () => {});

export = (RED: NodeAPI): void => {
  function StreamNode(this: Node, config: StreamDef): void {
    RED.nodes.createNode(this, config);
    const { model, assets, every } = config;
    const file = openSync(config.tally, "r+");
    const seen = new Float64Array(FIELDS * assets);
    readSync(file, new Uint8Array(seen.buffer), 0, seen.byteLength, 0);
    for (let asset = 0; asset < assets; asset++) {
      note(firstAt(asset), -1);
      note(firstCountAt(asset), -1);
    }

    function note(field: number, value: number): void {
      seen[field] = value;
      writeSync(file, new Uint8Array(seen.buffer, 8 * field, 8), 0, 8, 8 * field);
    }

    let turn = 0;
    const timer = setInterval(() => {
      turn++;
      for (let asset = 0; asset < assets; asset++) {
        const load = Math.sin(turn / 20 + asset);
        const payload = { load, flow: load + 0.1 * Math.sin(turn), y: load ** 2 };
        note(sentAt(asset), seen[sentAt(asset)] + 1);
        this.send({ topic: `line ${asset}`, timestamp: Date.now(), payload } as NodeMessage);
      }
    }, every);

    this.on("input", (message, _send, done) => {
      const { topic, observed, kpi } = message as unknown as {
        topic: string;
        observed: Record<string, { index: number }>;
        kpi?: { readings: number };
      };
      const asset = Number(topic.slice("line ".length));
      const { index } = observed[model];
      if (seen[firstAt(asset)] < 0) note(firstAt(asset), index);
      const back = seen[lastAt(asset)] - index + 1;
      if (back > seen[backAt(asset)]) note(backAt(asset), back);
      note(lastAt(asset), index);
      if (kpi) {
        if (seen[firstCountAt(asset)] < 0) note(firstCountAt(asset), kpi.readings);
        const forgotten = seen[countAt(asset)] - kpi.readings + 1;
        if (forgotten > seen[countBackAt(asset)]) note(countBackAt(asset), forgotten);
        note(countAt(asset), kpi.readings);
      }
      done();
    });
    this.on("close", () => {
      clearInterval(timer);
      closeSync(file);
    });
  }
  RED.nodes.registerType("test-stream", StreamNode);
};
