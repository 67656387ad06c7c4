/**
 * HDR histograms of latencies: 3 digits, integer microseconds, 1 µs … 10 min. Smallest, largest, mean and standard
 * deviation are kept exactly beside them; percentiles carry the histogram's error of at most 0.1 %.
 */
import * as hdr from 'hdr-histogram-js';
import type { MetricSummary } from '#contract/run';
import type { Statistic } from '#contract/metrics';

const highestUs = 600_000_000;

export class LatencyHistogram {
  readonly #histogram = hdr.build({
    bitBucketSize: 32,
    lowestDiscernibleValue: 1,
    highestTrackableValue: highestUs,
    numberOfSignificantValueDigits: 3,
    useWebAssembly: false,
  });
  #count = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;
  /** Welford's running mean and sum of squared differences (Knuth, TAOCP 2, §4.2.2). */
  #mean = 0;
  #m2 = 0;
  #refused = 0;

  get count(): number {
    return this.#count;
  }

  /** Values that were not numbers, negative or out of range: the histogram would have taken them silently. */
  get refused(): number {
    return this.#refused;
  }

  record(ms: number, times = 1): void {
    const us = Math.round(ms * 1000);
    if (!Number.isFinite(us) || us < 0 || us > highestUs || times <= 0) {
      this.#refused++;
      return;
    }
    if (times === 1) this.#histogram.recordValue(us);
    else this.#histogram.recordValueWithCount(us, times);
    const before = this.#count;
    this.#count += times;
    const delta = ms - this.#mean;
    this.#mean += (delta * times) / this.#count;
    this.#m2 += (delta * delta * before * times) / this.#count;
    this.#min = Math.min(this.#min, ms);
    this.#max = Math.max(this.#max, ms);
  }

  /** Takes in all of another's values. Mean and squared differences by Chan, Golub and LeVeque's pairwise formula. */
  add(other: LatencyHistogram): void {
    if (other.#count === 0) return;
    this.#histogram.add(other.#histogram);
    const count = this.#count + other.#count;
    const delta = other.#mean - this.#mean;
    this.#m2 += other.#m2 + (delta * delta * this.#count * other.#count) / count;
    this.#mean += (delta * other.#count) / count;
    this.#count = count;
    this.#min = Math.min(this.#min, other.#min);
    this.#max = Math.max(this.#max, other.#max);
    this.#refused += other.#refused;
  }

  /** Value at a percentile (0–100) in ms; null when nothing was recorded. Never outside of what was recorded. */
  percentile(p: number): number | null {
    if (this.#count === 0) return null;
    const ms = this.#histogram.getValueAtPercentile(p) / 1000;
    return Math.min(this.#max, Math.max(this.#min, ms));
  }

  statistic(stat: Statistic): number | null {
    if (stat === 'count') return this.#count;
    if (stat === 'rate') return null;
    return this.summary()[stat];
  }

  summary(): MetricSummary {
    const any = this.#count > 0;
    return {
      unit: 'ms',
      count: this.#count,
      min: any ? this.#min : null,
      mean: any ? this.#mean : null,
      stddev: any ? Math.sqrt(this.#m2 / this.#count) : null,
      p50: this.percentile(50),
      p75: this.percentile(75),
      p90: this.percentile(90),
      p95: this.percentile(95),
      p99: this.percentile(99),
      p99_9: this.percentile(99.9),
      max: any ? this.#max : null,
    };
  }

  /** HdrHistogram V2, compressed, base64. */
  encode(): string {
    return hdr.encodeIntoCompressedBase64(this.#histogram);
  }
}

/** Exact percentile of a few values by nearest rank; null when there are none. */
export function exactPercentile(sorted: ArrayLike<number>, p: number): number | null {
  if (sorted.length === 0) return null;
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil((p / 100) * sorted.length) - 1))] ?? null;
}
