/**
 * The summary in the shape of k6's `--summary-export` (the legacy shape, k6's default): `metrics` with flat values and
 * `root_group`. There a threshold's value is inverted: true means that it failed.
 */
import { createHash } from 'node:crypto';
import { latencyMetrics, metricKind, type LatencyMetric, type Statistic } from '#contract/metrics';
import type { MetricSummary, RunSummary, Sample, ThresholdResult } from '#contract/run';
import { histogramSummary } from './histograms.ts';

type Values = Record<string, number | Record<string, boolean>>;

/** k6 has no value for "nothing was measured" in a trend but 0, beside a count of 0 elsewhere: such metrics are left out. */
function trend(metric: MetricSummary): Values {
  const { mean, min, p50, max, p75, p90, p95, p99, p99_9 } = metric;
  return Object.fromEntries(
    Object.entries({
      avg: mean,
      min,
      med: p50,
      max,
      'p(75)': p75,
      'p(90)': p90,
      'p(95)': p95,
      'p(99)': p99,
      'p(99.9)': p99_9,
    }).flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
  );
}

const aggregates: Record<Statistic, string> = {
  min: 'min', mean: 'avg', p50: 'med', p75: 'p(75)', p90: 'p(90)', p95: 'p(95)', p99: 'p(99)', p99_9: 'p(99.9)',
  max: 'max', count: 'count', rate: 'rate',
}; // prettier-ignore

/** `p(95)<=3000`: what decided whether the run failed is the acceptable limit. */
function expression({ metric, stat, condition, acceptable }: ThresholdResult): string {
  const kind = metricKind(metric);
  const aggregate = kind === 'count' ? 'count' : aggregates[stat];
  return `${aggregate}${condition === 'below' ? '<=' : '>='}${acceptable}`;
}

/** `ttfa{turn:2}`, as k6 names the part of a metric that a threshold looks at. */
function metricName({ metric, where }: ThresholdResult): string {
  const tags = Object.entries(where ?? {}).map(([tag, value]) => `${tag}:${value}`);
  return tags.length === 0 ? metric : `${metric}{${tags.join(',')}}`;
}

function histogramKey({ metric, where }: ThresholdResult): string | null {
  const [only, more] = Object.entries(where ?? {});
  return only === undefined || more !== undefined ? null : `${metric}|${only[0]}=${only[1]}`;
}

const isLatency = (name: string): name is LatencyMetric => latencyMetrics.some((metric) => metric === name);

/** The whole file. `samples` give the users. */
export function k6Summary(
  summary: RunSummary,
  histograms: Readonly<Record<string, string>>,
  samples: readonly Pick<Sample, 'active'>[],
): string {
  const { counts, rates, duration_s: seconds } = summary;
  const metrics = new Map<string, Values>();
  const counter = (count: number): Values => ({ count, rate: seconds > 0 ? count / seconds : 0 });
  const rate = (passes: number, fails: number): Values => ({
    value: passes + fails === 0 ? 0 : passes / (passes + fails),
    passes,
    fails,
  });
  for (const name of latencyMetrics) {
    const metric = summary.metrics[name];
    if (metric.count > 0) metrics.set(name, trend(metric));
  }
  if (summary.metrics.connect.count > 0) metrics.set('ws_connecting', trend(summary.metrics.connect));
  const ended = counts.turns_ok + counts.turns_failed;
  metrics.set('connection_success', {
    ...rate(counts.calls_connected, Math.max(0, counts.calls_attempted - counts.calls_connected)),
    value: rates.connection_success ?? 0,
  });
  metrics.set('turn_success', {
    ...rate(counts.turns_ok, counts.turns_failed),
    value: rates.turn_success ?? 0,
  });
  const isRequests = summary.steps !== undefined;
  if (isRequests) addRequestMetrics(metrics, summary, { counter, rate });
  else
    metrics.set('checks', { ...rate(counts.turns_ok, counts.turns_failed), value: rates.turn_success ?? 0 });
  if (rates.error_rate !== null) {
    const failed = counts.calls_failed + counts.calls_dropped + counts.turns_failed + counts.requests_failed;
    const attempted = counts.calls_attempted + ended + counts.requests;
    metrics.set('error_rate', { ...rate(failed, Math.max(0, attempted - failed)), value: rates.error_rate });
  }
  if (rates.barge_in_success !== null) {
    const outcomes = Object.values(counts.barge_in_outcomes).reduce((sum, n) => sum + n, 0);
    const passes = Math.round(rates.barge_in_success * outcomes);
    metrics.set('barge_in_success', { ...rate(passes, outcomes - passes), value: rates.barge_in_success });
  }
  for (const name of [
    'calls_attempted',
    'calls_connected',
    'calls_failed',
    'calls_dropped',
    'turns_ok',
    'turns_failed',
    'turns_timed_out',
    'turns_ambiguous',
    'greeting_missing',
    'stop_idle',
    'cut_short',
    'late_audio',
    'slipped',
    'backpressure',
    'arrivals_dropped',
  ] as const)
    // prettier-ignore
    metrics.set(name, counter(counts[name]));
  metrics.set('ws_sessions', counter(counts.calls_connected));
  metrics.set('ws_msgs_sent', counter(counts.frames_sent));
  metrics.set('ws_msgs_received', counter(counts.frames_received));
  metrics.set('data_sent', counter(counts.bytes_sent));
  metrics.set('data_received', counter(counts.bytes_received));
  metrics.set('iterations', counter(counts.calls_attempted + counts.iterations));
  const active = samples.map((sample) => sample.active);
  const most = active.reduce((max, n) => Math.max(max, n), 0);
  const least = active.reduce((min, n) => Math.min(min, n), most);
  metrics.set('vus', { value: active.at(-1) ?? 0, min: least, max: most });
  metrics.set('vus_max', { value: most, min: most, max: most });
  addRequests(metrics, summary);
  for (const threshold of summary.thresholds) addThreshold(metrics, threshold, histograms);
  const root = {
    name: '',
    path: '',
    id: 'd41d8cd98f00b204e9800998ecf8427e',
    groups: {},
    checks: checksOf(summary),
  };
  return `${JSON.stringify({ metrics: Object.fromEntries(metrics), root_group: root }, null, 2)}\n`;
}

interface Makers {
  counter: (count: number) => Values;
  rate: (passes: number, fails: number) => Values;
}

/**
 * k6's own metrics of requests. Its http_req_duration begins when a request is sent, as our uncorrected time does;
 * `request` beside it begins when the request was to begin.
 */
function addRequestMetrics(
  metrics: Map<string, Values>,
  summary: RunSummary,
  { counter, rate }: Makers,
): void {
  const { counts, metrics: measured } = summary;
  const trends: [string, MetricSummary][] = [
    ['http_req_duration', measured.request_uncorrected],
    ['http_req_blocked', measured.queue],
    ['http_req_connecting', measured.tcp],
    ['http_req_tls_handshaking', measured.tls],
    ['http_req_waiting', measured.first_byte],
    ['http_req_receiving', measured.download],
    ['iteration_duration', measured.iteration_uncorrected],
  ];
  for (const [name, metric] of trends) if (metric.count > 0) metrics.set(name, trend(metric));
  metrics.set('http_reqs', counter(counts.requests));
  // Of a rate of failures, what "passes" is a failure.
  metrics.set('http_req_failed', rate(counts.requests_failed, counts.requests - counts.requests_failed));
  metrics.set('checks', rate(counts.checks_passed, counts.checks_failed));
  const named = [
    'requests',
    'requests_failed',
    'requests_timed_out',
    'retries',
    'iterations_failed',
  ] as const;
  for (const name of named) metrics.set(name, counter(counts[name]));
}

/** k6 names a check by its path; its id is the MD5 of that. */
function checksOf({ checks }: RunSummary): Record<string, object> {
  return Object.fromEntries(
    (checks ?? []).map(({ step, name, passed, failed }) => {
      const title = `${step}: ${name}`;
      const path = `::${title}`;
      const id = createHash('md5').update(path).digest('hex');
      return [title, { name: title, path, id, passes: passed, fails: failed }];
    }),
  );
}

/** Requests by name, of an imported run or of ours. */
function addRequests(metrics: Map<string, Values>, { requests }: RunSummary): void {
  for (const { type, name, latency } of requests ?? [])
    metrics.set(`request_duration{type:${type},name:${name}}`, trend(latency));
}

function addThreshold(
  metrics: Map<string, Values>,
  threshold: ThresholdResult,
  histograms: Readonly<Record<string, string>>,
): void {
  const name = metricName(threshold);
  let values = metrics.get(name);
  if (values === undefined) {
    const key = histogramKey(threshold);
    const encoded = key === null ? undefined : histograms[key];
    values = encoded !== undefined && isLatency(threshold.metric) ? trend(histogramSummary(encoded)) : {};
    if (Object.keys(values).length === 0 && threshold.value !== null)
      values = {
        [metricKind(threshold.metric) === 'rate' ? 'value' : aggregates[threshold.stat]]: threshold.value,
      };
    metrics.set(name, values);
  }
  const known = typeof values.thresholds === 'object' ? values.thresholds : {};
  values.thresholds = { ...known, [expression(threshold)]: threshold.status === 'fail' };
}
