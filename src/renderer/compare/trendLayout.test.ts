import { expect, it } from 'vitest';
import { roundSplits, trendLimits, trendRange } from './trendLayout.ts';
import { formatChange, formatDifference } from './differences.ts';
import { curveColumns, curvePlaces, curveValue } from './curves.ts';
import { shortName } from './runNames.ts';

it('limits of several environments are drawn once each', () => {
  const limit = { target: 1000, acceptable: 1500, condition: 'below' as const };
  const one = { environment: 'a', baselineId: null, points: [], thresholds: [limit] };
  const other = { ...one, thresholds: [limit, { ...limit, acceptable: 1000 }] };
  expect(trendLimits({ environments: [one, other] })).toEqual([
    { value: 1000, label: 'target' },
    { value: 1500, label: 'acceptable' },
  ]);
});

it('the axis of times begins at nothing and leaves far limits out, that of rates is close around them', () => {
  expect(trendRange('latency', [900], [{ value: 1000, label: 'target' }])).toEqual([0, 1200]);
  expect(trendRange('latency', [900], [{ value: 9000, label: 'target' }])[1]).toBeLessThan(2000);
  const [low, high] = trendRange('rate', [0.998, 0.97], []);
  expect(high).toBe(1);
  expect(low).toBeGreaterThan(0.9);
  expect(low).toBeLessThan(0.97);
  expect(trendRange('rate', [0.01], [])[0]).toBe(0);
  expect(trendRange('rate', [0], [])[1]).toBeGreaterThan(0);
});

it.each([
  [
    [0, 2500],
    [0, 500, 1000, 1500, 2000, 2500],
  ],
  [
    [0, 1200],
    [0, 500, 1000],
  ],
  [
    [0, 3],
    [0, 1, 2, 3],
  ],
  [
    [0.93, 1],
    [0.94, 0.96, 0.98, 1],
  ],
  [[5, 5], [5]],
] as const)('the axis %o has marks at %o', (range, splits) => expect(roundSplits(range)).toEqual(splits));

it.each([
  ['ms', 212, '+212 ms'],
  ['ms', -1240, '−1.24 s'],
  ['share', -0.014, '−1.4 pp'],
  ['count', 3, '+3'],
  ['1/s', -12.48, '−12.5/s'],
  ['ms', 0, '0 ms'],
  ['ms', null, '–'],
] as const)('a difference in %s of %s is %s', (unit, value, text) =>
  expect(formatDifference(unit, value)).toBe(text),
);

it.each([
  [0.18, '+18 %'],
  [-0.024, '−2.4 %'],
  [-0.0003, '−0.03 %'],
  [0.000_001, '0 %'],
  [null, ''],
])('a change of %s is "%s"', (share, text) => expect(formatChange(share)).toBe(text));

it('curves end where their last value begins, and tell the value of a place', () => {
  const points = curvePlaces([
    { percentile: 0, value: 100 },
    { percentile: 90, value: 200 },
    { percentile: 100, value: 300 },
  ]);
  expect(points).toEqual([
    { x: 0, value: 100 },
    { x: 1, value: 300 },
  ]);
  expect(curveValue(points, 0.5)).toBe(300);
  expect(curveValue(points, 2)).toBeNull();
  expect(curveColumns([points, []])).toEqual([
    [0, 1],
    [100, 300],
    [null, null],
  ]);
});

it('a long name keeps its beginning and its end', () => {
  const short = shortName('Insurance inquiry of staging, nightly, with the new recogniser');
  expect(short).toHaveLength(26);
  expect(short).toMatch(/^Insurance in.*….*recogniser$/);
  expect(shortName('Nightly')).toBe('Nightly');
});
