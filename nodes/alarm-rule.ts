import type { Node, NodeAPI, NodeDef, NodeMessage } from "node-red";
import type { AlarmTransition } from "../src/alarm/alarm";
import { AlarmSystem } from "../src/alarm/alarm-figures";
import {
  ALARM_COMMANDS,
  type AlarmCommand,
  type AlarmMessage,
  alarmMessages,
  takeOrder,
} from "../src/alarm/alarm-message";
import { AlarmProblem } from "../src/alarm/alarm-problem";
import { AlarmRule } from "../src/alarm/alarm-rule";
import { alarmWords, watchedNumber } from "../src/alarm/alarm-sentence";
import { alarmStatus } from "../src/alarm/alarm-status";
import { Alarms, AT_ONCE, type Audience } from "../src/alarm/alarms";
import { type Judged, judging } from "../src/alarm/judge-message";
import { PRESETS } from "../src/alarm/preset";
import { parseSettings, RULE_FIELDS, type RuleSettings } from "../src/alarm/rule-settings";
import { unitOf } from "../src/alarm/signal";
import { commandAssets, type Outcome, withState } from "../src/asset/commanded-assets";
import { UNITS } from "../src/message/duration";
import type { Sliced } from "../src/slice/sliced";
import { copyOf } from "./kit/copy-of";
import { forEditor } from "./kit/for-editor";
import { type Done, type Passing, type Refuse, type Send, senderOf, takeMessages } from "./kit/messages";
import { namedModel } from "./kit/named-model";
import { ownMemory } from "./kit/own-memory";

interface AlarmRuleDef extends NodeDef, RuleSettings {
  model: string;
  unit?: string;
}

/** Holds forecasts and readings against limits and keeps the operator's alarms; one message a change of state. */
export = (RED: NodeAPI): void => {
  const property = (msg: object, path: string): unknown => RED.util.getMessageProperty(msg as NodeMessage, path);

  function AlarmRuleNode(this: Node, config: AlarmRuleDef): void {
    RED.nodes.createNode(this, config);
    const named = namedModel(RED, this, config, parseSettings, (code) => `error.${code}`);
    if (!named) return;
    const { model, say, settings } = named;
    const { options, figures } = settings;
    const unit = String(config.unit ?? "").trim() || unitOf(options.watch, model.settings.unit);
    const words = alarmWords(say);
    const number = watchedNumber(options.watch, unit, words);
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
    const explain = (e: unknown, msg?: object): Error =>
      e instanceof AlarmProblem ? new Error(e.inWords(say)) : model.explain(e, msg);

    const sendOn = senderOf(this);
    const telling = { watch: options.watch, unit, words, copy: (msg: AlarmMessage) => copyOf(RED, msg) };
    const tell = (transitions: readonly AlarmTransition[], send: Send, msg?: AlarmMessage): void => {
      for (const message of alarmMessages(transitions, msg, telling)) send([message, null, null]);
    };
    const audience: Audience = {
      changed: (transitions) => tell(transitions, sendOn),
      list: (present, now) => {
        if (present.urgent) this.status(alarmStatus(present.urgent, now, { say, words, number }));
        sendOn([null, { payload: present.list(now, words) }, null]);
      },
      figures: (payload) => sendOn([null, null, { payload }]),
      failed: (error) => this.error(explain(error)),
    };
    const alarms = new Alarms(rules, systems, audience, figures);

    function* settle(
      rule: AlarmRule,
      judging: Sliced<Judged>,
      { msg, send, done, refuse }: Passing<AlarmMessage>,
    ): Sliced<void> {
      const { transitions, problems } = yield* judging;
      alarms.settle(rule, transitions);
      tell(transitions, send, msg);
      if (problems.length > 0) refuse(problems[0]);
      else done();
    }

    const read = (msg: AlarmMessage, send: Send, done: Done, refuse: Refuse): void => {
      const asset = model.reader.assetOf(msg);
      const isKnown = (): boolean => rules.has(asset) || rules.isBusy(asset);
      const judge = judging(msg, settings, model.reader, property, Date.now(), isKnown);
      rules.work(asset, (rule) => settle(rule, judge(rule), { msg, send, done, refuse }), refuse);
    };

    const obey = (command: AlarmCommand, msg: AlarmMessage, send: Send, done: Done): void => {
      if (command === "list") {
        alarms.publish();
        done();
        return;
      }
      const order = takeOrder(command, msg);
      const act = withState(rules, (rule) => tell(alarms.order(rule, order), send, copyOf(RED, msg)));
      const end = ({ assets, problems }: Outcome): void => {
        const event = say(`event.${order.event}`);
        if (assets === 0) done(new AlarmProblem("noAsset", { event }, `${event}: no asset is known`));
        // For all assets the command has been of use when it was possible on one of them.
        else done(problems.length === assets ? problems[0] : undefined);
      };
      commandAssets(rules, model.reader.commandAsset(msg), act, end, done);
    };

    takeMessages<AlarmCommand, AlarmMessage>(this, model, { commands: ALARM_COMMANDS, obey, read, explain });
    this.on(
      "close",
      model.listeners.onRemoval((asset) => alarms.forget(asset)),
    );
    this.on("close", () => alarms.close());
    this.status({ fill: "grey", shape: "ring", text: say("status.waiting") });
    alarms.begin();
  }

  const handed = forEditor({ alarmRulePresets: PRESETS, alarmRuleFields: RULE_FIELDS, alarmRuleUnits: UNITS });
  RED.nodes.registerType("alarm-rule", AlarmRuleNode, handed);
};
