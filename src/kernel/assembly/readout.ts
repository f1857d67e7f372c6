/** The gated readout. What is computed stands at `Kernel`. */
import { exponentials } from "./exponential";
import { doubles, keep, pair, sum } from "./vector";

export function readout(F: i32, m: i32, parameters: usize, hidden: usize, phi: usize): f64 {
  let A = parameters + doubles(F + m);
  let G = A + doubles(m * F);
  const gates = hidden + doubles(m);
  for (let j = 0; j < m; j++, A += doubles(F), G += doubles(F)) {
    let a0 = f64x2.splat(0);
    let a1 = f64x2.splat(0);
    let g0 = f64x2.splat(0);
    let g1 = f64x2.splat(0);
    let k = 0;
    for (; k + 4 <= F; k += 4) {
      const at = doubles(k);
      const p0 = v128.load(phi + at);
      const p1 = v128.load(phi + at, 16);
      a0 = f64x2.add(a0, f64x2.mul(v128.load(A + at), p0));
      a1 = f64x2.add(a1, f64x2.mul(v128.load(A + at, 16), p1));
      g0 = f64x2.add(g0, f64x2.mul(v128.load(G + at), p0));
      g1 = f64x2.add(g1, f64x2.mul(v128.load(G + at, 16), p1));
    }
    let linear = sum(f64x2.add(a0, a1));
    let logit = sum(f64x2.add(g0, g1));
    for (; k < F; k++) {
      const p = load<f64>(phi + doubles(k));
      linear += load<f64>(A + doubles(k)) * p;
      logit += load<f64>(G + doubles(k)) * p;
    }
    store<f64>(hidden + doubles(j), linear);
    store<f64>(gates + doubles(j), logit);
  }
  const v = parameters + doubles(F);
  let y = dot(parameters, phi, F);
  exponentials(gates, gates, m, -1);
  const one = f64x2.splat(1);
  for (let j = 0; j < m; j += 2) {
    const alone = j + 1 === m;
    const at = doubles(j);
    const gate = f64x2.div(one, f64x2.add(one, pair(gates + at, alone)));
    keep(gates + at, gate, alone);
    const both = f64x2.mul(f64x2.mul(pair(v + at, alone), pair(hidden + at, alone)), gate);
    y += alone ? f64x2.extract_lane(both, 0) : sum(both);
  }
  return y;
}

function dot(a: usize, b: usize, n: i32): f64 {
  let s = f64x2.splat(0);
  let i = 0;
  for (; i + 2 <= n; i += 2) s = f64x2.add(s, f64x2.mul(v128.load(a + doubles(i)), v128.load(b + doubles(i))));
  const paired = sum(s);
  return i < n ? paired + load<f64>(a + doubles(i)) * load<f64>(b + doubles(i)) : paired;
}

export function readoutGradient(
  F: i32,
  m: i32,
  parameters: usize,
  hidden: usize,
  delta: f64,
  phi: usize,
  gradient: usize,
  dphi: usize,
  into: i32,
): void {
  scaled(phi, delta, gradient, F);
  scaled(parameters, delta, dphi, into);
  const v = parameters + doubles(F);
  let a = doubles(F + m);
  let g = a + doubles(m * F);
  for (let j = 0; j < m; j++, a += doubles(F), g += doubles(F)) {
    const linear = load<f64>(hidden + doubles(j));
    const gate = load<f64>(hidden + doubles(m + j));
    store<f64>(gradient + doubles(F + j), delta * linear * gate);
    const onLinear = delta * load<f64>(v + doubles(j)) * gate;
    const onLogit = onLinear * linear * (1 - gate);
    scaled(phi, onLinear, gradient + a, F);
    scaled(phi, onLogit, gradient + g, F);
    const byA = f64x2.splat(onLinear);
    const byG = f64x2.splat(onLogit);
    for (let k = 0; k < into; k += 2) {
      const alone = k + 1 === into;
      const to = dphi + doubles(k);
      const ofA = f64x2.mul(byA, pair(parameters + a + doubles(k), alone));
      const ofG = f64x2.mul(byG, pair(parameters + g + doubles(k), alone));
      keep(to, f64x2.add(pair(to, alone), f64x2.add(ofA, ofG)), alone);
    }
  }
}

/** to = by × from */
function scaled(from: usize, by: f64, to: usize, n: i32): void {
  const factor = f64x2.splat(by);
  let i = 0;
  for (; i + 4 <= n; i += 4) {
    const at = from + doubles(i);
    const into = to + doubles(i);
    v128.store(into, f64x2.mul(v128.load(at), factor));
    v128.store(into, f64x2.mul(v128.load(at, 16), factor), 16);
  }
  for (; i < n; i++) store<f64>(to + doubles(i), load<f64>(from + doubles(i)) * by);
}
