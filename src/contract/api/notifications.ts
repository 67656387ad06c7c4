import { z } from 'zod';
import { comparisonVerdicts, verdicts } from '../run.ts';
import { call, event } from './define.ts';

export const webhookFormats = ['json', 'teams', 'slack'] as const;
export const notifyWhen = ['always', 'problems', 'never'] as const;

/** How a run's end is told. `problems`: it failed, is not trusted, or is worse than its baseline. */
export const NotificationSettings = z.object({
  desktop: z.enum(notifyWhen).default('always'),
  webhook: z
    .object({
      when: z.enum(notifyWhen).default('always'),
      format: z.enum(webhookFormats).default('json'),
      /** Its address with what is secret masked; null: none is kept. The address itself lies with the secrets. */
      shown: z.string().nullable().default(null),
    })
    .prefault({}),
});
export type NotificationSettings = z.infer<typeof NotificationSettings>;

/** A run ended, or something about it is worth a look. */
export const RunNews = z.object({
  runId: z.string(),
  title: z.string(),
  body: z.string(),
  verdict: z.enum(verdicts).nullable(),
  comparison: z.enum(comparisonVerdicts).nullable(),
  /** Whether the door has shown it itself; else the page does, where the operator lets it. */
  shown: z.boolean(),
});
export type RunNews = z.infer<typeof RunNews>;

export const notificationsApi = {
  get: call(z.void(), NotificationSettings),
  set: call(
    z.object({
      desktop: z.enum(notifyWhen).optional(),
      webhook: z
        .object({ when: z.enum(notifyWhen).optional(), format: z.enum(webhookFormats).optional() })
        .optional(),
      /** A new address of the webhook; null forgets it. */
      address: z.string().trim().max(4000).nullable().optional(),
    }),
    NotificationSettings,
  ),
  /** Sends a message to the webhook now; what it answered. */
  test: call(z.void(), z.object({ status: z.number().int(), answer: z.string() })),
  news: event(RunNews),
  /** The operator clicked on a notification that the door showed: this run is to be shown. */
  open: event(z.object({ runId: z.string() })),
};
