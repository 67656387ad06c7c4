import { describe, expect, test } from 'vitest';
import type { RequestStep } from '#contract/requests';
import type { RequestReport } from '../../messages.ts';
import type { RunPlan } from '../../plan.ts';
import { RequestCollector, type EndedRequest } from '../../requests/columns.ts';
import { RequestAggregate } from './requestAggregate.ts';

function step(id: number, name: string, more: Partial<RequestStep> = {}): RequestStep {
  return { id, name, type: 'GET', user: 'clients', phase: null, group: null, checks: [], ...more };
}

const plan: Pick<RunPlan, 'steps' | 'stages' | 'periods' | 'warmUpMs'> = {
  steps: [
    step(0, 'login', { type: 'POST', phase: 'auth', checks: ['status 200'] }),
    step(1, 'list', { phase: 'read' }),
    step(2, 'item', { phase: 'read', group: 'details' }),
  ],
  stages: [],
  periods: [
    { name: 'cold', from: 0, to: 10_000 },
    { name: 'warm', from: 10_000, to: 20_000 },
  ],
  warmUpMs: 0,
};

function ended(more: Partial<EndedRequest>): EndedRequest {
  return {
    step: 0,
    vu: 1,
    iteration: 1,
    intendedAt: 0,
    sentAt: 0,
    outcome: 'ok',
    status: 200,
    error: null,
    retries: 0,
    bytesSent: 100,
    bytesReceived: 1000,
    checksPassed: 0,
    checksFailed: 0,
    excluded: null,
    ...more,
  };
}

function reportOf(
  requests: readonly Partial<EndedRequest>[],
  more: Partial<RequestReport> = {},
): RequestReport {
  const collector = new RequestCollector();
  for (const request of requests) collector.add(ended(request));
  return { requests: collector.take(), iterations: null, checks: [], kept: [], busy: 0, ...more };
}

function aggregateOf(requests: readonly Partial<EndedRequest>[], more: Partial<typeof plan> = {}) {
  const aggregate = new RequestAggregate({ ...plan, ...more });
  aggregate.take(reportOf(requests), 0);
  return aggregate;
}

describe('the requests of a run', () => {
  test('are told by step, phase and group, and as a whole', () => {
    const aggregate = aggregateOf([
      { step: 0, request: 100, first_byte: 90 },
      { step: 1, intendedAt: 1000, request: 10 },
      { step: 2, intendedAt: 2000, request: 30 },
      { step: 2, intendedAt: 3000, request: 50, retries: 2 },
    ]);
    expect(aggregate.rows('step').map(({ key, count, p50, max }) => [key, count, p50, max])).toEqual([
      ['login', 1, 100, 100],
      ['list', 1, 10, 10],
      ['item', 2, expect.closeTo(30, 1), 50],
    ]);
    expect(aggregate.rows('phase')).toMatchObject([
      { key: 'auth', count: 1 },
      { key: 'read', count: 3, retries: 2 },
    ]);
    expect(aggregate.rows('group')).toMatchObject([{ key: 'details', count: 2 }]);
    expect(aggregate.summary('request')).toMatchObject({ unit: 'ms', count: 4, min: 10, max: 100 });
    expect(Object.fromEntries(aggregate.histograms())['request|phase=read']?.count).toBe(3);
  });

  test('that failed are counted, not timed; a timeout is timed at what it waited', () => {
    const aggregate = aggregateOf([
      { request: 2, outcome: 'failed', status: 500, error: 'http_500' },
      { request: 5000, outcome: 'timeout', status: null, error: 'request_timeout' },
      { request: 40 },
      { request: 9, outcome: 'cut', status: null },
    ]);
    const [row] = aggregate.rows('step');
    expect(row).toMatchObject({ count: 3, failed: 2, timedOut: 1, success: 1 / 3, max: 5000 });
    expect(row?.statuses).toEqual({ '200': 1, '500': 1 });
    expect(aggregate.summary('request')).toMatchObject({ count: 2, min: 40 });
  });

  test('of a period are those that were to begin in it', () => {
    const aggregate = aggregateOf([
      { step: 1, intendedAt: 9_999, request: 700 },
      { step: 1, intendedAt: 10_000, request: 4 },
      { step: 2, intendedAt: 20_000, request: 5 },
    ]);
    expect(aggregate.rows('period').map(({ key, count, max }) => [key, count, max])).toEqual([
      ['cold', 1, 700],
      ['warm', 1, 4],
    ]);
    expect(aggregate.rows('step', 'warm')).toMatchObject([
      { count: 0 },
      { key: 'list', max: 4 },
      { count: 0 },
    ]);
  });

  test('of the warm-up and those that the generator was late for stay out of times', () => {
    const requests = [
      { intendedAt: 400, request: 900 },
      { intendedAt: 600, request: 10 },
      { intendedAt: 700, request: 800, excluded: 'generator' as const },
    ];
    const report = reportOf(requests);
    const aggregate = new RequestAggregate({ ...plan, warmUpMs: 500 });
    aggregate.take(report, 0);
    expect(aggregate.summary('request')).toMatchObject({ count: 1, max: 10 });
    expect(aggregate.rows('step')[0]).toMatchObject({ count: 2 });
    // What is kept of them says why, too.
    expect([...(report.requests?.excluded ?? [])]).toEqual([2, 0, 1]);
  });

  test('are counted per second between the first that was to begin and the last that ended', () => {
    const requests = Array.from({ length: 20 }, (_, i) => ({ intendedAt: i * 100, request: 100 }));
    expect(aggregateOf(requests).perSecond).toBeCloseTo(10);
    expect(aggregateOf([]).perSecond).toBeNull();
  });

  test('have their statuses by name where they are calls of gRPC', () => {
    const steps = [step(0, 'say', { type: 'server_stream' })];
    const aggregate = aggregateOf([{ status: 0 }, { status: 14, outcome: 'failed' }], { steps });
    expect(aggregate.rows('user')[0]?.statuses).toEqual({ OK: 1, UNAVAILABLE: 1 });
  });

  test('have checks, counted by name', () => {
    const aggregate = new RequestAggregate(plan);
    aggregate.take(reportOf([], { checks: [{ step: 0, check: 0, passed: 3, failed: 1 }] }), 0);
    expect(aggregate.checks()).toEqual([
      { step: 'login', phase: 'auth', name: 'status 200', passed: 3, failed: 1 },
    ]);
  });
});
