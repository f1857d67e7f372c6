/** Series as databases and dashboards answer: each with a name or labels, and points of time and value. */
import { senderStatus } from "../message/sender-status";
import { MOST_COLUMNS } from "./objects";

/** A point of a series: its time and its value, as they came. */
type Point = readonly [time: unknown, value: unknown];

interface Series {
  readonly name: string;
  /** What tells it from others of that name, as "job=plc". */
  readonly labels: readonly string[];
  readonly unit: string;
  readonly points: readonly Point[];
}

type Fields = Readonly<Record<string, unknown>>;

const NAMES: readonly string[] = ["target", "name", "tag", "tagname", "metric", "series", "label", "displayname", "nodeid", "id"]; // biome-ignore format: one line
const POINTS: readonly string[] = ["datapoints", "values", "points", "data", "items", "samples", "history", "datavalues"]; // biome-ignore format: one line
/** What series are wrapped in, and are not called. */
const WRAPPERS = /^(?:data|results?|series|items|values|payload|points|datapoints|response|body|rows|frames)$/i;
const TIMES = /^(?:t|ts|time|timestamp|date|datetime|_time|sourcetimestamp|x)$/i;
const VALUES = /^(?:v|val|value|_value|y)$/i;
const UNITS = /^(?:units?|unitsabbreviation|uom|engunits?|eu)$/i;
/** Numbers from here on are times since 1970: the year 2000 in seconds. */
const SINCE = 946_684_800;
/** So deep answers are wrapped. */
const DEEPEST = 6;

/**
 * The points of all series in parsed JSON as row objects, with a tag each, or under the name of the only one: Grafana's
 * "datapoints" and frames, Prometheus' matrix, InfluxQL's columns, points of a historian by its tags.
 *
 * @returns undefined where there are none
 */
export function seriesRows(parsed: unknown): object[] | undefined {
  const found = seriesIn(parsed, "", 0);
  if (found.length === 0) return undefined;
  const shared = new Set(found[0].labels.filter((label) => found.every(({ labels }) => labels.includes(label))));
  const named = found.map((series, i) => {
    const own = series.labels.filter((label) => !shared.has(label)).join(", ");
    return {
      ...series,
      name: `${series.name}${own && `{${own}}`}` || (found.length > 1 ? `series ${i + 1}` : "value"),
    };
  });
  const hasUnit = named.some(({ unit }) => unit !== "");
  return named.flatMap(({ name, unit, points }) =>
    points.map(([time, value]) =>
      // From entries: a series may be called __proto__.
      named.length === 1
        ? Object.fromEntries([["time", time], [name, value]]) // biome-ignore format: one line
        : { time, tag: name, value, ...(hasUnit && { unit }) },
    ),
  );
}

function seriesIn(given: unknown, key: string, depth: number): Series[] {
  if (typeof given !== "object" || given === null || depth > DEEPEST) return [];
  if (Array.isArray(given)) {
    // A list of points without a name around it is a table already.
    const points = key === "" ? undefined : pointsOf(given);
    if (points) return [{ name: key, labels: [], unit: "", points }];
    return given.length > MOST_COLUMNS ? [] : given.flatMap((one) => seriesIn(one, "", depth + 1));
  }
  const own = ownSeries(given as Fields);
  if (own) return own;
  return Object.entries(given).flatMap(([field, value]) => seriesIn(value, WRAPPERS.test(field) ? "" : field, depth + 1)); // biome-ignore format: one line
}

/** The series that an object is itself. */
function ownSeries(given: Fields): Series[] | undefined {
  const frame = Object(given.schema).fields;
  const columns: unknown = Object(given.data).values;
  if (Array.isArray(frame) && Array.isArray(columns)) return frameSeries(frame.map(Object), columns);
  const named = new Map(Object.entries(given).map(([field, value]) => [field.toLowerCase(), value]));
  const list = POINTS.map((one) => named.get(one)).find(Array.isArray);
  const name = nameOf(named);
  if (!list || !name) return undefined;
  const names = named.get("columns");
  if (Array.isArray(names)) return tableSeries(name, names.map(String), list);
  const stamps = named.get("timestamps");
  const points = Array.isArray(stamps) ? stamps.map((time, i): Point => [time, list[i]]) : pointsOf(list);
  const unit = Object.entries(given).find(([field]) => UNITS.test(field))?.[1];
  return points && [{ ...name, unit: typeof unit === "string" ? unit : "", points }];
}

/** What a series is called, by a name and by labels; undefined = nothing names it. */
function nameOf(named: ReadonlyMap<string, unknown>): Pick<Series, "name" | "labels"> | undefined {
  for (const one of NAMES) {
    const given = named.get(one);
    // Graphite's target says what its tags say.
    if (typeof given === "string") return { name: given, labels: one === "target" ? [] : labelsOf(named.get("tags")) };
    if (typeof given === "object" && given !== null) {
      const { __name__: name = "", ...labels } = given as Fields;
      return { name: String(name), labels: labelsOf(labels) };
    }
  }
  return undefined;
}

function labelsOf(given: unknown): string[] {
  if (typeof given !== "object" || given === null || Array.isArray(given)) return [];
  return Object.entries(given).map(([label, value]) => `${label}=${value}`);
}

/** The columns of InfluxQL's answer, one of which is the time. */
function tableSeries(
  { name, labels }: Pick<Series, "name" | "labels">,
  columns: readonly string[],
  list: readonly unknown[],
): Series[] | undefined {
  const time = columns.findIndex((column) => TIMES.test(column));
  if (time < 0 || !list.every(Array.isArray)) return undefined;
  const rows = list as readonly (readonly unknown[])[];
  return columns.flatMap((column, k) => {
    const points = rows.map((row): Point => [row[time], row[k]]);
    return k === time ? [] : [{ name: columns.length > 2 ? `${name} ${column}` : name, labels, unit: "", points }];
  });
}

/** The columns of a frame of Grafana. */
function frameSeries(fields: readonly Fields[], columns: readonly unknown[]): Series[] | undefined {
  const time = fields.findIndex(({ type }) => type === "time");
  const times = columns[time];
  if (!Array.isArray(times)) return undefined;
  return fields.flatMap(({ name, labels, config }, k) => {
    const values = columns[k];
    if (k === time || !Array.isArray(values)) return [];
    const { displayNameFromDS: shown = name, unit = "" } = Object(config) as Fields;
    return {
      name: String(shown ?? ""),
      labels: labelsOf(labels),
      unit: String(unit),
      points: times.map((at, i): Point => [at, values[i]]),
    };
  });
}

/** Points as pairs in either order, or as objects; undefined where a list holds something else. */
function pointsOf(list: readonly unknown[]): Point[] | undefined {
  const [first] = list;
  if (Array.isArray(first)) {
    if (!list.every((pair) => Array.isArray(pair) && pair.length >= 2)) return undefined;
    const pairs = list as readonly (readonly unknown[])[];
    const time = [0, 1].find((k) => pairs.every((pair) => isTime(pair[k])));
    return time === undefined ? undefined : pairs.map((pair): Point => [pair[time], pair[1 - time]]);
  }
  const keys = Object.keys(Object(first));
  const [time, value] = [keys.find((key) => TIMES.test(key)), keys.find((key) => VALUES.test(key))];
  if (time === undefined || value === undefined) return undefined;
  return list.map((one): Point => {
    const point = Object(one) as Fields;
    // A value that its own point calls bad is none.
    const code = point.StatusCode ?? point.statusCode;
    const isBad = point.good === false || point.Good === false || senderStatus(code, true)?.state === "bad";
    return [point[time], isBad ? null : point[value]];
  });
}

function isTime(value: unknown): boolean {
  if (typeof value === "number") return value >= SINCE;
  return typeof value === "string" && /^\d{4}-\d\d-\d\dT/.test(value);
}
