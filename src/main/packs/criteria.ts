/** Thresholds as Azure's failure criteria: what must not be, in its words. */
import type { PackCheck } from '#contract/api/packs';
import { metricUnit } from '#contract/metrics';
import { formatDuration } from '#contract/quantities';
import type { Threshold } from '#contract/scenario/file';

/** A criterion of one named request. */
export interface Criterion {
  request: string;
  /** `p95(response_time_ms) > 3000` */
  condition: string;
  /** Why it is there when no threshold asked for it. */
  comment?: string;
}

export interface Criteria {
  criteria: Criterion[];
  checks: PackCheck[];
}

/** The metrics that the locustfile fires as requests of their own. */
export const requestMetrics = [
  'connect',
  'greeting',
  'ttfb',
  'ttfa',
  'turn',
  'barge_in',
  'frame_lateness',
] as const;
const requests: ReadonlySet<string> = new Set(requestMetrics);

/** The request whose failures make up a rate. */
const requestOfRate: Partial<Record<Threshold['metric'], string>> = {
  connection_success: 'connect',
  turn_success: 'turn_success',
  barge_in_success: 'barge_in',
};

const aggregates: Partial<Record<Threshold['stat'], string>> = {
  min: 'min',
  mean: 'avg',
  p50: 'p50',
  p75: 'p75',
  p90: 'p90',
  p95: 'p95',
  p99: 'p99',
  p99_9: 'p999',
  max: 'max',
};
const mostCriteria = 50;

/** Beyond this, in more than one second of twenty, an engine's own frames are late and its figures not to be trusted. */
const trusted: Criterion = {
  request: 'frame_lateness',
  condition: 'p95(response_time_ms) > 10',
  comment: 'The engines themselves fell behind: too many users for each',
};

/** `ttfa p95 at most 2s, turn 2` */
export function describeThreshold(row: Threshold): string {
  const { metric, stat, condition, target, where } = row;
  const unit = stat === 'count' ? 'count' : metricUnit(metric);
  const value = { ms: formatDuration(target), share: `${target * 100}%`, count: String(target), '1/s': `${target}/s` }[unit]; // prettier-ignore
  const only = Object.entries(where ?? {});
  const of = only.length > 0 ? ` of ${only.map(([key, is]) => `${key} ${String(is)}`).join(', ')}` : '';
  return `${metric} ${stat}${of} ${condition === 'below' ? 'at most' : 'at least'} ${value}`;
}

/** What Azure can judge; what it cannot is listed. The acceptable tier decides: Azure knows pass and fail only, and a warning passes. */
export function failureCriteria(thresholds: readonly Threshold[]): Criteria {
  const criteria: Criterion[] = [];
  const checks: PackCheck[] = [];
  for (const row of thresholds) {
    if (!row.enabled || row.when === 'mock') continue;
    const mapped = criterionOf(row);
    if (typeof mapped === 'string')
      checks.push({ level: 'warning', text: `Azure cannot judge "${describeThreshold(row)}": ${mapped}.` });
    else {
      criteria.push(mapped.criterion);
      if (mapped.note !== null)
        checks.push({ level: 'warning', text: `"${describeThreshold(row)}" ${mapped.note}.` });
    }
  }
  if (criteria.length >= mostCriteria) {
    const text = `Azure takes ${mostCriteria} criteria; the last ${criteria.length - mostCriteria + 1} thresholds are left out.`;
    checks.push({ level: 'warning', text });
    criteria.length = mostCriteria - 1;
  }
  return { criteria: [...criteria, trusted], checks };
}

function criterionOf(row: Threshold): { criterion: Criterion; note: string | null } | string {
  const { metric, stat, condition, acceptable } = row;
  const [only] = Object.entries(row.where ?? {});
  if (only) return `it speaks of one ${only[0]} only, and the results of a pack are not told apart by that`;
  const ofRate = requestOfRate[metric];
  if (ofRate !== undefined) return successRate(ofRate, row);
  if (metric === 'error_rate')
    return 'its own error percentage counts every metric as a request; use connection_success and turn_success';
  if (!requests.has(metric)) return `a pack does not fire ${metric}`;
  const aggregate = aggregates[stat];
  const sign = condition === 'below' ? '>' : '<';
  if (stat === 'count')
    return {
      criterion: { request: metric, condition: `count(requests) ${sign} ${Math.round(acceptable)}` },
      note: null,
    };
  if (aggregate === undefined) return `it has no ${stat}`;
  const whole = Math.round(acceptable);
  const note = row.after > 0 ? 'is judged over the whole run: Azure has no "after"' : null;
  return {
    criterion: { request: metric, condition: `${aggregate}(response_time_ms) ${sign} ${whole}` },
    note:
      metric === 'frame_lateness'
        ? 'is judged over seconds, each with its 99th percentile'
        : whole === acceptable
          ? note
          : `is judged in whole milliseconds: ${whole}`,
  };
}

function successRate(
  request: string,
  row: Threshold,
): { criterion: Criterion; note: string | null } | string {
  if (row.condition !== 'above') return 'it has a percentage of errors, so only "above" can be told';
  const exact = Number(((1 - row.acceptable) * 100).toFixed(6));
  const whole = Math.floor(exact);
  return {
    criterion: { request, condition: `percentage(error) > ${whole}` },
    note: exact === whole ? null : `is judged in whole percents of errors: ${whole} instead of ${exact}`,
  };
}
