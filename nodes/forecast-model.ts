import { join } from "node:path";
import type { Node, NodeAPI, NodeDef, NodeMessage } from "node-red";
import { ForecastModel, type HasForecastModel } from "../src/asset/forecast-model";
import { memoryOfForm } from "../src/asset/memory-need";
import {
  MODEL_FIELDS,
  type ModelForm,
  type ModelSettings,
  modelSettings,
  type SettingProblem,
} from "../src/asset/settings";
import { Health } from "../src/health/health";
import { type Context, ContextStore } from "../src/memory/context-store";
import { FileStore } from "../src/memory/file-store";
import { NoStore } from "../src/memory/no-store";
import { SharedStore } from "../src/memory/shared-store";
import type { Store } from "../src/memory/store";
import { oneLine } from "../src/message/one-line";
import type { Rule, ValueProblem } from "../src/message/problem";
import { rangeOf } from "../src/settings/number-field";
import { type HasHealth, registerHealth } from "./forecast-health";
import { ALL, type Answer, jsonOnly, routeTexts, scopeOf } from "./kit/route";
import { textsOf } from "./kit/say";

/** Folder of the records in Node-RED's user directory. */
const FOLDER = "online-forecast";
const CONTEXT = "context:";

/** The forecast model that tuner, predictor and other nodes share by naming it. */
export = (RED: NodeAPI): void => {
  const running = new Map<string, { node: Node; health: Health }>();

  function ForecastModelNode(
    this: Node & { -readonly [K in keyof HasHealth]: HasHealth[K] },
    config: NodeDef & ModelForm,
  ): void {
    RED.nodes.createNode(this, config);
    const settings = modelSettings(config);
    const wrong = typeof settings === "string" ? settings : wrongPath(settings);
    if (typeof settings === "string" || wrong) {
      this.problem = RED._("forecast-model.error.settings", {
        reason: RED._(`forecast-model.invalid.${wrong}`, rangeOf(MODEL_FIELDS, wrong ?? "")),
      });
      this.error(this.problem);
      return;
    }
    const say = textsOf(RED, "forecast-model", settings.language);
    const ruleText = ({ sensor, rule, value, row }: ValueProblem): string => {
      const reading = row === undefined ? say("label.reading") : say("label.row", { row });
      return say("label.problem", {
        sensor: row === undefined ? sensor || reading : [reading, sensor].filter(Boolean).join(" "),
        value,
        rule: say(`rule.${rule}`),
      });
    };
    /** What has been said of one asset, and would be the same of others. */
    const told = new Set<Rule>();
    const model = new ForecastModel(this.id, settings, storeOf(this, settings.remember), {
      errorText: (code, details) => say(`error.${code}`, inOneLine(details)),
      ruleText,
      remark: (asset, problem) => {
        if (told.has(problem.rule)) return;
        if (problem.rule !== "corrected") told.add(problem.rule);
        this.warn(say("label.remark", { asset: oneLine(asset.slice(0, 60)), text: ruleText(problem) }));
      },
      property: (msg, path) => RED.util.getMessageProperty(msg as NodeMessage, path),
      report: ({ code, asset, text, keptAs, usedPrevious, assets }) => {
        const next = say(`memory.${usedPrevious ? "usedPrevious" : "beginsAnew"}`);
        const details = { asset: oneLine(asset.slice(0, 60)), text, keptAs: keptAs ?? "", assets: assets ?? 1, next };
        this.warn(say(`memory.${code}`, details));
      },
      notice: ({ code, ...details }) => this.warn(say(`notice.${code}`, inOneLine(details))),
      now: Date.now,
    });
    this.model = model;
    const health = new Health(model, Date.now);
    this.health = health;
    running.set(this.id, { node: this, health });
    this.on("close", (done: () => void) => {
      running.delete(this.id);
      health.close();
      model.close().then(done, done);
    });
  }

  /** The setting whose message property is none that Node-RED understands, such as "payload[". */
  function wrongPath({ asset, assetType, existing, running }: ModelSettings): SettingProblem | undefined {
    const isPath = (property: string): boolean => {
      try {
        return RED.util.normalisePropertyExpression(property).length > 0;
      } catch {
        return false;
      }
    };
    if (assetType === "msg" && !isPath(asset)) return "asset";
    if (existing !== "" && !isPath(existing)) return "existing";
    return running?.of === "msg" && !isPath(running.name) ? "running" : undefined;
  }

  /** Names that came in messages, as they may stand in a log. */
  function inOneLine<T>(details: Readonly<Record<string, T>>): Record<string, T | string> {
    const lines = Object.entries(details).map(([name, value]) => [
      name,
      typeof value === "string" ? oneLine(value) : value,
    ]);
    return Object.fromEntries(lines);
  }

  function storeOf(node: Node, remember: string): Store {
    if (remember === "none") return new NoStore();
    if (remember.startsWith(CONTEXT))
      return new ContextStore(node.context() as unknown as Context, remember.slice(CONTEXT.length));
    return new SharedStore(new FileStore(join(RED.settings.userDir ?? ".", FOLDER)));
  }

  // The list of sensors in the dialog: what the running model uses, and the button that lets it settle anew.
  const say = routeTexts(RED);
  const modelOf = (id: unknown): ForecastModel | undefined => {
    const node = RED.nodes.getNode(String(id)) as (Node & HasForecastModel) | null;
    return node?.type === "forecast-model" ? node.model : undefined;
  };
  const answer = (model: ForecastModel, res: Answer): void => {
    model.sensorLists().then(
      (lists) => res.json({ running: true, ...lists }),
      (error: Error) => failed(error, res),
    );
  };
  const failed = (error: Error, res: Answer): void => {
    res.status(500).json({ error: error.message });
  };
  RED.httpAdmin.get("/forecast-model/:id/sensors", RED.auth.needsPermission("flows.read"), (req, res) => {
    const model = modelOf(req.params.id);
    if (model) answer(model, res);
    else res.json({ running: false });
  });
  RED.httpAdmin.post(
    "/forecast-model/:id/sensors",
    RED.auth.needsPermission("flows.write"),
    jsonOnly(say),
    (req, res) => {
      const model = modelOf(req.params.id);
      // The lists of all assets settle anew: that must be asked for by its own word.
      const scope = scopeOf(req.body);
      if (!model) res.sendStatus(404);
      else if (scope !== ALL) res.status(400).json({ error: say("all") });
      else
        model.restartSensorLists(
          () => answer(model, res),
          (error) => failed(error, res),
        );
    },
  );

  // What the settings in an open dialog take for an asset, in bytes.
  RED.httpAdmin.get("/forecast-model/memory", RED.auth.needsPermission("flows.read"), (req, res) => {
    const { sensors, steady, ...form } = req.query;
    const asked = { ...form, steady: steady === "true" } as unknown as Parameters<typeof memoryOfForm>[0];
    res.json(memoryOfForm(asked, Number(sensors)) ?? {});
  });

  registerHealth(RED, running);
  RED.nodes.registerType("forecast-model", ForecastModelNode, {
    settings: { forecastModelFields: { value: MODEL_FIELDS, exportable: true } },
  });
};
