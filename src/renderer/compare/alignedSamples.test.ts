import { expect, it } from 'vitest';
import { sampleOf } from '../charts/testing.ts';
import { alignSamples } from './alignedSamples.ts';

const nothing = { count: 0, p50: null, p95: null, p99: null };
const at = (t: number, p95: number | null, more: object = {}) =>
  sampleOf(t, { ttfa: { ...nothing, p95 }, ...more });

it('runs of different lengths stand on one axis from the start of their loads', () => {
  const { t, columns } = alignSamples([
    [at(1, 500), at(2, 600)],
    [at(1, 700), at(2, null), at(3, 800)],
  ]);
  expect(t).toEqual([1, 2, 3]);
  expect(columns.ttfaP95).toEqual([
    [500, 600, null],
    [700, null, 800],
  ]);
});

it('merged seconds of a long run set the step: worst latencies, sums of errors, calls at the end', () => {
  const long = [at(5, 900, { span: 5, active: 9, errors: { a: 2 } }), at(10, 700, { span: 5, active: 3 })];
  const short = [1, 2, 6].map((second) => at(second, 100 * second, { active: second, errors: { b: 1 } }));
  const { t, columns } = alignSamples([long, short]);
  expect(t).toEqual([5, 10]);
  expect(columns.ttfaP95[1]).toEqual([200, 600]);
  expect(columns.errors).toEqual([
    [2, 0],
    [2, 1],
  ]);
  expect(columns.active[1]).toEqual([2, 6]);
});

it('without samples there is nothing', () => {
  expect(alignSamples([[], []])).toMatchObject({ t: [] });
});
