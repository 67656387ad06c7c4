import { expect, test } from 'vitest';
import { halvedLength, resampleTo8k } from './downsample.ts';

function sine(hertz: number, length: number, rate: number): Int16Array {
  return Int16Array.from({ length }, (_, i) =>
    Math.round(10_000 * Math.sin((2 * Math.PI * hertz * i) / rate)),
  );
}

function halved(samples: Int16Array): Int16Array {
  const out = new Int16Array(halvedLength(samples.length));
  resampleTo8k(samples, out);
  return out;
}

function loudness(samples: Int16Array): number {
  const inner = samples.subarray(200, -200);
  return Math.sqrt(inner.reduce((sum, s) => sum + s * s, 0) / inner.length);
}

test('speech keeps its form and its moment', () => {
  const out = halved(sine(1000, 8000, 16_000));
  const wanted = sine(1000, 4000, 8000);
  const inner = Array.from(out.subarray(100, -100), (sample, i) => Math.abs(sample - (wanted[i + 100] ?? 0)));
  expect(out).toHaveLength(4000);
  expect(Math.max(...inner)).toBeLessThan(10);
});

test('what 8 kHz cannot hold is gone rather than folded down', () => {
  expect(loudness(halved(sine(5000, 8000, 16_000)))).toBeLessThan(5);
});

test('an odd length is not cut', () => {
  expect(halved(sine(500, 7, 16_000))).toHaveLength(4);
});
