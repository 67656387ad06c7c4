import fc from 'fast-check';
import { expect, it } from 'vitest';
import { niceTop } from './niceTop.ts';

it.each([
  [1310, false, 1500],
  [412, false, 500],
  [100, false, 120],
  [0.31, false, 0.4],
  [20, true, 25],
  [2, true, 3],
  [0, true, 1],
])('an axis up to %d (whole: %s) ends at %d', (max, whole, top) => expect(niceTop(max, whole)).toBe(top));

it('never cuts a value off and never wastes more than half of the height', () => {
  fc.assert(
    fc.property(fc.double({ min: 1e-3, max: 1e9, noNaN: true }), (max) => {
      const top = niceTop(max, false);
      expect(top).toBeGreaterThan(max);
      expect(top).toBeLessThan(max * 2);
    }),
  );
});
