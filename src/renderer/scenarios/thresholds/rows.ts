/** Rows of thresholds as they are written, and what becomes of one when a part of it is changed. Pure. */
import {
  defaultCondition,
  metricKind,
  type MetricName,
  metricNames,
  metricUnit,
  type Statistic,
  statistics,
} from '#contract/metrics';
import { parseDuration, parseShare } from '#contract/units';
import { mapOf, type WrittenMap } from '../load/readLoad.ts';

/** What a threshold's limits are: times, shares, counts, or numbers a second. */
export type LimitUnit = 'time' | 'share' | 'count' | 'speed';

const errors: WrittenMap = { metric: 'error_rate', stat: 'rate', target: '1%' };
const voiceRows: readonly WrittenMap[] = [
  { metric: 'ttfa', stat: 'p95', target: '2s', acceptable: '3s' },
  { metric: 'barge_in', stat: 'p95', target: '500ms', acceptable: '1s' },
  { metric: 'connection_success', stat: 'rate', target: '98%', acceptable: '95%' },
  { metric: 'turn_success', stat: 'rate', target: '95%', acceptable: '90%' },
];
const requestRows: readonly WrittenMap[] = [
  { metric: 'request', stat: 'p95', target: '1s', acceptable: '2s' },
  { metric: 'request_success', stat: 'rate', target: '99%', acceptable: '95%' },
  { metric: 'check_success', stat: 'rate', target: '99%', acceptable: '95%' },
];

/** Who is in a scenario, as far as metrics differ by it. */
export interface Subjects {
  voice: boolean;
  requests: boolean;
}

export const onlyVoice: Subjects = { voice: true, requests: false };

/** The rows a scenario should have. */
export function defaultRowsOf({ voice, requests }: Subjects): WrittenMap[] {
  return [...(voice || !requests ? voiceRows : []), ...(requests ? requestRows : []), errors];
}

export function metricOf(row: WrittenMap): MetricName | null {
  return metricNames.find((name) => name === row.metric) ?? null;
}

/** The statistics that a metric has. */
export function statsOf(metric: MetricName): readonly Statistic[] {
  const kind = metricKind(metric);
  if (kind === 'latency') return statistics.filter((stat) => stat !== 'rate');
  return [kind === 'speed' ? 'rate' : kind];
}

/** The statistic of a row, where it is one that its metric has. */
export function statOf(row: WrittenMap): Statistic | null {
  const metric = metricOf(row);
  const known = metric ? statsOf(metric) : statistics;
  return known.find((stat) => stat === row.stat) ?? null;
}

export function unitOf(metric: MetricName, stat: Statistic): LimitUnit {
  if (stat === 'count') return 'count';
  const units = { ms: 'time', share: 'share', count: 'count', '1/s': 'speed' } as const;
  return units[metricUnit(metric)];
}

/** A limit as written → ms, share, count or number a second; null when it is none of its unit. */
export function limitOf(value: unknown, unit: LimitUnit): number | null {
  if (unit === 'count' || unit === 'speed') return typeof value === 'number' ? value : null;
  if (unit === 'time') return typeof value === 'string' ? parseDuration(value) : null;
  const share = typeof value === 'string' ? parseShare(value) : typeof value === 'number' ? value : null;
  return share !== null && share >= 0 && share <= 1 ? share : null;
}

export function conditionOf(row: WrittenMap): 'above' | 'below' {
  if (row.condition === 'above' || row.condition === 'below') return row.condition;
  const metric = metricOf(row);
  return metric ? defaultCondition(metric) : 'below';
}

/** The limits that a metric starts with. */
function usualLimits(metric: MetricName, unit: LimitUnit): WrittenMap {
  const usual = [...voiceRows, ...requestRows, errors].find((row) => row.metric === metric);
  if (usual && unit !== 'count') {
    const { target, acceptable } = usual;
    return acceptable === undefined ? { target } : { target, acceptable };
  }
  if (unit === 'count') return { target: defaultCondition(metric) === 'above' ? 1 : 0 };
  if (unit === 'speed') return { target: 10 };
  if (unit === 'time') return { target: '1s', acceptable: '2s' };
  return { target: '95%', acceptable: '90%' };
}

/** Limits that fit stay; others, of another unit or meant the other way round, give way to usual ones, in their usual condition. */
function fitLimits(row: WrittenMap, metric: MetricName, stat: Statistic, turned: boolean): WrittenMap {
  const unit = unitOf(metric, stat);
  if (!turned && limitOf(row.target, unit) !== null) return row;
  const { target: _target, acceptable: _acceptable, condition: _condition, ...rest } = row;
  return { ...rest, ...usualLimits(metric, unit) };
}

/** Keys in the order in which they are written. */
const order = [
  'metric',
  'stat',
  'condition',
  'target',
  'acceptable',
  'where',
  'after',
  'abort',
  'when',
  'enabled',
];

function ordered(row: WrittenMap): Record<string, unknown> {
  const known = order.filter((key) => key in row).map((key): [string, unknown] => [key, row[key]]);
  const rest = Object.entries(row).filter(([key]) => !order.includes(key));
  return Object.fromEntries([...known, ...rest]);
}

/** A row about another metric: what fits it stays, and its statistic is always one that it has. */
export function withMetric(row: WrittenMap, metric: MetricName): Record<string, unknown> {
  const before = metricOf(row);
  const stats = statsOf(metric);
  const stat = stats.find((known) => known === row.stat) ?? (stats.includes('p95') ? 'p95' : stats[0]);
  const turned = before !== null && defaultCondition(before) !== defaultCondition(metric);
  const next = fitLimits({ ...row, metric, stat: stat ?? 'p95' }, metric, stat ?? 'p95', turned);
  const { condition, ...rest } = next;
  // The condition that a metric has anyway is not written.
  return ordered(condition === defaultCondition(metric) ? rest : next);
}

/** A row with another statistic of its metric. */
export function withStat(row: WrittenMap, stat: Statistic): Record<string, unknown> {
  const metric = metricOf(row);
  const next = { ...row, stat };
  return ordered(metric ? fitLimits(next, metric, stat, false) : next);
}

/** A row with another condition; the one its metric has anyway is not written. Limits change places where they must. */
export function withCondition(row: WrittenMap, condition: 'above' | 'below'): Record<string, unknown> {
  const metric = metricOf(row);
  const { condition: _condition, ...rest } = row;
  const next: Record<string, unknown> =
    metric && defaultCondition(metric) === condition ? rest : { ...rest, condition };
  const stat = statOf(row);
  const unit = metric && stat ? unitOf(metric, stat) : null;
  const target = unit && limitOf(row.target, unit);
  const acceptable = unit && limitOf(row.acceptable, unit);
  if (typeof target === 'number' && typeof acceptable === 'number') {
    const wrong = condition === 'below' ? acceptable < target : acceptable > target;
    if (wrong) Object.assign(next, { target: row.acceptable, acceptable: row.target });
  }
  return ordered(next);
}

function isAbout(row: WrittenMap, other: WrittenMap): boolean {
  return row.metric === other.metric && row.stat === other.stat;
}

function isEverywhere(row: WrittenMap): boolean {
  const where = mapOf(row.where);
  return where === null || Object.keys(where).length === 0;
}

/** The default rows that no row of the whole run covers. */
export function missingDefaults(rows: readonly unknown[], subjects: Subjects = onlyVoice): WrittenMap[] {
  const written = rows.map(mapOf).filter((row) => row !== null);
  return defaultRowsOf(subjects).filter(
    (row) => !written.some((other) => isAbout(other, row) && isEverywhere(other)),
  );
}

/** The row that is added to a list. */
export function nextRow(rows: readonly unknown[], subjects: Subjects = onlyVoice): WrittenMap {
  return missingDefaults(rows, subjects)[0] ?? defaultRowsOf(subjects)[0] ?? errors;
}
