import type { Node, NodeAPI, NodeDef } from "node-red";
import { commandOf } from "../src/message/command";
import { MessageProblem, shown } from "../src/message/problem";
import { unreadable } from "../src/message/unreadable";
import { OrderError } from "../src/simulator/fault-order";
import { SIMULATOR_FIELDS, type SimulatorForm, simulatorSettings } from "../src/simulator/settings";
import { type SimulatedReading, Simulator } from "../src/simulator/simulator";

interface PlantSimulatorDef extends NodeDef, SimulatorForm {
  autostart: boolean;
  output: "reading" | "sensors";
}

interface SimulatorMessage {
  command?: unknown;
  reset?: unknown;
  topic?: unknown;
  payload?: unknown;
}

const COMMANDS = ["start", "stop", "reset", "fault"] as const;
type Command = (typeof COMMANDS)[number];
const KNOWN = COMMANDS.join(", ");
/** Under this name the node's context keeps how worn the boilers are. */
const WEAR = "wear";
/** A turn of the event loop belongs to others as well, ms. */
const LONGEST_TURN = 10;
/** Behind by more than this, ms, the simulator does not catch up: the computer was asleep. */
const FARTHEST_BEHIND = 1000;

/** A plant to try things on: sends the readings of simulated boilers and breaks their sensors on request. */
export = (RED: NodeAPI): void => {
  function PlantSimulatorNode(this: Node, config: PlantSimulatorDef): void {
    RED.nodes.createNode(this, config);
    const settings = simulatorSettings(config);
    if (typeof settings === "string") {
      const text = RED._(`plant-simulator.error.${settings}`);
      this.status({ fill: "red", shape: "ring", text: "plant-simulator.status.settings" });
      this.error(text);
      this.on("input", (_msg, _send, done) => done(new Error(text)));
      return;
    }

    let plant = new Simulator(settings);
    // Where Node-RED stores the context, a boiler is no new one after a restart; one with other settings is.
    const boilers = JSON.stringify([settings.assets, settings.ageingHours]);
    const kept = Object(this.context().get(WEAR)) as { boilers?: unknown; wear?: unknown };
    if (kept.boilers === boilers) plant.wear = kept.wear;
    let sent = 0;
    let stamp = 0;
    let due = 0;
    let clock = 0;
    let shownAt = 0;
    let timer: NodeJS.Timeout | NodeJS.Immediate | undefined;

    const show = (state: "running" | "stopped" | "finished", faulty = ""): void => {
      if (state !== "running") {
        this.status({ fill: "grey", shape: "ring", text: `plant-simulator.status.${state}` });
      } else if (Date.now() - shownAt >= 500) {
        shownAt = Date.now();
        const fill = faulty ? "yellow" : "green";
        const text = faulty
          ? RED._("plant-simulator.progress.fault", { sensor: faulty })
          : RED._("plant-simulator.progress.sent", { count: sent });
        this.status({ fill, shape: faulty ? "ring" : "dot", text });
      }
    };

    const sendReading = (reading: SimulatedReading): void => {
      const timestamp = Number.isNaN(settings.start) ? stamp : settings.start + Math.round(reading.elapsed * 1000);
      const extra = {
        ...(reading.existing === undefined ? {} : { baseline: reading.existing }),
        ...(reading.faults.length === 0 ? {} : { faults: reading.faults }),
      };
      if (config.output === "sensors") {
        for (const [sensor, value] of Object.entries(reading.values)) {
          this.send({ topic: `${reading.asset}/${sensor}`, payload: value, timestamp, ...extra });
        }
      } else {
        this.send({ topic: reading.asset, payload: reading.values, timestamp, ...extra });
      }
    };

    const readPlant = (): void => {
      // As planned, not as late as the event loop happened to be: a plant samples by the clock.
      const planned = settings.period === 0 ? Date.now() : Math.round(clock + due);
      stamp = Math.max(planned, stamp + 1); // two readings in one millisecond are still two readings
      const readings = plant.next();
      sent++;
      for (const reading of readings) sendReading(reading);
      show("running", readings.flatMap(({ faults }) => faults.map(({ sensor }) => sensor))[0]);
    };

    const turn = (): void => {
      const began = performance.now();
      if (began - due > FARTHEST_BEHIND) due = began;
      if (Math.abs(Date.now() - began - clock) > FARTHEST_BEHIND) clock = Date.now() - began;
      do {
        readPlant();
        due += settings.period;
      } while (
        settings.period > 0 &&
        due <= began &&
        sent < settings.count &&
        performance.now() - began < LONGEST_TURN
      );
      if (sent >= settings.count) {
        timer = undefined;
        show("finished");
      } else {
        // Without a period the messages on their way have the next turn of the event loop to themselves.
        timer = settings.period === 0 ? setImmediate(turn) : setTimeout(turn, Math.max(0, due - performance.now()));
      }
    };

    const stop = (): void => {
      clearTimeout(timer as NodeJS.Timeout);
      clearImmediate(timer as NodeJS.Immediate);
      timer = undefined;
    };
    const run = (): void => {
      if (timer !== undefined || sent >= settings.count) return;
      const first = Math.max(settings.period, 100); // the flow behind must have started as well
      due = performance.now() + first;
      timer = setTimeout(turn, first);
      shownAt = 0;
      show("running");
    };

    const obey = (command: Command, { topic, payload }: SimulatorMessage): void => {
      if (command === "start") {
        run();
      } else if (command === "stop") {
        stop();
        show("stopped");
      } else if (command === "reset") {
        const running = timer !== undefined || sent >= settings.count;
        stop();
        plant = new Simulator(settings);
        sent = 0;
        if (running) run();
      } else {
        const all = topic === undefined || topic === null || topic === "";
        plant.fault(payload, all ? undefined : typeof topic === "string" ? topic : shown(topic));
      }
    };

    const explain = (error: unknown, msg: object): Error => {
      if (error instanceof MessageProblem) return new Error(RED._("plant-simulator.error.command", error.details));
      if (!(error instanceof OrderError)) {
        const found = unreadable(msg);
        return found ? new Error(RED._("plant-simulator.error.unreadable", found)) : (error as Error);
      }
      const details = { value: error.value, known: error.known.join(", ") };
      return new Error(RED._(`plant-simulator.error.order-${error.code}`, details));
    };

    this.on("input", (msg: SimulatorMessage, _send, done) => {
      try {
        const command = commandOf(msg, COMMANDS);
        if (command === undefined) return done(new Error(RED._("plant-simulator.error.noCommand", { known: KNOWN })));
        obey(command, msg);
        done();
      } catch (error) {
        done(explain(error, msg));
      }
    });
    this.on("close", () => {
      stop();
      this.context().set(WEAR, { boilers, wear: plant.wear });
    });

    if (config.autostart) run();
    else show("stopped");
  }

  RED.nodes.registerType("plant-simulator", PlantSimulatorNode, {
    settings: { plantSimulatorFields: { value: SIMULATOR_FIELDS, exportable: true } },
  });
};
