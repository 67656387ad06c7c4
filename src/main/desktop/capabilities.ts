import { BrowserWindow, dialog, powerSaveBlocker, safeStorage, shell } from 'electron';
import { fail, ok, toAppError } from '#contract/errors';
import { externalUrl, type Capabilities } from '../capabilities.ts';
import type { KeyStore } from '../secrets/secretStore.ts';
import { microphone } from './microphone.ts';
import { canNotify, notify } from './notify.ts';

/** Known only once Electron is ready. Whether it is locked is asked when it is used: that may open a dialog. */
function keyStore(): KeyStore | null {
  if (process.platform === 'linux') {
    const backend = safeStorage.getSelectedStorageBackend();
    // Without a keyring Linux "encrypts" with a password that stands in Chromium's source.
    if (backend === 'basic_text' || backend === 'unknown') return null;
  }
  return {
    available: () => safeStorage.isAsyncEncryptionAvailable(),
    encrypt: (secret) => safeStorage.encryptStringAsync(secret),
    decrypt: async (encrypted) => (await safeStorage.decryptStringAsync(Buffer.from(encrypted))).result,
  };
}

/** What the desktop door offers so far; the rest of the report follows when a screen can use it. */
export const desktopCapabilities: Capabilities = {
  report: () => ({
    door: 'desktop',
    fileDialogs: true,
    trash: false,
    secretStore: keyStore() !== null,
    notifications: canNotify(),
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

  notify,

  keyStore,

  async chooseFolder() {
    const asked = {
      title: 'Choose the workspace',
      buttonLabel: 'Use this folder',
      properties: ['openDirectory' as const, 'createDirectory' as const],
    };
    const window = BrowserWindow.getFocusedWindow();
    const { canceled, filePaths } = await (window === null
      ? dialog.showOpenDialog(asked)
      : dialog.showOpenDialog(window, asked));
    return canceled ? null : (filePaths[0] ?? null);
  },

  preventSleep() {
    const id = powerSaveBlocker.start('prevent-app-suspension');
    return () => {
      if (powerSaveBlocker.isStarted(id)) powerSaveBlocker.stop(id);
    };
  },
};
