/** A row of a scenario's thresholds: metric × statistic × condition × value, in two tiers. */
import { z } from 'zod';
import { defaultCondition, metricKind, metricNames, metricUnit, statistics } from '../metrics.ts';
import { Duration } from '../quantities.ts';
import { quoted } from '../secrets.ts';
import { parseDuration, parseShare } from '../units.ts';
import { Name, PositiveInt } from './words.ts';

/** A limit as written (`2s`, `98%`, a number for counts) → milliseconds, share or count, by the metric's kind. */
function limit(
  metric: (typeof metricNames)[number],
  stat: (typeof statistics)[number],
  value: string | number,
): number | string {
  const kind = stat === 'count' ? 'count' : metricKind(metric);
  const shown = typeof value === 'string' ? quoted(value) : String(value);
  if (kind === 'latency' && metricUnit(metric) === 'ms') {
    const ms = typeof value === 'string' ? parseDuration(value) : null;
    return ms ?? `${shown} is not a duration; ${metric} is compared with a time like 2s or 500ms`;
  }
  if (kind === 'rate') {
    const share = typeof value === 'string' ? parseShare(value) : value;
    return share !== null && share >= 0 && share <= 1
      ? share
      : `${shown} is not a share; ${metric} is compared with a percentage like 98%`;
  }
  return typeof value === 'number'
    ? value
    : `${shown} is not a number; ${metric} is compared with a ${metricUnit(metric) === '1/s' ? 'number a second, without a unit' : 'count'}`;
}

export const Threshold = z
  .strictObject({
    metric: z
      .enum(metricNames)
      .describe('What is measured, like ttfa: the time to the first audio of an answer.'),
    stat: z
      .enum(statistics)
      .describe('Which figure of it: a percentile or average of times, rate of a rate, count of a count.'),
    condition: z
      .enum(['above', 'below'])
      .optional()
      .describe('Whether the figure must be above or below; left out: as is usual for the metric.'),
    target: z.union([z.string(), z.number()]).meta({
      description: 'Kept: the run passes. A time, a share or a count, by the metric.',
      examples: ['2s', '98%', 0],
    }),
    acceptable: z
      .union([z.string(), z.number()])
      .optional()
      .meta({
        description: 'Missed but within this: a warning. Left out: the same as the target.',
        examples: ['3s', '95%', 5],
      }),
    where: z
      .strictObject({
        turn: PositiveInt.optional().describe('Only the turns with this number in their call, from 1.'),
        conversation: Name.optional().describe('Only calls of this conversation.'),
        user: Name.optional().describe('Only calls of this users entry.'),
        step: Name.optional().describe('Only requests with this name.'),
        phase: Name.optional().describe('Only requests of steps with this phase.'),
        group: Name.optional().describe('Only requests of this group of steps.'),
        period: Name.optional().describe('Only what happened in this period.'),
      })
      .optional()
      .describe('Only a part of what was measured.'),
    after: Duration.default(0).describe('Only what was measured after so long.'),
    abort: z.boolean().default(false).describe('Whether the run is stopped when it fails.'),
    when: z
      .enum(['live', 'mock'])
      .optional()
      .describe('Only where the environment has this latency; left out: everywhere.'),
    enabled: z.boolean().default(true).describe('false: the row is kept, but not judged.'),
  })
  .transform((row, ctx) => {
    const wrong = (path: string, message: string) => ctx.addIssue({ code: 'custom', path: [path], message });
    const kind = metricKind(row.metric);
    if (kind === 'rate' && row.stat !== 'rate') {
      wrong('stat', `${row.metric} is a rate: its stat must be "rate"`);
      return z.NEVER;
    }
    if (kind === 'speed' && row.stat !== 'rate') {
      wrong('stat', `${row.metric} is a number a second: its stat must be "rate"`);
      return z.NEVER;
    }
    if (kind === 'count' && row.stat !== 'count') {
      wrong('stat', `${row.metric} is a count: its stat must be "count"`);
      return z.NEVER;
    }
    if (kind === 'latency' && row.stat === 'rate') {
      wrong(
        'stat',
        `${row.metric} is a time: its stat must be one of ${statistics.filter((s) => s !== 'rate').join(', ')}`,
      );
      return z.NEVER;
    }
    const target = limit(row.metric, row.stat, row.target);
    const acceptable = limit(row.metric, row.stat, row.acceptable ?? row.target);
    if (typeof target === 'string') wrong('target', target);
    if (typeof acceptable === 'string') wrong('acceptable', acceptable);
    if (typeof target === 'string' || typeof acceptable === 'string') return z.NEVER;
    const condition = row.condition ?? defaultCondition(row.metric);
    if (condition === 'below' ? acceptable < target : acceptable > target) {
      wrong(
        'acceptable',
        `must be ${condition === 'below' ? 'at least' : 'at most'} the target, or the target could never be missed`,
      );
      return z.NEVER;
    }
    return { ...row, target, acceptable, condition };
  });
export type Threshold = z.output<typeof Threshold>;
