/** What a comparison knows of one run, wherever the run comes from. */
import { latencyMetrics, type LatencyMetric, type RateMetric } from '#contract/metrics';
import type { RunRow, RunSummary } from '#contract/run';
import { fromHistogram, fromSummary, fromValues, type ValueDistribution } from './distribution.ts';
import type { RateOf } from './intervals.ts';

export interface RunEvidence {
  row: RunRow;
  /** null: the run did not come to its end. */
  summary: RunSummary | null;
  /** The scenario and the environment as they were; null: not known. */
  scenarioYaml: string | null;
  environmentYaml: string | null;
  /** Name of the machine it ran on; null: not known. */
  host: string | null;
  /** What cannot be known of a run of another tool, one sentence each. */
  missing: readonly string[];
  /** The metrics that have values. */
  distributions: ReadonlyMap<LatencyMetric, ValueDistribution>;
  /** Histograms of `request` by step and period, encoded, under the engine's names: `request|step=NAME`. */
  histograms: Readonly<Record<string, string>>;
}

/** Where a run's values are looked for: in its histograms, then in single values, then in the summary's percentiles. */
export interface ValueSources {
  summary: RunSummary | null;
  /** By metric, as the engine leaves them. */
  histograms: Readonly<Record<string, string>>;
  values: ReadonlyMap<LatencyMetric, Float64Array>;
}

/** The metrics of a run that have values. */
export function distributionsOf(sources: ValueSources): Map<LatencyMetric, ValueDistribution> {
  const found = new Map<LatencyMetric, ValueDistribution>();
  for (const metric of latencyMetrics) {
    const summary = sources.summary?.metrics[metric];
    const encoded = sources.histograms[metric];
    const values = sources.values.get(metric);
    const one =
      (encoded === undefined ? null : fromHistogram(encoded, summary)) ??
      (values === undefined ? null : fromValues(values)) ??
      (summary === undefined ? null : fromSummary(summary));
    if (one !== null) found.set(metric, one);
  }
  return found;
}

/**
 * A rate with how many attempts it rests on. Attempts are counted over the whole run, the rate leaves out a warm-up:
 * where there was one, the interval is a little narrower than it should be. null: nothing was attempted.
 */
export function rateOf(summary: RunSummary | null, metric: RateMetric): RateOf | null {
  const rate = summary?.rates[metric] ?? null;
  if (summary === null || rate === null) return null;
  const { counts } = summary;
  const turns = counts.turns_ok + counts.turns_failed;
  const outcomes = counts.barge_in_outcomes;
  const attempts = {
    turn_success: turns,
    connection_success: counts.calls_attempted,
    barge_in_success: (outcomes.stopped ?? 0) + (outcomes.fell_silent ?? 0) + (outcomes.not_stopped ?? 0),
    error_rate: counts.calls_attempted + turns + counts.turns_cut + counts.requests,
    request_success: counts.requests,
    check_success: counts.checks_passed + counts.checks_failed,
  }[metric];
  return attempts > 0 ? { rate, count: attempts } : null;
}
