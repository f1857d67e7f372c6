/** A line chart as inline SVG: no script, no network, legible in black and white. */
import { escapeHtml } from "./escape-html";

export interface Line {
  name: string;
  /** NaN leaves a gap. */
  points: { x: number; y: number }[];
  colour: string;
  /** SVG dash pattern, so that lines differ on a black and white printer. */
  dash?: string;
  width?: number;
}

export interface Chart {
  title: string;
  lines: Line[];
  /** A stretch of the x axis that is shaded and named. */
  shaded?: { from: number; to: number; name: string };
  xLabel: (x: number) => string;
  yLabel: (y: number) => string;
  /** Whether the y axis begins at zero, as errors do. */
  fromZero: boolean;
  /** Size in SVG units. */
  width: number;
  height: number;
}

const LEFT = 58;
const RIGHT = 14;
const TOP = 26;
const BOTTOM = 24;
/** Labels of the x axis. */
const X_LABELS = 5;

/** Draws the chart. Without a single point there is an empty frame with its title. */
export function lineChart(chart: Chart): string {
  const { lines, width, height, shaded } = chart;
  const points = lines.flatMap((line) => line.points.filter(({ y }) => Number.isFinite(y)));
  const [x0, x1] = range(points.map(({ x }) => x));
  const [low, high] = span(points.map(({ y }) => y));
  const ticks = niceTicks(chart.fromZero ? 0 : low, high);
  const [y0, y1] = [ticks[0], ticks[ticks.length - 1]];
  // A single point is in the middle: an axis around it would tell of times that nobody has seen.
  const share = (x: number) => (x1 > x0 ? (x - x0) / (x1 - x0) : 0.5);
  const px = (x: number) => LEFT + share(x) * (width - LEFT - RIGHT);
  const py = (y: number) => height - BOTTOM - ((y - y0) / (y1 - y0)) * (height - TOP - BOTTOM);
  const n = (value: number) => value.toFixed(1);

  const parts = [
    `<svg viewBox="0 0 ${width} ${height}" role="img" xmlns="http://www.w3.org/2000/svg"><title>${escapeHtml(chart.title)}</title>`,
  ];
  if (shaded && points.length) {
    const [from, to] = [px(Math.max(shaded.from, x0)), px(Math.min(shaded.to, x1))];
    parts.push(
      `<rect class="shade" x="${n(from)}" y="${TOP}" width="${n(Math.max(0, to - from))}" height="${height - TOP - BOTTOM}"/>`,
      `<text class="axis" x="${n(from + 5)}" y="${TOP + 12}">${escapeHtml(shaded.name)}</text>`,
    );
  }
  for (const tick of points.length ? ticks : []) {
    parts.push(
      `<line class="grid${tick === 0 ? " zero" : ""}" x1="${LEFT}" x2="${width - RIGHT}" y1="${n(py(tick))}" y2="${n(py(tick))}"/>`,
      `<text class="axis" text-anchor="end" x="${LEFT - 6}" y="${n(py(tick) + 3.5)}">${escapeHtml(chart.yLabel(tick))}</text>`,
    );
  }
  if (points.length) {
    const labels = x1 > x0 ? X_LABELS : 1;
    for (let i = 0; i < labels; i++) {
      const x = Math.min(x1, x0 + ((x1 - x0) * i) / (X_LABELS - 1));
      const anchor = labels === 1 ? "middle" : i === 0 ? "start" : i === X_LABELS - 1 ? "end" : "middle";
      parts.push(
        `<text class="axis" text-anchor="${anchor}" x="${n(px(x))}" y="${height - 7}">${escapeHtml(chart.xLabel(x))}</text>`,
      );
    }
  }
  let legend = LEFT;
  for (const { name, points: line, colour, dash, width: stroke = 1.6 } of lines) {
    const style = `fill="none" stroke="${colour}" stroke-width="${stroke}"${dash ? ` stroke-dasharray="${dash}"` : ""}`;
    parts.push(
      `<path ${style} stroke-linejoin="round" d="${path(line, px, py)}"/>`,
      `<line ${style} x1="${legend}" x2="${legend + 22}" y1="10" y2="10"/>`,
      `<text class="legend" x="${legend + 27}" y="14">${escapeHtml(name)}</text>`,
    );
    legend += 44 + textWidth(name);
  }
  parts.push("</svg>");
  return parts.join("");
}

function path(points: Line["points"], px: (x: number) => number, py: (y: number) => number): string {
  let pen = "M";
  const steps: string[] = [];
  for (const { x, y } of points) {
    if (!Number.isFinite(y)) {
      pen = "M";
      continue;
    }
    // A lone point still shows as a dot: a line of no length with round ends would need another style.
    const at = `${px(x).toFixed(1)} ${py(y).toFixed(1)}`;
    steps.push(pen === "M" ? `M${at}h.1` : `L${at}`);
    pen = "L";
  }
  return steps.join("");
}

/** Rough width at the legend's size: Japanese characters are as wide as high. */
function textWidth(text: string): number {
  return [...text].reduce((width, character) => width + (character.charCodeAt(0) > 0x2e7f ? 11 : 6), 0);
}

function range(values: number[]): [number, number] {
  if (values.length === 0) return [0, 1];
  return [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
}

function span(values: number[]): [number, number] {
  const [low, high] = range(values);
  return low < high ? [low, high] : [low, low + (Math.abs(low) || 1)];
}

/** Three to seven round values (1, 2 or 5 times a power of ten apart) that enclose low and high. */
export function niceTicks(low: number, high: number): number[] {
  // A range that a double can hardly resolve is drawn as a flat line.
  const flat = high - low <= 1e-9 * Math.max(Math.abs(low), Math.abs(high)) || high - low < 1e-290;
  const range = flat ? Math.max(Math.abs(low), Math.abs(high), 1e-9) : high - low;
  const raw = range / 4;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= raw) ?? 10);
  const first = Math.floor(low / step);
  const last = Math.max(first + 1, Math.ceil((low + range) / step));
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
}
