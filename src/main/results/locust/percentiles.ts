/** The percentile columns of Locust's CSV files: by default 50 % … 100 %, but a locustfile may ask for others. */
import type { MetricSummary } from '#contract/run';
import type { Row } from '../csv.ts';
import { msIn } from '../words.ts';

/** Columns that name a percentile, and which: `99.9%` → 99.9. */
export function percentileColumns(columns: readonly string[]): Map<number, string> {
  const found = new Map<number, string>();
  for (const column of columns) {
    const match = /^(\d{1,3}(?:\.\d+)?)%$/.exec(column);
    const percentile = Number(match?.[1] ?? NaN);
    if (percentile >= 0 && percentile <= 100) found.set(percentile, column);
  }
  return found;
}

/** Percentiles of a summary that these columns do not have. */
export function absentPercentiles(columns: ReadonlyMap<number, string>): number[] {
  return [50, 75, 90, 95, 99, 99.9].filter((percentile) => !columns.has(percentile));
}

/** The percentiles a summary has room for, from one row. */
export function percentilesIn(
  row: Row,
  columns: ReadonlyMap<number, string>,
): Pick<MetricSummary, 'p50' | 'p75' | 'p90' | 'p95' | 'p99' | 'p99_9'> {
  const at = (percentile: number) => {
    const column = columns.get(percentile);
    return column === undefined ? null : msIn(row(column));
  };
  return { p50: at(50), p75: at(75), p90: at(90), p95: at(95), p99: at(99), p99_9: at(99.9) };
}
