/** The layer of complex units and its traces. What is computed stands at `Kernel`; complex numbers are (real, imaginary). */
import { cosine, exponentials, sine } from "./exponential";
import { both, doubles, keep, pair, promoted, singles, sum, times } from "./vector";

const FLUSH: f64 = 1e-18;
const NU_MIN: f64 = -9.2;
const NU_MAX: f64 = 2;
/** ln π */
const THETA_MAX: f64 = 1.1447298858494002;

export function refresh(n: i32, parameters: usize, derived: usize, clamped: bool): void {
  const row = doubles(n);
  if (clamped) {
    for (let i = 0; i < n; i += 2) {
      const alone = i + 1 === n;
      const nu = parameters + doubles(i);
      const theta = nu + row;
      keep(nu, f64x2.pmin(f64x2.pmax(pair(nu, alone), f64x2.splat(NU_MIN)), f64x2.splat(NU_MAX)), alone);
      keep(theta, f64x2.pmin(pair(theta, alone), f64x2.splat(THETA_MAX)), alone);
    }
  }
  // Loop after loop rather than unit by unit: so no exponential waits for another one.
  const decays = derived + 2 * row;
  exponentials(parameters, decays, 3 * n, 1);
  exponentials(decays, derived, n, -1);
  for (let i = 0; i < n; i += 2) {
    const alone = i + 1 === n;
    const re = derived + doubles(i);
    const gammas = re + 4 * row;
    const radius = pair(re, alone);
    if (clamped) {
      // γ ≤ e √(1 − |λ|²), seen without a logarithm where it holds.
      const room = f64x2.sub(f64x2.splat(1), f64x2.mul(radius, radius));
      const most = f64x2.mul(f64x2.splat(Math.E), f64x2.sqrt(room));
      if (v128.any_true(f64x2.gt(pair(gammas, alone), most))) {
        const g = parameters + 2 * row + doubles(i);
        bound(g, f64x2.extract_lane(room, 0));
        if (!alone) bound(g + 8, f64x2.extract_lane(room, 1));
        exponentials(g, gammas, alone ? 1 : 2, 1);
      }
    }
    // Angles beyond π/2 by those before it: sin is the same, cos the negative.
    const phase = pair(re + 3 * row, alone);
    const beyond = f64x2.gt(phase, f64x2.splat(Math.PI / 2));
    const angle = v128.bitselect(f64x2.sub(f64x2.splat(Math.PI), phase), phase, beyond);
    const cos = cosine(angle);
    keep(re, f64x2.mul(radius, v128.bitselect(f64x2.neg(cos), cos, beyond)), alone);
    keep(re + row, f64x2.mul(radius, sine(angle)), alone);
  }
}

/** g ≤ ln(1 − |λ|²) / 2 + 1 */
function bound(at: usize, room: f64): void {
  // The logarithm of JavaScript: it is asked for only where a gain has reached its bound.
  const most = 0.5 * JSMath.log(room) + 1;
  if (load<f64>(at) > most) store<f64>(at, most);
}

export function forward(n: i32, d: i32, parameters: usize, derived: usize, h: usize, u: usize): void {
  let re = parameters + doubles(3 * n);
  const toIm = doubles(n * d);
  for (let i = 0; i < n; i++) {
    const at = derived + doubles(i);
    step(
      n,
      at,
      h + doubles(2 * i),
      f64x2.mul(f64x2.splat(load<f64>(at + doubles(4 * n))), inflow(d, re, re + toIm, u)),
    );
    re += doubles(d);
  }
}

/** z ← λ z + more, with λ of the unit whose derived numbers begin there. */
function step(n: i32, derived: usize, z: usize, more: v128): void {
  const lRe = f64x2.splat(load<f64>(derived));
  const lIm = load<f64>(derived + doubles(n));
  v128.store(z, flushed(f64x2.add(times(v128.load(z), lRe, both(-lIm, lIm)), more)));
}

function flushed(v: v128): v128 {
  return f64x2.sub(f64x2.add(v, f64x2.splat(FLUSH)), f64x2.splat(FLUSH));
}

/** B u of one unit, whose d numbers lie at re and im. */
function inflow(d: i32, re: usize, im: usize, u: usize): v128 {
  let sRe = f64x2.splat(0);
  let sIm = f64x2.splat(0);
  let k = 0;
  for (; k + 2 <= d; k += 2) {
    const input = promoted(u + singles(k));
    sRe = f64x2.add(sRe, f64x2.mul(v128.load(re + doubles(k)), input));
    sIm = f64x2.add(sIm, f64x2.mul(v128.load(im + doubles(k)), input));
  }
  let bRe = sum(sRe);
  let bIm = sum(sIm);
  if (k < d) {
    const input = <f64>load<f32>(u + singles(k));
    bRe += load<f64>(re + doubles(k)) * input;
    bIm += load<f64>(im + doubles(k)) * input;
  }
  return both(bRe, bIm);
}

export function trace(
  n: i32,
  d: i32,
  parameters: usize,
  derived: usize,
  h: usize,
  e: usize,
  c: usize,
  traces: usize,
  u: usize,
): void {
  let re = parameters + doubles(3 * n);
  let z = traces;
  const toIm = doubles(n * d);
  for (let i = 0; i < n; i++) {
    const at = derived + doubles(i);
    const lRe = f64x2.splat(load<f64>(at));
    const imaginary = load<f64>(at + doubles(n));
    const lIm = both(-imaginary, imaginary);
    for (let k = 0; k < d; k++, z += 16) {
      const input = both(<f64>load<f32>(u + singles(k)), 0);
      v128.store(z, flushed(f64x2.add(times(v128.load(z), lRe, lIm), input)));
    }
    const own = doubles(2 * i);
    step(n, at, e + own, v128.load(h + own));
    const flow = inflow(d, re, re + toIm, u);
    step(n, at, c + own, flow);
    step(n, at, h + own, f64x2.mul(f64x2.splat(load<f64>(at + doubles(4 * n))), flow));
    re += doubles(d);
  }
}

export function layerGradient(
  n: i32,
  d: i32,
  derived: usize,
  e: usize,
  c: usize,
  traces: usize,
  dh: usize,
  gradient: usize,
): void {
  let re = gradient + doubles(3 * n);
  const toIm = doubles(n * d);
  let z = traces;
  for (let i = 0; i < n; i++, re += doubles(d)) {
    const at = derived + doubles(i);
    const own = doubles(2 * i);
    const a = load<f64>(dh + own);
    const b = load<f64>(dh + own + 8);
    const gamma = load<f64>(at + doubles(4 * n));
    const imaginary = load<f64>(at + doubles(n));
    const q = times(v128.load(e + own), f64x2.splat(load<f64>(at)), both(-imaginary, imaginary));
    const qRe = f64x2.extract_lane(q, 0);
    const qIm = f64x2.extract_lane(q, 1);
    const to = gradient + doubles(i);
    store<f64>(to, -load<f64>(at + doubles(2 * n)) * (a * qRe + b * qIm));
    store<f64>(to + doubles(n), load<f64>(at + doubles(3 * n)) * (b * qRe - a * qIm));
    store<f64>(to + doubles(2 * n), gamma * (a * load<f64>(c + own) + b * load<f64>(c + own + 8)));
    const by = f64x2.splat(gamma);
    const as = f64x2.splat(a);
    const bs = f64x2.splat(b);
    for (let k = 0; k < d; k += 2, z += 32) {
      const alone = k + 1 === d;
      const first = v128.load(z);
      const second = alone ? first : v128.load(z, 16);
      const eRe = v128.shuffle<f64>(first, second, 0, 2);
      const eIm = v128.shuffle<f64>(first, second, 1, 3);
      const onRe = f64x2.add(f64x2.mul(as, eRe), f64x2.mul(bs, eIm));
      const onIm = f64x2.sub(f64x2.mul(bs, eRe), f64x2.mul(as, eIm));
      keep(re + doubles(k), f64x2.mul(by, onRe), alone);
      keep(re + toIm + doubles(k), f64x2.mul(by, onIm), alone);
      if (alone) z -= 16;
    }
  }
}
