import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { momentText, moved, showing, tickDigits, ticks, wholeView, zoomed } from './timeAxis.ts';

describe('the view of a recording', () => {
  it('zooms around a moment, which stays where it is', () => {
    expect(zoomed({ from: 0, to: 10_000 }, 0.5, 2000, 10_000)).toEqual({ from: 1000, to: 6000 });
    expect(zoomed({ from: 1000, to: 6000 }, 100, 2000, 10_000)).toEqual({ from: 0, to: 10_000 });
    expect(zoomed({ from: 0, to: 100 }, 0.001, 50, 10_000)).toEqual({ from: 25, to: 75 });
  });

  it('moves as far as there is something', () => {
    expect(moved({ from: 1000, to: 2000 }, 500, 10_000)).toEqual({ from: 1500, to: 2500 });
    expect(moved({ from: 1000, to: 2000 }, -5000, 10_000)).toEqual({ from: 0, to: 1000 });
    expect(moved({ from: 1000, to: 2000 }, 50_000, 10_000)).toEqual({ from: 9000, to: 10_000 });
  });

  it('goes to a moment that is not in it', () => {
    const view = { from: 0, to: 1000 };
    expect(showing(view, 500, 10_000)).toBe(view);
    expect(showing(view, 5000, 10_000)).toEqual({ from: 4900, to: 5900 });
    expect(showing(view, 10_000, 10_000)).toEqual({ from: 9000, to: 10_000 });
  });

  it('stays within the recording whatever is done to it', () => {
    const time = fc.integer({ min: -100_000, max: 2_000_000 });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 1_800_000 }),
        time,
        time,
        fc.double({ min: 0.001, max: 1000, noNaN: true }),
        (duration, a, b, factor) => {
          for (const view of [
            zoomed(wholeView(duration), factor, a, duration),
            moved(zoomed(wholeView(duration), 0.1, a, duration), b, duration),
            showing(
              zoomed(wholeView(duration), 0.1, a, duration),
              Math.min(duration, Math.max(0, b)),
              duration,
            ),
          ]) {
            expect(view.from).toBeGreaterThanOrEqual(0);
            expect(view.to).toBeLessThanOrEqual(Math.max(50, duration) + 1e-6);
            expect(view.to - view.from).toBeGreaterThanOrEqual(50 - 1e-6);
          }
        },
      ),
    );
  });
});

it('marks the ruler at round times', () => {
  expect(ticks({ from: 0, to: 10_000 }, 1000)).toEqual([
    0, 1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000, 9000, 10_000,
  ]);
  expect(ticks({ from: 95, to: 205 }, 1000)).toEqual([100, 110, 120, 130, 140, 150, 160, 170, 180, 190, 200]);
  expect(ticks({ from: 0, to: 1_800_000 }, 1000).length).toBeLessThan(12);
  expect([[0, 1000], [0, 500], [0, 20], [3, 4], [7]].map(tickDigits)).toEqual([0, 1, 2, 3, 3]);
});

it('writes moments', () => {
  expect([0, 41_327, 59_999.6, 3_723_004, -12, -0.2].map((ms) => momentText(ms))).toEqual([
    '00:00.000',
    '00:41.327',
    '01:00.000',
    '01:02:03.004',
    '−00:00.012',
    '00:00.000',
  ]);
  expect([momentText(61_950, 0), momentText(61_250, 1), momentText(61_250, 2)]).toEqual([
    '01:02',
    '01:01.3',
    '01:01.25',
  ]);
});
