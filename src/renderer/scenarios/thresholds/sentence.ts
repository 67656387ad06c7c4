/** A written threshold as a sentence. Pure. */
import { parseDuration } from '#contract/units';
import { formatLength } from '../../format/quantities.ts';
import { formatTarget, thresholdName } from '../../run/thresholds.ts';
import { mapOf, type WrittenMap } from '../load/readLoad.ts';
import { conditionOf, limitOf, metricOf, statOf, unitOf } from './rows.ts';

const places: readonly [string, (value: string) => string][] = [
  ['turn', (value) => `turn ${value}`],
  ['conversation', (value) => `conversation ${value}`],
  ['user', (value) => `users ${value}`],
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
  const name = thresholdName({ metric, stat: statOf(row) ?? 'p95' });
  const target = limitWords(row, 'target') ?? '…';
  const acceptable = limitWords(row, 'acceptable');
  const second =
    acceptable === null || acceptable === target
      ? []
      : [`${condition === 'below' ? 'up to' : 'down to'} ${acceptable} acceptable`];
  const words = [`${name} ${condition} ${target}`, ...second, ...detailWords(row)].join(', ');
  const stops = row.abort === true ? '; stops the run' : '';
  return row.enabled === false ? `Off: ${words}${stops}` : `${words}${stops}`;
}
