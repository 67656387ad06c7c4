import { powerSaveBlocker, shell } from 'electron';
import { fail, ok, toAppError } from '#contract/errors';
import { externalUrl, type Capabilities } from '../capabilities.ts';
import { microphone } from './microphone.ts';

/** What the desktop door offers so far; the rest of the report follows when a screen can use it. */
export const desktopCapabilities: Capabilities = {
  report: () => ({
    door: 'desktop',
    fileDialogs: false,
    trash: false,
    secretStore: false,
    notifications: false,
    sleepBlocker: true,
    openInBrowser: true,
  }),

  async openExternal(url) {
    const checked = externalUrl(url);
    if (!checked.ok) return checked;
    try {
      await shell.openExternal(checked.value);
      return ok(undefined);
    } catch (thrown) {
      const detail = toAppError(thrown).message;
      return fail('unavailable', 'no_browser', `The browser did not open; go to ${checked.value}`, {
        detail,
      });
    }
  },

  allowMicrophone(allowed) {
    microphone.allowed = allowed;
  },

  preventSleep() {
    const id = powerSaveBlocker.start('prevent-app-suspension');
    return () => {
      if (powerSaveBlocker.isStarted(id)) powerSaveBlocker.stop(id);
    };
  },
};
