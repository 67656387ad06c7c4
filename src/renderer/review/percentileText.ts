/** A table of percentiles as text for other programs. As they were measured: milliseconds, tokens a second. */
import { metricLabels } from '#contract/metrics';
import type { Distribution } from '#contract/review';
import { lookOf } from '../format/metrics.ts';

/** The percentiles that are shown, as `tablePercentiles` of the contract has them. */
export const shownPercentiles = [50, 66, 75, 80, 90, 95, 98, 99, 99.9, 99.99, 100] as const;

/** `p50`, `p99.9`; 100 is the longest of all. */
export function percentileName(percentile: number): string {
  return percentile === 100 ? 'max' : `p${percentile}`;
}

function number(value: number | null): string {
  return value === null ? '' : String(Number(value.toFixed(3)));
}

/** Comma-separated, a line per metric, numbers without unit. */
export function percentilesCsv(distributions: readonly Distribution[]): string {
  const head = [
    'metric',
    'count',
    'mean_ms',
    'stddev_ms',
    'min_ms',
    ...shownPercentiles.map((p) => `${percentileName(p)}_ms`),
  ];
  const lines = distributions.map(({ metric, summary, table }) => [
    metric,
    String(summary.count),
    ...[summary.mean, summary.stddev, summary.min].map(number),
    ...shownPercentiles.map((_, i) => number(table[i] ?? null)),
  ]);
  return [head, ...lines].map((line) => `${line.join(',')}\n`).join('');
}

/** A Markdown table, as the screen shows it. */
export function percentilesMarkdown(distributions: readonly Distribution[]): string {
  const head = ['Metric', 'Count', 'Mean', 'Std. dev.', 'Min', ...shownPercentiles.map(percentileName)];
  const lines = distributions.map(({ metric, summary, table }) => [
    metricLabels[metric],
    String(summary.count),
    ...[summary.mean, summary.stddev, summary.min].map(lookOf(metric).short),
    ...shownPercentiles.map((_, i) => lookOf(metric).short(table[i] ?? null)),
  ]);
  const rule = head.map((_, i) => (i === 0 ? '---' : '---:'));
  return [head, rule, ...lines].map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}
