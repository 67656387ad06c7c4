/** Thresholds on screen: their values while a run goes on, their status, their words. */
import { judge, metricKind, metricLabels, type MetricName, type Statistic } from '#contract/metrics';
import type { Percentiles, Sample, ThresholdResult, Verdict } from '#contract/run';
import type { SeriesTotals } from '../charts/sampleSeries.ts';
import {
  exactCount,
  exactMs,
  exactShare,
  formatCount,
  formatLength,
  formatMs,
  formatShare,
  none,
} from '../format/quantities.ts';

/** How a value stands to its threshold; a threshold without a value has none yet. */
export function thresholdStatus(
  limit: Pick<ThresholdResult, 'condition' | 'target' | 'acceptable'>,
  value: number | null,
): Verdict | null {
  return value === null ? null : judge(value, limit.condition, limit.target, limit.acceptable);
}

function percentile(values: Percentiles, stat: Statistic): number | null {
  return stat === 'p50' || stat === 'p95' || stat === 'p99' ? values[stat] : null;
}

function share(part: number, whole: number): number | null {
  return whole > 0 ? part / whole : null;
}

/** Connected of attempted calls so far. */
export function connectionSuccess(totals: SeriesTotals): number | null {
  return share(totals.callsConnected, totals.callsAttempted);
}

/** Ok of finished turns so far. */
export function turnSuccess(totals: SeriesTotals): number | null {
  return share(totals.turnsOk, totals.turnsOk + totals.turnsFailed);
}

/** Failed and dropped calls and failed turns of all that was attempted so far. */
export function errorRate(totals: SeriesTotals): number | null {
  const attempted = totals.callsAttempted + totals.turnsOk + totals.turnsFailed;
  return share(totals.callsFailed + totals.callsDropped + totals.turnsFailed, attempted);
}

/**
 * The value of a metric while the run goes on, from its newest second (percentiles of the last 10 s) and the sums so
 * far; null where only the end of the run can tell.
 */
export function liveValue(
  metric: MetricName,
  stat: Statistic,
  last: Sample | null,
  totals: SeriesTotals,
): number | null {
  if (!last) return null;
  switch (metric) {
    case 'ttfa':
      return percentile(last.ttfa, stat);
    case 'barge_in':
      return percentile(last.bargeIn, stat);
    case 'connect':
      return percentile(last.connect, stat);
    case 'frame_lateness':
      if (stat === 'p50') return last.generator.latenessP50;
      if (stat === 'p99') return last.generator.latenessP99;
      return stat === 'max' ? last.generator.latenessMax : null;
    case 'connection_success':
      return connectionSuccess(totals);
    case 'turn_success':
      return turnSuccess(totals);
    case 'error_rate':
      return errorRate(totals);
    case 'calls_attempted':
      return totals.callsAttempted;
    case 'calls_connected':
      return totals.callsConnected;
    case 'calls_failed':
      return totals.callsFailed;
    case 'calls_dropped':
      return totals.callsDropped;
    case 'turns_ok':
      return totals.turnsOk;
    case 'turns_failed':
      return totals.turnsFailed;
    default:
      return null;
  }
}

/** Whether a value covers the last 10 s only rather than the whole run so far. */
export function isRecentOnly(metric: MetricName): boolean {
  return metricKind(metric) === 'latency';
}

/** A metric's value in its own unit. */
export function formatValue(metric: MetricName, stat: Statistic, value: number | null): string {
  if (value === null) return none;
  const kind = stat === 'count' ? 'count' : metricKind(metric);
  if (kind === 'latency') return formatMs(value);
  return kind === 'rate' ? formatShare(value) : formatCount(value);
}

/** The same in full, for a hover. */
export function exactValue(metric: MetricName, stat: Statistic, value: number | null): string {
  if (value === null) return 'no value';
  const kind = stat === 'count' ? 'count' : metricKind(metric);
  if (kind === 'latency') return exactMs(value);
  return kind === 'rate' ? exactShare(value) : exactCount(value);
}

/** A target in its own unit: `2 s`, `98 %`, `0`. */
export function formatTarget(metric: MetricName, stat: Statistic, target: number): string {
  const kind = stat === 'count' ? 'count' : metricKind(metric);
  if (kind === 'latency') return target >= 1000 ? formatLength(target) : formatMs(target);
  return kind === 'rate' ? formatShare(target).replace('.0 %', ' %') : formatCount(target);
}

/** A limit as written: `≤ 2 s`, `≥ 98 %`, `≤ 0`. */
export function formatLimit(
  threshold: Pick<ThresholdResult, 'metric' | 'stat' | 'condition' | 'target'>,
): string {
  const sign = threshold.condition === 'below' ? '≤' : '≥';
  return `${sign} ${formatTarget(threshold.metric, threshold.stat, threshold.target)}`;
}

const shortNames: Partial<Record<MetricName, string>> = {
  ttfa: 'ttfa',
  ttfa_audible: 'ttfa audible',
  ttfb: 'ttfb',
  connection_success: 'connect',
  turn_success: 'turns',
  error_rate: 'error rate',
  barge_in_success: 'barge-in ok',
};

/** What a threshold looks at, in few words: `ttfa p95`, `barge-in p95 · turn 2`, `connect`. */
export function thresholdName(threshold: Pick<ThresholdResult, 'metric' | 'stat' | 'where'>): string {
  const { metric, stat, where } = threshold;
  const name = shortNames[metric] ?? metricLabels[metric].toLowerCase();
  const statistic = metricKind(metric) === 'latency' ? ` ${stat.replace('_', '.')}` : '';
  const places = Object.entries(where ?? {}).map(([key, value]) =>
    key === 'turn' ? `turn ${value}` : String(value),
  );
  return [`${name}${statistic}`, ...places].join(' · ');
}
