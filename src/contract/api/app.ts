import { z } from 'zod';
import { call } from './define.ts';

/** What this door can really do; a screen hides or explains what it cannot. */
export const CapabilitiesReport = z.object({
  door: z.enum(['desktop', 'browser', 'cli']),
  fileDialogs: z.boolean(),
  trash: z.boolean(),
  secretStore: z.boolean(),
  notifications: z.boolean(),
  sleepBlocker: z.boolean(),
  openInBrowser: z.boolean(),
});
export type CapabilitiesReport = z.infer<typeof CapabilitiesReport>;

export const AppInfo = z.object({
  version: z.string(),
  node: z.string(),
  platform: z.string(),
  /** Folder of the workspace, as the status bar shows it. */
  workspace: z.string(),
  database: z.string(),
  capabilities: CapabilitiesReport,
  /** What the operator should know since the start: settings that were reset, a history that cannot be used. */
  notices: z.array(z.string()).optional(),
});
export type AppInfo = z.infer<typeof AppInfo>;

export const appApi = {
  info: call(z.void(), AppInfo),
  /** Opens one of the program's own help pages in the system's browser; anything but http(s) is refused. */
  openExternal: call(z.object({ url: z.url({ protocol: /^https?$/ }) }), z.void()),
  /** The recorder was opened or closed: where the door guards the microphone itself, the page may have it only in between. */
  recorder: call(z.object({ open: z.boolean() }), z.void()),
};
