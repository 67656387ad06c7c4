/** What is compared of two runs, in the order in which it is shown. */
import { metricLabels, type LatencyMetric, type RateMetric, type Statistic } from '#contract/metrics';

/** A statistic of a latency. `headline`: it decides the verdict. */
export interface ComparedLatency {
  metric: LatencyMetric;
  stat: Statistic;
  headline: boolean;
}

const latency = (metric: LatencyMetric, ...stats: Statistic[]): ComparedLatency[] =>
  stats.map((stat) => ({
    metric,
    stat,
    headline: stat === 'p95' && (metric === 'ttfa' || metric === 'barge_in'),
  }));

export const comparedLatencies: readonly ComparedLatency[] = [
  ...latency('ttfa', 'p50', 'p95', 'p99'),
  ...latency('ttfa_audible', 'p95'),
  ...latency('ttfb', 'p95'),
  ...latency('barge_in', 'p50', 'p95'),
  ...latency('turn', 'p95'),
  ...latency('recognition', 'p95'),
  ...latency('processing', 'p95'),
  ...latency('connect', 'p95'),
];

/** How late the generator itself was: shown last. */
export const comparedLateness: ComparedLatency = { metric: 'frame_lateness', stat: 'p99', headline: false };

export const comparedRates: readonly { metric: RateMetric; headline: boolean }[] = [
  { metric: 'turn_success', headline: true },
  { metric: 'connection_success', headline: true },
  { metric: 'barge_in_success', headline: false },
  { metric: 'error_rate', headline: false },
];

/** Metrics whose percentile curves are laid over each other. */
export const curveMetrics = ['ttfa', 'barge_in', 'turn', 'connect'] as const satisfies LatencyMetric[];

/** `ttfa p95`, as sentences and the terminal have it. */
export function shortName(metric: string, stat: Statistic): string {
  return stat === 'rate' || stat === 'count' ? metric : `${metric} ${stat.replace('_', '.')}`;
}

/** `Time to first audio p95`, as tables on screen have it. */
export function longName(metric: LatencyMetric | RateMetric, stat: Statistic): string {
  const label = metricLabels[metric];
  return stat === 'rate' ? label : `${label} ${stat.replace('_', '.')}`;
}
