/** A written threshold as a sentence. Pure. */
import { metricKind, metricLabels, type MetricName, type Statistic } from '#contract/metrics';
import { parseDuration } from '#contract/units';
import { formatLength } from '../../format/quantities.ts';
import { formatTarget } from '../../run/thresholds.ts';
import { mapOf, type WrittenMap } from '../load/readLoad.ts';
import { conditionOf, limitOf, metricOf, statOf, unitOf } from './rows.ts';

const places: readonly [string, (value: string) => string][] = [
  ['turn', (value) => `turn ${value}`],
  ['conversation', (value) => `conversation ${value}`],
  ['user', (value) => `users ${value}`],
  ['step', (value) => `request “${value}”`],
  ['phase', (value) => `phase ${value}`],
  ['group', (value) => `group ${value}`],
  ['period', (value) => `period ${value}`],
];

function limitWords(row: WrittenMap, key: 'target' | 'acceptable'): string | null {
  const metric = metricOf(row);
  const stat = statOf(row);
  if (!metric || !stat) return null;
  const limit = limitOf(row[key], unitOf(metric, stat));
  return limit === null ? null : formatTarget(metric, stat, limit);
}

function word(value: unknown): string | null {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
}

/** `ttfa p95`, `barge-in p95`, `connection success`. */
function nameOf(metric: MetricName, stat: Statistic): string {
  const name = metric.startsWith('tt') ? metric.replace('_', ' ') : metricLabels[metric].toLowerCase();
  return metricKind(metric) === 'latency' ? `${name} ${stat.replace('_', '.')}` : name;
}

/** What is narrowed or added by the parts that are folded away: `only turn 2, after 30 s`. */
export function detailWords(row: WrittenMap): string[] {
  const where = mapOf(row.where) ?? {};
  const only = places.flatMap(([key, say]) => {
    const value = word(where[key]);
    return value === null ? [] : [say(value)];
  });
  const after = typeof row.after === 'string' ? parseDuration(row.after) : null;
  return [
    ...(only.length > 0 ? [`only ${only.join(', ')}`] : []),
    ...(after !== null && after > 0 ? [`after ${formatLength(after)}`] : []),
    ...(row.when === 'live' || row.when === 'mock' ? [`only in ${row.when} environments`] : []),
  ];
}

/** `ttfa p95 below 2 s, up to 3 s acceptable, only turn 2, after 30 s; stops the run`. */
export function sentenceOf(row: WrittenMap): string {
  const metric = metricOf(row);
  if (!metric) return 'A threshold of a metric that there is not';
  const condition = conditionOf(row);
  const stat = statOf(row) ?? 'p95';
  const below = condition === 'below';
  const counted = unitOf(metric, stat) === 'count';
  const verb = counted ? (below ? 'at most' : 'at least') : condition;
  const target = limitWords(row, 'target') ?? '…';
  const acceptable = limitWords(row, 'acceptable');
  const second =
    acceptable === null || acceptable === target
      ? []
      : [`${below ? 'up to' : 'down to'} ${acceptable} acceptable`];
  const words = [`${nameOf(metric, stat)} ${verb} ${target}`, ...second, ...detailWords(row)].join(', ');
  const stops = row.abort === true ? '; stops the run' : '';
  return row.enabled === false ? `Off: ${words}${stops}` : `${words}${stops}`;
}
