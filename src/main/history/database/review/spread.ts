/** Exact figures of a few values. */

/** How values are spread, in their own unit; percentiles by nearest rank. */
export interface Spread {
  count: number;
  p50: number | null;
  p95: number | null;
  max: number | null;
}

/** Value at a percentile (0–100) of values in rising order, by nearest rank; null when there are none. */
export function percentileOf(sorted: Float64Array, percentile: number): number | null {
  const rank = Math.max(1, Math.ceil((percentile / 100) * sorted.length));
  return sorted[rank - 1] ?? null;
}

/** Orders a copy of the values. */
export function spreadOf(values: Iterable<number>): Spread {
  const sorted = Float64Array.from(values).sort();
  return {
    count: sorted.length,
    p50: percentileOf(sorted, 50),
    p95: percentileOf(sorted, 95),
    max: sorted.at(-1) ?? null,
  };
}
