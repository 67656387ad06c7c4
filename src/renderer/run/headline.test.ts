import { describe, expect, it } from 'vitest';
import { latencyMetrics, type LatencyMetric } from '#contract/metrics';
import type { Counts, MetricSummary, RunSummary, ThresholdResult } from '#contract/run';
import { withoutRequests } from '#contract/withoutRequests';
import { SampleSeries } from '../charts/sampleSeries.ts';
import { sampleOf } from '../charts/testing.ts';
import { headline, summaryValue } from './headline.ts';

const none: MetricSummary = {
  unit: 'ms',
  count: 0,
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

const counts: Counts = {
  calls_attempted: 10,
  calls_connected: 9,
  calls_failed: 1,
  calls_dropped: 0,
  turns_ok: 40,
  turns_failed: 2,
  requests: 0,
  requests_failed: 0,
  requests_timed_out: 0,
  requests_cut: 0,
  requests_excluded: 0,
  retries: 0,
  checks_passed: 0,
  checks_failed: 0,
  iterations: 0,
  iterations_failed: 0,
  statuses: {},
  turns_timed_out: 1,
  turns_ambiguous: 0,
  frames_sent: 0,
  arrivals_asked: 0,
  arrivals_dropped: 0,
  frames_received: 0,
  bytes_sent: 0,
  bytes_received: 0,
  errors: {},
  turns_cut: 0,
  turns_excluded: 0,
  ttfa_answered: 41,
  ttfa_timed_out: 1,
  ttfa_lost: 0,
  talk_overs: 0,
  greeting_missing: 0,
  stop_idle: 0,
  cut_short: 0,
  late_audio: 0,
  slipped: 0,
  backpressure: 0,
  barge_in_outcomes: {},
  other_messages: {},
};

const ttfaP95: ThresholdResult = {
  metric: 'ttfa',
  stat: 'p95',
  condition: 'below',
  target: 2000,
  acceptable: 3000,
  value: null,
  status: 'fail',
};

function summary(thresholds: ThresholdResult[]): RunSummary {
  const metrics = Object.fromEntries(latencyMetrics.map((name) => [name, none])) as Record<
    LatencyMetric,
    MetricSummary
  >;
  return {
    schema: 1,
    run_id: 'r',
    scenario: 's',
    environment: 'practice',
    seed: 1,
    started_at: '2026-01-01T00:00:00.000Z',
    duration_s: 30,
    ended: 'completed',
    verdict: 'warn',
    verdict_reasons: [],
    trusted: true,
    untrusted_reasons: [],
    counts,
    rates: {
      connection_success: 0.9,
      turn_success: 0.95,
      error_rate: 0.06,
      barge_in_success: null,
      ...withoutRequests.rates,
    },
    requests_per_second: null,
    metrics: { ...metrics, barge_in: { ...none, count: 3, p95: 412 } },
    thresholds,
    applied: [],
    engine: { workers: 1, cpu_user_s: 1, cpu_system_s: 1, peak_rss_mb: 100, node: 'v24' },
  };
}

describe('the strip under the title', () => {
  it('shows thresholds first, then the headline numbers that none of them looks at', () => {
    const cells = headline(
      [],
      summary([{ ...ttfaP95, value: 2400, status: 'warn' }]),
      null,
      new SampleSeries().totals,
    );
    expect(cells.map((c) => [c.name, c.value, c.status, c.limit])).toEqual([
      ['ttfa p95', '2.40 s', 'warn', '≤ 2 s'],
      ['barge-in p95', '412 ms', null, null],
      ['connect', '90.0 %', null, null],
      ['turns', '95.0 %', null, null],
    ]);
  });

  it('heads a run of requests by its response time, success and speed, with tokens by the first of them', () => {
    const whole = summary([]);
    const ended = {
      ...whole,
      requests_per_second: 42.5,
      rates: { ...whole.rates, request_success: 0.995 },
      metrics: {
        ...whole.metrics,
        request: { ...none, count: 9, p95: 612 },
        first_token: { ...none, count: 9, p95: 240 },
      },
    };
    const requests = { voice: false, requests: true, tokens: true };
    const cells = headline([], ended, null, new SampleSeries().totals, requests);
    expect(cells.map((c) => [c.name, c.value])).toEqual([
      ['request p95', '612 ms'],
      ['success', '99.5 %'],
      ['requests/s', '42.5/s'],
      ['first token p95', '240 ms'],
    ]);
  });

  it('leaves a threshold open while the run has no value for it, whatever its status says', () => {
    const series = new SampleSeries();
    const [cell] = headline([ttfaP95], null, series.last, series.totals);
    expect(cell).toMatchObject({ value: '–', status: null, limit: '≤ 2 s' });
  });

  it('keeps the verdict of the run for a threshold that never had a sample', () => {
    const [cell] = headline([], summary([ttfaP95]), null, new SampleSeries().totals);
    expect(cell).toMatchObject({ value: '–', status: 'fail' });
  });
});

it('finds a metric of a summary wherever it stands', () => {
  const whole = summary([]);
  expect(summaryValue(whole, 'barge_in', 'p95')).toBe(412);
  expect(summaryValue(whole, 'ttfa', 'p95')).toBeNull();
  expect(summaryValue(whole, 'turn_success', 'rate')).toBe(0.95);
  expect(summaryValue(whole, 'calls_failed', 'count')).toBe(1);
});

describe('a threshold of a run that goes on', () => {
  const series = new SampleSeries();
  series.push(sampleOf(20));
  const cellOf = (threshold: ThresholdResult) => headline([threshold], null, series.last, series.totals)[0];

  it('shows the last seconds, and the run so far beside them', () => {
    const cell = cellOf({ ...ttfaP95, value: 2400, now: 1300, breached_s: 65 });
    expect(cell).toMatchObject({
      value: '1.30 s',
      status: 'pass',
      run: { value: '2.40 s', status: 'warn' },
      limit: '≤ 2 s',
      acceptable: '≤ 3 s',
      breached: '1 m 05 s',
      after: null,
    });
    expect(cell?.about).toBe(
      '1,300 ms over the last 10 s; 2,400 ms so far (acceptable); target ≤ 2 s, acceptable ≤ 3 s; beyond what is acceptable for 1 m 05 s',
    );
  });

  it('is not judged before its time, and says when that is', () => {
    expect(cellOf({ ...ttfaP95, value: 4000, now: 4000, after_s: 30 })).toMatchObject({
      status: null,
      after: '00:30',
    });
    expect(cellOf({ ...ttfaP95, value: 4000, now: 4000, after_s: 20 })).toMatchObject({
      status: 'fail',
      after: null,
    });
  });

  it('of a part of the run has only what the run says of it', () => {
    const cell = cellOf({ ...ttfaP95, where: { turn: 2 }, value: 2400 });
    expect(cell).toMatchObject({ name: 'ttfa p95 · turn 2', value: '2.40 s', status: 'warn', run: null });
    expect(cell?.about).toContain('only where turn is 2');
  });
});
