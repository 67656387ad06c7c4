/** Thresholds on screen: their values while a run goes on, their status, their words. */
import {
  judge,
  metricKind,
  metricLabels,
  metricUnit,
  type MetricName,
  type Statistic,
} from '#contract/metrics';
import type { Percentiles, Sample, ThresholdResult, Verdict } from '#contract/run';
import type { SeriesTotals } from '../charts/sampleSeries.ts';
import { type ValueLook, valueLooks } from '../format/metrics.ts';
import { formatLength, formatMs, none } from '../format/quantities.ts';

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

/** Ok of ended requests so far. */
export function requestSuccess(totals: SeriesTotals): number | null {
  return share(totals.requestsOk, totals.requestsOk + totals.requestsFailed);
}

/** Failed and dropped calls, failed turns and failed requests of all that was attempted so far. */
export function errorRate(totals: SeriesTotals): number | null {
  const requests = totals.requestsOk + totals.requestsFailed;
  const attempted = totals.callsAttempted + totals.turnsOk + totals.turnsFailed + requests;
  const failed = totals.callsFailed + totals.callsDropped + totals.turnsFailed + totals.requestsFailed;
  return share(failed, attempted);
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
    case 'request':
      return percentile(last.request, stat);
    case 'first_token':
      return percentile(last.firstToken, stat);
    case 'request_success':
      return requestSuccess(totals);
    case 'requests_per_second':
      return last.t > 0 ? (totals.requestsOk + totals.requestsFailed) / last.t : null;
    case 'requests':
      return totals.requestsOk + totals.requestsFailed;
    case 'requests_failed':
      return totals.requestsFailed;
    case 'iterations':
      return totals.iterations;
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

function lookIn(metric: MetricName, stat: Statistic): ValueLook {
  return valueLooks[stat === 'count' ? 'count' : metricUnit(metric)];
}

/** A metric's value in its own unit. */
export function formatValue(metric: MetricName, stat: Statistic, value: number | null): string {
  if (value === null) return none;
  return lookIn(metric, stat).short(value);
}

/** The same in full, for a hover. */
export function exactValue(metric: MetricName, stat: Statistic, value: number | null): string {
  if (value === null) return 'no value';
  return lookIn(metric, stat).exact(value);
}

/** A target in its own unit: `2 s`, `98 %`, `0`. */
export function formatTarget(metric: MetricName, stat: Statistic, target: number): string {
  const unit = stat === 'count' ? 'count' : metricUnit(metric);
  if (unit === 'ms') return target >= 1000 ? formatLength(target) : formatMs(target);
  const text = valueLooks[unit].short(target);
  return unit === 'share' ? text.replace('.0 %', ' %') : text;
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
  request_success: 'success',
  check_success: 'checks',
  requests_per_second: 'requests/s',
  tokens_per_second: 'tokens/s',
  first_token: 'first token',
};

/** Parts of a run whose names alone would not say what they are; a step's does. */
const wordedPlaces: ReadonlySet<string> = new Set(['turn', 'phase', 'group']);

/** What a threshold looks at, in few words: `ttfa p95`, `barge-in p95 · turn 2`, `request p95 · phase auth`, `connect`. */
export function thresholdName(threshold: Pick<ThresholdResult, 'metric' | 'stat' | 'where'>): string {
  const { metric, stat, where } = threshold;
  const name = shortNames[metric] ?? metricLabels[metric].toLowerCase();
  const statistic = metricKind(metric) === 'latency' ? ` ${stat.replace('_', '.')}` : '';
  const places = Object.entries(where ?? {}).map(([key, value]) =>
    wordedPlaces.has(key) ? `${key} ${value}` : String(value),
  );
  return [`${name}${statistic}`, ...places].join(' · ');
}
