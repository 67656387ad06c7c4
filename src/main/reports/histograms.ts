/** What is read out of a run's final histograms (HDR V2 compressed, base64, microseconds). */
import * as hdr from 'hdr-histogram-js';
import type { MetricSummary } from '#contract/run';

/** A decoded histogram; null when the text is none. */
export function decodeHistogram(encoded: string): hdr.Histogram | null {
  try {
    return hdr.decodeFromCompressedBase64(encoded);
  } catch {
    return null;
  }
}

const nothing: MetricSummary = {
  unit: 'ms', count: 0, min: null, mean: null, stddev: null,
  p50: null, p75: null, p90: null, p95: null, p99: null, p99_9: null, max: null,
}; // prettier-ignore

/** The statistics of a histogram, in ms, exact to its three digits. */
export function histogramSummary(encoded: string): MetricSummary {
  const histogram = decodeHistogram(encoded);
  if (histogram === null || histogram.totalCount === 0) return nothing;
  const at = (percentile: number) => histogram.getValueAtPercentile(percentile) / 1000;
  return {
    unit: 'ms',
    count: histogram.totalCount,
    min: histogram.minNonZeroValue / 1000,
    mean: histogram.mean / 1000,
    stddev: histogram.stdDeviation / 1000,
    p50: at(50),
    p75: at(75),
    p90: at(90),
    p95: at(95),
    p99: at(99),
    p99_9: at(99.9),
    max: histogram.maxValue / 1000,
  };
}
