/** Messages that no node asks for: fast-check makes them up, values and structure alike. */
import fc from "fast-check";

/** Assets that hostile messages speak of; the first is also the one that is judged afterwards. */
export const HOSTILE_ASSETS = ["line 1", "line 2", "__proto__", "constructor", "../x", "a/b", "CON", ""];

/** An object whose property throws when it is read. */
export function thrower(...names: string[]): object {
  const object = { u: 1, y: 2 };
  for (const name of names)
    Object.defineProperty(object, name, {
      enumerable: true,
      get() {
        throw new Error("no reading today");
      },
    });
  return object;
}

function nested(levels: number, list: boolean): unknown {
  let value: unknown = 1;
  for (let level = 0; level < levels; level++) value = list ? [value] : { u: value };
  return value;
}

function circular(): object {
  const object: Record<string, unknown> = { u: 1 };
  object.y = object;
  return object;
}

const numbers = fc.oneof(
  fc.double(),
  fc.double({ min: -100, max: 100, noNaN: true }),
  fc.integer(),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, 5e-324, 2 ** 53, 1e100, -1e308),
);
const texts = fc.oneof(
  fc.string(),
  fc.constantFrom(
    "12,5",
    "1e5",
    " 7 ",
    "",
    "NaN",
    "２３",
    "__proto__",
    "constructor",
    "\0",
    "<b>",
    "x".repeat(100_000),
  ),
);
const strange = fc.constantFrom<unknown>(
  null,
  undefined,
  true,
  false,
  10n,
  Symbol("x"),
  () => 1,
  new Date(Number.NaN),
  new Date(1.7e12),
  new Map([["u", 1]]),
  new Set([1]),
  /x/,
  new Error("x"),
  Buffer.from("12"),
  new Float64Array(3),
  Object.create(null),
  JSON.parse('{"__proto__": {"u": 1, "polluted": 1}, "y": 2}'),
  JSON.parse('{"constructor": {"prototype": {"polluted": 1}}, "y": 2}'),
  thrower("u"),
  thrower("u", "y", "length"),
  {
    toString() {
      throw new Error("no text today");
    },
    valueOf() {
      throw new Error("no value today");
    },
    toJSON() {
      throw new Error("no JSON today");
    },
  },
  circular(),
  new Array(5),
  nested(10_000, false),
  nested(10_000, true),
  Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [`s${i}`, i])),
);
const anything = fc.anything({
  maxDepth: 3,
  withBigInt: true,
  withDate: true,
  withMap: true,
  withNullPrototype: true,
  withSet: true,
  withSparseArray: true,
  withTypedArray: true,
});

/** Any value that JavaScript can make. */
export const value: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: numbers },
  { weight: 2, arbitrary: texts },
  { weight: 2, arbitrary: strange },
  { weight: 1, arbitrary: anything },
);

/** A record of which any field may be missing or wrong. */
function mostly(fields: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<Record<string, unknown>> {
  const each = Object.entries(fields).map(([name, field]) => [
    name,
    fc.oneof({ weight: 12, arbitrary: field }, { weight: 1, arbitrary: value }),
  ]);
  return fc.record(Object.fromEntries(each), { requiredKeys: [], noNullPrototype: true });
}

/** Itself, a batch of it, or anything. */
function orBatch(one: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> {
  return fc.oneof(
    { weight: 12, arbitrary: one },
    { weight: 2, arbitrary: fc.array(one, { maxLength: 4 }) },
    { weight: 2, arbitrary: value },
  );
}

let clock = 1.7e12;

/** A time: in order mostly, now and then old, at rest, ahead by centuries, or none at all. */
const time: fc.Arbitrary<unknown> = fc.oneof(
  {
    weight: 16,
    arbitrary: fc.integer({ min: 1, max: 2000 }).map((ms) => {
      clock += ms;
      return clock;
    }),
  },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 1e7 }).map((s) => 1.6e12 + 1000 * s) },
  { weight: 2, arbitrary: fc.constant(1.7e12) },
  { weight: 1, arbitrary: fc.constantFrom<unknown>(8.64e15, -8.64e15, 1e20, 0, "2026-01-31T08:00:00Z", "yesterday") },
);

const reading = fc.oneof(
  { weight: 4, arbitrary: mostly({ u: numbers, y: numbers }) },
  { weight: 1, arbitrary: numbers },
  { weight: 1, arbitrary: fc.dictionary(fc.constantFrom("u", "y", "__proto__", "z", ""), value) },
);
const step = mostly({
  horizon: fc.integer({ min: 0, max: 5 }),
  due: time,
  value: numbers,
  lower: numbers,
  upper: numbers,
});
const forecast = mostly({
  asset: texts,
  origin: time,
  due: time,
  horizon: fc.integer({ min: 0, max: 5 }),
  value: numbers,
  lower: numbers,
  upper: numbers,
  coverage: numbers,
  naive: numbers,
  frozen: numbers,
  existing: numbers,
  updates: numbers,
  steps: fc.option(fc.array(step, { maxLength: 3 }), { nil: undefined, freq: 2 }),
});
const scored = mostly({
  origin: time,
  time,
  horizon: fc.integer({ min: 0, max: 5 }),
  forecast: numbers,
  actual: numbers,
  error: numbers,
  naive: numbers,
  frozen: numbers,
  existing: numbers,
  covered: fc.boolean(),
  lower: numbers,
  upper: numbers,
  corrects: fc.option(numbers, { nil: undefined, freq: 2 }),
  state: fc.constantFrom("good", "uncertain", "bad", undefined),
  running: fc.constantFrom(true, true, false, undefined),
  mode: fc.oneof(fc.constantFrom("running", "stopped", "level 1", "level 2"), texts),
  steps: fc.option(fc.array(mostly({ time, forecast: numbers, actual: numbers }), { maxLength: 3 }), {
    nil: undefined,
    freq: 2,
  }),
});
const state = fc.constantFrom("good", "uncertain", "bad", "drift", "frozen");
const quality = mostly({
  state,
  ne107: texts,
  learn: numbers,
  speed: numbers,
  model: state,
  held: fc.array(fc.oneof(fc.constantFrom("u", "y"), value), { maxLength: 3 }),
  reasons: fc.array(fc.oneof(mostly({ sensor: fc.constantFrom("u", "y", ""), rule: texts, state, value }), value), {
    maxLength: 3,
  }),
});

/**
 * Messages to a node: readings and orders, each property of which may be missing, wrong or a trap.
 *
 * @param commands that the node knows
 */
export function hostileMessages(commands: readonly string[]): fc.Arbitrary<Record<string, unknown>> {
  const rarely = (arbitrary: fc.Arbitrary<unknown>, weight: number): fc.Arbitrary<unknown> =>
    fc.oneof({ weight, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
  const others = mostly({
    payload: orBatch(reading),
    timestamp: fc.oneof({ weight: 3, arbitrary: orBatch(time) }, { weight: 1, arbitrary: fc.constant(undefined) }),
    baseline: orBatch(numbers),
    quality: rarely(orBatch(quality), 1),
    forecast: orBatch(forecast),
    scored: orBatch(scored),
    reading: orBatch(reading),
    observed: rarely(
      mostly({ model: mostly({ index: numbers, forecast: orBatch(forecast) }), moved: fc.boolean() }),
      3,
    ),
    command: rarely(
      fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...commands) }, { weight: 1, arbitrary: value }),
      5,
    ),
    reset: rarely(value, 60),
    sensor: rarely(fc.oneof(fc.constantFrom("u", "y"), value), 2),
    limit: fc.oneof(fc.constantFrom("H", "L"), value),
    who: fc.oneof(fc.constant("Sato"), value),
    reason: fc.oneof(fc.constant("trial"), value),
    comment: texts,
    minutes: numbers,
    verdict: fc.oneof(fc.boolean(), value),
    language: rarely(fc.oneof(fc.constantFrom("en-US", "ja"), value), 3),
    spec: mostly({ limit: numbers }),
    _msgid: fc.constantFrom("one", "two", undefined),
  });
  // Few names that nobody knows: each makes an asset, and an order to all of them takes its time.
  const topic = fc.oneof(
    { weight: 170, arbitrary: fc.constantFrom<unknown>(...HOSTILE_ASSETS) },
    { weight: 30, arbitrary: fc.constant(undefined) },
    { weight: 1, arbitrary: value },
  );
  const properties = fc.tuple(topic, others).map(([topic, msg]): Record<string, unknown> => ({ topic, ...msg }));
  const trap = fc.constantFrom("payload", "topic", "timestamp", "command", "quality", "forecast", "scored", "observed");
  return fc.oneof(
    { weight: 100, arbitrary: properties },
    { weight: 1, arbitrary: fc.tuple(properties, trap).map(([msg, name]) => trapped(msg, name)) },
    { weight: 1, arbitrary: properties.map((msg) => Object.freeze({ ...msg, _msgid: "frozen" })) },
  );
}

/** The message with one property that throws when it is read. */
function trapped(msg: Record<string, unknown>, name: string): Record<string, unknown> {
  return Object.defineProperty({ ...msg }, name, {
    enumerable: true,
    get() {
      throw new Error("no message today");
    },
  });
}

/** Orders to the plant simulator. */
export function hostileOrders(commands: readonly string[]): fc.Arbitrary<Record<string, unknown>> {
  const fault = mostly({
    sensor: fc.constantFrom("o2_pct", "steam_flow_kg_s", "co2_kg_h"),
    kind: fc.constantFrom("none", "stuck", "spikes", "dropout", "nan", "unit", "drift"),
    readings: fc.integer({ min: 1, max: 20 }),
    size: fc.integer({ min: 1, max: 20 }),
  });
  return mostly({
    command: fc.oneof(
      { weight: 3, arbitrary: fc.constant("fault") },
      { weight: 1, arbitrary: fc.constantFrom(...commands) },
    ),
    payload: fc.oneof({ weight: 3, arbitrary: fault }, { weight: 1, arbitrary: value }),
    topic: fc.constantFrom<unknown>("line 1", "__proto__", undefined),
  });
}
