import type { Node, NodeAPI, NodeDef, NodeMessage } from "node-red";
import { commandOf } from "../src/message/command";
import { MessageProblem, shown } from "../src/message/problem";
import { unreadable } from "../src/message/unreadable";
import { OrderError } from "../src/simulator/fault-order";
import { SENSORS } from "../src/simulator/instrument";
import { Pace } from "../src/simulator/pace";
import { messagesOf } from "../src/simulator/readings-message";
import { SIMULATOR_FIELDS, type SimulatorForm, simulatorSettings } from "../src/simulator/settings";
import { Simulator } from "../src/simulator/simulator";
import { forEditor } from "./kit/for-editor";
import { inWords } from "./kit/in-words";
import { textsOf } from "./kit/say";
import { settingsOf } from "./kit/settings-of";
import { throttle } from "./kit/throttle";

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
/** Under this name the node's context keeps how worn the boilers are. */
const WEAR = "wear";

/** A plant to try things on: sends the readings of simulated boilers and breaks their sensors on request. */
export = (RED: NodeAPI): void => {
  const say = textsOf(RED, "plant-simulator");

  function PlantSimulator(this: Node, config: PlantSimulatorDef): void {
    RED.nodes.createNode(this, config);
    const reason = (code: string): string => `error.${code}`;
    const settings = settingsOf(RED, this, say, () => simulatorSettings(config), reason);
    if (!settings) return;
    let plant = new Simulator(settings);
    // Where Node-RED stores the context, a boiler is no new one after a restart; one with other settings is.
    const boilers = JSON.stringify([settings.assets, settings.ageingHours]);
    const kept = Object(this.context().get(WEAR)) as { boilers?: unknown; wear?: unknown };
    if (kept.boilers === boilers) plant.wear = kept.wear;

    let faulty: string | undefined;
    const look = (state: "running" | "stopped" | "finished"): void =>
      this.status({ fill: "grey", shape: "ring", text: say(`status.${state}`) });
    const status = throttle(this, () => {
      if (!pace.isRunning) return;
      if (faulty === undefined)
        this.status({ fill: "green", shape: "dot", text: say("progress.sent", { count: pace.count }) });
      else this.status({ fill: "yellow", shape: "ring", text: say("progress.fault", { sensor: faulty }) });
    });
    const read = (stamp: number): void => {
      const readings = plant.next();
      for (const reading of readings) {
        const time = Number.isNaN(settings.start) ? stamp : settings.start + Math.round(reading.elapsed * 1000);
        for (const message of messagesOf(reading, time, config.output)) this.send(message as NodeMessage);
      }
      faulty = readings.flatMap(({ faults }) => faults.map(({ sensor }) => sensor))[0];
      status.soon();
    };
    const pace = new Pace(settings.period, settings.count, read, () => look("finished"));
    const run = (): void => {
      if (pace.start()) status.now();
    };

    const obey = (command: Command, { topic, payload }: SimulatorMessage): void => {
      if (command === "start") {
        run();
      } else if (command === "stop") {
        pace.stop();
        look("stopped");
      } else if (command === "reset") {
        const goesOn = pace.isRunning || pace.isOver;
        pace.stop();
        plant = new Simulator(settings);
        pace.count = 0;
        if (goesOn) run();
      } else {
        const all = topic === undefined || topic === null || topic === "";
        plant.fault(payload, all ? undefined : typeof topic === "string" ? topic : shown(topic));
      }
    };
    /** What a Catch node shall read. */
    const explain = (error: unknown, msg: object): Error => {
      if (error instanceof MessageProblem) return new Error(say("error.command", error.details));
      if (error instanceof OrderError) {
        const details = { value: error.value, known: error.known.join(", ") };
        return new Error(say(`error.order-${error.code}`, details));
      }
      const found = unreadable(msg);
      return found ? new Error(say("error.unreadable", found)) : (error as Error);
    };

    this.on("input", (msg: SimulatorMessage, _send, done) => {
      try {
        const command = commandOf(msg, COMMANDS);
        if (command === undefined) throw new Error(say("error.noCommand", { known: COMMANDS.join(", ") }));
        obey(command, msg);
        done();
      } catch (error) {
        done(inWords(explain(error, msg)));
      }
    });
    this.on("close", () => {
      pace.stop();
      this.context().set(WEAR, { boilers, wear: plant.wear });
    });

    if (config.autostart) run();
    else look("stopped");
  }

  const handed = forEditor({ plantSimulatorFields: SIMULATOR_FIELDS, plantSimulatorSensors: SENSORS });
  RED.nodes.registerType("plant-simulator", PlantSimulator, handed);
};
