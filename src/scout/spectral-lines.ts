/** A line of a spectrum stands out by so many times the median power: noise does so once in 16,000 frequencies. */
const STANDS_OUT = 14;

/**
 * A series without its rhythms: frequencies that stand out of its spectrum are brought down to the usual power. Two things
 * that follow the same day, shift or cycle move together without the one telling anything of the other, and no shift in
 * time shows it; what is left is what differs from day to day.
 *
 * @param values a series whose own past was taken out, so that its spectrum is flat but for the lines
 * Cost: two Fourier transforms.
 */
export function withoutLines(values: Float64Array): Float64Array {
  const size = 2 ** Math.ceil(Math.log2(Math.max(2, values.length)));
  const real = new Float64Array(size);
  real.set(values);
  const imaginary = new Float64Array(size);
  fourier(real, imaginary);
  const power = Float64Array.from(real, (re, i) => re * re + (imaginary[i] as number) ** 2);
  const usual = Float64Array.from(power).sort()[size / 2] as number;
  let found = false;
  for (let i = 0; i < size; i++) {
    if ((power[i] as number) <= STANDS_OUT * usual) continue;
    const factor = Math.sqrt(usual / (power[i] as number));
    (real[i] as number) *= factor;
    (imaginary[i] as number) *= factor;
    found = true;
  }
  if (!found) return values;
  // Back again: the transform of what has its parts exchanged.
  fourier(imaginary, real);
  return real.subarray(0, values.length).map((value) => value / size);
}

/**
 * The discrete Fourier transform, in place.
 *
 * @param real parts, as many as a power of two
 * Source: Cooley and Tukey 1965, "An algorithm for the machine calculation of complex Fourier series".
 */
function fourier(real: Float64Array, imaginary: Float64Array): void {
  const size = real.length;
  for (let i = 1, j = 0; i < size; i++) {
    let bit = size >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i >= j) continue;
    [real[i], real[j]] = [real[j] as number, real[i] as number];
    [imaginary[i], imaginary[j]] = [imaginary[j] as number, imaginary[i] as number];
  }
  for (let half = 1; half < size; half *= 2) {
    for (let k = 0; k < half; k++) {
      const cos = Math.cos((Math.PI * k) / half);
      const sin = -Math.sin((Math.PI * k) / half);
      for (let i = k; i < size; i += 2 * half) {
        const j = i + half;
        const re = (real[j] as number) * cos - (imaginary[j] as number) * sin;
        const im = (real[j] as number) * sin + (imaginary[j] as number) * cos;
        real[j] = (real[i] as number) - re;
        imaginary[j] = (imaginary[i] as number) - im;
        (real[i] as number) += re;
        (imaginary[i] as number) += im;
      }
    }
  }
}
