/**
 * Forecast health as a page of its own, for people without the editor. The page itself holds nothing of the plant. What it asks
 * for needs the permission to read flows: it sends the token of the editor, where this browser has one of this Node-RED, or
 * that of its own login, which lasts as long as this window.
 */
(async () => {
  /** An answer that does not come, ms, must not keep the page from asking again. */
  const PATIENCE = 15_000;
  const OWN_TOKEN = "forecast-health-token";
  const language = navigator.languages
    .find((one) => /^(ja|en)\b/i.test(one))
    ?.toLowerCase()
    .startsWith("ja")
    ? "ja"
    : "en-US";
  const texts = await (await fetch(`forecast-health/texts?language=${language}`)).json();
  const say = (key, values = {}) => {
    const text = key.split(".").reduce((part, name) => part?.[name], texts) ?? key;
    return text.replace(/__(\w+?)__/g, (_, name) => values[name] ?? "");
  };
  const find = (id) => document.getElementById(id);
  document.documentElement.lang = language;
  document.title = say("health.title");
  for (const one of document.querySelectorAll("[data-text]")) one.textContent = say(one.dataset.text);

  /** Where the editor keeps its token: by the path of its own address. */
  const editorToken = () => {
    const root = location.pathname.replace(/\/forecast-health$/, "");
    try {
      return JSON.parse(localStorage.getItem(`auth-tokens${root.replace(/\//g, "-")}`))?.access_token;
    } catch {
      return undefined;
    }
  };
  const ownToken = () => sessionStorage.getItem(OWN_TOKEN) ?? undefined;

  const ask = async (path, options = {}) => {
    const token = ownToken() ?? editorToken();
    const headers = {
      ...options.headers,
      "Accept-Language": language,
      ...(token && { Authorization: `Bearer ${token}` }),
    };
    const response = await fetch(`forecast-health/${path}`, {
      ...options,
      headers,
      cache: "no-store",
      signal: AbortSignal.timeout(PATIENCE),
    });
    // A person who may only look is told so where a button was pressed; who may not even look has to log in.
    if (response.status === 401 && options.method !== "POST") askForLogin();
    return response;
  };

  let end;
  const begin = () => {
    find("login").hidden = true;
    find("log-out").hidden = ownToken() === undefined;
    const remembered = new URLSearchParams(location.hash.slice(1));
    const first = remembered.has("model")
      ? { model: remembered.get("model"), asset: remembered.get("asset") ?? "" }
      : undefined;
    const chosen = (at) => history.replaceState(null, "", `#${new URLSearchParams(at)}`);
    end = window.forecastHealth.open(find("health"), { say, language, ask, first, chosen });
  };
  const askForLogin = async () => {
    if (!end) return;
    end();
    end = undefined;
    sessionStorage.removeItem(OWN_TOKEN);
    find("log-out").hidden = true;
    const { type } = await (await fetch("auth/login")).json();
    // Where another service asks for the password, the editor leads there; then this page has the editor's token.
    const isPassword = type === "credentials";
    find("login").hidden = false;
    find("login-text").textContent = say(isPassword ? "health.login.text" : "health.login.elsewhere");
    for (const field of find("login").querySelectorAll("label, button")) field.hidden = !isPassword;
  };
  find("login").onsubmit = async (event) => {
    event.preventDefault();
    const { username, password } = event.target.elements;
    const body = new URLSearchParams({
      client_id: "node-red-editor",
      grant_type: "password",
      scope: "",
      username: username.value,
      password: password.value,
    });
    const response = await fetch("auth/token", { method: "POST", body });
    password.value = "";
    find("login-failed").textContent = response.ok ? "" : say("health.login.failed");
    if (!response.ok) return;
    sessionStorage.setItem(OWN_TOKEN, (await response.json()).access_token);
    begin();
  };
  find("log-out").onclick = async () => {
    const token = ownToken();
    const headers = { "Content-Type": "application/json", Authorization: `Bearer ${token}` };
    await fetch("auth/revoke", { method: "POST", headers, body: JSON.stringify({ token }) });
    sessionStorage.removeItem(OWN_TOKEN);
    location.reload();
  };
  begin();
})();
