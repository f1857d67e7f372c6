/** Forecast health as a tab of the editor's sidebar. forecast-model.html loads it and adds the tab with the node type. */
(() => {
  /** An answer that does not come, ms, must not keep the tab from asking again. */
  const PATIENCE = 15_000;
  const TAB = "forecast-health";
  const FILES = ["forecast-health/uplot.js", "forecast-health/health-charts.js", "forecast-health/health.js"];
  const STYLES = ["forecast-health/uplot.css", "forecast-health/health.css"];
  const PACK = "@kaizen-flow/node-red-online-forecast";

  /** Loads a script of the pack once it is needed. */
  const load = (src) =>
    new Promise((resolve, reject) => {
      const script = document.createElement("script");
      Object.assign(script, { src, onload: resolve, onerror: reject });
      document.head.append(script);
    });
  const texts = { health: `${PACK}/forecast-model:forecast-model.`, expert: `${PACK}/lru-predictor:lru-predictor.` };
  const say = (key, values) => RED._(texts[key.split(".")[0]] + key, values);
  const ask = (path, options = {}) => {
    const token = RED.settings.get("auth-tokens")?.access_token;
    const headers = {
      ...options.headers,
      "Accept-Language": RED.i18n.lang(),
      ...(token && { Authorization: `Bearer ${token}` }),
    };
    return fetch(`forecast-health/${path}`, {
      ...options,
      headers,
      cache: "no-store",
      signal: AbortSignal.timeout(PATIENCE),
    });
  };

  let loaded;
  /** Loads what the tab and a report need, once. */
  const loadAll = () => {
    loaded ??= (async () => {
      for (const href of STYLES) {
        const link = document.createElement("link");
        document.head.append(Object.assign(link, { rel: "stylesheet", href }));
      }
      for (const file of FILES) await load(file);
    })();
    return loaded;
  };

  let end;
  const show = async (place) => {
    await loadAll();
    const language = RED.i18n.lang();
    end = window.forecastHealth.open(place, { say, language, ask });
  };

  window.forecastHealth = {
    ...window.forecastHealth,
    addTab() {
      const content = document.createElement("div");
      content.className = "forecast-health-sidebar";
      const view = document.createElement("div");
      const link = document.createElement("a");
      Object.assign(link, { href: "forecast-health", target: "_blank", className: "forecast-health-own" });
      link.textContent = say("health.own");
      content.append(link, view);
      // Nothing is loaded or asked for before somebody looks. Of a tab that Node-RED 5 opens again at the start, "away" and
      // "there" are told in one go.
      const looked = new IntersectionObserver((changes) => {
        if (!changes.some(({ isIntersecting }) => isIntersecting)) return;
        looked.disconnect();
        show(view);
      });
      looked.observe(content);
      RED.sidebar.addTab({
        id: TAB,
        label: say("health.label"),
        name: say("health.title"),
        iconClass: "fa fa-line-chart",
        content,
        pinned: true,
        enableOnEdit: true,
      });
      RED.actions.add("online-forecast:show-forecast-health", () => RED.sidebar.show(TAB));
    },
    /**
     * The report of a KPI meter as it stands now, of all its assets, in a window of its own.
     *
     * @param model id of its forecast model
     * @param meter id of its node
     */
    async openReport(model, meter) {
      // At once, while the button is pressed: later browsers do not allow it.
      const tab = window.open("", "_blank");
      await loadAll();
      const asked = new URLSearchParams({ model, meter, language: RED.i18n.lang(), all: "true" });
      const problem = await window.forecastHealth.showReport(tab, asked, { say, ask });
      if (problem) RED.notify(problem, "error");
    },
    removeTab() {
      end?.();
      RED.actions.remove?.("online-forecast:show-forecast-health");
      RED.sidebar.removeTab(TAB);
    },
  };
})();
