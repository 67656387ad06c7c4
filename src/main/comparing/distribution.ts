/** What a run's values of one metric looked like, in whatever form they are still there. */
import * as hdr from 'hdr-histogram-js';
import type { MetricSummary } from '#contract/run';
import type { Statistic } from '#contract/metrics';

/** Where a distribution comes from: `summary` knows a few percentiles only, what lies between them is a guess. */
export type DistributionSource = 'values' | 'histogram' | 'summary';

/** Values of one metric, in ms, of at least one value. */
export interface ValueDistribution {
  readonly from: DistributionSource;
  readonly count: number;
  readonly mean: number | null;
  readonly stddev: number | null;
  /** Value of the ordered values at a share 0–1: the empirical quantile function, by nearest rank. */
  quantile(share: number): number;
}

/** Share of the values below a percentile statistic; null where it is none (mean, count, rate). */
export const shareOf: Record<Statistic, number | null> = {
  min: 0,
  p50: 0.5,
  p75: 0.75,
  p90: 0.9,
  p95: 0.95,
  p99: 0.99,
  p99_9: 0.999,
  max: 1,
  mean: null,
  count: null,
  rate: null,
};

/** Rank from 1 of a quantile among `count` ordered values, by nearest rank. */
export function rankOf(share: number, count: number): number {
  return Math.min(count, Math.max(1, Math.ceil(share * count - 1e-9)));
}

/** Of single values, which are put in order; null where there are none. */
export function fromValues(values: Float64Array): ValueDistribution | null {
  const sorted = Float64Array.from(values).sort();
  const count = sorted.length;
  if (count === 0) return null;
  let mean = 0;
  let squares = 0;
  sorted.forEach((value, i) => {
    const before = value - mean;
    mean += before / (i + 1);
    squares += before * (value - mean);
  });
  return {
    from: 'values',
    count,
    mean,
    stddev: Math.sqrt(squares / count),
    quantile: (share) => sorted[rankOf(share, count) - 1] ?? Number.NaN,
  };
}

/**
 * Of an HDR histogram as the engine leaves it (V2, compressed, base64; microseconds): three digits. `summary` has what
 * is kept exactly beside it. null where the text is none or it is empty.
 */
export function fromHistogram(encoded: string, summary?: MetricSummary): ValueDistribution | null {
  const decoded = decode(encoded);
  if (decoded === null || decoded.totalCount === 0) return null;
  const values: number[] = [];
  const upTo: number[] = [];
  const recorded = decoded.recordedValuesIterator;
  recorded.reset();
  while (recorded.hasNext()) {
    const step = recorded.next();
    values.push(step.valueIteratedTo / 1000);
    upTo.push(step.totalCountToThisValue);
  }
  const count = upTo.at(-1) ?? 0;
  if (count === 0) return null;
  const lowest = summary?.min ?? Number.NEGATIVE_INFINITY;
  const highest = summary?.max ?? Number.POSITIVE_INFINITY;
  return {
    from: 'histogram',
    count,
    mean: summary?.mean ?? decoded.mean / 1000,
    stddev: summary?.stddev ?? decoded.stdDeviation / 1000,
    quantile(share) {
      const value = values[firstAtLeast(upTo, rankOf(share, count))] ?? Number.NaN;
      return Math.min(highest, Math.max(lowest, value));
    },
  };
}

function decode(encoded: string): hdr.JsHistogram | null {
  try {
    const histogram = hdr.decodeFromCompressedBase64(encoded, 32, false);
    return histogram instanceof hdr.JsHistogram ? histogram : null;
  } catch {
    return null;
  }
}

/** Index of the first number that is at least `wanted`, in rising numbers. */
function firstAtLeast(rising: readonly number[], wanted: number): number {
  let low = 0;
  let high = rising.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rising[middle] ?? 0) < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Of a summary's own percentiles alone: straight lines between them. null where there are none. */
export function fromSummary(summary: MetricSummary): ValueDistribution | null {
  const known = (['min', 'p50', 'p75', 'p90', 'p95', 'p99', 'p99_9', 'max'] as const).flatMap((stat) => {
    const value = summary[stat];
    const share = shareOf[stat];
    return value === null || share === null ? [] : [{ share, value }];
  });
  const [first] = known;
  const last = known.at(-1);
  if (summary.count === 0 || first === undefined || last === undefined) return null;
  return {
    from: 'summary',
    count: summary.count,
    mean: summary.mean,
    stddev: summary.stddev,
    quantile(share) {
      if (share <= first.share) return first.value;
      const at = known.findIndex((point) => point.share >= share);
      const above = known[at];
      const below = known[at - 1];
      if (above === undefined || below === undefined) return last.value;
      const way = (share - below.share) / (above.share - below.share);
      return below.value + way * (above.value - below.value);
    },
  };
}

/** A statistic of some values in ms; null where it is none of values (rate) or not known. */
export function statisticOf(distribution: ValueDistribution, stat: Statistic): number | null {
  if (stat === 'mean') return distribution.mean;
  if (stat === 'count') return distribution.count;
  const share = shareOf[stat];
  return share === null ? null : distribution.quantile(share);
}
