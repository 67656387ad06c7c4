/** The cells of the strip under a run's title: its thresholds, then the headline numbers no threshold looks at. */
import type { MetricName, Statistic } from '#contract/metrics';
import type { RunSummary, Sample, ThresholdResult, Verdict } from '#contract/run';
import { emptyTotals, type SeriesTotals } from '../charts/sampleSeries.ts';
import { formatElapsed, formatLength } from '../format/quantities.ts';
import type { Workload } from '../runs/rowWorkload.ts';
import {
  exactValue,
  formatLimit,
  formatValue,
  isRecentOnly,
  liveValue,
  thresholdName,
  thresholdStatus,
} from './thresholds.ts';

export interface HeadlineCell {
  key: string;
  metric: MetricName;
  stat: Statistic;
  name: string;
  value: string;
  /** In full, with what it covers, for a hover. */
  about: string;
  status: Verdict | null;
  /** `≤ 2 s`; null without a threshold. */
  limit: string | null;
  /** What is still acceptable, where that is not the target: `≤ 3 s`. */
  acceptable: string | null;
  /** The run's own value so far, where `value` is of the last seconds, and how it would be judged. */
  run: { value: string; status: Verdict | null } | null;
  /** How long it was beyond what is acceptable: `12 s`; null: never, or not known. */
  breached: string | null;
  /** When judging begins, while that is still to come: `00:30`. */
  after: string | null;
}

/** A length in whole seconds as a strip has room for: `12 s`, `2 m 05 s`. */
function inBreach(seconds: number | undefined): string | null {
  return seconds === undefined || seconds <= 0 ? null : formatLength(Math.round(seconds) * 1000);
}

const statusWords: Record<Verdict, string> = { pass: 'met', warn: 'acceptable', fail: 'not met' };

/** Everything about a threshold in one sentence. */
function sentence(threshold: ThresholdResult, now: number | null, live: boolean, narrowed: boolean): string {
  const { metric, stat, value } = threshold;
  const limit = formatLimit(threshold);
  const acceptable = formatLimit({ ...threshold, target: threshold.acceptable });
  const status = live ? thresholdStatus(threshold, value) : threshold.status;
  const parts = [
    `${exactValue(metric, stat, value)}${live ? ' so far' : ' over the whole run'}${status ? ` (${statusWords[status]})` : ''}`,
  ];
  if (now !== null) parts.unshift(`${exactValue(metric, stat, now)} over the last 10 s`);
  parts.push(`target ${limit}, acceptable ${acceptable}`);
  const breached = inBreach(threshold.breached_s);
  if (threshold.breached_s !== undefined)
    parts.push(breached ? `beyond what is acceptable for ${breached}` : 'never beyond what is acceptable');
  if (threshold.after_s !== undefined) parts.push(`judged from ${formatElapsed(threshold.after_s)} on`);
  if (narrowed)
    parts.push(
      `only where ${Object.entries(threshold.where ?? {})
        .map(([key, wanted]) => `${key} is ${wanted}`)
        .join(' and ')}`,
    );
  return parts.join('; ');
}

const noTotals = emptyTotals();

type Headline = readonly [MetricName, Statistic];

const ofCalls: readonly Headline[] = [
  ['ttfa', 'p95'],
  ['barge_in', 'p95'],
  ['connection_success', 'rate'],
  ['turn_success', 'rate'],
];

const ofRequests: readonly Headline[] = [
  ['request', 'p95'],
  ['request_success', 'rate'],
  ['requests_per_second', 'rate'],
];

const firstToken: Headline = ['first_token', 'p95'];

/** The headline numbers of a run by what its users do. */
function headlineMetrics({ voice, requests, tokens }: Headlined): readonly Headline[] {
  return [
    ...(requests ? ofRequests : []),
    ...(requests && tokens ? [firstToken] : []),
    ...(voice ? ofCalls : []),
  ];
}

/** What decides which numbers a run is headed by. */
export interface Headlined extends Workload {
  /** Answers came in tokens. */
  tokens: boolean;
}

const callers: Headlined = { voice: true, requests: false, tokens: false };

/** A metric's value over a whole run; null where nothing was measured or the summary does not hold it. */
export function summaryValue(summary: RunSummary, metric: MetricName, stat: Statistic): number | null {
  const { metrics, rates, counts } = summary;
  if (metric === 'requests_per_second') return summary.requests_per_second;
  const rate = (rates as Partial<Record<string, number | null>>)[metric];
  if (rate !== undefined) return rate;
  const values = (metrics as Partial<Record<string, Partial<Record<string, number | string | null>>>>)[
    metric
  ];
  if (values !== undefined) {
    const value = values[stat];
    return typeof value === 'number' ? value : null;
  }
  const count = (counts as Partial<Record<string, unknown>>)[metric];
  return typeof count === 'number' ? count : null;
}

function coverage(metric: MetricName, live: boolean, value: number | null, recent = true): string {
  if (!live || value === null) return '';
  return recent && isRecentOnly(metric) ? ' over the last 10 s' : ' so far';
}

const noThreshold = { acceptable: null, run: null, breached: null, after: null };

/** The value of the last seconds; null where the threshold has none, or only the whole run can tell. */
function nowOf(threshold: ThresholdResult, last: Sample | null, narrowed: boolean): number | null {
  const { metric, stat, now } = threshold;
  if (now !== undefined) return now;
  // Older senders have no window: of latencies the newest second has one, but never of a part of the run.
  return narrowed || !isRecentOnly(metric) ? null : liveValue(metric, stat, last, noTotals);
}

/** The run's own value so far: what the threshold has, else what the seconds add up to. */
function liveOwn(
  threshold: ThresholdResult,
  live: boolean,
  totals: SeriesTotals,
  narrowed: boolean,
  last: Sample | null,
): number | null {
  const { metric, stat, value } = threshold;
  if (!live || narrowed || value !== null || isRecentOnly(metric)) return value;
  return liveValue(metric, stat, last, totals);
}

/** The strip of a running run (`summary` null) or of one that has ended. */
export function headline(
  thresholds: readonly ThresholdResult[],
  summary: RunSummary | null,
  last: Sample | null,
  totals: SeriesTotals,
  shape: Headlined = callers,
): HeadlineCell[] {
  const live = summary === null;
  const cells = (summary?.thresholds ?? thresholds).map((threshold, i): HeadlineCell => {
    const { metric, stat, after_s: from } = threshold;
    const narrowed = Object.keys(threshold.where ?? {}).length > 0;
    const now = live ? nowOf(threshold, last, narrowed) : null;
    const waits = live && from !== undefined && (last?.t ?? 0) < from;
    const own = liveOwn(threshold, live, totals, narrowed, last);
    const value = now ?? own;
    const judged = live ? thresholdStatus(threshold, value) : threshold.status;
    return {
      key: `threshold-${i}`,
      metric,
      stat,
      name: thresholdName(threshold),
      value: formatValue(metric, stat, value),
      about: sentence({ ...threshold, value: own }, now, live, narrowed),
      status: waits ? null : judged,
      limit: formatLimit(threshold),
      acceptable:
        threshold.acceptable === threshold.target
          ? null
          : formatLimit({ ...threshold, target: threshold.acceptable }),
      run:
        now === null || own === null
          ? null
          : { value: formatValue(metric, stat, own), status: thresholdStatus(threshold, own) },
      breached: inBreach(threshold.breached_s),
      after: waits ? formatElapsed(from) : null,
    };
  });
  const covered = new Set(cells.map((cell) => `${cell.metric} ${cell.stat}`));
  const others = headlineMetrics(shape)
    .filter(([metric, stat]) => !covered.has(`${metric} ${stat}`))
    .map(([metric, stat]): HeadlineCell => {
      const value = live ? liveValue(metric, stat, last, totals) : summaryValue(summary, metric, stat);
      return {
        key: `${metric}-${stat}`,
        metric,
        stat,
        name: thresholdName({ metric, stat }),
        value: formatValue(metric, stat, value),
        about: `${exactValue(metric, stat, value)}${coverage(metric, live, value)}; no threshold looks at it`,
        status: null,
        limit: null,
        ...noThreshold,
      };
    });
  return [...cells, ...others];
}
