import type { Node, NodeAPI, NodeDef, NodeMessage } from "node-red";
import { Asset } from "../src/asset/asset";
import { ForecastModel, type HasForecastModel } from "../src/asset/forecast-model";
import { type ModelForm, modelSettings } from "../src/asset/settings";

/** The forecast model that tuner, predictor and other nodes share by naming it. */
export = (RED: NodeAPI): void => {
  function ForecastModelNode(
    this: Node & { -readonly [K in keyof HasForecastModel]: HasForecastModel[K] },
    config: NodeDef & ModelForm,
  ): void {
    RED.nodes.createNode(this, config);
    const settings = modelSettings(config);
    if (typeof settings === "string") {
      this.problem = RED._("forecast-model.error.settings", { reason: RED._(`forecast-model.invalid.${settings}`) });
      this.error(this.problem);
      return;
    }
    const assets = new Map<string, Asset>();
    this.model = new ForecastModel(
      this.id,
      settings,
      {
        use: (name, act) => {
          const asset = assets.get(name) ?? new Asset(name, settings);
          assets.set(name, asset);
          act(asset);
        },
        changed: () => {},
        assets: () => assets.keys(),
      },
      {
        errorText: (code, details) => RED._(`forecast-model.error.${code}`, details),
        ruleText: ({ sensor, rule, value }) =>
          RED._("forecast-model.label.problem", { sensor, value, rule: RED._(`forecast-model.rule.${rule}`) }),
        property: (msg, path) => RED.util.getMessageProperty(msg as NodeMessage, path),
        now: Date.now,
      },
    );
  }

  RED.nodes.registerType("forecast-model", ForecastModelNode);
};
