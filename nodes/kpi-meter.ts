import type { Node, NodeAPI, NodeDef } from "node-red";
import { type Act, commandAssets } from "../src/asset/commanded-assets";
import type { ForecastMessage } from "../src/asset/forecast-message";
import type { KpiFigures } from "../src/kpi/figures";
import { Meter } from "../src/kpi/meter";
import { MeterAnswers } from "../src/kpi/meter-answers";
import { COMMANDS, type MeterCommand, takeOrder } from "../src/kpi/meter-order";
import { METER_FIELDS, type MeterForm, parseMeterSettings } from "../src/kpi/meter-settings";
import { meterStatus } from "../src/kpi/meter-status";
import { meterError } from "../src/kpi/meter-words";
import { Meters, meterRecord } from "../src/kpi/meters";
import { type ToCount, toCount } from "../src/kpi/to-count";
import type { Upkeep } from "../src/kpi/upkeep";
import { restOf, type Sliced } from "../src/slice/sliced";
import { forEditor } from "./kit/for-editor";
import { type Done, type Passing, type Refuse, type Send, takeMessages } from "./kit/messages";
import { namedModel } from "./kit/named-model";
import { ownMemory } from "./kit/own-memory";
import { peek } from "./kit/peek";
import { throttle } from "./kit/throttle";
import { bearWitness } from "./kit/witness";

interface KpiMeterDef extends NodeDef, MeterForm {
  model: string;
}

interface KpiMessage extends ForecastMessage {
  verdict?: unknown;
  language?: unknown;
  kpi?: KpiFigures;
}

/** Counts what forecasts were worth, and says so in figures, in a report, and in money. */
export = (RED: NodeAPI): void => {
  function KpiMeter(this: Node, config: KpiMeterDef): void {
    RED.nodes.createNode(this, config);
    const named = namedModel(RED, this, config, parseMeterSettings, (code) => `error.${code}`);
    if (!named) return;
    const { model, health, say, settings } = named;
    // Of spans of time each asset has steps of its own: the nearest one comes first.
    const horizon = model.isTimed ? undefined : model.horizons[0];
    const options = { ...settings.meter, horizon, target: model.target, coverage: model.settings.coverage };
    const kept = meterRecord(options);
    const part = `${this.id} ${model.subject}`;
    const memory = ownMemory<Meter>(this, model, { ...kept, part, create: (asset) => new Meter(options, asset) });
    const totals = ownMemory<Meter>(this, model, { ...kept, part: `${part} total`, create: () => new Meter(options) });
    const meters = new Meters(memory, totals, say);
    const upkeepOf = (asset: string | undefined): Upkeep =>
      health?.upkeep(asset === undefined ? memory.assets() : [asset]) ?? { guard: undefined, saved: Number.NaN };
    const answers = new MeterAnswers(settings, options, settings.unit || model.settings.unit, upkeepOf, say);

    const explain = (e: unknown, msg?: object): Error => meterError(e, say) ?? model.explain(e, msg);
    const fail = (e: unknown): void => this.error(explain(e));
    let isMisplaced = false;
    const status = throttle(this, () =>
      meters.withTotal((total) => this.status(meterStatus(answers.of(total), isMisplaced, say)), fail),
    );

    function* count(
      meter: Meter,
      total: Meter,
      given: Sliced<ToCount>,
      { msg, send, done, refuse }: Passing<KpiMessage>,
    ): Sliced<void> {
      const before = answers.dues(meter);
      const { added, problem } = yield* meters.count(meter, total, yield* given);
      if (added > 0) status.soon();
      const figures = answers.dues(meter) === before ? null : answers.figures(meter, total);
      if (figures) msg.kpi = structuredClone(figures.payload);
      send([msg, figures, null]);
      if (problem === undefined) done();
      else refuse(problem);
    }

    const read = (msg: KpiMessage, send: Send, done: Done, refuse: Refuse): void => {
      if (isMisplaced === ("forecast" in msg || "scored" in msg)) {
        isMisplaced = !isMisplaced;
        status.soon();
      }
      const looking = toCount(
        msg,
        model.target,
        model.horizons[0] > 0,
        (time) => model.reader.timeOf(time),
        Date.now(),
      );
      const begun = looking.next();
      const isNothing = begun.done && begun.value.scored.length === 0 && begun.value.lost.length === 0;
      // What there is nothing to count in must not overtake a long batch of its asset.
      if (isNothing && !meters.isBusy(() => model.reader.assetOf(msg))) {
        send([msg, null, null]);
        done();
        return;
      }
      const given = restOf(looking, begun);
      const act = (meter: Meter, total: Meter) => count(meter, total, given, { msg, send, done, refuse });
      meters.work(model.reader.assetOf(msg), act, refuse);
    };

    const obey = (command: MeterCommand, msg: KpiMessage, send: Send, done: Done): void => {
      // Where the model has one fixed name, that asset is all there is.
      const asset = model.settings.assetType === "str" ? undefined : model.reader.commandAsset(msg);
      const order = takeOrder(command, msg, settings.language, say);
      const answer = (to: KpiMessage) => (meter: Meter, total: Meter) => {
        Object.assign(to, answers.to(order, meter, total));
        send(command === "figures" ? [null, to, null] : [null, null, to]);
      };
      const act: Act = (name, then) => meters.order(name, order, answer({ ...msg }), then);
      const carryOutAt = (one: string): void =>
        commandAssets(memory, one, act, ({ problems }) => done(problems[0]), done);
      if (asset !== undefined) carryOutAt(asset);
      else if (command === "feedback") meters.only().then(carryOutAt).catch(done);
      else meters.orderAll(order, answer(msg), done);
      if (command === "reset" && asset === undefined) status.soon();
    };

    takeMessages<MeterCommand, KpiMessage>(this, model, { commands: COMMANDS, obey, read, explain });
    this.on(
      "close",
      model.listeners.onRemoval((asset) => meters.forget(asset, () => {}, fail)),
    );
    bearWitness(this, health, "meter", {
      unit: settings.unit,
      look: (asset) => answers.sight(peek(memory, asset)),
      report: async (asset, reader) => {
        const meter = await meters.either(asset).catch((e) => Promise.reject(explain(e)));
        return answers.report(meter, asset, reader);
      },
    });

    this.status({ fill: "grey", shape: "ring", text: say("status.waiting") });
    status.soon();
  }

  RED.nodes.registerType("kpi-meter", KpiMeter, forEditor({ kpiMeterFields: METER_FIELDS }));
};
