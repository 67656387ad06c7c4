/** How times, shares and counts are written in reports and in the terminal. */
import { metricKind, metricUnit, type MetricName, type Statistic } from '#contract/metrics';
import type { Counts, MetricSummary } from '#contract/run';

export { formatElapsed } from '#contract/quantities';

/** A time of milliseconds: `0.42 ms`, `612 ms`, `1.24 s`, `2 m 05 s`; a dash when there is none. */
export function formatMs(ms: number | null): string {
  if (ms === null) return '–';
  const size = Math.abs(ms);
  if (size === 0) return '0 ms';
  if (size < 1) return `${ms.toFixed(2)} ms`;
  if (size < 10) return `${ms.toFixed(1)} ms`;
  if (size < 999.5) return `${ms.toFixed(0)} ms`;
  if (size < 59_995) return `${(ms / 1000).toFixed(2)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.trunc(seconds / 60)} m ${String(Math.abs(seconds % 60)).padStart(2, '0')} s`;
}

/** A share 0–1 as a percentage: `98.7 %`. Never rounded up to a full 100 %. */
export function formatShare(share: number | null): string {
  if (share === null) return '–';
  const percent = share * 100;
  const text = percent.toFixed(1);
  if (text === '100.0') return percent === 100 ? '100 %' : '99.9 %';
  return `${percent === 0 ? '0' : text} %`;
}

/** A count: `12`, `12.4 k`, `3.10 M`. */
export function formatCount(n: number): string {
  if (n < 10_000) return String(n);
  if (n < 1_000_000) return `${(n / 1000).toFixed(1)} k`;
  return `${(n / 1_000_000).toFixed(2)} M`;
}

/** A metric's value by what the metric is. */
export function formatMetric(metric: MetricName, stat: Statistic, value: number | null): string {
  if (value === null) return '–';
  if (stat === 'count') return String(value);
  const unit = metricUnit(metric);
  if (unit === '1/s') return formatPerSecond(value);
  if (unit === 'ms') return formatMs(value);
  return metricKind(metric) === 'rate' ? formatShare(value) : String(value);
}

/** A number a second: `0.42/s`, `41.1/s`, `1,234/s`; a dash when there is none. */
export function formatPerSecond(value: number | null): string {
  if (value === null) return '–';
  const size = Math.abs(value);
  const digits = size === 0 || size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2;
  return `${value.toLocaleString('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })}/s`;
}

/** A value of a summary's metric, in the unit it has there. */
export function formatInUnit(unit: MetricSummary['unit'], value: number | null): string {
  return unit === '1/s' ? formatPerSecond(value) : formatMs(value);
}

/** Bytes: `812 B`, `1.4 kB`, `20 MB`. */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${Math.round(bytes)} B`;
  if (bytes < 999_500) return `${(bytes / 1000).toFixed(bytes < 9950 ? 1 : 0)} kB`;
  return `${(bytes / 1e6).toFixed(bytes < 9.95e6 ? 1 : 0)} MB`;
}

/** What became of the turns that were to be answered; with those that no latency rests on, where there are any. */
export function answersText(counts: Counts): string {
  const excluded = counts.turns_excluded > 0 ? `, ${counts.turns_excluded} excluded` : '';
  return `${counts.ttfa_answered} answered, ${counts.ttfa_timed_out} timed out, ${counts.ttfa_lost} lost${excluded}`;
}
