/** The rows of a comparison: what is asked of every run. */
import type { ComparedRow } from '#contract/comparison';
import {
  defaultCondition,
  metricLabels,
  metricUnit,
  type CountMetric,
  type LatencyMetric,
  type Statistic,
} from '#contract/metrics';
import type { RequestSummary, RunSummary } from '#contract/run';
import { requestPrefix } from './differenceText.ts';
import { fromHistogram, fromSummary, statisticOf } from './distribution.ts';
import { rateOf, type RunEvidence } from './evidence.ts';
import type { Interval, RateOf } from './intervals.ts';
import { latencyInterval, rateInterval, type Measured } from './judging.ts';
import {
  comparedLateness,
  comparedLatencies,
  comparedRates,
  longName,
  type ComparedLatency,
} from './metrics.ts';

/** A row without its cells: what it asks of each run, and how far the difference of two could be off. */
export interface RowQuestion {
  head: Omit<ComparedRow, 'cells'>;
  measure: (run: RunEvidence) => Measured;
  interval: (from: RunEvidence, to: RunEvidence) => Interval | null;
}

const nothing: Measured = { value: null, count: 0 };

/** A statistic of a run's latency: as its summary has it, else from its values. */
export function latencyOf(run: RunEvidence, metric: LatencyMetric, stat: Statistic): Measured {
  const distribution = run.distributions.get(metric);
  const summary = run.summary?.metrics[metric];
  const said = summary === undefined || stat === 'rate' ? null : summary[stat];
  // A summary of another tool may know a percentile and not how many values it rests on.
  if (distribution === undefined) return said === null ? nothing : { value: said, count: 0 };
  return { value: said ?? statisticOf(distribution, stat), count: distribution.count };
}

function latencyRow({ metric, stat, headline }: ComparedLatency): RowQuestion {
  const label = longName(metric, stat);
  return {
    head: {
      metric,
      stat,
      label,
      kind: metricUnit(metric) === '1/s' ? 'speed' : 'latency',
      condition: defaultCondition(metric),
      headline,
    },
    measure: (run) => latencyOf(run, metric, stat),
    interval: (from, to) =>
      latencyInterval(stat, from.distributions.get(metric), to.distributions.get(metric)),
  };
}

function rateRow(
  head: Pick<ComparedRow, 'metric' | 'label' | 'condition' | 'headline'>,
  rate: (run: RunEvidence) => RateOf | null,
): RowQuestion {
  return {
    head: { ...head, stat: 'rate', kind: 'rate' },
    measure(run) {
      const one = rate(run);
      return one === null ? nothing : { value: one.rate, count: one.count };
    },
    interval: (from, to) => rateInterval(rate(from), rate(to)),
  };
}

/** What the load asked for as much as what the service took: shown, never judged. */
const speedRow: RowQuestion = {
  head: {
    metric: 'requests_per_second',
    stat: 'mean',
    label: metricLabels.requests_per_second,
    kind: 'speed',
    condition: 'above',
    headline: false,
  },
  measure: ({ summary }) => ({
    value: summary?.requests_per_second ?? null,
    count: summary?.counts.requests ?? 0,
  }),
  interval: () => null,
};

/** Counts depend on how long a run was and how many calls it made: they are shown, never judged. */
function countRow(
  metric: string,
  label: string,
  count: (summary: RunSummary) => number,
  counts: (summary: RunSummary) => boolean = () => true,
): RowQuestion {
  return {
    head: { metric, stat: 'count', label, kind: 'count', condition: 'below', headline: false },
    measure({ summary }) {
      if (summary === null || !counts(summary)) return nothing;
      const value = count(summary);
      return { value, count: value };
    },
    interval: () => null,
  };
}

const countLabels = {
  turns_failed: 'Turns failed',
  turns_timed_out: 'Turns timed out',
  calls_failed: 'Calls failed',
  calls_dropped: 'Calls dropped',
} as const satisfies Partial<Record<CountMetric, string>>;

const requestCounts = [
  'requests_failed',
  'requests_timed_out',
  'retries',
  'checks_failed',
  'iterations_failed',
] as const satisfies CountMetric[];

const makesRequests = ({ counts }: RunSummary) => counts.requests > 0;
const makesCalls = (summary: RunSummary) => summary.counts.calls_attempted > 0 || !makesRequests(summary);

function countRows(): RowQuestion[] {
  const all = (summary: RunSummary) => Object.values(summary.counts.errors).reduce((sum, n) => sum + n, 0);
  const metrics = ['turns_failed', 'turns_timed_out', 'calls_failed', 'calls_dropped'] as const;
  return [
    countRow('errors', 'Errors', all),
    ...metrics.map((metric) =>
      countRow(metric, countLabels[metric], ({ counts }) => counts[metric], makesCalls),
    ),
    ...requestCounts.map((metric) =>
      countRow(metric, metricLabels[metric], ({ counts }) => counts[metric], makesRequests),
    ),
  ];
}

/** Whether a request is one of the metrics above under its own name (a pack fires them): it would be judged twice. */
function isMetric({ type, name, latency }: RequestSummary, { metrics, counts }: RunSummary): boolean {
  const compared = [...comparedLatencies, comparedLateness].find(({ metric }) => metric === name);
  if (compared !== undefined) {
    const { count, p95 } = metrics[compared.metric];
    return p95 !== null && p95 === latency.p95 && count === latency.count;
  }
  return (
    (name === 'turn_success' || name === 'dropped') &&
    ['voice', ''].includes(type) &&
    counts.calls_attempted > 0
  );
}

/** Requests of all runs by type and name; those of imported runs decide their verdict. */
function requestRows(runs: readonly RunEvidence[]): RowQuestion[] {
  const headline = runs.some(({ row }) => row.source !== 'crosstalk');
  const names = new Map<string, RequestSummary>();
  for (const { summary } of runs)
    for (const request of summary?.requests ?? [])
      if (summary !== null && !isMetric(request, summary))
        names.set(`${request.type} ${request.name}`, request);
  return [...names].flatMap(([key, { type, name }]): RowQuestion[] => {
    const of = ({ summary }: RunEvidence) =>
      summary?.requests?.find((request) => request.type === type && request.name === name);
    const values = (run: RunEvidence) => {
      const request = of(run);
      if (request === undefined) return undefined;
      const encoded = run.histograms[`request|step=${name}`];
      const whole = encoded === undefined ? null : fromHistogram(encoded, request.latency);
      return whole ?? fromSummary(request.latency) ?? undefined;
    };
    const metric = requestPrefix + key;
    const shown = key.trim();
    const latency = (stat: 'mean' | 'p50' | 'p95'): RowQuestion => ({
      head: {
        metric,
        stat,
        label: `${shown} ${stat}`,
        kind: 'latency',
        condition: 'below',
        headline: headline && stat === 'p95',
      },
      measure(run) {
        const latencies = of(run)?.latency;
        return latencies === undefined ? nothing : { value: latencies[stat], count: latencies.count };
      },
      interval: (from, to) => latencyInterval(stat, values(from), values(to)),
    });
    const failures = rateRow({ metric, label: `${shown} failures`, condition: 'below', headline }, (run) => {
      const request = of(run);
      return request === undefined || request.count === 0
        ? null
        : { rate: request.failures / request.count, count: request.count };
    });
    return [latency('p95'), latency('p50'), latency('mean'), failures];
  });
}

/** All rows that could be shown of these runs, the most telling first. */
export function rowQuestions(runs: readonly RunEvidence[]): RowQuestion[] {
  return [
    ...comparedLatencies.map(latencyRow),
    ...comparedRates.map(({ metric, headline }) =>
      rateRow(
        { metric, label: longName(metric, 'rate'), condition: defaultCondition(metric), headline },
        ({ summary }) => rateOf(summary, metric),
      ),
    ),
    speedRow,
    ...requestRows(runs),
    ...countRows(),
    latencyRow(comparedLateness),
  ];
}
