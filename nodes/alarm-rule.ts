import type { Node, NodeAPI, NodeDef, NodeMessage } from "node-red";
import type { AlarmRecord, AlarmTransition } from "../src/alarm/alarm";
import { AlarmSystem } from "../src/alarm/alarm-figures";
import {
  type AlarmMessage,
  actionOf,
  becauseOf,
  givenSetpoints,
  inOrder,
  ORDER_FIELDS,
  observationsOf,
  verdictOf,
} from "../src/alarm/alarm-message";
import { AlarmProblem } from "../src/alarm/alarm-problem";
import { AlarmRule } from "../src/alarm/alarm-rule";
import { type AlarmWords, alarmNote, alarmSentence, clockTime } from "../src/alarm/alarm-sentence";
import type { AlarmEvent } from "../src/alarm/alarm-state";
import { type AlarmStatus, alarmStatus, byUrgency } from "../src/alarm/alarm-status";
import { PRESETS } from "../src/alarm/preset";
import { type ParsedSettings, parseSettings, type RuleSettings, SettingsProblem } from "../src/alarm/rule-settings";
import type { HasForecastModel } from "../src/asset/forecast-model";
import { AssetMemory } from "../src/memory/asset-memory";
import type { MemoryProblem } from "../src/memory/memory-problem";
import { assetsFor, commandOf } from "../src/message/command";

interface AlarmRuleDef extends NodeDef, RuleSettings {
  model: string;
  unit?: string;
}

type Send = (msgs: (NodeMessage | null)[]) => void;
type Done = (error?: Error) => void;

const EVENTS = {
  ack: "acknowledge",
  shelve: "shelve",
  unshelve: "unshelve",
  suppress: "suppress",
  unsuppress: "unsuppress",
  outOfService: "outOfService",
  inService: "inService",
  reset: "reset",
} as const satisfies Record<string, AlarmEvent>;
type Command = keyof typeof EVENTS | "feedback" | "list";
const COMMANDS: readonly Command[] = [...(Object.keys(EVENTS) as (keyof typeof EVENTS)[]), "feedback", "list"];
/** The list and the figures are sent at most this often, ms: a flood of alarms must not become a flood of lists. */
const PUBLISH = 200;
/** A timer that is due in a longer time than this is looked at before, ms: longer ones, Node.js fires at once. */
const LONGEST_SLEEP = 3_600_000;
/** So many readings are saved together; a change of state counts as many and is saved by itself. */
const AT_ONCE = 10_000;
/** The figures belong to the rule, not to one asset; they are kept under this name. */
const SYSTEM = "alarm system";

/** Holds forecasts and readings against limits and keeps the operator's alarms; one message a change of state. */
export = (RED: NodeAPI): void => {
  function AlarmRuleNode(this: Node, config: AlarmRuleDef): void {
    RED.nodes.createNode(this, config);
    const say = (key: string, values?: Record<string, string | number>): string => RED._(`alarm-rule.${key}`, values);

    const words: AlarmWords = {
      sentence: (part, values) => say(`sentence.${part}`, values),
      priority: (priority) => say(`priority.${priority}`),
      watched: (watch) => say(`watched.${watch}`),
      quality: (level) => say(`qualityLevel.${level}`),
    };

    const refuse = (text: string): void => {
      this.status({ fill: "red", shape: "ring", text: "alarm-rule.status.settings" });
      this.error(text);
      this.on("input", (_msg, _send, done) => done(new Error(text)));
    };
    const shared = RED.nodes.getNode(config.model) as (Node & HasForecastModel) | null;
    const model = shared?.model;
    if (!model) {
      refuse(shared?.problem ?? say("error.noModel"));
      return;
    }
    let settings: ParsedSettings;
    try {
      settings = parseSettings(config);
    } catch (e) {
      if (!(e instanceof SettingsProblem)) throw e;
      refuse(say(`error.${e.code}`, { limit: e.limit }));
      return;
    }
    const { options, setpoints } = settings;
    const unit = String(config.unit ?? "").trim();
    const { store } = model;

    const property = (msg: object, path: string): unknown => RED.util.getMessageProperty(msg as NodeMessage, path);
    /** What cannot be cloned, such as what is nested without end, is shared: no alarm may fail because of it. */
    const copy = (msg: AlarmMessage): AlarmMessage => {
      try {
        return RED.util.cloneMessage(msg as NodeMessage) as AlarmMessage;
      } catch {
        return { ...msg };
      }
    };

    /** What a Catch node shall read. */
    const explain = (e: unknown, msg?: object): Error => {
      if (!(e instanceof AlarmProblem)) return model.explain(e, msg);
      const details = { ...e.details };
      if (e.code === "notPossible") {
        details.event = say(`event.${details.event}`);
        details.state = say(`state.${details.state}`);
      }
      return new Error(say(`error.${e.code}`, details));
    };

    const report = (problem: MemoryProblem): void => model.report(problem);
    const rules = new AssetMemory<AlarmRule>({
      part: this.id,
      kind: "alarm-rule",
      store,
      limit: model.settings.assetLimit,
      everyMs: model.settings.saveMs,
      everyChanges: AT_ONCE,
      create: (asset) => new AlarmRule(asset, options),
      save: (rule) => rule.save(),
      load: (bytes, asset) => AlarmRule.load(bytes, asset, options),
      report,
    });
    const systems = new AssetMemory<AlarmSystem>({
      part: `${this.id}-system`,
      kind: "alarm-system",
      store,
      everyMs: model.settings.saveMs,
      create: () => new AlarmSystem(),
      save: (system) => system.save(),
      load: (bytes) => AlarmSystem.load(bytes),
      report,
    });
    const withSystem = (act: (system: AlarmSystem) => void): void => {
      systems.use(SYSTEM, act, (e) => this.error(explain(e)));
    };

    /** Alarms that are not normal, or held, by asset. */
    const present = new Map<string, AlarmRecord[]>();
    /** When a delay or a timer of an asset ends, ms by this computer's clock. */
    const timers = new Map<string, number>();
    /** The one timer of this node: when it goes off, and what wakes it. */
    let wakeAt = Number.POSITIVE_INFINITY;
    let waking: NodeJS.Timeout | undefined;
    const sleepUntil = (due: number): void => {
      clearTimeout(waking);
      wakeAt = due;
      if (due < Number.POSITIVE_INFINITY)
        waking = setTimeout(wake, Math.min(LONGEST_SLEEP, Math.max(1, due - Date.now())));
    };

    const statusText = (status: AlarmStatus, now: number): string => {
      if (!("key" in status)) return status.text;
      const { key, since } = status;
      return since === undefined ? `alarm-rule.status.${key}` : say(`since.${key}`, { time: clockTime(since, now) });
    };

    /** Whether any asset has been heard of since the start. */
    let judged = false;
    let publishing: NodeJS.Timeout | undefined;
    const publish = (): void => {
      clearTimeout(publishing);
      publishing = undefined;
      const list = [...present.values()].flat().sort(byUrgency);
      const status = alarmStatus(list);
      const now = Date.now();
      // Before anything was judged, nothing is known to be normal.
      if (judged) this.status({ fill: status.fill, shape: status.shape, text: statusText(status, now) });
      // A copy: what the flow does to the list must not change the alarms.
      const payload = structuredClone(list).map((alarm) => {
        const note = alarmNote(alarm, now, words);
        return note === "" ? alarm : { ...alarm, note };
      });
      this.send([null, { payload }, null]);
      withSystem((system) => this.send([null, null, { payload: system.figures(Date.now()) }]));
    };

    /** Sends the changes of an asset and remembers what must be remembered. */
    const announce = (rule: AlarmRule, transitions: AlarmTransition[], send: Send, msg?: AlarmMessage): void => {
      const list = rule.list();
      const before = present.get(rule.asset);
      judged = true;
      if (list.length > 0) present.set(rule.asset, list);
      else present.delete(rule.asset);
      const due = rule.nextTimer;
      if (due === Number.POSITIVE_INFINITY) timers.delete(rule.asset);
      else timers.set(rule.asset, due);
      if (due < wakeAt) sleepUntil(due);
      const heldIn = (alarms: AlarmRecord[]): string => alarms.map((a) => `${a.held ?? ""} ${a.heldWhy ?? ""}`).join();
      const seen = heldIn(before ?? []) === heldIn(list);
      if (transitions.length > 0 || !seen) publishing ??= setTimeout(publish, PUBLISH);
      // What an operator has seen or done must outlast a power cut; the rest is saved with time.
      rules.changed(rule.asset, transitions.length > 0 ? AT_ONCE : 1);
      if (transitions.length === 0) return;
      withSystem((system) => {
        for (const transition of transitions) system.count(transition, Date.now());
        systems.changed(SYSTEM, transitions.length);
      });
      const because = msg ? becauseOf(msg, options.watch) : "";
      const outs = transitions.map((_, i) => (msg && i > 0 ? copy(msg) : (msg ?? {})));
      transitions.forEach((alarm, i) => {
        const payload = alarmSentence(alarm, options.watch, unit, words, because);
        send([Object.assign(outs[i], { topic: alarm.asset, alarm, payload }) as object as NodeMessage, null, null]);
      });
    };

    const errors = model.errorCounter<NodeMessage>((text, msg) => this.error(text, msg));
    const refuseMessage = (e: unknown, msg: AlarmMessage, done: Done): void =>
      errors.refuse(explain(e, msg), msg as NodeMessage, done);

    const read = (msg: AlarmMessage, send: Send, done: Done): void => {
      const asset = model.assetOf(msg);
      const arrival = Date.now();
      const transitions: AlarmTransition[] = [];
      const problems: unknown[] = [];
      /** What cannot be judged holds the alarms. */
      const refuseReading = (rule: AlarmRule, e: unknown): void => {
        problems.push(e);
        rule.hold(arrival);
      };
      const finish = (rule: AlarmRule): void => {
        announce(rule, transitions, send, msg);
        if (problems.length > 0) refuseMessage(problems[0], msg, done);
        else done();
      };
      let observations: ReturnType<typeof observationsOf>;
      try {
        observations = observationsOf(msg, options.watch, model, arrival);
      } catch (e) {
        if (!rules.assets().includes(asset)) throw e;
        const hold = (rule: AlarmRule): void => {
          refuseReading(rule, e);
          finish(rule);
        };
        rules.use(asset, hold, (error) => refuseMessage(error, msg, done));
        return;
      }
      const act = (rule: AlarmRule): void => {
        for (const observe of inOrder(observations)) {
          try {
            const { row, observation, problem } = observe();
            const limits = givenSetpoints(msg, setpoints, row, property);
            const judgement = rule.read(observation, limits.given, arrival);
            transitions.push(...judgement.transitions);
            problems.push(...(problem ? [problem] : []), ...limits.problems, ...judgement.problems);
          } catch (e) {
            refuseReading(rule, e);
          }
        }
        finish(rule);
      };
      rules.use(asset, act, (e) => refuseMessage(e, msg, done));
    };

    const order = (command: Command, msg: AlarmMessage, send: Send, done: Done): void => {
      if (command === "list") {
        publish();
        done();
        return;
      }
      const event = command === "feedback" ? undefined : EVENTS[command];
      const action = actionOf(msg);
      const verdict = event ? undefined : verdictOf(msg.verdict);
      // Carried out here: nodes behind must not take the command for theirs.
      for (const key of ORDER_FIELDS) delete msg[key];
      const act = (rule: AlarmRule): void => {
        if (event) {
          announce(rule, rule.command(event, Date.now(), action), send, copy(msg));
          return;
        }
        const judged = rule.feedback(verdict === true, action.limit);
        withSystem((system) => {
          for (const { before } of judged) system.judge(verdict === true, before);
          systems.changed(SYSTEM);
        });
        announce(rule, [], send);
        rules.changed(rule.asset, AT_ONCE);
        publishing ??= setTimeout(publish, PUBLISH);
      };

      /** For all assets the command has been of use when it was possible on one of them. */
      const carryOut = (targets: readonly string[]): void => {
        let waiting = targets.length;
        let useful = false;
        let problem: unknown;
        const finish = (e?: unknown): void => {
          if (e === undefined) useful = true;
          else problem ??= e;
          waiting--;
          if (waiting === 0) done(useful ? undefined : explain(problem, msg));
        };
        for (const asset of targets) {
          const attempt = (rule: AlarmRule): void => {
            try {
              act(rule);
              finish();
            } catch (e) {
              finish(e);
            }
          };
          rules.use(asset, attempt, finish);
        }
        if (targets.length > 0) return;
        const name = say(`event.${event ?? "feedback"}`);
        done(explain(new AlarmProblem("noAsset", { event: name }, `${name}: no asset is known`)));
      };
      const asset = model.commandAsset(msg);
      if (asset !== undefined && rules.assets().includes(asset)) carryOut([asset]);
      else
        rules
          .allAssets()
          .then((names) => carryOut(assetsFor(asset, names)))
          .catch((e) => done(explain(e, msg)));
    };

    this.on("input", (msg: AlarmMessage, send, done) => {
      // A wrong command is told each time, wrong readings are counted.
      let refuse = (e: unknown): void => done(explain(e, msg));
      try {
        const command = commandOf(msg, COMMANDS);
        if (command) order(command, msg, send as Send, done);
        else {
          refuse = (e) => refuseMessage(e, msg, done);
          read(msg, send as Send, done);
        }
      } catch (e) {
        refuse(e);
      }
    });

    /** Lets time pass for an asset and learns what stands there, without a reading. */
    const look = (asset: string): void => {
      const tick = (rule: AlarmRule): void => announce(rule, rule.tick(Date.now()), (msgs) => this.send(msgs));
      rules.use(asset, tick, (e) => this.error(explain(e)));
    };
    const wake = (): void => {
      wakeAt = Number.POSITIVE_INFINITY;
      const now = Date.now();
      for (const [asset, due] of [...timers]) {
        if (due > now) continue;
        timers.delete(asset);
        look(asset);
      }
      let next = wakeAt;
      for (const due of timers.values()) next = Math.min(next, due);
      sleepUntil(next);
    };
    const reporting = setInterval(publish, settings.figures);

    const stopListening = model.onRemoval((asset) => {
      rules.remove(asset);
      present.delete(asset);
      timers.delete(asset);
      publishing ??= setTimeout(publish, PUBLISH);
    });

    this.on("close", (_removed: boolean, done: () => void) => {
      stopListening();
      errors.close();
      clearTimeout(waking);
      clearInterval(reporting);
      clearTimeout(publishing);
      Promise.all([rules.close(), systems.close()]).then(
        () => done(),
        (e) => {
          this.error(explain(e));
          done();
        },
      );
    });

    this.status({ fill: "grey", shape: "ring", text: "alarm-rule.status.waiting" });
    // What stood before a restart still stands, whether or not the asset speaks.
    rules
      .allAssets()
      .then((assets) => {
        for (const asset of assets) look(asset);
      })
      .catch((e) => this.error(explain(e)));
  }

  RED.nodes.registerType("alarm-rule", AlarmRuleNode, {
    settings: { alarmRulePresets: { value: PRESETS, exportable: true } },
  });
};
