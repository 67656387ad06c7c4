import { expect, it } from 'vitest';
import { Threshold } from '#contract/scenario/file';
import { aReport, aTurn } from '../../../test/fixtures/reports.ts';
import { shortCalls } from '../../../test/fixtures/shortCalls.ts';
import { RunAggregate } from './aggregate.ts';

it('a threshold on dropped arrivals counts those of its stretch of the run, after the warm-up', () => {
  const dropped = (more: object = {}) =>
    Threshold.parse({ metric: 'arrivals_dropped', stat: 'count', target: 0, acceptable: 5, ...more });
  const aggregate = new RunAggregate({
    ...shortCalls({ url: 'ws://127.0.0.1/', loads: [] }),
    warmUpMs: 1500,
    periods: [{ name: 'late', from: 4000, to: 6000 }],
    thresholds: [
      dropped(),
      dropped({ after: '3s' }),
      dropped({ where: { period: 'late' } }),
      Threshold.parse({ metric: 'calls_held', stat: 'count', target: 5 }),
    ],
  });
  for (let second = 1; second <= 5; second++) aggregate.arrivals(10, second, second * 1000);
  expect(aggregate.counts).toMatchObject({ arrivals_asked: 50, arrivals_dropped: 15 });
  // A number of calls that is held is found by a search alone.
  expect(aggregate.thresholdResults().map(({ value, status }) => [value, status])).toEqual([
    [14, 'fail'],
    [12, 'fail'],
    [9, 'fail'],
    [null, 'fail'],
  ]);
});

it('a threshold of a period, or from a moment on, is of the turns that began then', () => {
  const slow = (more: object) =>
    Threshold.parse({ metric: 'ttfa', stat: 'max', target: '500ms', acceptable: '1s', ...more });
  const aggregate = new RunAggregate({
    ...shortCalls({ url: 'ws://127.0.0.1/', loads: [] }),
    periods: [{ name: 'cold', from: 0, to: 2000 }],
    thresholds: [slow({ where: { period: 'cold' } }), slow({ after: '2s' }), slow({ after: '9s' })],
  });
  const turns = [1000, 1999, 2000, 5000].map((startedAt, i) => aTurn({ startedAt, ttfa: 100 * (i + 1) }));
  aggregate.report(aReport({ at: 6000, turns }));
  expect(aggregate.thresholdResults().map(({ value }) => value)).toEqual([200, 400, null]);
});
