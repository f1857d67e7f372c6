import type { Node, NodeAPI, NodeDef, NodeMessage } from "node-red";
import type { ForecastMessage } from "../src/asset/forecast-model";
import { allOf } from "../src/asset/plain";
import { csv } from "../src/kpi/csv";
import type { ErrorBlock } from "../src/kpi/error-history";
import { type KpiFigures, kpiFigures } from "../src/kpi/figures";
import { Meter } from "../src/kpi/meter";
import {
  type MeterForm,
  type MeterSettings,
  MeterSettingsProblem,
  parseMeterSettings,
} from "../src/kpi/meter-settings";
import { report } from "../src/kpi/report";
import { REPORT_LANGUAGES, type ReportLanguage } from "../src/kpi/report-text";
import { readScored, ScoredProblem } from "../src/kpi/scored-forecast";
import { AssetMemory, type MemoryProblem } from "../src/memory/asset-memory";
import { exportNameOf } from "../src/memory/asset-name";
import { assetsFor, commandOf } from "../src/message/command";
import { MessageProblem, shown } from "../src/message/problem";
import { unusableBy } from "../src/message/trust";
import type { HasHealth } from "./forecast-health";

interface KpiMeterDef extends NodeDef, MeterForm {
  model: string;
}

interface KpiMessage extends ForecastMessage {
  verdict?: unknown;
  language?: unknown;
  kpi?: KpiFigures;
  total?: KpiFigures;
  filename?: string;
}

type Send = (msgs: (KpiMessage | null)[]) => void;
type Done = (error?: Error) => void;

const COMMANDS = ["report", "csv", "figures", "feedback", "reset"] as const;
type Command = (typeof COMMANDS)[number];
/** The figures of all assets together are kept under this name. */
const TOTAL = "total";
/** The status under the node changes at most this often, ms. */
const STATUS_EVERY = 500;

/** Counts what forecasts were worth, and says so in figures, in a report, and in money. */
export = (RED: NodeAPI): void => {
  function KpiMeterNode(this: Node, config: KpiMeterDef): void {
    RED.nodes.createNode(this, config);
    const say = (key: string, values?: Record<string, string | number>): string => RED._(`kpi-meter.${key}`, values);

    const refuse = (text: string): void => {
      this.status({ fill: "red", shape: "ring", text: "kpi-meter.status.settings" });
      this.error(text);
      this.on("input", (_msg, _send, done) => done(new Error(text)));
    };
    const owner = RED.nodes.getNode(config.model) as (Node & HasHealth) | null;
    if (!owner?.model) {
      refuse(owner?.problem ?? say("error.noModel"));
      return;
    }
    const { model } = owner;
    let settings: MeterSettings;
    try {
      settings = parseMeterSettings(config);
    } catch (e) {
      if (!(e instanceof MeterSettingsProblem)) throw e;
      refuse(say(`error.${e.code}`, { field: say(`label.${e.field}`), ...e.details }));
      return;
    }
    const { rates, emit } = settings;
    // Of spans of time each asset has steps of its own: the nearest one comes first.
    const horizon = model.isTimed ? undefined : model.horizons[0];
    const options = { ...settings.meter, horizon, target: model.target, coverage: model.settings.coverage };

    /** What a Catch node shall read. */
    const explain = (e: unknown, msg?: object): Error => {
      if (e instanceof MessageProblem && e.code === "noModel")
        return new Error(say("error.noAsset", { asset: shown(e.details.asset) }), { cause: e });
      if (!(e instanceof ScoredProblem)) return model.explain(e, msg);
      const field = ["scored", e.field].filter(Boolean).join(".");
      return new Error(say(`error.${e.code}`, { field, value: shown(e.value) }), { cause: e });
    };

    const kept = {
      store: model.store,
      kind: "kpi meter",
      limit: model.settings.assetLimit,
      everyMs: model.settings.saveMs,
      everyChanges: model.settings.saveUpdates,
      save: (meter: Meter) => meter.save(),
      load: (bytes: Uint8Array) => Meter.load(bytes, options),
      report: (problem: MemoryProblem) => model.report(problem),
    };
    const meters = new AssetMemory<Meter>({
      ...kept,
      part: `${this.id} ${model.subject}`,
      create: (asset) => new Meter(options, asset),
    });
    const totals = new AssetMemory<Meter>({
      ...kept,
      part: `${this.id} ${model.subject} total`,
      create: () => new Meter(options),
    });
    const withTotal = (act: (total: Meter) => void, fail: (e: unknown) => void): void => {
      totals.use(TOTAL, act, fail);
    };
    /** Hands over the meter of an asset and that of all of them, which is in memory by then. */
    const withBoth = (asset: string, act: (meter: Meter, total: Meter) => void, fail: (e: unknown) => void): void => {
      const both = (): void => meters.use(asset, (meter) => withTotal((total) => act(meter, total), fail), fail);
      withTotal(both, fail);
    };

    let showing: NodeJS.Timeout | undefined;
    const show = (): void => {
      showing ??= setTimeout(() => {
        showing = undefined;
        withTotal(
          (total) => this.status(statusOf(kpiFigures(total, rates, options), say)),
          (e) => this.error(explain(e)),
        );
      }, STATUS_EVERY);
    };

    /** How often figures were due up to now: it grows by one when they are due again, before or after a restart. */
    const dues = (meter: Meter): number =>
      Math.floor((emit.unit === "readings" ? meter.readings : meter.hours * 60) / emit.every);

    const errors = model.errorCounter<KpiMessage>((text, msg) => this.error(text, msg as object as NodeMessage));
    const refuseMessage = (e: unknown, msg: KpiMessage, done: Done): void => errors.refuse(explain(e, msg), msg, done);

    const count = (msg: KpiMessage, send: Send, done: Done): void => {
      const entries: unknown[] = Array.isArray(msg.scored) ? msg.scored : [msg.scored];
      // The newest first is a batch as well.
      const given = entries
        .filter((entry) => entry !== undefined && entry !== null)
        .flatMap(allOf)
        .sort(byTime);
      const lost = lostLabels(msg);
      if (given.length === 0 && lost.length === 0) {
        send([msg, null, null]);
        done();
        return;
      }
      const act = (meter: Meter, total: Meter): void => {
        const before = dues(meter);
        let added = 0;
        let problem: unknown;
        for (const { rule, time } of lost) {
          if (!meter.unusable.add(rule, time)) continue;
          total.unusable.append(rule, time);
          added++;
        }
        for (const entry of given) {
          try {
            const counted = meter.add(readScored(entry));
            if (!counted) continue;
            total.absorb(counted, meter.asset);
            added++;
          } catch (e) {
            problem ??= e;
          }
        }
        if (added > 0) {
          meters.changed(meter.asset, added);
          totals.changed(TOTAL, added);
          show();
        }
        if (dues(meter) === before) send([msg, null, null]);
        else {
          msg.kpi = kpiFigures(meter, rates, options);
          send([msg, figuresMessage(meter, total), null]);
        }
        if (problem === undefined) done();
        else refuseMessage(problem, msg, done);
      };
      withBoth(model.assetOf(msg), act, (e) => refuseMessage(e, msg, done));
    };

    /** Labels of a message that judged no forecast because the value cannot be used. */
    const lostLabels = ({ scored, quality, timestamp }: KpiMessage): { rule: string; time: number }[] => {
      const expected = model.horizons[0] > 0;
      const rows = Array.isArray(quality) ? quality : [quality];
      return rows
        .flatMap((word, i) => {
          const judged = Array.isArray(scored) ? scored[i] : scored;
          if (judged !== undefined && judged !== null) return [];
          const rule = unusableBy(word, model.target, expected);
          if (rule === undefined) return [];
          const given = Array.isArray(timestamp) ? timestamp[i] : timestamp;
          return [{ rule, time: timeOr(() => model.timeOf(given), Date.now()) }];
        })
        .sort(byTime);
    };

    const figuresMessage = (meter: Meter, total: Meter): KpiMessage => ({
      topic: meter.asset,
      payload: kpiFigures(meter, rates, options),
      total: kpiFigures(total, rates, options),
    });

    const carryOut = (command: Command, msg: KpiMessage, send: Send, done: Done): void => {
      const fail = (e: unknown): void => done(explain(e, msg));
      // Where the model has one fixed name, that asset is all there is.
      const asset = model.settings.assetType === "str" ? undefined : model.commandAsset(msg);
      const language = languageOf(msg);
      const verdict = command === "feedback" ? verdictOf(msg.verdict) : undefined;
      // Carried out here: nodes behind must not take the command for theirs.
      for (const key of ["command", "reset", "verdict", "language"] as const) delete msg[key];

      const answer = (to: KpiMessage, meter: Meter, total: Meter): void => {
        const of = meter === total ? undefined : meter.asset;
        const out = command === "figures" ? figuresMessage(meter, total) : document(command, meter, of, language);
        Object.assign(to, out);
        send(command === "figures" ? [null, to, null] : [null, null, to]);
      };
      const actOn = (name: string, to: KpiMessage, then: (e?: unknown) => void): void => {
        if (command === "reset") forget(name, then, then);
        else if (command === "feedback")
          withBoth(name, (meter, total) => then(judge(meter, total, verdict === true)), then);
        else {
          const give = (meter: Meter, total: Meter): void => {
            answer(to, meter, total);
            then();
          };
          withBoth(name, give, then);
        }
      };
      const actOnEach = (names: readonly string[]): void => {
        let open = names.length;
        let problem: unknown;
        const next = (e?: unknown): void => {
          problem ??= e;
          open -= 1;
          if (open === 0) done(problem === undefined ? undefined : explain(problem, msg));
        };
        for (const name of names) actOn(name, names.length > 1 ? { ...msg } : msg, next);
      };

      // At once wherever possible: a reading that comes after a command must not overtake it.
      if (asset === undefined && command === "reset") forgetAll(done);
      else if (asset === undefined && command !== "feedback") {
        const give = (total: Meter): void => {
          answer(msg, total, total);
          done();
        };
        withTotal(give, fail);
      } else if (asset !== undefined && meters.assets().includes(asset)) actOnEach([asset]);
      else
        meters
          .allAssets()
          .then((known) => {
            // Of several assets an operator's word is meant for one.
            if (asset === undefined && known.length !== 1) throw new Error(say("error.noAsset", { asset: shown("") }));
            actOnEach(assetsFor(asset, known));
          })
          .catch(fail);
    };

    const forgetAll = (done: Done): void => {
      const present = meters.assets();
      for (const name of present) meters.remove(name);
      totals.remove(TOTAL);
      show();
      meters
        .allAssets()
        .then((stored) => {
          const now = new Set([...present, ...meters.assets()]);
          for (const name of stored) if (!now.has(name)) meters.remove(name);
          done();
        })
        .catch((e) => done(explain(e)));
    };

    const forget = (asset: string, done: Done, fail: (e: unknown) => void): void => {
      // The total keeps what the asset has added; its next reading must not count it as a further asset.
      const act = (meter: Meter, total: Meter): void => {
        total.assets -= meter.assets;
        meters.remove(asset);
        totals.changed(TOTAL);
        done();
      };
      withBoth(asset, act, fail);
    };

    /** An operator's word on the last alarm; an error where there is none. */
    const judge = (meter: Meter, total: Meter, verdict: boolean): Error | undefined => {
      const correction = meter.feedback(verdict ? "true" : "false", meter.to);
      if (!correction) return new Error(say("error.noWarning", { asset: shown(meter.asset) }));
      total.correct(correction.outcomes, correction.period, meter.asset);
      meters.changed(meter.asset);
      totals.changed(TOTAL);
      return undefined;
    };

    /** @param asset undefined = all together */
    const document = (
      command: Command,
      meter: Meter,
      asset: string | undefined,
      language: ReportLanguage,
    ): KpiMessage => {
      const now = Date.now();
      const of = asset === undefined ? [] : [exportNameOf(asset)];
      const name = ["forecast-report", ...of, new Date(now).toISOString().slice(0, 10)].join("-");
      const figures = kpiFigures(meter, rates, options);
      const { title } = settings;
      const unit = settings.unit || model.settings.unit;
      return command === "csv"
        ? { payload: csv(figures, rates, unit), filename: `${name}.csv`, kpi: figures }
        : {
            payload: report(meter, rates, options, { title, unit, language, now }),
            filename: `${name}.html`,
            kpi: figures,
          };
    };

    const languageOf = (msg: KpiMessage): ReportLanguage => {
      const asked = msg.language ?? (settings.language === "auto" ? say("report.language") : settings.language);
      const found = REPORT_LANGUAGES.find((one) => one === asked || one.slice(0, 2) === asked);
      if (found) return found;
      // The language of Node-RED may be one that the report does not speak; one that was asked for must be known.
      if (msg.language === undefined) return "en-US";
      throw new Error(say("error.language", { language: shown(asked), known: REPORT_LANGUAGES.join(", ") }));
    };

    const verdictOf = (value: unknown): boolean => {
      if (value === true || value === "true") return true;
      if (value === false || value === "false") return false;
      throw new Error(say("error.verdict"));
    };

    this.on("input", (msg: KpiMessage, send, done) => {
      // A wrong command is told each time, wrong readings are counted.
      let refuse = (e: unknown): void => done(explain(e, msg));
      try {
        const command = commandOf(msg, COMMANDS);
        if (command) carryOut(command, msg, send as Send, done);
        else {
          refuse = (e) => refuseMessage(e, msg, done);
          count(msg, send as Send, done);
        }
      } catch (e) {
        refuse(e);
      }
    });

    const stopListening = model.onRemoval((asset) => {
      const fail = (e: unknown): void => this.error(explain(e));
      forget(asset, () => {}, fail);
    });

    const leave = owner.health?.join("meter", {
      id: this.id,
      name: this.name ?? "",
      unit: settings.unit,
      look: (asset) => {
        let sight: { figures: KpiFigures; blocks: ErrorBlock[] } | undefined;
        const look = (meter: Meter): void => {
          const blocks = [meter.baseline, meter.evaluation].flatMap(({ history }) => history.blocks);
          sight = { figures: kpiFigures(meter, rates, options), blocks };
        };
        if (meters.has(asset)) meters.use(asset, look, (e) => this.error(explain(e)));
        return sight;
      },
      report: (asset, language) =>
        new Promise((resolve, reject) => {
          const give = (meter: Meter): void => {
            const known = settings.language === "auto" ? languageOf({ language }) : languageOf({});
            const { payload, filename } = document("report", meter, asset, known);
            resolve({ html: payload as string, file: filename as string });
          };
          const fail = (e: unknown): void => reject(explain(e));
          if (asset === undefined) withTotal(give, fail);
          else withBoth(asset, give, fail);
        }),
    });

    this.on("close", (_removed: boolean, done: () => void) => {
      errors.close();
      leave?.();
      stopListening();
      clearTimeout(showing);
      Promise.all([meters.close(), totals.close()]).then(
        () => done(),
        (e) => {
          this.error(explain(e));
          done();
        },
      );
    });

    this.status({ fill: "grey", shape: "ring", text: "kpi-meter.status.waiting" });
    show();
  }

  RED.nodes.registerType("kpi-meter", KpiMeterNode);
};

/** Order of time; what has none stays where it is. */
function byTime(one: unknown, other: unknown): number {
  const [a, b]: unknown[] = [Object(one).time, Object(other).time];
  return typeof a === "number" && typeof b === "number" ? a - b || 0 : 0;
}

/** The time of a reading; its arrival where it brings none that can be read, which others complain of. */
function timeOr(given: () => number, arrival: number): number {
  try {
    const time = given();
    return Number.isNaN(time) ? arrival : time;
  } catch {
    return arrival;
  }
}

/** Skill of the window against the reference, and the number of readings: "+23.4% n=1200". */
function statusOf(
  { accuracy, reference, readings }: KpiFigures,
  say: (key: string, values: Record<string, string | number>) => string,
): Parameters<Node["status"]>[0] {
  if (readings === 0) return { fill: "grey", shape: "ring", text: "kpi-meter.status.waiting" };
  const { skill } = accuracy.window[reference];
  if (skill === null) return { fill: "grey", shape: "dot", text: say("progress.counted", { count: readings }) };
  const percent = Math.min(999, Math.abs(skill)).toFixed(0);
  const text = say(`progress.${skill < 0 ? "worse" : "better"}.${reference}`, { percent });
  return { fill: skill < 0 ? "yellow" : "green", shape: "dot", text };
}
