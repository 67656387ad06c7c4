/** The thresholds of k6 options, one expression after the other. */
import { defaultCondition, metricKind, type MetricName, type Statistic } from '#contract/metrics';
import { formatDuration } from '#contract/quantities';
import type { Notes } from '../notes.ts';
import type { CustomMetric } from './evaluate.ts';
import { shown } from './reader.ts';
import { counterpart } from './metrics.ts';
import { k6Ms } from './units.ts';
import { NotKnown, ValueMap, type Value } from './values.ts';

/** A row as a scenario has it, and what it was. */
export interface K6Threshold {
  from: string;
  /** What differs from k6, in sentences; empty when nothing does. */
  changes: string[];
  row: Record<string, unknown>;
}

const expression = /^\s*(p\(\s*(\d+(?:\.\d+)?)\s*\)|avg|min|max|med|rate|count|value)\s*(<=|>=|<|>|===|==|!=)\s*(-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)\s*$/i; // prettier-ignore

const percentiles: { p: number; stat: Statistic }[] = [
  { p: 50, stat: 'p50' },
  { p: 75, stat: 'p75' },
  { p: 90, stat: 'p90' },
  { p: 95, stat: 'p95' },
  { p: 99, stat: 'p99' },
  { p: 99.9, stat: 'p99_9' },
  { p: 100, stat: 'max' },
];
const plainStats: Record<string, Statistic> = { avg: 'mean', min: 'min', max: 'max', med: 'p50', rate: 'rate', count: 'count', value: 'count' }; // prettier-ignore

interface KnownExpression {
  stat: Statistic;
  above: boolean;
  limit: number;
  /** The limit itself does not do. */
  strict: boolean;
  but?: string;
}
type Read = KnownExpression | { why: string };

function readExpression(text: string): Read {
  const match = expression.exec(text);
  if (!match) return { why: 'It cannot be read as a threshold of k6, like p(95)<500.' };
  const [, aggregate = '', percentile, operator = '', number = ''] = match;
  const limit = Number(number);
  // No share is above 1, and nothing that is counted is below 0: there, equal is at least or at most.
  const isAll = aggregate === 'rate' && limit === 1;
  if (!/^[<>]/.test(operator) && !(operator.startsWith('==') && (isAll || limit === 0)))
    return { why: 'A threshold here is above or below a value, not equal to it.' };
  const rest = {
    above: operator.startsWith('>') || (operator.startsWith('==') && isAll),
    limit,
    strict: !operator.includes('='),
  };
  if (percentile === undefined) {
    const stat = plainStats[aggregate.toLowerCase()];
    return stat ? { stat, ...rest } : { why: 'Crosstalk has no such statistic.' };
  }
  const p = Number(percentile);
  const found = percentiles.find((one) => one.p >= p);
  if (!found || p <= 0) return { why: 'Crosstalk has no such percentile.' };
  return found.p === p
    ? { stat: found.stat, ...rest }
    : { stat: found.stat, ...rest, but: `There is no p(${percentile}) here: ${found.stat} is the next one.` };
}

/** A limit as a scenario writes it. There a limit itself is met; k6's `count>0` is a count of at least 1. */
function limitOf(metric: MetricName, { stat, limit, above, strict }: KnownExpression): string | number {
  const kind = stat === 'count' ? 'count' : metricKind(metric);
  if (kind === 'count' && strict) return above ? Math.floor(limit) + 1 : Math.ceil(limit) - 1;
  if (kind === 'latency') return limit < 0 || limit % 1000 !== 0 ? `${limit}ms` : formatDuration(limit);
  return kind === 'rate' ? `${Number((limit * 100).toPrecision(12))}%` : limit;
}

/** `{scenario:ramp,phase:chat}` → which users entry, or why the tags cannot be carried over. */
function whereOf(tags: string, users: readonly string[]): { user?: string } | { why: string } {
  const where: { user?: string } = {};
  for (const tag of tags.split(',')) {
    const [, key = '', value = ''] = /^\s*([\w.-]+)\s*[:=]\s*["']?(.*?)["']?\s*$/s.exec(tag) ?? [];
    if (key !== 'scenario')
      return { why: `It is about a part only (${tag.trim()}), and tags are set by code, which is not read.` };
    if (!users.includes(value)) return { why: `There is no scenario “${value}” that it could be about.` };
    where.user = value;
  }
  return where;
}

interface Given {
  expression: string;
  abort: boolean;
  delayMs: number | null;
}

function givenOf(value: Value): Given | null {
  if (typeof value === 'string') return { expression: value, abort: false, delayMs: null };
  if (!(value instanceof ValueMap)) return null;
  const text = value.get('threshold');
  if (typeof text !== 'string') return null;
  const delay = value.get('delayAbortEval');
  return {
    expression: text,
    abort: value.get('abortOnFail') === true,
    delayMs: (delay ?? null) === null ? null : k6Ms(delay),
  };
}

function rowOf(
  name: string,
  given: Given,
  users: readonly string[],
  own: CustomMetric | undefined,
  from: string,
): K6Threshold | { why: string } {
  // prettier-ignore
  const tagged = /^([^{]+?)\s*(?:\{(.*)\})?\s*$/s.exec(name);
  const [, metricName = name, tags = ''] = tagged ?? [];
  const match = counterpart(metricName, own);
  if ('why' in match) return match;
  const read = readExpression(given.expression);
  if ('why' in read) return read;
  const where = tags === '' ? {} : whereOf(tags, users);
  if ('why' in where) return where;
  const { metric } = match;
  const kind = metricKind(metric);
  if (kind === 'count' && read.stat !== 'count')
    return { why: `${metric} is a count; its ${given.expression.trim()} has no counterpart.` };
  if (kind === 'rate' && read.stat !== 'rate')
    return { why: `${metric} is a rate; its ${given.expression.trim()} has no counterpart.` };
  if (kind === 'latency' && read.stat === 'rate')
    return { why: `${metric} is a time; its ${given.expression.trim()} has no counterpart.` };
  const condition = read.above ? 'above' : 'below';
  const changes = [match.but, read.but].filter((text) => text !== undefined);
  if (own?.type === 'Trend' && !own.isTime) changes.push('Its number is taken as milliseconds.');
  if (given.delayMs !== null && given.delayMs > 0)
    changes.push('delayAbortEval is after: what comes before does not count at all.');
  return {
    from,
    changes,
    row: {
      metric,
      stat: read.stat,
      ...(condition === defaultCondition(metric) ? {} : { condition }),
      target: limitOf(metric, read),
      ...(where.user === undefined ? {} : { where: { user: where.user } }),
      ...(given.delayMs === null || given.delayMs === 0 ? {} : { after: formatDuration(given.delayMs) }),
      ...(given.abort ? { abort: true } : {}),
    },
  };
}

const mostThresholds = 100;

/** Every threshold that has a counterpart; `users`: names of the users entries by the name of their k6 scenario. */
export function thresholdsOf(
  options: ValueMap,
  users: readonly string[],
  metrics: ReadonlyMap<string, CustomMetric>,
  notes: Notes,
): K6Threshold[] {
  // prettier-ignore
  const all = options.get('thresholds');
  if ((all ?? null) === null) return [];
  if (!(all instanceof ValueMap)) {
    const why = all instanceof NotKnown ? all.why : 'it is not an object';
    notes.leftOut('thresholds', `They cannot be read: ${why}.`);
    return [];
  }
  const found: K6Threshold[] = [];
  for (const [name, value] of all) {
    const own = metrics.get(name.replace(/\s*\{.*$/s, ''));
    for (const one of Array.isArray(value) ? value : [value]) {
      const given = givenOf(one);
      if (!given) {
        const why = one instanceof NotKnown ? one.why : 'it is neither a text nor { threshold: … }';
        notes.leftOut(`${name}: ${shown(name, one)}`, `It cannot be read: ${why}.`);
        continue;
      }
      const from = `${name}: ${given.expression}`;
      const row = found.length < mostThresholds ? rowOf(name, given, users, own, from) : { why: `At most ${mostThresholds} are imported.` }; // prettier-ignore
      if ('why' in row) notes.leftOut(from, row.why);
      else found.push(row);
    }
  }
  return found;
}
