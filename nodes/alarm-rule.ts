import type { Node, NodeAPI, NodeDef, NodeMessage } from "node-red";
import type { AlarmTransition } from "../src/alarm/alarm";
import { AlarmSystem } from "../src/alarm/alarm-figures";
import {
  type AlarmMessage,
  actionOf,
  becauseOf,
  ORDER_FIELDS,
  observationsOf,
  verdictOf,
} from "../src/alarm/alarm-message";
import { AlarmProblem } from "../src/alarm/alarm-problem";
import { AlarmRule } from "../src/alarm/alarm-rule";
import { alarmSentence, alarmWords } from "../src/alarm/alarm-sentence";
import type { AlarmEvent } from "../src/alarm/alarm-state";
import { type Judged, judgeMessage } from "../src/alarm/judge-message";
import { PresentAlarms } from "../src/alarm/present-alarms";
import { PRESETS } from "../src/alarm/preset";
import {
  type ParsedSettings,
  parseSettings,
  RULE_FIELDS,
  type RuleSettings,
  SettingsProblem,
} from "../src/alarm/rule-settings";
import { WakeUp } from "../src/alarm/wake-up";
import { rangeOf } from "../src/settings/number-field";
import { commandAssets } from "./kit/commanded-assets";
import { type Done, type Send, takeMessages } from "./kit/messages";
import { namedModel } from "./kit/named-model";
import { ownMemory } from "./kit/own-memory";
import { refuseAll } from "./kit/refuse-all";

interface AlarmRuleDef extends NodeDef, RuleSettings {
  model: string;
  unit?: string;
}

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
/** So many readings are saved together; a change of state counts as many and is saved by itself. */
const AT_ONCE = 10_000;
/** The figures belong to the rule, not to one asset; they are kept under this name. */
const SYSTEM = "alarm system";

/** Holds forecasts and readings against limits and keeps the operator's alarms; one message a change of state. */
export = (RED: NodeAPI): void => {
  const property = (msg: object, path: string): unknown => RED.util.getMessageProperty(msg as NodeMessage, path);
  /** What cannot be cloned, such as what is nested without end, is shared: no alarm may fail because of it. */
  const copy = (msg: AlarmMessage): AlarmMessage => {
    try {
      return RED.util.cloneMessage(msg as NodeMessage) as AlarmMessage;
    } catch {
      return { ...msg };
    }
  };

  function AlarmRuleNode(this: Node, config: AlarmRuleDef): void {
    RED.nodes.createNode(this, config);
    const named = namedModel(RED, this, config);
    if (!named) return;
    const { model, say } = named;
    const words = alarmWords(say);
    let settings: ParsedSettings;
    try {
      settings = parseSettings(config);
    } catch (e) {
      if (!(e instanceof SettingsProblem)) throw e;
      refuseAll(this, say(`error.${e.code}`, { limit: e.limit, ...rangeOf(RULE_FIELDS, e.field ?? "") }));
      return;
    }
    const { options, setpoints } = settings;
    const unit = String(config.unit ?? "").trim();
    const rules = ownMemory<AlarmRule>(this, model, {
      part: this.id,
      kind: "alarm-rule",
      everyChanges: AT_ONCE,
      create: (asset) => new AlarmRule(asset, options),
      save: (rule) => rule.save(),
      load: (bytes, asset) => AlarmRule.load(bytes, asset, options),
    });
    const systems = ownMemory<AlarmSystem>(this, model, {
      part: `${this.id}-system`,
      kind: "alarm-system",
      create: () => new AlarmSystem(),
      save: (system) => system.save(),
      load: (bytes) => AlarmSystem.load(bytes),
    });

    /** What a Catch node shall read. */
    const explain = (e: unknown, msg?: object): Error =>
      e instanceof AlarmProblem ? new Error(e.inWords(say)) : model.explain(e, msg);
    const fail = (e: unknown): void => this.error(explain(e));
    const withSystem = (act: (system: AlarmSystem) => void): void => systems.use(SYSTEM, act, fail);
    const sendOn: Send = (messages) => this.send(messages as never);

    const present = new PresentAlarms();
    /** Lets time pass for an asset and learns what stands there, without a reading. */
    const look = (asset: string): void =>
      rules.use(asset, (rule) => announce(rule, rule.tick(Date.now()), sendOn), fail);
    const wakeUp = new WakeUp(look);
    let publishing: NodeJS.Timeout | undefined;
    const publish = (): void => {
      clearTimeout(publishing);
      publishing = undefined;
      const now = Date.now();
      const status = present.status(now, say);
      if (status) this.status(status);
      sendOn([null, { payload: present.list(now, words) }, null]);
      withSystem((system) => sendOn([null, null, { payload: system.figures(Date.now()) }]));
    };
    const publishSoon = (): void => {
      publishing ??= setTimeout(publish, PUBLISH);
    };

    /** Sends the changes of an asset and remembers what must be remembered. */
    const announce = (rule: AlarmRule, transitions: AlarmTransition[], send: Send, msg?: AlarmMessage): void => {
      const isHeldNews = present.note(rule);
      wakeUp.set(rule.asset, rule.nextTimer);
      if (transitions.length > 0 || isHeldNews) publishSoon();
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
        send([Object.assign(outs[i] as object, { topic: alarm.asset, alarm, payload }), null, null]);
      });
    };

    const read = (msg: AlarmMessage, send: Send, done: Done): void => {
      const asset = model.assetOf(msg);
      const arrival = Date.now();
      const finish = (rule: AlarmRule, { transitions, problems }: Judged): void => {
        announce(rule, transitions, send, msg);
        if (problems.length > 0) refuse(problems[0], msg, done);
        else done();
      };
      let act: (rule: AlarmRule) => void;
      try {
        const observations = observationsOf(msg, options.watch, model, arrival);
        act = (rule) => finish(rule, judgeMessage(rule, msg, observations, setpoints, property, arrival));
      } catch (e) {
        if (!rules.assets().includes(asset)) throw e;
        // Nothing of the message can be judged.
        act = (rule) => {
          rule.hold(arrival);
          finish(rule, { transitions: [], problems: [e] });
        };
      }
      rules.use(asset, act, (e) => refuse(e, msg, done));
    };

    const obey = (command: Command, msg: AlarmMessage, send: Send, done: Done): void => {
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
      const actOn = (rule: AlarmRule): void => {
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
        publishSoon();
      };
      const name = say(`event.${event ?? "feedback"}`);
      commandAssets(rules, model.commandAsset(msg), {
        known: () => rules.allAssets(),
        act: (asset, then) => {
          const act = (rule: AlarmRule): void => {
            actOn(rule);
            then();
          };
          rules.use(asset, act, then);
        },
        // For all assets the command has been of use when it was possible on one of them.
        end: ({ assets, problems }) => {
          if (assets === 0) done(explain(new AlarmProblem("noAsset", { event: name }, `${name}: no asset is known`)));
          else done(problems.length === assets ? explain(problems[0], msg) : undefined);
        },
        fail: (e) => done(explain(e, msg)),
      });
    };

    const refuse = takeMessages<Command, AlarmMessage>(this, model, { commands: COMMANDS, obey, read, explain });
    const reporting = setInterval(publish, settings.figures);
    const stopListening = model.onRemoval((asset) => {
      rules.remove(asset);
      present.forget(asset);
      wakeUp.set(asset, Number.POSITIVE_INFINITY);
      publishSoon();
    });
    this.on("close", () => {
      stopListening();
      wakeUp.close();
      clearInterval(reporting);
      clearTimeout(publishing);
    });

    this.status({ fill: "grey", shape: "ring", text: "alarm-rule.status.waiting" });
    // What stood before a restart still stands, whether or not the asset speaks.
    rules
      .allAssets()
      .then((assets) => assets.forEach(look))
      .catch(fail);
  }

  RED.nodes.registerType("alarm-rule", AlarmRuleNode, {
    settings: {
      alarmRulePresets: { value: PRESETS, exportable: true },
      alarmRuleFields: { value: RULE_FIELDS, exportable: true },
    },
  });
};
