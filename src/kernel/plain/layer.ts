import { flushToZero } from "../../stream/flush-to-zero";
import type { Layer, Traces } from "../kernel";

/** Numbers below 1e-34 become 0: a state that decays for hours would otherwise end in denormal numbers. */
const FLUSH = 1e-18;

/** The slowest and fastest decay that learning may reach: time constants from 0.14 to 9,900 readings. */
const NU_MIN = -9.2;
const NU_MAX = 2;
const THETA_MAX = Math.log(Math.PI);

/** See `Kernel`, whose oracle this is. */
export function refresh({ units: n, parameters, derived }: Layer, clamped: boolean): void {
  for (let i = 0; i < n; i++) {
    if (clamped) {
      parameters[i] = Math.min(NU_MAX, Math.max(NU_MIN, parameters[i]));
      parameters[n + i] = Math.min(THETA_MAX, parameters[n + i]);
    }
    const decay = Math.exp(parameters[i]);
    const phase = Math.exp(parameters[n + i]);
    const radius = Math.exp(-decay);
    if (clamped) {
      const most = 0.5 * Math.log(1 - radius * radius) + 1;
      if (parameters[2 * n + i] > most) parameters[2 * n + i] = most;
    }
    derived[i] = radius * Math.cos(phase);
    derived[n + i] = radius * Math.sin(phase);
    derived[2 * n + i] = decay;
    derived[3 * n + i] = phase;
    derived[4 * n + i] = Math.exp(parameters[2 * n + i]);
  }
}

export function forward(layer: Layer, h: Float64Array, u: Float32Array, at: number): void {
  const { units: n, inputs: d, parameters: p, derived } = layer;
  for (let i = 0, row = 3 * n; i < n; i++, row += d) {
    let re = 0;
    let im = 0;
    for (let k = 0; k < d; k++) {
      re += p[row + k] * u[at + k];
      im += p[row + n * d + k] * u[at + k];
    }
    const lRe = derived[i];
    const lIm = derived[n + i];
    const gamma = derived[4 * n + i];
    const hRe = h[2 * i];
    const hIm = h[2 * i + 1];
    h[2 * i] = flushToZero(lRe * hRe - lIm * hIm + gamma * re, FLUSH);
    h[2 * i + 1] = flushToZero(lRe * hIm + lIm * hRe + gamma * im, FLUSH);
  }
}

export function trace(layer: Layer, { h, e, c, E }: Traces, u: Float32Array, at: number): void {
  const { units: n, inputs: d, parameters: p, derived } = layer;
  for (let i = 0, row = 0; i < n; i++, row += d) {
    const lRe = derived[i];
    const lIm = derived[n + i];
    const gamma = derived[4 * n + i];
    let re = 0;
    let im = 0;
    for (let k = 0; k < d; k++) {
      const input = u[at + k];
      re += p[3 * n + row + k] * input;
      im += p[3 * n + n * d + row + k] * input;
      const j = 2 * (row + k);
      const eRe = E[j];
      const eIm = E[j + 1];
      E[j] = flushToZero(lRe * eRe - lIm * eIm + input, FLUSH);
      E[j + 1] = flushToZero(lRe * eIm + lIm * eRe, FLUSH);
    }
    const r = 2 * i;
    const s = r + 1;
    const hRe = h[r];
    const hIm = h[s];
    const dRe = e[r];
    const dIm = e[s];
    e[r] = flushToZero(lRe * dRe - lIm * dIm + hRe, FLUSH);
    e[s] = flushToZero(lRe * dIm + lIm * dRe + hIm, FLUSH);
    const cRe = c[r];
    const cIm = c[s];
    c[r] = flushToZero(lRe * cRe - lIm * cIm + re, FLUSH);
    c[s] = flushToZero(lRe * cIm + lIm * cRe + im, FLUSH);
    h[r] = flushToZero(lRe * hRe - lIm * hIm + gamma * re, FLUSH);
    h[s] = flushToZero(lRe * hIm + lIm * hRe + gamma * im, FLUSH);
  }
}

export function layerGradient(layer: Layer, { e, c, E }: Traces, dh: Float64Array, gradient: Float64Array): void {
  const { units: n, inputs: d, derived } = layer;
  const reAt = 3 * n;
  const imAt = 3 * n + n * d;
  for (let i = 0, row = 0; i < n; i++, row += d) {
    const a = dh[2 * i];
    const b = dh[2 * i + 1];
    const lRe = derived[i];
    const lIm = derived[n + i];
    const gamma = derived[4 * n + i];
    const qRe = lRe * e[2 * i] - lIm * e[2 * i + 1];
    const qIm = lRe * e[2 * i + 1] + lIm * e[2 * i];
    gradient[i] = -derived[2 * n + i] * (a * qRe + b * qIm);
    gradient[n + i] = derived[3 * n + i] * (b * qRe - a * qIm);
    gradient[2 * n + i] = gamma * (a * c[2 * i] + b * c[2 * i + 1]);
    for (let k = 0; k < d; k++) {
      const eRe = E[2 * (row + k)];
      const eIm = E[2 * (row + k) + 1];
      gradient[reAt + row + k] = gamma * (a * eRe + b * eIm);
      gradient[imAt + row + k] = gamma * (b * eRe - a * eIm);
    }
  }
}
