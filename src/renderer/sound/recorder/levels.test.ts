import { expect, it } from 'vitest';
import { levelOfBlock, meterShare, meterWord } from './levels.ts';

it('measures a block as the engine does: a square wave at full scale is 0 dBFS', () => {
  expect(levelOfBlock(Float32Array.of(1, -1, 1, -1))).toEqual({ rms: 0, peak: 0 });
  const half = levelOfBlock(Float32Array.of(0.5, -0.5));
  expect(half.rms).toBeCloseTo(-6.02, 2);
  expect(levelOfBlock(new Float32Array(4))).toEqual({ rms: -Infinity, peak: -Infinity });
  expect(levelOfBlock(new Float32Array(0)).rms).toBe(-Infinity);
});

it('puts levels on a meter', () => {
  expect([-Infinity, -90, -60, -30, 0, 6].map(meterShare)).toEqual([0, 0, 0, 0.5, 1, 1]);
});

it('says what a level is good for', () => {
  expect([-Infinity, -40, -12, -2, 0].map(meterWord)).toEqual([
    'silent',
    'quiet',
    'good',
    'loud',
    'clipping',
  ]);
});
