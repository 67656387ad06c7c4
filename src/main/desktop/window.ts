/** The one window: made, placed, kept alive. */
import { BrowserWindow, dialog, screen } from 'electron';
import { appUrl } from './origin.ts';
import { windowOptions } from './windowOptions.ts';
import { readWindowState, writeWindowState } from './windowState.ts';

export interface WindowFiles {
  preload: string;
  /** Where its place is kept. */
  state: string;
}

/** A page that crashes is loaded again, but not for ever. */
const reloads = 3;

/** Opens the window; it shows itself once there is something to see. */
export function openWindow(files: WindowFiles, devTools: boolean): BrowserWindow {
  const screens = screen.getAllDisplays().map(({ workArea }) => workArea);
  const state = readWindowState(files.state, screens);
  const bounds = state === null ? {} : { x: state.x, y: state.y, width: state.width, height: state.height };
  const window = new BrowserWindow(windowOptions(files.preload, bounds, devTools));
  if (state?.maximized === true) window.maximize();
  window.once('ready-to-show', () => window.show());
  window.on('close', () => {
    writeWindowState(files.state, { ...window.getNormalBounds(), maximized: window.isMaximized() });
  });
  window.webContents.on('will-prevent-unload', (event) => {
    if (mayLeave(window)) event.preventDefault();
  });
  let left = reloads;
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit' || left === 0) return;
    left -= 1;
    void window.loadURL(appUrl);
  });
  void window.loadURL(appUrl);
  return window;
}

/** A page with unsaved changes holds its window; unlike a browser's, this window must ask for itself. */
function mayLeave(window: BrowserWindow): boolean {
  const chosen = dialog.showMessageBoxSync(window, {
    type: 'warning',
    message: 'There are unsaved changes',
    detail: 'Something was changed here and not saved. What was changed is lost.',
    buttons: ['Stay', 'Leave without saving'],
    defaultId: 0,
    cancelId: 0,
  });
  return chosen === 1;
}
