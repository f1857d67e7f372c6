import type { Saved } from "../record/record";
import type { Numbers } from "../record/state";

type Fields = Map<string, Numbers>;

/**
 * A record of version 1 in the names of today. What was learnt is taken over whole: parameters, states, traces, scales,
 * open forecasts. What version 1 knew of trust, relations and copies is learnt anew within some hundred readings.
 */
export function fromVersion1(old: Saved): Saved {
  const part = (name: string): Fields => old.parts.get(name) ?? new Map();
  const pick = (from: Fields, names: Readonly<Record<string, string>>): Fields =>
    new Map(
      Object.entries(names).flatMap(([now, before]) => {
        const numbers = from.get(before);
        return numbers ? [[now, numbers] as [string, Numbers]] : [];
      }),
    );
  const same = (from: Fields, ...names: string[]): Fields => pick(from, Object.fromEntries(names.map((n) => [n, n])));
  const parts = new Map<string, Fields>();
  const forecaster = part("forecaster");
  const state = same(
    forecaster,
    "lastTime",
    "lastActual",
    "lastActualIndex",
    "lastActualTime",
    "estimate",
    "forecastIndex",
    "since",
    "pretrained",
  );
  const lastGood = forecaster.get("lastGood") ?? new Float64Array(0);
  state.set("lastGood", Float64Array.of(...lastGood, Number.NaN));
  parts.set("forecaster", state);
  parts.set("interval", pick(forecaster, { value: "interval" }));
  const spacing = forecaster.get("labelSpacing")?.[0] ?? 0;
  if (spacing > 0) parts.set("labelSpacing", new Map([["value", Float64Array.of(spacing)]]));
  parts.set("history", same(part("history"), "total", "time", "naive", "existing", "quality", "stale", "inputs"));
  parts.set("levels", levels(part("scales"), lastGood.length));
  parts.set("targetLevels", levels(part("targetScale"), 1));
  parts.set("lagScale", same(part("lagScale"), "count", "square", "departed"));
  for (const name of old.parts.keys()) {
    if (!/^horizon\d+$/.test(name)) continue;
    const from = part(name);
    parts.set(
      name,
      pick(from, {
        age: "age",
        updates: "updates",
        labels: "labels",
        cursor: "cursor",
        queueFrom: "queueFrom",
        queueTo: "queueTo",
        learnt: "learnt",
        spacing: "spacing",
        usual: "usual",
        frozenShare: "frozenWeight",
        rate: "rate",
      }),
    );
    parts.set(`${name}.learner`, same(from, "parameters", "h"));
    parts.set(`${name}.twin`, pick(from, { parameters: "base", h: "frozenH" }));
    parts.set(`${name}.traces`, same(part(`${name}.traces`), "h", "e", "c", "E"));
    const adam = part(`${name}.adam`);
    const powers = adam.get("powers") ?? Float64Array.of(1, 1);
    parts.set(
      `${name}.adam`,
      new Map([...same(adam, "mean", "square"), ["power1", powers.slice(0, 1)], ["power2", powers.slice(1, 2)]]),
    );
    parts.set(`${name}.tracker`, same(part(`${name}.tracker`), "width", "count", "recent"));
    parts.set(`${name}.rms`, same(part(`${name}.rms`), "count", "square", "departed"));
    parts.set(`${name}.region`, same(part(`${name}.region`), "change", "baseNorm"));
    parts.set(
      `${name}.rings`,
      same(part(`${name}.rings`), "value", "width", "widening", "frozen", "label", "weight", "queue"),
    );
  }
  return { ...old, parts };
}

/** Version 1 knew one level of each sensor; a list of sensors is kept as columns. */
function levels(scale: Fields, sensors: number): Fields {
  const LEVELS = 6;
  const first = (name: string): Float64Array => {
    const all = new Float64Array(LEVELS * sensors);
    for (let i = 0; i < sensors; i++) all[i * LEVELS] = scale.get(name)?.[i] ?? 0;
    return all;
  };
  const lived = first("count");
  return new Map<string, Numbers>([
    ["known", Float64Array.from({ length: sensors }, (_, i) => (lived[i * LEVELS] > 0 ? 1 : 0))],
    ["lived", lived],
    ["means", first("mean")],
    ["variances", first("variance")],
  ]);
}
