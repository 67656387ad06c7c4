import { describe, expect, test } from 'vitest';
import type { RequestStep } from '#contract/requests';
import { Threshold } from '#contract/scenario/threshold';
import { RequestCollector, type EndedRequest } from '../../requests/columns.ts';
import { emptyCounts } from '../counts.ts';
import { ThresholdWatch, type ThresholdScope } from '../thresholds.ts';
import type { z } from 'zod';

const step = (id: number, name: string, phase: string, group: string | null = null): RequestStep => ({
  ...{ id, name, phase, group, type: 'GET', user: 'clients', checks: [] },
});

const scope: ThresholdScope = {
  steps: [step(0, 'login', 'auth'), step(1, 'ask', 'chat', 'talk'), step(2, 'open', 'session')],
  stages: [],
  users: [],
  periods: [{ name: 'warm', from: 10_000, to: 20_000 }],
};

function ended(more: Partial<EndedRequest>): EndedRequest {
  return {
    ...{ step: 0, vu: 1, iteration: 1, intendedAt: 0, sentAt: 0, outcome: 'ok', status: 200, error: null },
    ...{ retries: 0, bytesSent: 0, bytesReceived: 0, checksPassed: 0, checksFailed: 0, excluded: null },
    ...more,
  };
}

/** What a threshold says of these requests, of a load that began at `startedAt`. */
function judged(
  threshold: z.input<typeof Threshold>,
  requests: readonly Partial<EndedRequest>[],
  startedAt = 0,
) {
  const watch = new ThresholdWatch(Threshold.parse(threshold), 0, scope);
  const collector = new RequestCollector();
  for (const request of requests) collector.add(ended(request));
  const columns = collector.take();
  if (columns !== null) watch.requests(columns, startedAt);
  return watch.result(emptyCounts());
}

const times = [
  { step: 0, request: 100 },
  { step: 1, request: 9000 },
  { step: 2, request: 40 },
];

describe('a threshold on requests', () => {
  test('is of all of them, or of a phase, a step or a group', () => {
    const max = { metric: 'request', stat: 'max', target: '1s' } as const;
    expect(judged(max, times)).toMatchObject({ value: 9000, status: 'fail' });
    expect(judged({ ...max, where: { phase: 'auth' } }, times)).toMatchObject({ value: 100, status: 'pass' });
    expect(judged({ ...max, where: { step: 'open' } }, times)).toMatchObject({ value: 40 });
    expect(judged({ ...max, where: { group: 'talk' } }, times)).toMatchObject({ value: 9000 });
  });

  test('of a period is of what was to begin in it, since the load began', () => {
    const row = { metric: 'request', stat: 'max', target: '1s', where: { period: 'warm' } } as const;
    const requests = [
      { intendedAt: 14_999, request: 700 },
      { intendedAt: 15_000, request: 4 },
    ];
    expect(judged(row, requests, 5000)).toMatchObject({ value: 4, status: 'pass' });
  });

  test('fails without a request to judge', () => {
    const row = { metric: 'request', stat: 'p95', target: '1s', where: { phase: 'chat' } } as const;
    expect(judged(row, [{ step: 0, request: 5 }])).toMatchObject({ value: null, status: 'fail' });
  });

  test('judges success, checks and requests a second', () => {
    const requests = [
      { intendedAt: 0, request: 100, checksPassed: 3 },
      { intendedAt: 900, request: 100, checksPassed: 1, checksFailed: 2 },
      { intendedAt: 1900, request: 100, outcome: 'failed' as const, error: 'http_500', checksFailed: 2 },
      { intendedAt: 1950, request: 10, outcome: 'cut' as const },
    ];
    const rate = (metric: 'request_success' | 'check_success' | 'error_rate', target: string) =>
      judged({ metric, stat: 'rate', target }, requests).value;
    expect(rate('request_success', '99%')).toBeCloseTo(2 / 3);
    expect(rate('check_success', '99%')).toBe(0.5);
    expect(rate('error_rate', '1%')).toBeCloseTo(1 / 3);
    const speed = judged({ metric: 'requests_per_second', stat: 'rate', target: 1 }, requests);
    expect(speed.value).toBeCloseTo(3 / 2);
    expect(speed).toMatchObject({ condition: 'above', status: 'pass' });
    expect(judged({ metric: 'checks_failed', stat: 'count', target: 3 }, requests).value).toBe(4);
  });

  test('on turns has none of them', () => {
    const row = { metric: 'error_rate', stat: 'rate', target: '1%', where: { turn: 2 } } as const;
    expect(judged(row, times).value).toBeNull();
  });
});
