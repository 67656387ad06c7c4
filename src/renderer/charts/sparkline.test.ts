import { describe, expect, it } from 'vitest';
import { sparkline } from './sparkline.ts';

describe('a sparkline', () => {
  it('is nothing without values', () => {
    expect(sparkline([], 88, 20)).toEqual([]);
    expect(sparkline([null, Number.NaN], 88, 20)).toEqual([]);
  });

  it('runs from edge to edge, zero at the bottom and the largest value at the top', () => {
    expect(sparkline([0, 50, 100], 84, 20)).toEqual(['M2.0,18.0L42.0,10.0L82.0,2.0']);
  });

  it('breaks where there is no value, and shows a lone one', () => {
    expect(sparkline([10, 10, null, 10], 64, 20)).toEqual(['M2.0,2.0L22.0,2.0', 'M62.0,2.0h3']);
  });
});
