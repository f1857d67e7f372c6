/** Forecast health: the list of assets and the view of one, as the sidebar and the page of its own show them. */
(() => {
  /** Texts are put into elements by their data-text; what comes from the plant is put in as text only, never as HTML. */
  const VIEW = `
    <nav class="forecast-health-assets">
      <input type="search" class="forecast-health-search" maxlength="200" autocomplete="off" data-label="health.search">
      <p class="forecast-health-count"></p>
      <ol class="forecast-health-list"></ol>
    </nav>
    <article class="forecast-health-asset" hidden>
      <header>
        <h2><bdi class="forecast-health-name"></bdi> <span class="forecast-health-level"></span></h2>
        <p class="forecast-health-subject"></p>
        <p class="forecast-health-trouble" role="alert" hidden></p>
      </header>
      <dl class="forecast-health-tiles">
        <div><dt class="forecast-health-ahead"></dt><dd class="forecast-health-next"></dd><dd class="forecast-health-next-detail"></dd></div>
        <div><dt data-text="health.tile.naive"></dt><dd class="forecast-health-naive"></dd><dd class="forecast-health-naive-detail"></dd></div>
        <div class="forecast-health-existing-tile"><dt data-text="health.tile.existing"></dt><dd class="forecast-health-existing"></dd><dd class="forecast-health-existing-detail"></dd></div>
        <div><dt data-text="health.tile.covered"></dt><dd class="forecast-health-covered"></dd><dd class="forecast-health-covered-detail"></dd></div>
      </dl>
      <figure class="forecast-health-chart forecast-health-forecasts">
        <figcaption data-text="health.chart.forecasts"></figcaption>
        <div class="forecast-health-legend"></div>
        <div class="forecast-health-canvas"></div>
        <p class="forecast-health-readout"></p>
        <p class="forecast-health-none" data-text="health.chart.none"></p>
      </figure>
      <figure class="forecast-health-chart forecast-health-errors">
        <figcaption data-text="health.chart.errors"></figcaption>
        <div class="forecast-health-legend"></div>
        <div class="forecast-health-canvas"></div>
        <p class="forecast-health-readout"></p>
        <p class="forecast-health-none" data-text="health.chart.none"></p>
      </figure>
      <div class="forecast-health-cards">
        <section class="forecast-health-learning">
          <h3 data-text="health.learning.title"></h3>
          <p class="forecast-health-experts"></p>
          <ul class="forecast-health-facts"></ul>
          <p class="forecast-health-buttons">
            <button type="button" data-command="pause" data-text="health.button.pause"></button>
            <button type="button" data-command="resume" data-text="health.button.resume"></button>
            <button type="button" data-command="rollback" data-text="health.button.rollback"></button>
            <button type="button" data-command="approve" data-text="health.button.approve"></button>
            <button type="button" data-command="export" data-text="health.button.export"></button>
            <button type="button" data-command="reset" data-text="health.button.reset"></button>
          </p>
        </section>
        <section class="forecast-health-guard"><h3 data-text="health.guard.title"></h3><div></div></section>
        <section class="forecast-health-rollout"><h3 data-text="health.rollout.title"></h3><div></div></section>
        <section class="forecast-health-kpis"><h3 data-text="health.kpi.title"></h3><div></div></section>
        <section class="forecast-health-fleet">
          <h3 data-text="health.fleet.title"></h3>
          <ul></ul>
          <details><summary data-text="health.fleet.partitions"></summary><table></table></details>
        </section>
      </div>
    </article>
    <p class="forecast-health-answer" role="status"></p>
    <dialog class="forecast-health-question">
      <form method="dialog">
        <p class="forecast-health-ask"></p>
        <label><span data-text="health.ask.who"></span><input type="text" name="who" maxlength="500" autocomplete="name"></label>
        <label><span data-text="health.ask.reason"></span><input type="text" name="reason" maxlength="500" autocomplete="off"></label>
        <p class="forecast-health-buttons">
          <button type="submit" value="yes" class="forecast-health-yes"></button>
          <button type="submit" value="" formnovalidate data-text="health.ask.cancel"></button>
        </p>
      </form>
    </dialog>`;

  /** An update a second, and the list each third time. */
  const TICK = 1000;
  const LIST_EVERY = 3;
  /** How long the answer to a command stays, ms. */
  const ANSWER = 15_000;
  const UNITS = [
    ["second", 1000],
    ["minute", 60_000],
    ["hour", 3_600_000],
    ["day", 86_400_000],
  ];

  const element = (name, className, ...content) => {
    const made = document.createElement(name);
    if (className) made.className = className;
    made.append(...content);
    return made;
  };

  /** Why an answer is none, in words. */
  const reasonIn = async (response, say) => {
    const { error } = await response.json().catch(() => ({}));
    if (response.status === 401) return say("health.failed.permission");
    return error ?? say("health.failed.answer", { status: response.status });
  };

  /**
   * Shows a report in a window of its own.
   *
   * @param tab that was opened for it while a button was pressed: later browsers do not allow it
   * @param asked of which model, meter and asset
   * @param say and ask as in `open`
   * @returns why it is not shown; empty where it is
   */
  const showReport = async (tab, asked, { say, ask }) => {
    const response = await ask(`report?${asked}`);
    if (!response.ok) {
      tab?.close();
      return reasonIn(response, say);
    }
    const address = URL.createObjectURL(new Blob([await response.text()], { type: "text/html;charset=utf-8" }));
    if (tab) tab.location = address;
    return tab ? "" : say("health.failed.window");
  };

  /**
   * Shows forecast health in an element.
   *
   * @param say a text of the catalogue: say("health.button.pause"), or say("expert.learner") of the predictor's
   * @param language of numbers and times
   * @param ask fetches an address of this pack with the user's token: ask("list?search=") resolves to a Response
   * @param first what to look at first: { model, asset }
   * @param chosen is told what is looked at
   * @returns call it to end
   */
  const open = (root, { say, language, ask, first, chosen }) => {
    root.classList.add("forecast-health");
    root.innerHTML = VIEW;
    const find = (name) => root.querySelector(`.forecast-health-${name}`);
    for (const one of root.querySelectorAll("[data-text]")) one.textContent = say(one.dataset.text);
    for (const one of root.querySelectorAll("[data-label]")) {
      one.placeholder = say(one.dataset.label);
      one.setAttribute("aria-label", one.placeholder);
    }
    const number = new Intl.NumberFormat(language, { maximumSignificantDigits: 4 });
    const rounded = new Intl.NumberFormat(language, { maximumSignificantDigits: 3 });
    const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
    const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
    const figure = (value, unit = "") =>
      value === null || value === undefined ? "–" : [number.format(value), unit].filter(Boolean).join(" ");
    const percent = (value) => `${whole.format(Math.round(value))} %`;
    const words = { say, language };
    const charts = {
      forecasts: window.forecastHealth.forecastChart(find("forecasts"), words),
      errors: window.forecastHealth.errorChart(find("errors"), words),
    };
    /** The asset looked at; undefined where it is gone. */
    let at = first;
    /** The one that was looked at last. */
    let last = first;
    let view;
    let models = new Map();
    let user = "";
    let turns = 0;
    let busy = false;
    let answeredAt = 0;

    const tell = (text) => {
      find("answer").textContent = text;
      answeredAt = Date.now();
    };
    /** How long ago something was, by the clock of Node-RED. */
    const ago = (time, now) => {
      const [unit, size] = UNITS.findLast(([, length]) => now - time >= length) ?? UNITS[0];
      return relative.format(-Math.max(0, Math.floor((now - time) / size)), unit);
    };
    /** One that no message names is called as its model. */
    const nameOf = (asset, model = at?.model) => asset || models.get(model)?.name || say("health.unnamed");
    const query = (more = {}) => new URLSearchParams({ model: at.model, asset: at.asset, ...more });
    const reasonOf = (response) => reasonIn(response, say);

    // The list.

    const rows = new Map();
    const rowOf = (key) => {
      const known = rows.get(key);
      if (known) return known;
      const name = element("bdi", "forecast-health-row-name");
      const detail = element("span", "forecast-health-row-detail");
      const button = element("button", "forecast-health-row", name, detail);
      button.type = "button";
      const row = { entry: element("li", "", button), button, name, detail };
      rows.set(key, row);
      return row;
    };
    const stateText = ({ guard, stage, paused, ratio }) =>
      [
        ratio === null ? "" : errorText(ratio, "row"),
        paused ? say("health.learning.paused") : "",
        guard && guard !== "good" && guard !== "ok" ? say(`health.guard.${guard}`) : "",
        stage ? say(`health.stage.${stage}`) : "",
      ]
        .filter(Boolean)
        .join(" · ");
    /** "62 % below", "8 % above" what it is compared with. */
    const errorText = (ratio, place = "error") => {
      // Something is left of every error: "100 % smaller" would not be believed.
      const more = Math.max(Math.round(100 * (ratio - 1)), ratio > 0 ? -99 : -100);
      const key = more === 0 ? "same" : more > 0 ? "above" : "below";
      return say(`health.${place}.${key}`, { percent: percent(Math.min(999, Math.abs(more))) });
    };

    /** Which instance of a fleet this is; and of what is searched, which one would have an asset of that name. */
    const fleetText = ({ instance, partition, partitions }, search) => {
      const others = [...new Set(partitions.map((one) => one.instance))].filter((name) => name && name !== instance);
      if (search && partition.instance !== instance)
        return say("health.fleet.elsewhere", {
          asset: search,
          partition: partition.number,
          instance: partition.instance || say("health.fleet.nobody"),
        });
      return say(others.length > 0 ? "health.fleet.others" : "health.fleet.alone", {
        instance,
        others: others.sort().join(say("health.joint")),
      });
    };

    const showList = ({ models: known, assets, count, user: name }) => {
      user = name;
      models = new Map(known.map((model) => [model.id, model]));
      const search = find("search").value.trim();
      const nothing = known.length === 0 ? "health.noModel" : search ? "health.nothingFound" : "health.noAsset";
      const more = count > assets.length ? say("health.more", { count: whole.format(count - assets.length) }) : "";
      const shared = known.flatMap(({ fleet }) => (fleet ? [fleetText(fleet, search)] : []));
      const counted = count === 0 ? say(nothing) : say("health.count", { count: whole.format(count) });
      find("count").textContent = [counted, count === 0 ? "" : more, ...new Set(shared)].filter(Boolean).join(" ");
      find("assets").classList.toggle("forecast-health-single", count === 1 && !search);
      if (at && !search && !models.has(at.model)) gone("model");
      if (!at && assets.length > 0) {
        const back = assets.find(({ model, asset }) => model === last?.model && asset === last.asset);
        if (back) tell(""); // it was only deployed again
        choose(back ?? assets[0]);
      }
      if (!at) find("asset").hidden = true;
      const list = find("list");
      const seen = new Set();
      assets.forEach((one, i) => {
        const key = JSON.stringify([one.model, one.asset]);
        seen.add(key);
        const row = rowOf(key);
        const { name: modelName, target } = models.get(one.model) ?? {};
        row.name.textContent = nameOf(one.asset, one.model);
        row.detail.textContent = [known.length > 1 ? modelName || target : "", stateText(one)]
          .filter(Boolean)
          .join(" · ");
        row.button.dataset.level = one.level;
        row.button.title = say(`health.level.${one.level}`);
        row.button.setAttribute("aria-current", String(at?.model === one.model && at?.asset === one.asset));
        row.button.onclick = () => choose(one);
        if (list.children[i] !== row.entry) list.insertBefore(row.entry, list.children[i] ?? null);
      });
      for (const [key, { entry }] of rows) {
        if (seen.has(key)) continue;
        entry.remove();
        rows.delete(key);
      }
    };

    const choose = ({ model, asset }) => {
      if (at?.model !== model || at?.asset !== asset) find("asset").hidden = true;
      at = { model, asset };
      last = at;
      chosen?.(at);
      for (const [key, { button }] of rows)
        button.setAttribute("aria-current", String(key === JSON.stringify([model, asset])));
      update();
    };

    // The view of one asset.

    const aheadText = ({ forecast, nearest }) => {
      const { isTimed } = models.get(at.model) ?? {};
      if (!forecast) return say("health.tile.forecast");
      if (nearest === "0") return say("health.tile.now");
      if (nearest === "1" && !isTimed) return say("health.tile.next");
      return say(isTimed ? "health.tile.span" : "health.tile.readings", { count: nearest });
    };
    /** How the error stands to another one. */
    const against = (name, { error, learner }, unit) => {
      const isKnown = error !== null && learner !== null && error > 0;
      find(name).textContent = isKnown ? errorText(learner / error) : "–";
      find(`${name}-detail`).textContent = isKnown
        ? say("health.tile.against", {
            ours: rounded.format(learner),
            theirs: [rounded.format(error), unit].filter(Boolean).join(" "),
          })
        : "";
      find(name).dataset.level = isKnown && Math.round(100 * (learner / error)) > 100 ? "warning" : "good";
    };
    const showTiles = (view) => {
      const { forecast, unit, recent, chart, level } = view;
      find("ahead").textContent = aheadText(view);
      find("next").textContent = figure(forecast?.value, unit);
      const isBand = forecast && forecast.lower !== null && forecast.upper !== null;
      find("next-detail").textContent = isBand
        ? say("health.tile.band", {
            percent: percent(100 * forecast.coverage),
            lower: figure(forecast.lower),
            upper: figure(forecast.upper),
          })
        : "";
      against("naive", recent.naive, unit);
      against("existing", recent.existing, unit);
      find("existing-tile").hidden = recent.existing.error === null;
      const judged = chart.time
        .map((_, i) => i)
        .filter((i) => [chart.actual[i], chart.lower[i], chart.upper[i]].every((value) => value !== null));
      const inside = judged.filter((i) => chart.lower[i] <= chart.actual[i] && chart.actual[i] <= chart.upper[i]);
      find("covered").textContent = judged.length > 0 ? percent((100 * inside.length) / judged.length) : "–";
      find("covered-detail").textContent = forecast
        ? say("health.tile.wanted", { percent: percent(100 * forecast.coverage) })
        : "";
      find("level").textContent = say(`health.level.${level}`);
      find("level").dataset.level = level;
    };

    const showLearning = (view) => {
      const { experts = [], learnt, saved, now, paused, canLearn, time, isTargetMissing, rhythm, target } = view;
      const shares = experts.filter(({ share }) => share >= 0.05);
      find("experts").textContent =
        shares.length > 0
          ? say("health.learning.made", {
              parts: shares
                .map(({ name, share }) => `${say(`expert.${name}`)} ${percent(100 * share)}`)
                .join(say("health.joint")),
            })
          : "";
      const facts = [
        time === null ? say("health.learning.noValue") : say("health.learning.value", { ago: ago(time, now) }),
        paused ? say("health.learning.paused") : "",
        canLearn ? "" : say("health.learning.noTuner"),
        isTargetMissing ? say("health.learning.noTarget", { target }) : "",
        rhythm ? say("health.learning.rhythm", rhythm) : "",
        learnt?.skipped === "quality" ? say("health.learning.held") : "",
        learnt?.at
          ? say("health.learning.learnt", { ago: ago(learnt.at, now), count: whole.format(learnt.updates) })
          : "",
        learnt && !learnt.at ? say("health.learning.notLearnt", { count: whole.format(learnt.updates) }) : "",
        saved === null ? say("health.learning.notSaved") : say("health.learning.saved", { ago: ago(saved, now) }),
      ];
      find("facts").replaceChildren(...facts.filter(Boolean).map((fact) => element("li", "", fact)));
      const isFrozen = view.guards.some(({ model }) => model === "frozen");
      for (const button of find("learning").querySelectorAll("button")) {
        const { command } = button.dataset;
        button.hidden =
          (command === "pause" && (paused || !canLearn)) ||
          (command === "resume" && !paused && !isFrozen) ||
          ((command === "rollback" || command === "approve") && !canLearn);
        button.disabled = !learnt;
      }
    };

    const showGuards = ({ guards }) => {
      find("guard").hidden = guards.length === 0;
      const parts = guards.flatMap(({ name, state, model, silent, reasons }) => {
        const title = name && guards.length > 1 ? [element("h4", "", element("bdi", "", name))] : [];
        if (!state) return [...title, element("p", "", say("health.guard.none"))];
        const now = silent ? "silent" : state;
        const values = element("p", "forecast-health-state", say(`health.guard.${now}`));
        values.dataset.level = now === "good" ? "good" : now === "uncertain" ? "warning" : "bad";
        const standing = element("p", "forecast-health-state", say(`health.guard.${model}`));
        standing.dataset.level =
          model === "ok" ? "good" : model === "drift" ? "bad" : model === "learning" ? "unknown" : "warning";
        const why =
          state === "good"
            ? []
            : [element("ul", "", ...reasons.map((reason) => element("li", "", element("bdi", "", reason))))];
        return [...title, values, ...why, standing];
      });
      find("guard").lastElementChild.replaceChildren(...parts);
    };

    const showGates = ({ gates }) => {
      find("rollout").hidden = gates.length === 0;
      const parts = gates.flatMap(({ id, name, stage, code, text, ready, missing = [], last }) => {
        const title = name && gates.length > 1 ? [element("h4", "", element("bdi", "", name))] : [];
        if (!stage) return [...title, element("p", "", say("health.rollout.none"))];
        const needs =
          missing.length > 0
            ? [
                element("p", "", say("health.rollout.missing")),
                element("ul", "", ...missing.map((point) => element("li", "", point))),
              ]
            : [];
        const isStopped = code === "hold" || code === "rolled-back";
        const possible = {
          approve: code !== "hold" && code !== "live",
          hold: code !== "hold",
          resume: isStopped,
          rollback: !isStopped && code !== "shadow",
        };
        const buttons = ["approve", "hold", "resume", "rollback"].map((command) => {
          const button = element("button", "", say(`health.gate.${command}`));
          button.type = "button";
          button.hidden = !possible[command];
          button.disabled = command === "approve" && !ready;
          button.onclick = () => decide(id, command);
          return button;
        });
        return [
          ...title,
          element("p", "forecast-health-stage", stage),
          element("p", "", text),
          ...(ready ? [element("p", "forecast-health-ready", say("health.rollout.ready"))] : needs),
          ...(last ? [element("p", "forecast-health-last", element("bdi", "", last))] : []),
          element("p", "forecast-health-buttons", ...buttons),
        ];
      });
      // Buttons that are being pressed stay as long as nothing else has to be said.
      const key = JSON.stringify(gates);
      const place = find("rollout").lastElementChild;
      if (place.dataset.shown !== key) place.replaceChildren(...parts);
      place.dataset.shown = key;
    };

    const showMeters = ({ meters, unit }) => {
      find("kpis").hidden = meters.length === 0;
      const row = (label, ...cells) =>
        element("tr", "", element("th", "", label), ...cells.map((cell) => element("td", "", cell)));
      const skill = (value) =>
        value === null
          ? "–"
          : value < 0
            ? say("health.error.above", { percent: percent(Math.min(999, -value)) })
            : say("health.error.below", { percent: percent(value) });
      const parts = meters.flatMap(({ id, name, figures }) => {
        const { accuracy, alarms } = figures;
        const { window: recent, lifetime } = accuracy;
        const both = (of) => [of(recent), of(lifetime)];
        const head = element(
          "tr",
          "",
          element("th", ""),
          ...["window", "lifetime"].map((span) => element("th", "", say(`health.kpi.${span}`))),
        );
        const table = element(
          "table",
          "",
          head,
          row(say("health.kpi.readings"), ...both(({ learner }) => whole.format(learner.readings))),
          row(say("health.kpi.error"), ...both(({ learner }) => figure(learner.mae, unit))),
          row(say("health.kpi.naive"), ...both(({ naive }) => skill(naive.skill))),
          ...(lifetime.existing.readings > 0
            ? [row(say("health.kpi.existing"), ...both(({ existing }) => skill(existing.skill)))]
            : []),
          ...(lifetime.frozen.readings > 0
            ? [row(say("health.kpi.frozen"), ...both(({ frozen }) => skill(frozen.skill)))]
            : []),
          row(say("health.kpi.coverage"), ...both(({ coverage }) => (coverage === null ? "–" : percent(coverage)))),
        );
        const warned = alarms
          ? [
              element(
                "p",
                "",
                say("health.kpi.alarms", {
                  right: alarms.learner.true + alarms.learner.confirmed,
                  wrong: alarms.learner.false,
                  missed: alarms.learner.missed,
                }),
              ),
            ]
          : [];
        const report = (label, more) => {
          const button = element("button", "", label);
          button.type = "button";
          button.onclick = () => openReport(id, more);
          return button;
        };
        const reports = [report(say("health.report.one"), {}), report(say("health.report.all"), { all: "true" })];
        return [
          ...(name ? [element("h4", "", element("bdi", "", name))] : []),
          table,
          ...warned,
          element("p", "forecast-health-buttons", ...reports),
        ];
      });
      const key = JSON.stringify(meters);
      const place = find("kpis").lastElementChild;
      if (place.dataset.shown !== key && !place.matches(":active")) {
        place.replaceChildren(...parts);
        place.dataset.shown = key;
      }
    };

    const showFleet = ({ fleet, now }) => {
      find("fleet").hidden = !fleet;
      if (!fleet) return;
      const count = (value) => (value === null ? "–" : whole.format(value));
      const { number: own, instance, ready, inWork, saved } = fleet.partition;
      const facts = [
        say("health.fleet.owner", { instance: instance || say("health.fleet.nobody"), partition: own }),
        say("health.fleet.lag", { ready: count(ready), inWork: count(inWork) }),
        saved === null ? say("health.fleet.notSaved") : say("health.fleet.saved", { ago: ago(saved, now) }),
      ];
      find("fleet")
        .querySelector("ul")
        .replaceChildren(...facts.map((fact) => element("li", "", element("bdi", "", fact))));
      if (!find("fleet").querySelector("details").open) return;
      const cells = (name, texts) => element("tr", "", ...texts.map((text) => element(name, "", text)));
      const head = ["partition", "instance", "ready", "inWork", "last"].map((name) => say(`health.fleet.${name}`));
      const rows = fleet.partitions.map((one) =>
        cells("td", [
          String(one.number),
          element("bdi", "", one.instance || "–"),
          count(one.ready),
          count(one.inWork),
          one.saved === null ? "–" : ago(one.saved, now),
        ]),
      );
      find("fleet")
        .querySelector("table")
        .replaceChildren(cells("th", head), ...rows);
    };

    const show = (answer) => {
      view = answer;
      const { name, target } = models.get(at.model) ?? {};
      find("asset").hidden = false;
      find("name").textContent = nameOf(view.asset);
      // A model that was made for a value bears its name.
      const isSaid = !name || !view.asset || target?.startsWith(name);
      find("subject").textContent = (isSaid ? [target] : [name, target]).join(" · ");
      find("trouble").hidden = !view.trouble;
      find("trouble").textContent = view.trouble ? say(`health.trouble.${view.trouble}`) : "";
      showTiles(view);
      charts.forecasts.draw(view.chart);
      charts.errors.draw(view.errors);
      showLearning(view);
      showGuards(view);
      showGates(view);
      showMeters(view);
      showFleet(view);
    };

    // Commands.

    /** Asks before something that cannot be undone, or that needs a name; resolves to undefined where a person thinks better of it. */
    const question = (text, label, isNeeded) => {
      const dialog = find("question");
      const form = dialog.querySelector("form");
      form.reset();
      find("ask").textContent = text;
      find("yes").textContent = label;
      form.elements.who.parentElement.hidden = user !== "";
      form.elements.who.required = isNeeded && user === "";
      form.elements.reason.required = isNeeded;
      dialog.returnValue = "";
      dialog.showModal();
      return new Promise((resolve) => {
        dialog.onclose = () => {
          const { who, reason } = form.elements;
          resolve(dialog.returnValue === "yes" ? { who: who.value, reason: reason.value } : undefined);
        };
      });
    };
    const post = (path, body) =>
      ask(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
    const carryOut = async (path, body, done) => {
      try {
        const response = await post(path, body);
        if (response.ok) tell(done(await response.json()));
        else tell(await reasonOf(response));
      } catch {
        tell(say("health.failed.noAnswer"));
      }
      await update();
    };

    /** A button of the learning card. */
    const command = async (name) => {
      const { asset, model } = at;
      if (name === "export") return download();
      const isFinal = name === "rollback" || name === "approve" || name === "reset";
      const given = isFinal
        ? await question(say(`health.ask.${name}`, { asset: nameOf(asset) }), say(`health.button.${name}`), false)
        : {};
      if (given) await carryOut("command", { model, asset, command: name, ...given }, ({ done }) => done);
    };
    /** A button of the rollout card: the gate's own route has it. */
    const decide = async (gate, name) => {
      const { asset } = at;
      const isNeeded = name === "approve" || name === "resume";
      const given = await question(
        say(`health.decide.${name}`, { asset: nameOf(asset) }),
        say(`health.gate.${name}`),
        isNeeded,
      );
      const standing = (all) => all.find((one) => one.asset === asset)?.last ?? "";
      if (given) await carryOut(`../rollout-gate/${gate}`, { command: name, asset, ...given }, standing);
    };
    const download = async () => {
      const response = await ask(`export?${query()}`);
      if (!response.ok) return tell(await reasonOf(response));
      const [, file = "model.forecaster"] =
        /filename\*=UTF-8''(\S+)/.exec(response.headers.get("Content-Disposition") ?? "") ?? [];
      const link = element("a", "");
      link.download = decodeURIComponent(file);
      link.href = URL.createObjectURL(await response.blob());
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
      return tell(say("health.exported", { file: link.download }));
    };
    const openReport = async (meter, more) => {
      const tab = window.open("", "_blank");
      const all = more.all
        ? new URLSearchParams({ model: at.model, meter, language, all: "true" })
        : query({ meter, language });
      tell(await showReport(tab, all, { say, ask }));
    };
    find("fleet").querySelector("details").ontoggle = () => view && showFleet(view);
    for (const button of find("learning").querySelectorAll("button"))
      button.onclick = () => command(button.dataset.command);

    // Updates: only while somebody looks.

    const isLookedAt = () => document.visibilityState === "visible" && root.offsetParent !== null;
    const list = async () => {
      const response = await ask(`list?${new URLSearchParams({ search: find("search").value.trim() })}`);
      if (response.ok) showList(await response.json());
      else if (response.status !== 401) tell(await reasonOf(response));
    };
    /** What was looked at is no longer there: the list chooses another one. @param what "model" or "asset" */
    const gone = (what) => {
      tell(say(`health.gone.${what}`, { asset: nameOf(at.asset) }));
      find("asset").hidden = true;
      at = undefined;
    };
    const update = async () => {
      if (!at) return;
      const asked = at;
      const response = await ask(`asset?${query()}`);
      const isOld = asked !== at;
      if (isOld) return;
      if (response.ok) {
        const answer = await response.json();
        if (answer.gone) gone(answer.gone);
        else show(answer);
      } else if (response.status !== 401) tell(await reasonOf(response));
    };
    const turn = async () => {
      if (busy || !isLookedAt()) return;
      busy = true;
      try {
        if (turns++ % LIST_EVERY === 0 || !at) await list();
        await update();
        if (Date.now() - answeredAt > ANSWER) tell("");
      } catch {
        tell(say("health.failed.noAnswer"));
      }
      busy = false;
    };
    find("search").oninput = () => list().catch(() => tell(say("health.failed.noAnswer")));
    const timer = setInterval(turn, TICK);
    turn();
    return () => {
      clearInterval(timer);
      for (const chart of Object.values(charts)) chart.end();
      root.replaceChildren();
    };
  };

  window.forecastHealth = window.forecastHealth ?? {};
  window.forecastHealth.open = open;
  window.forecastHealth.showReport = showReport;
})();
