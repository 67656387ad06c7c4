/** The system's dialog for a folder, against a stand-in for the module `electron`. */
import { expect, test, vi } from 'vitest';
import { desktopCapabilities } from './capabilities.ts';

const electron = vi.hoisted(() => ({
  window: null as object | null,
  answer: { canceled: false, filePaths: ['/home/me/voice tests'] },
  asked: [] as unknown[][],
}));
vi.mock('electron', () => ({
  Notification: { isSupported: () => false },
  BrowserWindow: { getFocusedWindow: () => electron.window },
  dialog: {
    showOpenDialog: (...args: unknown[]) => {
      electron.asked.push(args);
      return Promise.resolve(electron.answer);
    },
  },
  powerSaveBlocker: {},
  safeStorage: { getSelectedStorageBackend: () => 'basic_text' },
  shell: {},
}));

const folderOnly = expect.objectContaining({ properties: ['openDirectory', 'createDirectory'] }) as unknown;

test('a folder is asked for on top of the window, and may be made there', async () => {
  electron.window = { id: 1 };
  expect(await desktopCapabilities.chooseFolder()).toBe('/home/me/voice tests');
  expect(electron.asked.at(-1)).toEqual([{ id: 1 }, folderOnly]);
  electron.window = null;
  await desktopCapabilities.chooseFolder();
  expect(electron.asked.at(-1)).toEqual([folderOnly]);
});

test('nothing is chosen when it is cancelled', async () => {
  electron.answer = { canceled: true, filePaths: [] };
  expect(await desktopCapabilities.chooseFolder()).toBeNull();
  expect(desktopCapabilities.report()).toMatchObject({ fileDialogs: true });
});
