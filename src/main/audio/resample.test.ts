import { expect, test } from 'vitest';
import { resampledLength, resampleTo24k } from './resample.ts';

function sine(rate: number, frequency: number, seconds: number): Int16Array {
  return Int16Array.from({ length: rate * seconds }, (_, i) =>
    Math.round(Math.sin((2 * Math.PI * frequency * i) / rate) * 16_000),
  );
}

/** Signal to noise against the same sine made at 24 kHz, in dB; the ends, where the filter sees silence, left out. */
function quality(frequency: number): number {
  const made = new Int16Array(resampledLength(16_000));
  resampleTo24k(sine(16_000, frequency, 1), made);
  const ideal = sine(24_000, frequency, 1);
  let signal = 0;
  let noise = 0;
  for (let i = 200; i < 23_800; i++) {
    signal += (ideal[i] ?? 0) ** 2;
    noise += ((made[i] ?? 0) - (ideal[i] ?? 0)) ** 2;
  }
  return 10 * Math.log10(signal / noise);
}

test.each([100, 440, 1000, 3000, 5000, 6500])(
  'a sine of %d Hz comes out as it would have been made',
  (frequency) => {
    expect(quality(frequency)).toBeGreaterThan(60);
  },
);

test('every third output lies on every second input', () => {
  const input = sine(16_000, 700, 0.1);
  const out = new Int16Array(resampledLength(input.length));
  resampleTo24k(input, out);
  for (let i = 100; i < 1400; i += 2)
    expect(Math.abs((out[(i * 3) / 2] ?? 0) - (input[i] ?? 0))).toBeLessThanOrEqual(1);
});

test('full scale does not wrap around', () => {
  const square = Int16Array.from({ length: 1600 }, (_, i) => (i % 80 < 40 ? 32_767 : -32_768));
  const out = new Int16Array(resampledLength(square.length));
  resampleTo24k(square, out);
  for (let i = 300; i < 2100; i++) {
    const before = square[Math.floor((i * 2) / 3)] ?? 0;
    const after = square[Math.ceil((i * 2) / 3)] ?? 0;
    if (before === after && Math.abs((out[i] ?? 0) - before) > 40_000) throw new Error(`wrapped at ${i}`);
  }
  expect(Math.max(...out)).toBe(32_767);
});
