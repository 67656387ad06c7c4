/** One metric over the last runs of a scenario. */
import type { Trend } from '#contract/comparison';
import { ok, type Result } from '#contract/errors';
import {
  countMetrics,
  latencyMetrics,
  metricKind,
  rateMetrics,
  type MetricName,
  type Statistic,
} from '#contract/metrics';
import type { RunSummary } from '#contract/run';
import type { History } from '../history/history.ts';
import type { SummarisedRun } from '../history/records.ts';
import { rateOf } from './evidence.ts';
import type { Measured } from './judging.ts';

export interface TrendQuery {
  scenario: string;
  /** Left out: every environment it was run against. */
  environment?: string | undefined;
  metric: MetricName;
  stat: Statistic;
  /** The last so many runs of each environment. */
  last: number;
}

/** What a trend asks the history. */
export type TrendHistory = Pick<History, 'summaries' | 'scenarios' | 'baselineOf'>;

/** A run's value of any metric and what it rests on; rates and counts have one statistic. */
export function valueOf(summary: RunSummary, metric: MetricName, stat: Statistic): Measured {
  const latency = latencyMetrics.find((name) => name === metric);
  if (latency !== undefined) {
    const found = summary.metrics[latency];
    return { value: stat === 'rate' ? null : found[stat], count: found.count };
  }
  const rate = rateMetrics.find((name) => name === metric);
  if (rate !== undefined) {
    const found = rateOf(summary, rate);
    return { value: found?.rate ?? null, count: found?.count ?? 0 };
  }
  if (metric === 'requests_per_second')
    return { value: summary.requests_per_second, count: summary.counts.requests };
  const count = countMetrics.find((name) => name === metric);
  const value =
    count === undefined || count === 'calls_held'
      ? (summary.load?.breaking_point?.holds ?? null)
      : summary.counts[count];
  return { value, count: value ?? 0 };
}

type TrendEnvironment = Trend['environments'][number];

/** Thresholds of a run on a metric as a whole: those of single conversations or turns are others. */
function thresholdsOn(summary: RunSummary, { metric, stat }: TrendQuery): TrendEnvironment['thresholds'] {
  const plain = metricKind(metric) === 'latency' ? stat : null;
  return summary.thresholds
    .filter((one) => one.metric === metric && Object.keys(one.where ?? {}).length === 0)
    .filter((one) => plain === null || one.stat === plain)
    .map(({ target, acceptable, condition }) => ({ target, acceptable, condition }));
}

/** Newest first in, oldest first out. */
function environmentTrend(
  environment: string,
  runs: readonly SummarisedRun[],
  baselineId: string | null,
  query: TrendQuery,
): TrendEnvironment {
  const [newest] = runs;
  return {
    environment,
    baselineId,
    points: runs
      .map(({ row, summary }) => ({ row, ...valueOf(summary, query.metric, query.stat) }))
      .toReversed(),
    thresholds: newest === undefined ? [] : thresholdsOn(newest.summary, query),
  };
}

/** Fails with what the history cannot answer; a scenario that was never run has no environments. */
export async function trendOf(history: TrendHistory, query: TrendQuery): Promise<Result<Trend>> {
  const { scenario, metric, stat, last } = query;
  const scenarios = await history.scenarios();
  if (!scenarios.ok) return scenarios;
  const known = scenarios.value.find((one) => one.scenario === scenario)?.environments ?? [];
  const environments: TrendEnvironment[] = [];
  for (const environment of known) {
    if (query.environment !== undefined && query.environment !== environment) continue;
    const runs = await history.summaries({ scenario, environment, last });
    if (!runs.ok) return runs;
    const baseline = await history.baselineOf(scenario, environment);
    if (!baseline.ok) return baseline;
    environments.push(environmentTrend(environment, runs.value, baseline.value, query));
  }
  return ok({ scenario, metric, stat, kind: metricKind(metric), environments });
}
