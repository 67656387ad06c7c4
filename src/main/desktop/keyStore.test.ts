/** When the desktop door has a key store that deserves the name, against a stand-in for the module `electron`. */
import { afterEach, describe, expect, it, vi } from 'vitest';

const electron = vi.hoisted(() => ({ backend: 'gnome_libsecret' }));
const platform = vi.hoisted(() => process.platform);

vi.mock('electron', () => ({
  Notification: { isSupported: () => false },
  powerSaveBlocker: {},
  shell: {},
  safeStorage: {
    getSelectedStorageBackend: () => electron.backend,
    isAsyncEncryptionAvailable: () => Promise.resolve(true),
    encryptStringAsync: (text: string) => Promise.resolve(Buffer.from(`locked ${text}`)),
    decryptStringAsync: (bytes: Buffer) =>
      Promise.resolve({ result: bytes.toString().replace('locked ', ''), shouldReEncrypt: false }),
  },
}));

const { desktopCapabilities } = await import('./capabilities.ts');

function on(system: NodeJS.Platform, backend: string): void {
  Object.defineProperty(process, 'platform', { value: system });
  electron.backend = backend;
}
afterEach(() => on(platform, 'gnome_libsecret'));

describe('the key store', () => {
  it.each(['basic_text', 'unknown'])('is none on Linux with %s, and the report says so', (backend) => {
    on('linux', backend);
    expect(desktopCapabilities.keyStore()).toBeNull();
    expect(desktopCapabilities.report().secretStore).toBe(false);
  });

  it.each<[NodeJS.Platform, string]>([
    ['linux', 'kwallet6'],
    ['darwin', 'basic_text'],
    ['win32', 'basic_text'],
  ])('is there on %s', async (system, backend) => {
    on(system, backend);
    expect(desktopCapabilities.report().secretStore).toBe(true);
    const store = desktopCapabilities.keyStore();
    const encrypted = await store?.encrypt('k3y');
    expect(Buffer.from(encrypted ?? []).toString()).toBe('locked k3y');
    expect(await store?.decrypt(encrypted ?? new Uint8Array())).toBe('k3y');
    expect(await store?.available()).toBe(true);
  });
});
