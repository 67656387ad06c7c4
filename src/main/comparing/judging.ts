/** When a difference between two runs is called one. */
import type { ComparedCell, ComparedRow } from '#contract/comparison';
import { iterationMetrics, requestMetrics, type Statistic } from '#contract/metrics';
import type { ComparisonVerdict } from '#contract/run';
import { requestPrefix } from './differenceText.ts';
import { shareOf, type ValueDistribution } from './distribution.ts';
import {
  meanDifference,
  quantileDifference,
  rateDifference,
  type Interval,
  type RateOf,
} from './intervals.ts';

/** A latency must differ by at least this share of the baseline's value to matter … */
const leastShare = 0.05;
/** … and by at least so many ms: less is beyond what a caller hears, and near what the measurement itself is good for. */
const leastMs = 10;
/** … of requests by so many: an answer out of a cache takes few. */
const leastRequestMs = 1;
/** A rate must differ by at least this to matter: one percentage point. */
const leastRate = 0.01;
/** Fewer values say nothing about a percentile. */
export const leastValues = 20;

/**
 * Fewest values for a statistic: at least one beyond the percentile on average, so that the tail has been seen at all
 * (p95: 20, p99: 100, p99.9: 1,000). With fewer the bootstrap's intervals are too narrow.
 */
export function valuesNeeded(stat: Statistic): number {
  const share = shareOf[stat];
  if (share === null || share <= 0 || share >= 1) return leastValues;
  return Math.max(leastValues, Math.round(1 / Math.min(share, 1 - share)));
}

const ofRequests: ReadonlySet<string> = new Set([...requestMetrics, ...iterationMetrics]);

/** Whether a difference is large enough to matter. */
export function matters(
  { kind, metric }: Pick<ComparedRow, 'kind' | 'metric'>,
  difference: number,
  baseline: number,
): boolean {
  const size = Math.abs(difference);
  if (kind === 'rate') return size >= leastRate - 1e-12;
  if (kind === 'count' || size < leastShare * Math.abs(baseline)) return false;
  const least = ofRequests.has(metric) || metric.startsWith(requestPrefix) ? leastRequestMs : leastMs;
  return kind === 'speed' || size >= least;
}

/** Whether no difference at all is out of the question. */
export function isMoreThanNoise([low, high]: Interval): boolean {
  return low > 0 || high < 0;
}

/** What one run has of a row. */
export interface Measured {
  value: number | null;
  count: number;
}

/** The interval of a latency's statistic; null where there is too little to say one. */
export function latencyInterval(
  stat: Statistic,
  from: ValueDistribution | undefined,
  to: ValueDistribution | undefined,
): Interval | null {
  const needed = valuesNeeded(stat);
  if (from === undefined || to === undefined || from.count < needed || to.count < needed) return null;
  if (stat === 'mean') {
    if (from.mean === null || to.mean === null || from.stddev === null || to.stddev === null) return null;
    const [a, b] = [from, to].map(({ count, mean, stddev }) => ({
      count,
      mean: mean ?? 0,
      stddev: stddev ?? 0,
    }));
    return a === undefined || b === undefined ? null : meanDifference(a, b);
  }
  const share = shareOf[stat];
  // The least and the greatest value have no interval that a bootstrap could find.
  if (share === null || share <= 0 || share >= 1) return null;
  return quantileDifference(from, to, share);
}

/** The interval of a rate; null where there is too little to say one. */
export function rateInterval(from: RateOf | null, to: RateOf | null): Interval | null {
  if (from === null || to === null || from.count < leastValues || to.count < leastValues) return null;
  return rateDifference(from, to);
}

/** How a run's value stands to the baseline's. `trusted`: both runs are. */
export function comparedCell(
  row: Pick<ComparedRow, 'kind' | 'condition' | 'metric'>,
  from: Measured,
  to: Measured,
  interval: Interval | null,
  trusted: boolean,
): ComparedCell {
  const { value, count } = to;
  if (from.value === null || value === null) {
    const verdict = from.value === null && value === null ? null : 'unclear';
    return { value, count, difference: null, share: null, interval: null, verdict };
  }
  const difference = value - from.value;
  const share = from.value === 0 ? null : difference / Math.abs(from.value);
  // How many requests a second there were, as counts, depends on the load: shown, never judged.
  const plain = row.kind === 'count' || row.metric === 'requests_per_second';
  const verdict = plain ? null : judged(row, difference, from.value, trusted ? interval : null);
  return { value, count, difference, share, interval, verdict };
}

function judged(
  row: Pick<ComparedRow, 'kind' | 'condition' | 'metric'>,
  difference: number,
  baseline: number,
  interval: Interval | null,
): ComparisonVerdict {
  if (interval === null) return 'unclear';
  if (!isMoreThanNoise(interval) || !matters(row, difference, baseline)) return 'no_difference';
  return difference > 0 === (row.condition === 'above') ? 'improved' : 'regressed';
}

/**
 * What the headline metrics say together: one that regressed outweighs all others. Without the first of them (the
 * latency a caller hears, or a client waits for) nothing is said to be the same.
 */
export function overallVerdict(verdicts: readonly (ComparisonVerdict | null)[]): ComparisonVerdict {
  if (verdicts.includes('regressed')) return 'regressed';
  if (verdicts.includes('improved')) return 'improved';
  const first = verdicts.find((verdict) => verdict !== null);
  return first === 'no_difference' ? first : 'unclear';
}
