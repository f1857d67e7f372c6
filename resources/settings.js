// What the dialogs of the pack share. Node-RED serves it to the editor; forecast-model.html loads it.
window.onlineForecast = {
  /**
   * A node that was dropped into a flow begins with a plain name, and with the forecast model where there is just one.
   *
   * @param node as `onadd` has it: one that was pasted or imported has a place already, and stays as it is
   */
  begin(node, name) {
    if (node.x !== undefined) return;
    node.name = name;
    const models = [];
    RED.nodes.eachConfig((config) => {
      if (config.type === "forecast-model") models.push(config.id);
    });
    if ("model" in node._def.defaults && models.length === 1) node.model = models[0];
  },

  /**
   * A flow of before, or one written by hand, may lack settings: shows in the dialog what the node takes for them.
   *
   * @param node whose dialog is being opened
   * @param input begin of the ids of its fields: "node-input-", of a config node "node-config-input-"
   */
  showDefaults(node, input = "node-input-") {
    for (const [name, { value, type }] of Object.entries(node._def.defaults)) {
      if (type || node[name] !== undefined) continue;
      const field = $(`#${input}${name}`);
      if (field.is(":checkbox")) field.prop("checked", value);
      else field.val(value);
    }
  },
};
