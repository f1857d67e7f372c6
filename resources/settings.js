// What the dialogs of the pack share. Node-RED serves it to the editor; forecast-model.html, which comes first, loads it.
window.onlineForecast = (() => {
  const CATALOGUE = "@kaizen-flow/node-red-online-forecast/forecast-model";
  /** Asks the running nodes for what changes something; they answer in the editor's language. */
  const post = (url, data = {}) => {
    const headers = { "Accept-Language": RED.i18n.lang() };
    return $.ajax({ url, method: "POST", contentType: "application/json", headers, data: JSON.stringify(data) });
  };

  /** Why they did not. */
  const reasonOf = ({ responseJSON, statusText }) => responseJSON?.error ?? statusText;

  const isEmpty = (value) => String(value ?? "").trim() === "";

  /** What is missing in a flow is what a new node begins with: it is judged as that. */
  const judged = ({ validate, ...setting }) => ({
    ...setting,
    ...(validate && {
      validate: function (value, options) {
        return validate.call(this, value === undefined ? setting.value : value, options);
      },
    }),
  });

  /** Of what a dialog writes, kept with each node: one more where a setting gets another name or another meaning. */
  const VERSION = 1;

  /** What a version has changed, in their order. A setting that is only new needs nothing: its default is what was. */
  const MIGRATIONS = [
    {
      version: 1,
      type: "forecast-model",
      // Sensors were in `inputs`, which the editor takes for a number of ports and overwrites at an undo.
      migrate: (node) => {
        if (!Array.isArray(node.inputs)) return;
        node.sensors = node.inputs;
        node.inputs = undefined;
      },
    },
  ];

  /** The types whose settings have a version here. */
  const versioned = new Set();
  // A node without a version is from before there were any. One of a later version stays what it is.
  RED.events.on("nodes:add", (node) => {
    if (!versioned.has(node.type)) return;
    const before = Number(node.version) || 0;
    for (const { version, type, migrate } of MIGRATIONS) if (before < version && type === node.type) migrate(node);
    node.version = Math.max(before, VERSION);
  });

  /** A text that the dialogs share; it stands in the catalogue of the forecast model. */
  const say = (key, values) => RED._(`${CATALOGUE}:forecast-model.field.${key}`, values);

  /**
   * The numbers that a node's dialog asks for. What they begin with and which make sense is written in src/, beside what
   * reads the settings, and reaches the editor as a setting of the node.
   *
   * @param type of the node
   */
  const fieldsOf = (type) => {
    const camel = type.replace(/-./g, ([, letter]) => letter.toUpperCase());
    return RED.settings[`${camel}Fields`];
  };

  /** An end of a range beyond which nobody looks: it keeps sums within what a computer can hold. */
  const ENDLESS = 1e15;

  /** Why a value makes no sense in a field, or undefined. @param field its name, for people */
  const wrongNumber = (value, { min, above, max, whole, empty }, field) => {
    if (isEmpty(value)) return empty ? undefined : say("empty", { field });
    const x = Number(value);
    const isAbove = above === undefined ? x >= min : x > above;
    if (isAbove && x <= max && (!whole || Number.isInteger(x))) return undefined;
    const low = min ?? above;
    if (low < -ENDLESS) return say("empty", { field });
    const range = above === undefined ? (max > ENDLESS ? "least" : "range") : "above";
    const number = new Intl.NumberFormat(RED.i18n.lang(), { maximumFractionDigits: 10 });
    return say(whole ? "whole" : range, { field, min: number.format(low), max: number.format(max) });
  };

  /** What a field holds in the open dialog; where none is open, what was saved. */
  const entered = (node, name, input = "node-input-") => $(`#${input}${name}`).val() ?? node[name];

  /**
   * A field with a choice of types is hidden behind the frame that is seen: what is wrong with it is read there.
   *
   * @param node whose dialog it is, after its fields have been made
   * @param input begin of the ids of its fields, as for `showDefaults`
   */
  const tellAtFrames = (node, input) => {
    for (const [name, { validate }] of Object.entries(node._def.defaults)) {
      const field = $(`#${input}${name}`);
      const frame = field.next(".red-ui-typedInput-container");
      if (!validate || frame.length === 0) continue;
      RED.popover.tooltip(frame, () => {
        field.data("tooltip")?.delete(); // the editor's own, at the hidden field, says the same
        field.removeData("tooltip");
        const reason = validate.call(node, field.val(), {});
        return typeof reason === "string" ? reason : null;
      });
    }
  };

  /** A row of a list by its fields. */
  const rowIn = (item) => {
    const row = {};
    item.find("[data-key]").each(function () {
      row[this.dataset.key] = this.type === "checkbox" ? this.checked : this.value.trim();
    });
    return row;
  };

  const isNumber = (value) => typeof value === "number" || value === null;
  const namesIn = (row) =>
    row && typeof row === "object" && !Array.isArray(row) ? Object.keys(row).filter((name) => isNumber(row[name])) : [];

  /** The names in what an inject node sends: of an object, or of the first of several. */
  const injected = ({ props = [], payload, payloadType }) => {
    const { v = payload, vt = payloadType } = props.find(({ p }) => p === "payload") ?? {};
    if (vt !== "json") return [];
    try {
      return namesIn([JSON.parse(v)].flat()[0]);
    } catch {
      return []; // the inject node's own dialog says so
    }
  };

  /** The names of the columns with numbers in the file of a history trainer, by what was asked: it is read once. */
  const files = new Map();
  const inFile = ({ source, sourceType, format }) => {
    // Who may not change flows may not look into files.
    if (sourceType !== "str" || isEmpty(source) || !RED.user.hasPermission("flows.write")) return [];
    const asked = { file: source, format };
    const key = JSON.stringify(asked);
    const names =
      files.get(key) ??
      Promise.resolve(post("history-trainer/names", asked)).then(
        ({ names }) => {
          if (names.length === 0) files.delete(key); // it may be there the next time
          return names;
        },
        () => [],
      );
    files.set(key, names);
    return names;
  };

  /** How a node tells names before anything has run. */
  const TELLERS = {
    inject: injected,
    "history-trainer": inFile,
    "plant-simulator": () => RED.settings.plantSimulatorSensors,
  };

  /**
   * The names of sensors that are known for a forecast model: as they came last, as its settings have them, and, before
   * anything has come, as what is wired to its nodes would send them.
   *
   * @param model undefined where none is chosen yet
   * @param nodes whose inputs are looked at; empty = those that name the model, or the one from which a new model is made
   */
  const sensorNames = async (model, nodes) => {
    const users =
      nodes.length > 0 ? nodes : RED.nodes.filterNodes({}).filter((node) => model && node.model === model.id);
    const [first] = RED.editor.getEditStack();
    const from = users.length > 0 ? users : [first].filter((node) => node && node.type !== "forecast-model");
    const wired = new Set(from.flatMap((node) => [node, ...RED.nodes.getAllUpstreamNodes(node)]));
    const told = [...wired].map((node) => TELLERS[node.type]?.(node) ?? []);
    const seen = model
      ? Promise.resolve($.getJSON(`forecast-model/${encodeURIComponent(model.id)}/sensors`)).then(
          ({ seen = [], assets = [] }) => [...seen, ...assets.flatMap(({ sensors }) => sensors)],
          () => [],
        )
      : [];
    const own = [model?.target, ...(model?.sensors ?? [])];
    const names = (await Promise.all([seen, own, ...told])).flat();
    return [...new Set(names.filter((name) => typeof name === "string" && !isEmpty(name)))];
  };

  /**
   * Lets text fields of a dialog offer the names of sensors.
   *
   * @param place an element of the dialog; its fields get `list`
   * @param node whose dialog it is: a forecast model, or a node that names one
   * @returns `list` is the id for the fields, `update` is to be called when the model in the dialog has changed, `names`
   *   what was first found
   */
  const namePicker = (place, node) => {
    const list = $("<datalist>", { id: `online-forecast-names-${RED.nodes.id()}` }).appendTo(place);
    const update = async () => {
      const isModel = node.type === "forecast-model";
      const model = isModel ? node : RED.nodes.node(entered(node, "model"));
      const names = await sensorNames(model, isModel ? [] : [node]);
      list.empty().append(names.map((value) => $("<option>", { value })));
      return names;
    };
    return { list: list.attr("id"), update, names: update() };
  };

  /** The forecast model that most nodes of a tab name, or the first one; undefined where there is none. */
  const usualModel = (tab) => {
    const uses = new Map();
    RED.nodes.eachConfig(({ type, id, z }) => {
      if (type === "forecast-model" && (!z || z === tab)) uses.set(id, 0);
    });
    RED.nodes.filterNodes({ z: tab }).forEach(({ model }) => {
      if (uses.has(model)) uses.set(model, uses.get(model) + 1);
    });
    return [...uses].sort(([, a], [, b]) => b - a)[0]?.[0];
  };

  /** What a person calls a value: its name without the unit. */
  const valueName = (name, unit) => {
    const end = unit ? name.lastIndexOf(unit) : -1;
    const isLast = end > 0 && /^[\s\])}）］】]*$/.test(name.slice(end + unit.length));
    return (isLast && name.slice(0, end).replace(/[\s,;:、，([{（［【]+$/, "")) || name;
  };

  /** What a person calls the model of a value: as the value, and a number where a model has that name. */
  const modelName = (name, unit) => {
    const plain = valueName(name, unit);
    const taken = new Set();
    RED.nodes.eachConfig((one) => {
      if (one.type === "forecast-model") taken.add(one.name);
    });
    let free = plain;
    for (let count = 2; taken.has(free); count++) free = `${plain} ${count}`;
    return free;
  };

  /** Makes a forecast model, chooses it in the open dialog, and returns what undo has to know. */
  const makeModel = (target, unit = "") => {
    const type = RED.nodes.getType("forecast-model");
    const model = { id: RED.nodes.id(), type: "forecast-model", _def: type, z: "", users: [], changed: true };
    for (const [setting, { value }] of Object.entries(type.defaults)) model[setting] = structuredClone(value);
    const added = RED.nodes.add(Object.assign(model, { name: modelName(target, unit), target, unit }));
    RED.editor.validateNode(added);
    $("<option>").val(added.id).text(RED.utils.getNodeLabel(added)).appendTo("#node-input-model");
    $("#node-input-model").val(added.id);
    return [{ t: "add", nodes: [added.id], dirty: RED.nodes.dirty() }];
  };

  /** Gives a forecast model another value, and its name where it had that of the last; returns what undo has to know. */
  const retarget = (model, target, unit) => {
    const name = model.name ?? "";
    const isOwn = name.replace(/ \d+$/, "") !== valueName(model.target, model.unit);
    const changes = { target: model.target, unit: model.unit, ...(!isOwn && { name }) };
    const before = { t: "edit", node: model, changes, changed: model.changed };
    Object.assign(model, { target, unit, changed: true, ...(!isOwn && { name: modelName(target, unit) }) });
    RED.editor.validateNode(model);
    return [before];
  };

  const NEW_TARGET = "online-forecast-new-target";
  /** The value of the forecast model that Done makes, "" where it makes none: only where there is no model to choose. */
  const newTarget = () => {
    const isNone = $("#node-input-model").val() === "_ADD_" && $("#node-input-model option").length === 1;
    return isNone ? String($(`#${NEW_TARGET}`).val() ?? "").trim() : "";
  };

  /** In a dialog whose node has no forecast model: the usual one is chosen, or the value asked for of which Done makes one. */
  const offerModel = (node) => {
    const select = $("#node-input-model");
    if (isEmpty(node.model)) select.val(usualModel(node.z) ?? "_ADD_");
    const above = select.closest(".form-row");
    const label = above.children("label");
    const input = $("<input>", { type: "text", id: NEW_TARGET }).val(say("value"));
    input.css({ width: select.parent()[0]?.style.width });
    const hint = $("<div>", { id: `${NEW_TARGET}-hint`, text: say("newModel") });
    hint.css({
      margin: `4px 0 0 ${Number.parseInt(label.css("width"), 10) + 4}px`,
      color: "var(--red-ui-secondary-text-color)",
    });
    const name = $("<label>", { for: NEW_TARGET, style: label.attr("style") });
    name.append('<i class="fa fa-bullseye"></i> ', $("<span>").text(RED._(`${CATALOGUE}:forecast-model.label.target`)));
    const row = $("<div>", { class: "form-row" }).append(name, " ", input, hint).insertAfter(above);
    const { list, names } = namePicker(row, node);
    input.attr({ list });
    names.then(([first]) => {
      if (first !== undefined && input.val() === say("value")) input.val(first);
    });
    const show = () => row.toggle(select.children().length === 1);
    select.on("change", show);
    // The choice of the model is right as long as there is a value to make one of.
    input.on("input", () => select.trigger("change"));
    show();
  };

  /** The unit is set in the forecast model: a field of a node's own is for a model without one, or has one of before. */
  const showUnit = () => {
    const own = $("#node-input-unit");
    const select = $("#node-input-model");
    const show = () => {
      const { unit } = RED.nodes.node(select.val()) ?? {};
      own.closest(".form-row").toggle(isEmpty(unit) || !["", unit].includes(own.val().trim()));
    };
    select.on("change", show);
    show();
  };

  /**
   * A setting that names a config node: one must be chosen, and its own settings must be right.
   *
   * @param type of the config node
   * @param missing function that says, for the node, that none is chosen
   * @param wrong function that says, for the node, that the chosen one's settings are wrong
   */
  const configNode = (type, missing, wrong) => ({
    value: "",
    type,
    validate: function (id, _options) {
      const chosen = id && id !== "_ADD_" ? RED.nodes.node(id) : null;
      if (!chosen) return (type === "forecast-model" && id === "_ADD_" && newTarget() !== "") || missing.call(this);
      return chosen.valid !== false || `${wrong.call(this)} (${chosen.validationErrors.join("; ")})`;
    },
  });

  /**
   * A flow of before, or one written by hand, may lack settings: shows in the dialog what the node takes for them, and
   * in an empty field the number that is meant.
   *
   * @param node whose dialog is being opened
   * @param input begin of the ids of its fields: "node-input-", of a config node "node-config-input-"
   */
  const showDefaults = (node, input) => {
    for (const [name, { meant }] of Object.entries(fieldsOf(node.type) ?? {}))
      if (meant !== undefined) $(`#${input}${name}`).attr("placeholder", meant);
    for (const [name, { value, type }] of Object.entries(node._def.defaults)) {
      if (type || node[name] !== undefined) continue;
      const field = $(`#${input}${name}`);
      if (field.is(":checkbox")) field.prop("checked", value);
      else field.val(value);
    }
  };

  return {
    isEmpty,
    entered,
    configNode,
    makeModel,
    retarget,
    namePicker,
    post,
    reasonOf,

    /** Pairs of words for 1 and 0 that are typed between commas, "AUTO/MAN"; undefined where one of them is no pair. */
    pairsIn(text) {
      const pairs = String(text ?? "").split(/[,;、，]/).map((pair) => pair.trim()).filter(Boolean); // biome-ignore format: one line
      const isPair = (pair) =>
        /^[^/]{1,20}\/[^/]{1,20}$/.test(pair) && new Set(pair.toLowerCase().split(/ *\/ */)).size === 2;
      return pairs.every(isPair) ? pairs : undefined;
    },

    /** ms of a span of time such as "60 min"; NaN where it is none. @param units ms by the words for them */
    durationOf(text, units) {
      const [, amount, unit] =
        /^(\d+(?:\.\d+)?)\s*(\D+)$/.exec(String(text).normalize("NFKC").trim().toLowerCase()) ?? [];
      const exact = Object.hasOwn(units, unit) ? Number(amount) * units[unit] : Number.NaN;
      const ms = Math.round(exact);
      return ms > 0 && Math.abs(exact - ms) < 1e-6 * ms ? ms : Number.NaN;
    },

    /** Whether a text names a time zone that browsers know. */
    isZone(zone) {
      try {
        new Intl.DateTimeFormat("en-US", { timeZone: zone });
        return true;
      } catch {
        return false;
      }
    },

    /**
     * Registers a node with what all have, and its own. Its own stands in the dialog as a literal beside its name: there
     * a reader finds it, and the Flow Library's scorecard.
     *
     * All are called in the palette by `paletteLabel` of their catalogue; one that was dropped into a flow begins with
     * `plainName` and with the usual forecast model of its tab; the settings have a version; a dialog shows defaults for
     * what is missing, and where there is no forecast model yet, Done makes one; a `unit` is asked for where the model has none.
     *
     * @param type of the node
     * @param own the definition; `begin` sets what a node begins with that was dropped into a flow;
     *   `makesModel`: its own dialog makes forecast models
     */
    registerType(type, { defaults, begin, makesModel, oneditprepare, oneditsave, ...own }) {
      versioned.add(type);
      const isConfig = own.category === "config";
      const offers = "model" in defaults && !makesModel;
      RED.nodes.registerType(type, {
        paletteLabel: function () {
          return this._(`${type}.paletteLabel`);
        },
        label: function () {
          return this.name || this._(`${type}.paletteLabel`);
        },
        labelStyle: function () {
          return this.name ? "node_label_italic" : "";
        },
        onadd: function () {
          // One that was pasted or imported has a place already, and stays as it is.
          if (isConfig || this.x !== undefined) return;
          begin?.call(this);
          this.name = this._def._(`${type}.plainName`);
          if ("model" in defaults) this.model = usualModel(this.z || RED.workspaces.active()) ?? "";
        },
        defaults: {
          ...Object.fromEntries(Object.entries(defaults).map(([name, setting]) => [name, judged(setting)])),
          version: { value: VERSION },
        },
        oneditprepare: function () {
          const input = isConfig ? "node-config-input-" : "node-input-";
          showDefaults(this, input);
          if (offers) offerModel(this);
          if (offers && "unit" in defaults) showUnit();
          oneditprepare?.call(this);
          tellAtFrames(this, input);
        },
        oneditsave: function () {
          const changed = oneditsave?.call(this);
          const target = offers ? newTarget() : "";
          if (target === "") return changed;
          // A unit that was given here is the model's.
          const unit = "unit" in defaults ? $("#node-input-unit").val().trim() : "";
          if (unit !== "") $("#node-input-unit").val("");
          return { changed: true, history: makeModel(target, unit) };
        },
        ...own,
      });
    },

    /** The setting that names the forecast model. */
    model() {
      return configNode(
        "forecast-model",
        () => say("model"),
        () => say("modelSettings"),
      );
    },

    /**
     * The settings of a dialog that are numbers, each with what it begins with and a validator that says what is wrong.
     *
     * @param type of the node
     * @returns a function of the setting's name; of the key of the node's own reason, where it is not that of all
     *   dialogs; and of a narrower range, where another setting asks for one
     */
    numbers(type) {
      return (name, ownReason, narrower) => {
        const field = { ...fieldsOf(type)[name], ...narrower };
        return {
          value: field.value,
          // The editor shows the reason only of a validator that takes two arguments.
          validate: function (value, _options) {
            const wrong = wrongNumber(value, field, this._(`${type}.label.${name}`));
            if (wrong === undefined) return true;
            return ownReason
              ? this._(`${type}.${ownReason}`, { min: field.min ?? field.above, max: field.max })
              : wrong;
          },
        };
      };
    },

    /**
     * A list of rows, such as limits or sensors, whose wrong fields are red with the reason under the mouse.
     *
     * @param list the element
     * @param rows that were saved
     * @param add puts the fields of a row into its element; each has the name of its property as `data-key`
     * @param wrong what is wrong with a row, among all rows: the reason by the name of the property
     * @param read makes a row of its element; left out, of the fields
     * @param changed told when rows have changed
     * @param more options of Node-RED's editableList
     * @returns `read` all rows as they are saved, and `mark` what is wrong now
     */
    rows(list, { rows, add, wrong, read = rowIn, changed = () => {}, ...more }) {
      const items = () => list.editableList("items").toArray();
      const readAll = () => items().map(read);
      const mark = () => {
        const all = readAll();
        items().forEach((item, i) => {
          const reasons = wrong(all[i], all);
          item.find("[data-key]").each(function () {
            const field = $(this);
            const reason = reasons[this.dataset.key];
            this.dataset.hint ??= field.attr("title") ?? this.placeholder ?? "";
            const framed = field.next(".red-ui-typedInput-container"); // what is seen of a field with a choice of types
            field
              .add(framed)
              .toggleClass("input-error", reason !== undefined)
              .attr("title", (reason ?? this.dataset.hint) || null);
            field.data("tooltip")?.delete(); // what such a field says by itself, of numbers only
            field.removeData("tooltip");
          });
        });
        changed(all);
      };
      list.on("input change keyup", mark).editableList({
        addItem: (container, index, row) => {
          add(container, row, index);
          // A new row, asked for by the button.
          if (typeof row === "object" && Object.keys(row).length === 0) {
            mark();
            setTimeout(() => container[0].scrollIntoView({ block: "nearest" }));
          }
        },
        removeItem: mark,
        scrollOnAdd: false, // the first row is the one to see when the dialog opens
        removable: true,
        ...more,
      });
      list.editableList("addItems", Array.isArray(rows) ? rows : []);
      mark();
      return { read: readAll, mark };
    },

    /** A validator for a list: true, or the first reason. @param wrong as for `rows`, with the node as third argument */
    listOf(wrong) {
      return function (list, _options) {
        if (!Array.isArray(list)) return true;
        return list.flatMap((row) => Object.values(wrong(row, list, this)))[0] ?? true;
      };
    },
  };
})();
