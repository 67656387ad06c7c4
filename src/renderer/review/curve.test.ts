import { describe, expect, it } from 'vitest';
import type { Distribution } from '#contract/review';
import { curveData, curvePoints, percentileAt, percentileText, placeOf, valueAt } from './curve.ts';

function distribution(count: number, curve: [percentile: number, value: number][]): Distribution {
  const none = {
    min: null,
    mean: null,
    stddev: null,
    p50: null,
    p75: null,
    p90: null,
    p95: null,
    p99: null,
    p99_9: null,
    max: null,
  };
  return {
    metric: 'ttfa',
    summary: { unit: 'ms', count, ...none },
    table: [],
    curve: curve.map(([percentile, value]) => ({ percentile, value })),
    from: 'values',
  };
}

describe('the percentile curve', () => {
  it('has a decade for every nine', () => {
    expect([0, 90, 99, 99.9].map((p) => Math.round(placeOf(p) * 1e6) / 1e6)).toEqual([0, 1, 2, 3]);
    expect(percentileAt(2)).toBeCloseTo(99, 9);
  });

  it('ends where the greatest of n values lies, and rises', () => {
    const points = curvePoints(
      distribution(100, [
        [0, 10],
        [50, 20],
        [99.5, 80],
        [100, 90],
      ]),
    );
    expect(points.map(({ x }) => Math.round(x * 1000) / 1000)).toEqual([0, 0.301, 2]);
    expect(points.at(-1)?.value).toBe(90);
  });

  it('is a single point for a single value', () => {
    expect(curvePoints(distribution(1, [[0, 7], [100, 7]]))).toEqual([{ x: 0, value: 7 }]); // prettier-ignore
  });

  it('puts several metrics over one axis', () => {
    const one = distribution(10, [[0, 1], [100, 5]]); // prettier-ignore
    const other = distribution(100, [[0, 2], [100, 9]]); // prettier-ignore
    expect(curveData([one, other])).toEqual([
      [0, 1, 2],
      [1, 5, null],
      [2, null, 9],
    ]);
  });

  it('is read at any place as one of its values', () => {
    const points = [
      { x: 0, value: 1 },
      { x: 1, value: 5 },
    ];
    expect([valueAt(points, 0.4), valueAt(points, 1), valueAt(points, 1.2)]).toEqual([5, 5, null]);
  });

  it('names a percentile with the digits that matter', () => {
    expect([0, 50, 87.4, 90, 99, 99.87, 99.9, 99.9991].map(percentileText)).toEqual([
      '0 %',
      '50 %',
      '87 %',
      '90 %',
      '99 %',
      '99.87 %',
      '99.9 %',
      '99.9991 %',
    ]);
  });
});
