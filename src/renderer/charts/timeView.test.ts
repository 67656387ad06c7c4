import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reaching, stepFor, withinAxis, zoomed } from './timeView.ts';

describe('the stretch that is shown', () => {
  it('stays within the axis and keeps its length', () => {
    expect(withinAxis([-10, 20], 100)).toEqual([0, 30]);
    expect(withinAxis([90, 120], 100)).toEqual([70, 100]);
    expect(withinAxis([50, 50.1], 100)).toEqual([50, 52]);
    expect(withinAxis([0, 100], 100)).toBeNull();
    expect(withinAxis([-5, 200], 100)).toBeNull();
  });

  it('keeps the moment it is zoomed around where it was, unless the axis ends', () => {
    expect(zoomed([0, 100], 50, 0.5, 100)).toEqual([25, 75]);
    expect(zoomed([25, 75], 25, 0.5, 100)).toEqual([25, 50]);
    expect(zoomed([25, 75], 50, 8, 100)).toBeNull();
  });

  it('follows a moment that leaves it', () => {
    expect(reaching([20, 40], 30, 100)).toEqual([20, 40]);
    expect(reaching([20, 40], 45, 100)).toEqual([25, 45]);
    expect(reaching([20, 40], 5, 100)).toEqual([5, 25]);
  });

  it('is never outside of the axis, whatever is done to it', () => {
    const number = fc.double({ min: -1e5, max: 1e5, noNaN: true });
    fc.assert(
      fc.property(
        number,
        number,
        number,
        fc.double({ min: 0.01, max: 100, noNaN: true }),
        (a, b, at, factor) => {
          const shown = zoomed([Math.min(a, b), Math.max(a, b)], at, factor, 36_000);
          if (shown === null) return;
          expect(shown[0]).toBeGreaterThanOrEqual(0);
          expect(shown[1]).toBeLessThanOrEqual(36_000 + 1e-6);
          expect(shown[1]).toBeGreaterThan(shown[0]);
        },
      ),
    );
  });
});

it('puts as many seconds together as there are pixels for', () => {
  expect(stepFor([0, 600], 1000)).toBe(1);
  expect(stepFor([0, 1200], 1000)).toBe(2);
  expect(stepFor([0, 36_000], 1200)).toBe(32);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1e6 }), fc.integer({ min: 1, max: 4000 }), (seconds, pixels) => {
      expect(seconds / stepFor([0, seconds], pixels)).toBeLessThanOrEqual(pixels);
    }),
  );
});
