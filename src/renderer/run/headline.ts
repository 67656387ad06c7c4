/** The cells of the strip under a run's title: its thresholds, then the headline numbers no threshold looks at. */
import type { MetricName, Statistic } from '#contract/metrics';
import type { RunSummary, Sample, ThresholdResult, Verdict } from '#contract/run';
import type { SeriesTotals } from '../charts/sampleSeries.ts';
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
}

const always: readonly [MetricName, Statistic][] = [
  ['ttfa', 'p95'],
  ['barge_in', 'p95'],
  ['connection_success', 'rate'],
  ['turn_success', 'rate'],
];

/** A metric's value over a whole run; null where nothing was measured or the summary does not hold it. */
export function summaryValue(summary: RunSummary, metric: MetricName, stat: Statistic): number | null {
  const { metrics, rates, counts } = summary;
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

/** The strip of a running run (`summary` null) or of one that has ended. */
export function headline(
  thresholds: readonly ThresholdResult[],
  summary: RunSummary | null,
  last: Sample | null,
  totals: SeriesTotals,
): HeadlineCell[] {
  const live = summary === null;
  const cells = (summary?.thresholds ?? thresholds).map((threshold, i): HeadlineCell => {
    const { metric, stat } = threshold;
    const narrowed = Object.keys(threshold.where ?? {}).length > 0;
    // Of a part of the run the last seconds say nothing; all of it so far does.
    const now = live && !narrowed ? liveValue(metric, stat, last, totals) : null;
    const value = now ?? threshold.value;
    const limit = formatLimit(threshold);
    return {
      key: `threshold-${i}`,
      metric,
      stat,
      name: thresholdName(threshold),
      value: formatValue(metric, stat, value),
      about: `${exactValue(metric, stat, value)}${coverage(metric, live, value, now !== null)}; target ${limit}, acceptable ${formatLimit({ ...threshold, target: threshold.acceptable })}`,
      status: live ? thresholdStatus(threshold, value) : threshold.status,
      limit,
    };
  });
  const covered = new Set(cells.map((cell) => `${cell.metric} ${cell.stat}`));
  const others = always
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
      };
    });
  return [...cells, ...others];
}
