/** The tables of a report: percentiles, breakdowns, errors, slowest turns. */
import type { ErrorGroup } from '#contract/api/runs';
import { latencyMetrics, metricLabels } from '#contract/metrics';
import { tablePercentiles, type BreakdownRow } from '#contract/review';
import type { MetricSummary, RunSummary, TurnRecord } from '#contract/run';
import { decodeHistogram } from '../histograms.ts';
import { formatCount, formatElapsed, formatInUnit, formatMs, formatShare } from '../quantities.ts';
import { exact, markup, tableOf, type Markup } from './markup.ts';
import { right, wide } from './parts.ts';

const ms = (value: number | null) => exact(formatMs(value), value === null ? null : `${value} ms`);

function inUnit({ unit }: MetricSummary, value: number | null): Markup {
  return exact(formatInUnit(unit, value), value === null ? null : `${value} ${unit}`);
}

/** What a summary knows of a percentile without its histogram. */
function ofSummary(metric: MetricSummary, percentile: number): number | null {
  const known: Record<number, number | null> = {
    50: metric.p50,
    75: metric.p75,
    90: metric.p90,
    95: metric.p95,
    99: metric.p99,
    99.9: metric.p99_9,
    100: metric.max,
  };
  return known[percentile] ?? null;
}

export function percentilesPart(
  summary: RunSummary | null,
  histograms: Readonly<Record<string, string>>,
  curves: number,
): Markup | false {
  if (summary === null) return false;
  const rows = latencyMetrics.flatMap((name) => {
    const metric = summary.metrics[name];
    if (metric.count === 0) return [];
    const encoded = histograms[name];
    const histogram = encoded === undefined ? null : decodeHistogram(encoded);
    // The extremes are kept exactly beside the histogram.
    const within = (value: number) => Math.min(metric.max ?? value, Math.max(metric.min ?? value, value));
    const at = (p: number) =>
      histogram === null || p === 100
        ? ofSummary(metric, p)
        : within(histogram.getValueAtPercentile(p) / 1000);
    return [
      [
        markup`<span title="${name}">${metricLabels[name]}</span>`,
        exact(formatCount(metric.count), metric.count),
        inUnit(metric, metric.mean),
        ...tablePercentiles.map((p) => inUnit(metric, at(p))),
      ],
    ];
  });
  if (rows.length === 0) return false;
  const heads = tablePercentiles.map((p) => right(p === 100 ? 'max' : `${p} %`));
  return markup`<section class="percentiles"><h2>Percentiles</h2>${tableOf(
    'Percentiles by metric',
    [{ head: 'Metric' }, right('Count'), right('Mean'), ...heads],
    rows,
  )}${curves > 0 && markup`<h3>Percentile curve</h3><div id="curve" class="chart tall"></div>`}</section>`;
}

export function requestsPart(summary: RunSummary | null): Markup | false {
  const requests = summary?.requests ?? [];
  if (requests.length === 0) return false;
  const rows = requests.map(({ type, name, count, failures, latency }) => [
    type,
    name,
    exact(formatCount(count), count),
    exact(formatCount(failures), failures),
    ...[latency.p50, latency.p95, latency.p99, latency.max].map(ms),
  ]);
  const coarse = requests.some((request) => request.coarse);
  const columns = [
    { head: 'Type' },
    wide('Name'),
    right('Count'),
    right('Failures'),
    ...['p50', 'p95', 'p99', 'max'].map(right),
  ];
  return markup`<section><h2>Requests</h2>${tableOf('Requests', columns, rows)}${
    coarse && markup`<p class="muted">Percentiles of this tool come in steps of two digits.</p>`
  }</section>`;
}

/** How the checks went, those that failed first. */
export function checksPart(summary: RunSummary | null): Markup | false {
  const checks = summary?.checks ?? [];
  if (checks.length === 0) return false;
  const rows = [...checks]
    .sort((a, b) => b.failed - a.failed)
    .map(({ step, name, passed, failed }) => [
      step,
      name,
      exact(formatCount(passed), passed),
      exact(formatCount(failed), failed),
    ]);
  const columns = [wide('Request'), wide('Check'), right('Passed'), right('Failed')];
  return markup`<section><h2>Checks</h2>${tableOf('Checks', columns, rows)}</section>`;
}

const breakdownColumns = [
  right('Turns'),
  right('Failed'),
  right('Timed out'),
  right('Success'),
  right('ttfa p50'),
  right('ttfa p95'),
  right('recognition p95'),
  right('processing p95'),
  right('turn p95'),
  right('barge-in p95'),
];

/** By turn, conversation and users entry; one that has a single row says nothing new and is left out, but turns. */
export function breakdownsPart(
  found: readonly [name: string, rows: readonly BreakdownRow[]][],
): Markup | false {
  const shown = found.filter(([, rows], i) => rows.length > (i === 0 ? 0 : 1));
  if (shown.length === 0) return false;
  const tables = shown.map(([name, rows]) => {
    const cells = rows.map((row) => [
      row.key,
      exact(formatCount(row.turns), row.turns),
      formatCount(row.failed),
      formatCount(row.timedOut),
      exact(formatShare(row.success), row.success),
      ...[row.ttfaP50, row.ttfaP95, row.recognitionP95, row.processingP95, row.turnP95, row.bargeInP95].map(
        ms,
      ),
    ]);
    return markup`<h3>By ${name}</h3>${tableOf(`By ${name}`, [wide(name), ...breakdownColumns], cells)}`;
  });
  return markup`<section><h2>Turns in parts</h2>${tables}</section>`;
}

/** `atS` tells when a stamp was, in seconds since the start of the load. */
export function errorsPart(errors: readonly ErrorGroup[], atS: (stamp: number) => number): Markup {
  if (errors.length === 0) return markup`<section><h2>Errors</h2><p>None.</p></section>`;
  const rows = errors.map((group) => [
    group.kind,
    exact(formatCount(group.count), group.count),
    formatElapsed(atS(group.firstAt) * 1000),
    formatElapsed(atS(group.lastAt) * 1000),
    group.example,
  ]);
  const columns = [wide('Kind'), right('Count'), right('First'), right('Last'), wide('Example')];
  return markup`<section><h2>Errors</h2>${tableOf('Errors', columns, rows)}</section>`;
}

export function slowestPart(turns: readonly TurnRecord[], atS: (stamp: number) => number): Markup | false {
  if (turns.length === 0) return false;
  const rows = turns.map((turn) => [
    formatElapsed(atS(turn.startedAt) * 1000),
    ms(turn.ttfa),
    ms(turn.recognition),
    ms(turn.processing),
    turn.turn,
    turn.conversation,
    turn.clip,
    turn.error === null ? turn.status : `${turn.status}: ${turn.error}`,
    markup`<code>${turn.callId}</code>`,
  ]);
  const columns = [
    right('At'),
    right('ttfa'),
    right('recognition'),
    right('processing'),
    right('Turn'),
    wide('Conversation'),
    wide('Clip'),
    wide('Status'),
    wide('Call'),
  ];
  return markup`<section><h2>Slowest turns</h2>${tableOf('Slowest turns', columns, rows)}</section>`;
}

/** Seconds since the start of the load of a stamp, by the run's first sample; without samples by its clock. */
export function loadClock(first: { at: number; t: number } | undefined): (stamp: number) => number {
  const start = first === undefined ? 0 : first.at - first.t * 1000;
  return (stamp) => Math.max(0, (stamp - start) / 1000);
}
