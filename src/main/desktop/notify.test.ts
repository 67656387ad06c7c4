/** Notifications of the desktop, against a stand-in for the module `electron`. */
import { expect, test, vi } from 'vitest';
import { desktopCapabilities } from './capabilities.ts';

const electron = vi.hoisted(() => ({
  supported: true,
  did: [] as string[],
  notifications: [] as { told: { title: string; body: string }; listeners: Map<string, () => void> }[],
}));
vi.mock('electron', () => {
  class Notification {
    static isSupported = () => electron.supported;
    readonly listeners = new Map<string, () => void>();
    readonly told: { title: string; body: string };
    constructor(told: { title: string; body: string }) {
      this.told = told;
      electron.notifications.push(this);
    }
    once(event: string, listener: () => void) {
      this.listeners.set(event, listener);
    }
    show() {
      electron.did.push('notification shown');
    }
  }
  const window = {
    isMinimized: () => true,
    restore: () => electron.did.push('window restored'),
    show: () => electron.did.push('window shown'),
    focus: () => electron.did.push('window focused'),
  };
  return {
    Notification,
    BrowserWindow: { getAllWindows: () => [window] },
    dialog: {},
    powerSaveBlocker: {},
    safeStorage: { getSelectedStorageBackend: () => 'basic_text' },
    shell: {},
  };
});

test('one is shown, and a click on it brings the window back before anything else', () => {
  const clicked = () => electron.did.push('told');
  expect(desktopCapabilities.notify('Insurance: failed', 'ttfa p95 3.2 s', clicked)).toBe(true);
  const [notification] = electron.notifications;
  expect(notification?.told).toEqual({ title: 'Insurance: failed', body: 'ttfa p95 3.2 s' });
  notification?.listeners.get('click')?.();
  expect(electron.did).toEqual([
    'notification shown',
    'window restored',
    'window shown',
    'window focused',
    'told',
  ]);
  expect(desktopCapabilities.report().notifications).toBe(true);
});

test('where the system has none nothing is shown, and the page may', () => {
  electron.supported = false;
  const before = electron.notifications.length;
  expect(desktopCapabilities.notify('a', 'b', () => undefined)).toBe(false);
  expect(electron.notifications).toHaveLength(before);
  expect(desktopCapabilities.report().notifications).toBe(false);
});
