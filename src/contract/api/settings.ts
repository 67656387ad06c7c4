import { z } from 'zod';
import { call, event } from './define.ts';

export const Settings = z.object({
  version: z.literal(1).default(1),
  theme: z.enum(['system', 'dark', 'light']).default('system'),
});
export type Settings = z.infer<typeof Settings>;

export const settingsApi = {
  get: call(z.void(), Settings),
  update: call(z.object({ theme: z.enum(['system', 'dark', 'light']).optional() }), Settings),
  changed: event(Settings),
};
