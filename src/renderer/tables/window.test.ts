import fc from 'fast-check';
import { expect, it } from 'vitest';
import { rowWindow } from './window.ts';

it('draws what is in view and a few rows around it', () => {
  expect(rowWindow(1000, 28, 2800, 280)).toEqual({
    from: 92,
    to: 118,
    above: 92 * 28,
    below: (1000 - 118) * 28,
  });
  expect(rowWindow(3, 28, 0, 280)).toEqual({ from: 0, to: 3, above: 0, below: 0 });
  expect(rowWindow(0, 28, 0, 280)).toEqual({ from: 0, to: 0, above: 0, below: 0 });
});

it('always keeps the full height and covers the view', () => {
  const size = fc.nat(100_000);
  fc.assert(
    fc.property(size, size, fc.integer({ min: 1, max: 2000 }), (total, scrollTop, view) => {
      const rows = rowWindow(total, 28, scrollTop, view);
      expect(rows.above + (rows.to - rows.from) * 28 + rows.below).toBe(total * 28);
      const firstInView = Math.floor(scrollTop / 28);
      if (firstInView < total) {
        expect(rows.from).toBeLessThanOrEqual(firstInView);
        expect(rows.to).toBeGreaterThanOrEqual(Math.min(total, Math.ceil((scrollTop + view) / 28)));
      }
    }),
  );
});
