import { z } from 'zod';
import { call, event } from './define.ts';

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/** What is run when, while the app is open. */
export const ScheduleInput = z.object({
  /** Path of the scenario. */
  scenario: z.string(),
  /** Left out: the scenario's own. */
  environment: z.string().optional(),
  every: z.enum(['day', 'week']),
  /** On which days of the week; of a daily one none. */
  days: z.array(z.enum(weekdays)).default([]),
  /** `HH:MM`, by this machine's clock. */
  time: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time like 06:30'),
  enabled: z.boolean().default(true),
  /** The environment's name as it was typed, where it is production and so many users must be confirmed. */
  confirm: z.string().optional(),
});
export type ScheduleInput = z.input<typeof ScheduleInput>;

export const Schedule = ScheduleInput.extend({
  id: z.string(),
  /** Name of its scenario, or of the file where it cannot be read. */
  name: z.string(),
  /** When it is next; null: it is not enabled. */
  next: z.string().nullable(),
  /** How the last one went: its run, or why there was none. */
  last: z.object({ at: z.string(), runId: z.string().nullable(), problem: z.string().nullable() }).nullable(),
});
export type Schedule = z.infer<typeof Schedule>;

export const schedulesApi = {
  list: call(z.void(), z.array(Schedule)),
  /** Without an id: a new one. */
  save: call(z.object({ id: z.string().optional(), schedule: ScheduleInput }), Schedule),
  remove: call(z.object({ id: z.string() }), z.void()),
  /** How to do the same without the app: a line of a crontab, and a step of a GitHub Actions workflow with its trigger. */
  texts: call(
    ScheduleInput,
    z.object({
      crontab: z.string(),
      actions: z.string(),
      /** When it would be next. */
      next: z.string().nullable(),
    }),
  ),
  changed: event(z.object({})),
};
