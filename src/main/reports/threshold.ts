import type { ThresholdResult } from '#contract/run';
import { formatMetric } from './quantities.ts';

/** What a threshold is about: `ttfa p95`, `barge_in p95 (turn 2)`. */
export function thresholdName(row: ThresholdResult): string {
  const where = Object.entries(row.where ?? {}).map(([key, value]) => `${key} ${value}`);
  const stat =
    row.stat === 'rate' || (row.stat === 'count' && row.metric.includes('_')) ? '' : ` ${row.stat}`;
  return `${row.metric}${stat}${where.length > 0 ? ` (${where.join(', ')})` : ''}`;
}

/** What it asks for: `below 2.00 s, acceptable 3.00 s`. */
export function thresholdCondition(row: ThresholdResult): string {
  const target = formatMetric(row.metric, row.stat, row.target);
  const acceptable = formatMetric(row.metric, row.stat, row.acceptable);
  return `${row.condition} ${target}${row.acceptable === row.target ? '' : `, acceptable ${acceptable}`}`;
}

/** One sentence on how it went, for a test report. */
export function thresholdSentence(row: ThresholdResult): string {
  const value =
    row.value === null
      ? 'was not measured (no sample)'
      : `was ${formatMetric(row.metric, row.stat, row.value)}`;
  return `${thresholdName(row)} ${value}; required: ${thresholdCondition(row)}`;
}
