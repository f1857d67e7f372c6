import type { Output } from "../kernel";

/** See `Kernel`, whose oracle this is. */
export function readout({ features: F, gates: m, parameters: p, hidden }: Output, phi: Float64Array): number {
  let y = 0;
  for (let k = 0; k < F; k++) y += p[k] * phi[k];
  for (let j = 0, a = F + m, g = a + m * F; j < m; j++, a += F, g += F) {
    let linear = 0;
    let logit = 0;
    for (let k = 0; k < F; k++) {
      linear += p[a + k] * phi[k];
      logit += p[g + k] * phi[k];
    }
    const gate = 1 / (1 + Math.exp(-logit));
    hidden[j] = linear;
    hidden[m + j] = gate;
    y += p[F + j] * linear * gate;
  }
  return y;
}

export function readoutGradient(
  { features: F, gates: m, parameters: p, hidden }: Output,
  delta: number,
  phi: Float64Array,
  gradient: Float64Array,
  at: number,
  dphi: Float64Array,
): void {
  for (let k = 0; k < F; k++) gradient[at + k] = delta * phi[k];
  for (let k = 0; k < dphi.length; k++) dphi[k] = delta * p[k];
  for (let j = 0, a = F + m, g = a + m * F; j < m; j++, a += F, g += F) {
    const linear = hidden[j];
    const gate = hidden[m + j];
    gradient[at + F + j] = delta * linear * gate;
    const onLinear = delta * p[F + j] * gate;
    const onLogit = onLinear * linear * (1 - gate);
    for (let k = 0; k < F; k++) {
      gradient[at + a + k] = onLinear * phi[k];
      gradient[at + g + k] = onLogit * phi[k];
    }
    for (let k = 0; k < dphi.length; k++) dphi[k] += onLinear * p[a + k] + onLogit * p[g + k];
  }
}
