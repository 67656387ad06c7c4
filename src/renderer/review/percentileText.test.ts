import { expect, it } from 'vitest';
import { tablePercentiles, type Distribution } from '#contract/review';
import { percentilesCsv, percentilesMarkdown, shownPercentiles } from './percentileText.ts';

const ttfa: Distribution = {
  metric: 'ttfa',
  summary: {
    unit: 'ms', count: 2, min: 500, mean: 750.12345, stddev: null, p50: 500, p75: 1000, p90: 1000, p95: 1000, p99: 1000,
    p99_9: 1000, max: 1000,
  },
  table: [500, null, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000],
  curve: [],
  from: 'summary',
}; // prettier-ignore

it('shows the percentiles that the tables of a run have', () => {
  expect(shownPercentiles).toEqual(tablePercentiles);
});

it('gives numbers without unit as CSV, and nothing for what is not known', () => {
  expect(percentilesCsv([ttfa]).split('\n')).toEqual([
    'metric,count,mean_ms,stddev_ms,min_ms,p50_ms,p66_ms,p75_ms,p80_ms,p90_ms,p95_ms,p98_ms,p99_ms,p99.9_ms,p99.99_ms,max_ms',
    'ttfa,2,750.123,,500,500,,1000,1000,1000,1000,1000,1000,1000,1000,1000',
    '',
  ]);
});

it('is a table of Markdown with a cell for every head', () => {
  const lines = percentilesMarkdown([ttfa]).trimEnd().split('\n');
  expect(lines).toHaveLength(3);
  expect(new Set(lines.map((line) => line.split('|').length)).size).toBe(1);
  expect(lines[2]).toContain('| Time to first audio | 2 | 750 ms | – | 500 ms |');
});
