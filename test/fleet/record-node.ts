/**
 * A node for the fleet's specs: it writes down every forecast, or what it is told to keep, at once and outside the process; a
 * poison kills it.
 */
import { openSync, writeSync } from "node:fs";
import type { Node, NodeAPI, NodeDef, NodeMessage } from "node-red";

interface RecordDef extends NodeDef {
  file: string;
  /** Of each message that has it this property is written down, with topic and time. */
  keep?: string;
}

interface Forecasted {
  topic: string;
  payload: { poison?: boolean };
  timestamp: number;
  forecast?: { value: number | null; lower: number | null; upper: number | null };
}

export = (RED: NodeAPI): void => {
  function RecordNode(this: Node, config: RecordDef): void {
    RED.nodes.createNode(this, config);
    const file = openSync(config.file, "a");
    this.on("input", (message, send, done) => {
      const { topic, payload, timestamp, forecast } = message as unknown as Forecasted;
      const kept = config.keep && (message as unknown as Record<string, unknown>)[config.keep];
      if (kept) writeSync(file, `${JSON.stringify([topic, kept, Date.now()])}\n`);
      if (config.keep) return done();
      if (payload?.poison) process.kill(process.pid, "SIGKILL");
      if (!forecast) send(message as NodeMessage);
      else {
        const { value, lower, upper } = forecast;
        writeSync(file, `${JSON.stringify([topic, timestamp, value, lower, upper, Date.now()])}\n`);
      }
      done();
    });
  }
  RED.nodes.registerType("test-record", RecordNode);
};
