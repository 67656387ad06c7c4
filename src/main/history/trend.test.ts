import { describe, expect, it } from 'vitest';
import { trend } from './trend.ts';

describe('trend', () => {
  it('keeps a short series as it is', () => {
    expect(trend([1, null, 3])).toEqual([1, null, 3]);
  });

  it('shows the worst of each stretch of a long one', () => {
    expect(trend([1, 5, 2, null, null, null, 9, null], 4)).toEqual([5, 2, null, 9]);
    expect(trend(Array.from({ length: 1801 }, (_, i) => i))).toHaveLength(40);
    expect(trend(Array.from({ length: 1801 }, (_, i) => i)).at(-1)).toBe(1800);
  });
});
