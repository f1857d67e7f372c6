/*
 * The core of a step in C, for bench:speed. Of a layer of complex units alone (0 features): one step of the recurrence with
 * its traces, the gradient with respect to every parameter, its norm, a step of Adam, and the bounds of the layer. Of the
 * whole network: the gated readout as well, its gradient, and the distance of all parameters from their base. Plain loops
 * in double precision, as one would write them.
 *
 *   cc -O3 -march=native core-step.c -lm -o core-step
 *   core-step <units> <inputs> <features> <gates> <steps>     prints µs of processor time for each step
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int n, d, F, m, layer, total;
static double *parameters, *base, *gradient, *h, *e, *c, *E, *phi, *dphi, *linear, *gate;
static double *lambda_re, *lambda_im, *gain, *decay, *phase;
static float *mean, *square;
static double power1 = 1, power2 = 1;

static double *doubles(int count) { return calloc(count, sizeof(double)); }

static double uniform(void) { return rand() / (RAND_MAX + 1.0); }

static void refresh(void) {
  double *nu = parameters, *theta = nu + n, *g = theta + n;
  for (int i = 0; i < n; i++) {
    nu[i] = fmin(2, fmax(-9.2, nu[i]));
    theta[i] = fmin(log(M_PI), theta[i]);
    decay[i] = exp(nu[i]);
    phase[i] = exp(theta[i]);
    double radius = exp(-decay[i]);
    g[i] = fmin(g[i], 0.5 * log(1 - radius * radius) + 1);
    lambda_re[i] = radius * cos(phase[i]);
    lambda_im[i] = radius * sin(phase[i]);
    gain[i] = exp(g[i]);
  }
}

static void turn(double *z, double re, double im, double add_re, double add_im) {
  double z_re = z[0], z_im = z[1];
  z[0] = re * z_re - im * z_im + add_re;
  z[1] = re * z_im + im * z_re + add_im;
}

static void trace(const double *u) {
  const double *b_re = parameters + 3 * n, *b_im = b_re + n * d;
  for (int i = 0; i < n; i++) {
    double re = 0, im = 0, l_re = lambda_re[i], l_im = lambda_im[i];
    for (int k = 0; k < d; k++) {
      re += b_re[i * d + k] * u[k];
      im += b_im[i * d + k] * u[k];
      turn(E + 2 * (i * d + k), l_re, l_im, u[k], 0);
    }
    turn(e + 2 * i, l_re, l_im, h[2 * i], h[2 * i + 1]);
    turn(c + 2 * i, l_re, l_im, re, im);
    turn(h + 2 * i, l_re, l_im, gain[i] * re, gain[i] * im);
  }
}

static double readout(void) {
  const double *w = parameters + layer, *v = w + F, *A = v + m, *G = A + m * F;
  double y = 0;
  for (int k = 0; k < F; k++) y += w[k] * phi[k];
  for (int j = 0; j < m; j++) {
    double a = 0, g = 0;
    for (int k = 0; k < F; k++) {
      a += A[j * F + k] * phi[k];
      g += G[j * F + k] * phi[k];
    }
    linear[j] = a;
    gate[j] = 1 / (1 + exp(-g));
    y += v[j] * a * gate[j];
  }
  return y;
}

/* The gradient of the readout; leaves that with respect to the state in dphi. */
static void differentiate_readout(double delta) {
  const double *w = parameters + layer, *v = w + F, *A = v + m, *G = A + m * F;
  double *dw = gradient + layer, *dv = dw + F, *dA = dv + m, *dG = dA + m * F;
  for (int k = 0; k < F; k++) dw[k] = delta * phi[k];
  for (int k = 0; k < 2 * n; k++) dphi[k] = delta * w[k];
  for (int j = 0; j < m; j++) {
    double on_linear = delta * v[j] * gate[j], on_logit = on_linear * linear[j] * (1 - gate[j]);
    dv[j] = delta * linear[j] * gate[j];
    for (int k = 0; k < F; k++) {
      dA[j * F + k] = on_linear * phi[k];
      dG[j * F + k] = on_logit * phi[k];
    }
    for (int k = 0; k < 2 * n; k++) dphi[k] += on_linear * A[j * F + k] + on_logit * G[j * F + k];
  }
}

/* The gradient of the layer, from dphi. */
static void differentiate_layer(void) {
  double *d_re = gradient + 3 * n, *d_im = d_re + n * d;
  for (int i = 0; i < n; i++) {
    double a = dphi[2 * i], b = dphi[2 * i + 1];
    double q_re = lambda_re[i] * e[2 * i] - lambda_im[i] * e[2 * i + 1];
    double q_im = lambda_re[i] * e[2 * i + 1] + lambda_im[i] * e[2 * i];
    gradient[i] = -decay[i] * (a * q_re + b * q_im);
    gradient[n + i] = phase[i] * (b * q_re - a * q_im);
    gradient[2 * n + i] = gain[i] * (a * c[2 * i] + b * c[2 * i + 1]);
    for (int k = 0; k < d; k++) {
      double re = E[2 * (i * d + k)], im = E[2 * (i * d + k) + 1];
      d_re[i * d + k] = gain[i] * (a * re + b * im);
      d_im[i * d + k] = gain[i] * (b * re - a * im);
    }
  }
}

static void adam(int from, int to, double scale, double rate) {
  double size = rate / (1 - power1), correction = 1 / (1 - power2);
  for (int i = from; i < to; i++) {
    double slope = gradient[i] * scale;
    double m1 = 0.9 * mean[i] + 0.1 * slope, m2 = 0.999 * square[i] + 0.001 * slope * slope;
    mean[i] = m1;
    square[i] = m2;
    parameters[i] -= size * m1 / (sqrt(m2 * correction) + 1e-8);
  }
}

static double update(void) {
  double norm = 0, distance = 0;
  differentiate_layer();
  for (int i = 0; i < total; i++) norm += gradient[i] * gradient[i];
  double scale = norm > 1 ? 1 / sqrt(norm) : 1;
  power1 *= power1 > 1e-20 ? 0.9 : 1;
  power2 *= power2 > 1e-20 ? 0.999 : 1;
  adam(0, layer, scale, 9e-4);
  adam(layer, total, scale, 3e-4);
  if (F > 0)
    for (int i = 0; i < total; i++) distance += (parameters[i] - base[i]) * (parameters[i] - base[i]);
  refresh();
  return distance;
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  return 1e6 * t.tv_sec + 1e-3 * t.tv_nsec;
}

int main(int count, char **given) {
  if (count != 6) return 2;
  n = atoi(given[1]);
  d = atoi(given[2]);
  F = atoi(given[3]);
  m = atoi(given[4]);
  int steps = atoi(given[5]);
  layer = 3 * n + 2 * n * d;
  total = layer + F + m + 2 * m * F;
  parameters = doubles(total), base = doubles(total), gradient = doubles(total);
  mean = calloc(total, sizeof(float)), square = calloc(total, sizeof(float));
  h = doubles(2 * n), e = doubles(2 * n), c = doubles(2 * n), E = doubles(2 * n * d);
  phi = doubles(F), dphi = doubles(2 * n), linear = doubles(m), gate = doubles(m);
  lambda_re = doubles(n), lambda_im = doubles(n), gain = doubles(n), decay = doubles(n), phase = doubles(n);
  for (int i = 0; i < total; i++) parameters[i] = 0.4 * uniform() - 0.2;
  for (int i = 0; i < n; i++) {
    parameters[i] = -5.3 * (i + uniform()) / n;
    parameters[n + i] = log(0.1 + uniform());
    parameters[2 * n + i] = -2;
  }
  memcpy(base, parameters, total * sizeof(double));
  refresh();
  int width = (F > 2 * n ? F : 2 * n) + d + 1;
  double *inputs = doubles(1000 * width);
  for (int i = 0; i < 1000 * width; i++) inputs[i] = 2 * uniform() - 1;
  double from = 0, kept = 0;
  /* The first tenth warms up. */
  for (int step = -steps / 10; step < steps; step++) {
    if (step == 0) from = now();
    const double *row = inputs + (step + steps) % 1000 * width;
    trace(row);
    if (F > 0) {
      memcpy(phi, h, 2 * n * sizeof(double));
      memcpy(phi + 2 * n, row, (F - 2 * n) * sizeof(double));
      differentiate_readout(fmax(-1, fmin(1, readout() - row[F])));
    } else {
      memcpy(dphi, row + d, 2 * n * sizeof(double));
    }
    kept += update() + h[0];
  }
  double micros = (now() - from) / steps;
  if (!isfinite(kept)) return 3;
  printf("%.4f\n", micros);
  return 0;
}
