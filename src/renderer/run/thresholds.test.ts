import { describe, expect, it } from 'vitest';
import type { MetricName, Statistic } from '#contract/metrics';
import type { Sample } from '#contract/run';
import { withoutRequests } from '#contract/withoutRequests';
import { SampleSeries } from '../charts/sampleSeries.ts';
import {
  errorRate,
  formatLimit,
  formatValue,
  liveValue,
  thresholdName,
  thresholdStatus,
} from './thresholds.ts';

const below = { condition: 'below', target: 2000, acceptable: 3000 } as const;
const above = { condition: 'above', target: 0.98, acceptable: 0.95 } as const;

describe('the status of a threshold', () => {
  it.each([
    [below, 1999, 'pass'],
    [below, 2000, 'pass'],
    [below, 2001, 'warn'],
    [below, 3000, 'warn'],
    [below, 3001, 'fail'],
    [above, 0.99, 'pass'],
    [above, 0.98, 'pass'],
    [above, 0.96, 'warn'],
    [above, 0.94, 'fail'],
    [{ condition: 'below', target: 0, acceptable: 0 }, 0, 'pass'],
  ] as const)('%o with %d: %s', (limit, value, status) => expect(thresholdStatus(limit, value)).toBe(status));

  it('is open while there is no value', () => expect(thresholdStatus(below, null)).toBeNull());
});

const sample: Sample = {
  t: 1,
  at: 1000,
  span: 1,
  ...withoutRequests.sample,
  asked: 4,
  arrivalsAsked: 0,
  arrivalsDropped: 0,
  active: 3,
  connecting: 0,
  callsAttempted: 4,
  callsConnected: 3,
  callsFailed: 1,
  callsDropped: 0,
  turnsOk: 5,
  turnsFailed: 1,
  framesSent: 0,
  framesReceived: 0,
  bytesSent: 0,
  bytesReceived: 0,
  errors: { refused: 1 },
  ttfa: { count: 6, p50: 600, p95: 1300, p99: 1400 },
  bargeIn: { count: 0, p50: null, p95: null, p99: null },
  connect: { count: 3, p50: 4, p95: 9, p99: 9 },
  generator: {
    latenessP50: 0.1,
    latenessP99: 1.5,
    latenessMax: 6,
    eventLoop: 0.2,
    loopDelay: 3,
    cpu: 0.3,
    rssMb: 100,
    gcPauseMs: 0,
    bufferedBytes: 0,
    slipped: 0,
    runQueue: null,
    idleCores: null,
    workers: [],
  },
};

describe('values while a run goes on', () => {
  const series = new SampleSeries();
  series.push(sample);
  const live = (metric: MetricName, stat: Statistic) => liveValue(metric, stat, series.last, series.totals);

  it('come from the newest percentiles and the sums', () => {
    expect(live('ttfa', 'p95')).toBe(1300);
    expect(live('connect', 'p50')).toBe(4);
    expect(live('frame_lateness', 'p99')).toBe(1.5);
    expect(live('connection_success', 'rate')).toBe(0.75);
    expect(live('turn_success', 'rate')).toBeCloseTo(5 / 6);
    expect(live('calls_failed', 'count')).toBe(1);
    expect(errorRate(series.totals)).toBeCloseTo(2 / 10);
  });

  it('stay open where only the end can tell', () => {
    expect(live('barge_in', 'p95')).toBeNull();
    expect(live('ttfa', 'p90')).toBeNull();
    expect(live('recognition', 'p95')).toBeNull();
    expect(liveValue('ttfa', 'p95', null, series.totals)).toBeNull();
    expect(liveValue('turn_success', 'rate', sample, new SampleSeries().totals)).toBeNull();
  });
});

it('puts values and limits in words', () => {
  expect(formatValue('ttfa', 'p95', 1310)).toBe('1.31 s');
  expect(formatValue('ttfa', 'count', 12_400)).toBe('12.4 k');
  expect(formatValue('connection_success', 'rate', 0.998)).toBe('99.8 %');
  expect(formatValue('ttfa', 'p95', null)).toBe('–');
  expect(formatLimit({ metric: 'ttfa', stat: 'p95', condition: 'below', target: 2000 })).toBe('≤ 2 s');
  expect(formatLimit({ metric: 'barge_in', stat: 'p95', condition: 'below', target: 500 })).toBe('≤ 500 ms');
  expect(formatLimit({ metric: 'turn_success', stat: 'rate', condition: 'above', target: 0.95 })).toBe(
    '≥ 95 %',
  );
  expect(thresholdName({ metric: 'barge_in', stat: 'p95', where: { turn: 2 } })).toBe(
    'barge-in p95 · turn 2',
  );
  expect(thresholdName({ metric: 'request', stat: 'p95', where: { phase: 'auth' } })).toBe(
    'request p95 · phase auth',
  );
  expect(thresholdName({ metric: 'request', stat: 'p99', where: { step: 'get clients' } })).toBe(
    'request p99 · get clients',
  );
  expect(formatLimit({ metric: 'tokens_per_second', stat: 'p50', condition: 'above', target: 20 })).toBe(
    '≥ 20/s',
  );
  expect(thresholdName({ metric: 'connection_success', stat: 'rate' })).toBe('connect');
  expect(thresholdName({ metric: 'calls_failed', stat: 'count' })).toBe('calls failed');
});
