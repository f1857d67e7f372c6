import { join } from "node:path";
import type { Node, NodeAPI, NodeDef, NodeMessage } from "node-red";
import { ForecastModel } from "../src/asset/forecast-model";
import { modelWords } from "../src/asset/model-words";
import { AHEAD, MODEL_FIELDS, type ModelForm, type ModelSettings, modelSettings } from "../src/asset/settings";
import { Health } from "../src/health/health";
import { type Context, ContextStore } from "../src/memory/context-store";
import { FileStore } from "../src/memory/file-store";
import { NoStore } from "../src/memory/no-store";
import { SharedStore } from "../src/memory/shared-store";
import type { Store } from "../src/memory/store";
import { languageNamed, type Say } from "../src/message/say";
import { SettingsProblem } from "../src/settings/settings-problem";
import { type HasHealth, registerHealth } from "./forecast-health";
import { serveModel } from "./forecast-model-dialog";
import { forEditor } from "./kit/for-editor";
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
    const settings = settingsOf(this, config);
    if (!settings) return;
    const say = textsOf(RED, "forecast-model", settings.language);
    warnOfStore(this, settings, say);
    const model = new ForecastModel(this.id, settings, storeOf(this, settings.remember), {
      ...modelWords(say, (text) => this.warn(text)),
      property: (msg, path) => RED.util.getMessageProperty(msg as NodeMessage, path),
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

  /** undefined where they make no sense: why is told here, and by every node that names the model. */
  function settingsOf(node: Node & { problem?: string }, form: ModelForm): ModelSettings | undefined {
    try {
      const settings = modelSettings(form);
      mustBePaths(settings);
      return settings;
    } catch (wrong) {
      if (!(wrong instanceof SettingsProblem)) throw wrong;
      const say = textsOf(RED, "forecast-model", languageNamed(form.language) ?? "");
      node.problem = say("error.settings", { reason: say(`invalid.${wrong.code}`, wrong.details) });
      node.error(node.problem);
      return undefined;
    }
  }

  /** @throws SettingsProblem where a message property is none that Node-RED understands, such as "payload[" */
  function mustBePaths({ asset, assetType, existing, running }: ModelSettings): void {
    const isPath = (property: string): boolean => {
      try {
        return RED.util.normalisePropertyExpression(property).length > 0;
      } catch {
        return false;
      }
    };
    if (assetType === "msg" && !isPath(asset)) throw new SettingsProblem("asset");
    if (existing !== "" && !isPath(existing)) throw new SettingsProblem("existing");
    if (running?.of === "msg" && !isPath(running.name)) throw new SettingsProblem("running");
  }

  /** Node-RED puts its default store, often only memory, in the place of one that it does not have. */
  function warnOfStore(node: Node, { remember }: ModelSettings, say: Say): void {
    const { contextStorage } = RED.settings as { contextStorage?: object };
    const known = [...new Set(["default", ...Object.keys(contextStorage ?? { memory: {} })])];
    const store = remember.slice(CONTEXT.length);
    if (remember.startsWith(CONTEXT) && !known.includes(store))
      node.warn(say("invalid.store", { store, known: known.join(", ") }));
  }

  function storeOf(node: Node, remember: string): Store {
    if (remember === "none") return new NoStore();
    if (remember.startsWith(CONTEXT))
      return new ContextStore(node.context() as unknown as Context, remember.slice(CONTEXT.length));
    return new SharedStore(new FileStore(join(RED.settings.userDir ?? ".", FOLDER)));
  }

  serveModel(RED);
  registerHealth(RED, running);
  RED.nodes.registerType(
    "forecast-model",
    ForecastModelNode,
    forEditor({ forecastModelFields: MODEL_FIELDS, forecastModelAhead: AHEAD }),
  );
};
