import type { LatenessDelta } from '../messages.ts';

/** Percentiles of the frames of one second, in ms; null when none was sent. */
export interface LatenessFigures {
  p50: number | null;
  p99: number | null;
  max: number | null;
}

/** Straight from the counted buckets: building a histogram for every second and worker would cost more than it tells. */
export function latenessFigures(deltas: readonly LatenessDelta[]): LatenessFigures {
  const buckets: { us: number; count: number }[] = [];
  let total = 0;
  for (const { values, counts } of deltas) {
    values.forEach((us, i) => {
      const count = counts[i] ?? 0;
      total += count;
      buckets.push({ us, count });
    });
  }
  if (total === 0) return { p50: null, p99: null, max: null };
  buckets.sort((a, b) => a.us - b.us);
  const at = (share: number) => {
    const rank = Math.max(1, Math.ceil(share * total));
    let seen = 0;
    const found = buckets.find((bucket) => (seen += bucket.count) >= rank);
    return found === undefined ? null : found.us / 1000;
  };
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}
