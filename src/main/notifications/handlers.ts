/** Tells the end of a run: on the desktop, and to a webhook. */
import type { ApiHandlers, Publish } from '#contract/api/index';
import { fail } from '#contract/errors';
import type { SettingsStore } from '../settings/settings.ts';
import type { CrosstalkHome } from '../home.ts';
import type { Capabilities } from '../capabilities.ts';

const notBuilt = () => fail('unavailable', 'not_in_this_build', 'This is not built yet.');

export interface NotificationHandlerOptions {
  home: CrosstalkHome;
  settings: SettingsStore;
  capabilities: Capabilities;
  publish: Publish;
}

export function createNotificationHandlers(
  _options: NotificationHandlerOptions,
): ApiHandlers['notifications'] {
  return {
    get: notBuilt,
    set: notBuilt,
    test: notBuilt,
  };
}
