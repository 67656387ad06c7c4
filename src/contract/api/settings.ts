import { z } from 'zod';
import { call, event } from './define.ts';
import { LastRemoval, Retention } from './history.ts';
import { NotificationSettings } from './notifications.ts';

/** How Azure Speech is reached, without its secret. Changed by `voices.setAzure`. */
export const AzureSpeechSettings = z.object({
  auth: z.enum(['key', 'entra']),
  region: z.string(),
  endpoint: z.string(),
  resourceId: z.string(),
});
export type AzureSpeechSettings = z.infer<typeof AzureSpeechSettings>;

export const Settings = z.object({
  version: z.literal(1).default(1),
  theme: z.enum(['system', 'dark', 'light']).default('system'),
  /** Absent until it was typed in. */
  azureSpeech: AzureSpeechSettings.optional(),
  /** The folder the operator chose; absent: the one in the program's own folder. */
  workspace: z.string().optional(),
  /** The last used first. */
  recentWorkspaces: z.array(z.string()).optional(),
  /** Paths of scenarios, the last opened first. */
  recentScenarios: z.array(z.string()).optional(),
  /** Which runs are kept; absent: all. Changed by `history.setRetention`. */
  retention: Retention.optional(),
  lastBackup: z.object({ at: z.string(), path: z.string() }).optional(),
  lastRemoval: LastRemoval.optional(),
  /** Changed by `notifications.set`. */
  notifications: NotificationSettings.optional(),
});
export type Settings = z.infer<typeof Settings>;

export const settingsApi = {
  get: call(z.void(), Settings),
  update: call(z.object({ theme: z.enum(['system', 'dark', 'light']).optional() }), Settings),
  changed: event(Settings),
};
