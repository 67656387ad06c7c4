/** What is compared of two runs, in the order in which it is shown. */
import { metricLabels, type LatencyMetric, type RateMetric, type Statistic } from '#contract/metrics';

/** A statistic of a latency. `headline`: it decides the verdict. */
export interface ComparedLatency {
  metric: LatencyMetric;
  stat: Statistic;
  headline: boolean;
}

/** Their p95 decides the verdict: what a caller hears, and what a client waits for. */
const headlines: ReadonlySet<LatencyMetric> = new Set(['ttfa', 'barge_in', 'request']);

const latency = (metric: LatencyMetric, ...stats: Statistic[]): ComparedLatency[] =>
  stats.map((stat) => ({
    metric,
    stat,
    headline: stat === 'p95' && headlines.has(metric),
  }));

export const comparedLatencies: readonly ComparedLatency[] = [
  ...latency('ttfa', 'p50', 'p95', 'p99'),
  ...latency('request', 'p50', 'p95', 'p99'),
  ...latency('ttfa_audible', 'p95'),
  ...latency('ttfb', 'p95'),
  ...latency('barge_in', 'p50', 'p95'),
  ...latency('turn', 'p95'),
  ...latency('recognition', 'p95'),
  ...latency('processing', 'p95'),
  ...latency('connect', 'p95'),
  ...latency('first_token', 'p50', 'p95'),
  ...latency('tokens_per_second', 'p50'),
  ...latency('first_audio', 'p95'),
  ...latency('final_result', 'p95'),
  ...latency('first_byte', 'p95'),
  ...latency('queue', 'p95'),
  ...latency('request_uncorrected', 'p95'),
  ...latency('iteration', 'p95'),
];

/** How late the generator itself was: shown last. */
export const comparedLateness: ComparedLatency = { metric: 'frame_lateness', stat: 'p99', headline: false };

export const comparedRates: readonly { metric: RateMetric; headline: boolean }[] = [
  { metric: 'turn_success', headline: true },
  { metric: 'connection_success', headline: true },
  { metric: 'request_success', headline: true },
  { metric: 'check_success', headline: false },
  { metric: 'barge_in_success', headline: false },
  { metric: 'error_rate', headline: false },
];

/** Metrics whose percentile curves are laid over each other. */
export const curveMetrics = [
  'ttfa',
  'barge_in',
  'turn',
  'connect',
  'request',
  'first_token',
] as const satisfies LatencyMetric[];

/** `ttfa p95`, as sentences and the terminal have it. */
export function shortName(metric: string, stat: Statistic): string {
  return stat === 'rate' || stat === 'count' || metric === 'requests_per_second'
    ? metric
    : `${metric} ${stat.replace('_', '.')}`;
}

/** `Time to first audio p95`, as tables on screen have it. */
export function longName(metric: LatencyMetric | RateMetric, stat: Statistic): string {
  const label = metricLabels[metric];
  return stat === 'rate' ? label : `${label} ${stat.replace('_', '.')}`;
}
