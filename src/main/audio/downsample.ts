/**
 * 16 kHz → 8 kHz: a windowed sinc that lets pass what is below 3.6 kHz (Kaiser window, β = 8, about −80 dB), then every
 * second sample. Its delay is taken out: output sample n lies at input sample 2n.
 */
const half = 64;
const beta = 8;
/** As a share of the input's rate. */
const cutOff = 3600 / 16_000;

/** Zeroth-order modified Bessel function of the first kind, by its series. */
function bessel0(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; term > sum * 1e-12; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

function filterTaps(): Float64Array {
  const taps = new Float64Array(2 * half + 1);
  let sum = 0;
  for (let k = 0; k < taps.length; k++) {
    const distance = k - half;
    const sinc =
      distance === 0 ? 2 * cutOff : Math.sin(2 * Math.PI * cutOff * distance) / (Math.PI * distance);
    const tap = (sinc * bessel0(beta * Math.sqrt(1 - (distance / half) ** 2))) / bessel0(beta);
    taps[k] = tap;
    sum += tap;
  }
  return taps.map((tap) => tap / sum);
}

let taps: Float64Array | undefined;

/** How many samples at 8 kHz `length` samples at 16 kHz become. */
export function halvedLength(length: number): number {
  return Math.ceil(length / 2);
}

/** Writes `samples` (16 kHz) at 8 kHz into `out`, which must hold `halvedLength(samples.length)`. */
export function resampleTo8k(samples: Int16Array, out: Int16Array): void {
  taps ??= filterTaps();
  for (let n = 0; n < out.length; n++) {
    let sum = 0;
    for (let k = 0; k < taps.length; k++) sum += (taps[k] ?? 0) * (samples[2 * n + k - half] ?? 0);
    out[n] = Math.max(-32768, Math.min(32767, Math.round(sum)));
  }
}
