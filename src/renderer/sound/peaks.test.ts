import { describe, expect, it } from 'vitest';
import { halves, outlinePath, peaksOf } from './peaks.ts';

describe('an outline', () => {
  it('has the lowest and the highest of each stretch, and every sample is in one', () => {
    expect(peaksOf(Float32Array.of(0, 0.5, -0.25, 0.25, -1, 1), 3)).toEqual([0, 0.5, -0.25, 0.25, -1, 1]);
    expect(peaksOf(Float32Array.of(0.5, -0.5, 0.25, 0, 0, -0.75, 0), 2)).toEqual([-0.5, 0.5, -0.75, 0]);
  });

  it('has no more stretches than samples, and none of nothing', () => {
    expect(peaksOf(Float32Array.of(0.5), 200)).toEqual([0.5, 0.5]);
    expect(peaksOf(new Float32Array(0), 200)).toEqual([]);
  });

  it('comes apart into its halves', () => {
    expect(halves([-0.5, 0.25, 0.1, 0.2, -0.3, -0.1])).toEqual({
      below: [0.5, 0, 0.3],
      above: [0.25, 0.2, 0],
    });
  });

  it('is a closed path within the picture', () => {
    expect(outlinePath([-1, 1, 0, 0], 10, 20)).toBe('M0.00,0.00L10.00,9.60L10.00,10.40L0.00,20.00Z');
    expect(outlinePath([-0.5, 0.5], 10, 20)).toBe('M0,5.00L10,5.00L10,15.00L0,15.00Z');
    expect(outlinePath([], 10, 20)).toBe('');
  });
});
