import { join } from "node:path";
import type { Node, NodeAPI, NodeDef, NodeMessage } from "node-red";
import { ForecastModel } from "../src/asset/forecast-model";
import { modelWords } from "../src/asset/model-words";
import {
  AHEAD,
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
import { rangeOf } from "../src/settings/number-field";
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
    const settings = modelSettings(config);
    const wrong = typeof settings === "string" ? settings : wrongPath(settings);
    if (typeof settings === "string" || wrong) {
      this.problem = RED._("forecast-model.error.settings", {
        reason: RED._(
          `forecast-model.invalid.${wrong}`,
          rangeOf({ ...MODEL_FIELDS, horizons: AHEAD.readings }, wrong ?? ""),
        ),
      });
      this.error(this.problem);
      return;
    }
    const say = textsOf(RED, "forecast-model", settings.language);
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
