/** Distributions of a run's latencies: from its histograms, else from the values themselves, else what its summary knows. */
import { latencyMetrics, metricUnit, type LatencyMetric } from '#contract/metrics';
import { ok, type Result } from '#contract/errors';
import { tablePercentiles, type Distribution } from '#contract/review';
import type { MetricSummary, RunSummary } from '#contract/run';
import { percentileCurve } from '../comparing/curves.ts';
import {
  fromHistogram,
  fromValues,
  shareOf,
  statisticOf,
  type ValueDistribution,
} from '../comparing/distribution.ts';
import type { History } from '../history/history.ts';

type DistributionSources = Pick<History, 'histograms' | 'values'>;

/** What is asked, and what is known of the run already. */
export interface DistributionQuery {
  runId: string;
  /** In this order, those without values too; left out: every metric that has values. */
  metrics?: readonly LatencyMetric[] | undefined;
  /** Of requests of this name alone. */
  step?: string | undefined;
  /** null: the run has none (yet). */
  summary: RunSummary | null;
}

/** Fails as the history does. */
export async function distributionsOf(
  history: DistributionSources,
  { runId, metrics, step, summary }: DistributionQuery,
): Promise<Result<Distribution[]>> {
  const histograms = await history.histograms(runId);
  if (!histograms.ok) return histograms;
  const found: Distribution[] = [];
  for (const metric of metrics ?? latencyMetrics) {
    // What the summary has is of all steps together.
    const known = step === undefined ? summary?.metrics[metric] : undefined;
    const encoded = histograms.value[step === undefined ? metric : `${metric}|step=${step}`];
    const decoded = encoded === undefined ? null : fromHistogram(encoded, known);
    if (decoded !== null) {
      found.push(described(metric, decoded, known));
      continue;
    }
    // What was counted and found to be nothing need not be looked for.
    const values = known?.count === 0 ? ok(new Float64Array()) : await history.values(runId, metric, step);
    if (!values.ok) return values;
    const measured = fromValues(values.value);
    if (measured !== null) found.push(described(metric, measured, undefined));
    else if (known !== undefined && known.count > 0) found.push(asKnown(metric, known));
    else if (metrics !== undefined) found.push(nothing(metric));
  }
  return ok(found);
}

function described(
  metric: LatencyMetric,
  values: ValueDistribution,
  known: MetricSummary | undefined,
): Distribution {
  return {
    metric,
    summary: known !== undefined && known.count > 0 ? known : { ...summaryOf(values), unit: unitOf(metric) },
    table: tablePercentiles.map((percentile) => values.quantile(percentile / 100)),
    curve: percentileCurve(values),
    from: values.from,
  };
}

const unitOf = (metric: LatencyMetric) => (metricUnit(metric) === '1/s' ? '1/s' : 'ms');

const figures = ['min', 'mean', 'p50', 'p75', 'p90', 'p95', 'p99', 'p99_9', 'max'] as const;

function summaryOf(values: ValueDistribution): MetricSummary {
  return {
    ...noFigures,
    count: values.count,
    stddev: values.stddev,
    ...Object.fromEntries(figures.map((stat) => [stat, statisticOf(values, stat)])),
  };
}

/** Only what the summary says: what lies between its percentiles is not guessed. */
function asKnown(metric: LatencyMetric, summary: MetricSummary): Distribution {
  const curve = figures.flatMap((stat) => {
    const [share, value] = [shareOf[stat], summary[stat]];
    return share === null || value === null ? [] : [{ percentile: share * 100, value }];
  });
  const at = (percentile: number) => curve.find((point) => Math.abs(point.percentile - percentile) < 1e-6);
  return {
    metric,
    summary,
    table: tablePercentiles.map((percentile) => at(percentile)?.value ?? null),
    curve,
    from: 'summary',
  };
}

const noFigures: MetricSummary = {
  unit: 'ms', count: 0, min: null, mean: null, stddev: null, p50: null, p75: null, p90: null, p95: null, p99: null,
  p99_9: null, max: null,
}; // prettier-ignore

function nothing(metric: LatencyMetric): Distribution {
  return {
    metric,
    summary: { ...noFigures, unit: unitOf(metric) },
    table: [],
    curve: [],
    from: 'values',
  };
}
