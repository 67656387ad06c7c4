/** The desktop door put together. The order matters: what protects a page is in place before there is one. */
import { join } from 'node:path';
import { app, dialog, Menu, session, type BrowserWindow } from 'electron';
import { toAppError, type AppError } from '#contract/errors';
import { createDispatch } from '../api/dispatch.ts';
import { createApplication } from '../application.ts';
import { bundled } from '../entries.ts';
import { crosstalkHome, type CrosstalkHome } from '../home.ts';
import { registerAppScheme, serveAppScheme } from './appScheme.ts';
import { desktopCapabilities } from './capabilities.ts';
import { denyPermissions, guardApp } from './guards.ts';
import { eventsTo, registerCalls } from './ipc.ts';
import { menuTemplate } from './menu.ts';
import { appUrl } from './origin.ts';
import { tolerateClosedPipes } from './pipes.ts';
import { endWith } from './quit.ts';
import { utilityProcessHost } from './utilityHost.ts';
import { openWindow } from './window.ts';

/** Starts the app; must be called before Electron is ready. */
export function startDesktop(): void {
  tolerateClosedPipes();
  app.enableSandbox();
  registerAppScheme();
  const home = crosstalkHome();
  if (!home.ok) return giveUp(home.error);
  app.setPath('userData', join(home.value.folder, 'desktop'));
  if (!app.requestSingleInstanceLock()) return app.quit();
  guardApp(app, (url) => desktopCapabilities.openExternal(url));
  app
    .whenReady()
    .then(() => open(home.value))
    .catch((thrown: unknown) => giveUp(toAppError(thrown)));
}

async function open(home: CrosstalkHome): Promise<void> {
  denyPermissions(session.defaultSession);
  serveAppScheme(bundled('out', 'renderer'));
  const created = await createApplication({
    door: 'desktop',
    home,
    capabilities: desktopCapabilities,
    processes: utilityProcessHost,
  });
  if (!created.ok) return giveUp(created.error);
  const application = created.value;
  registerCalls(createDispatch(application.handlers, reportBug));

  const files = { preload: bundled('out', 'preload', 'index.cjs'), state: join(home.folder, 'window.json') };
  const window = openWindow(files, !app.isPackaged);
  const events = eventsTo(window.webContents);
  const unsubscribe = application.subscribe(events.send);
  window.on('closed', () => {
    unsubscribe();
    events.end();
  });
  app.on('second-instance', () => comeForward(window));
  const goTo = (hash: string) => void window.loadURL(`${appUrl}${hash}`);
  Menu.setApplicationMenu(
    Menu.buildFromTemplate(menuTemplate({ goTo, developing: !app.isPackaged }, process.platform)),
  );
  endWith(
    () => application.close(),
    (thrown) => reportBug('close', toAppError(thrown)),
  );
}

function comeForward(window: BrowserWindow): void {
  if (window.isDestroyed()) return;
  if (window.isMinimized()) window.restore();
  window.focus();
}

function reportBug(where: string, error: AppError): void {
  process.stderr.write(`${where}: ${error.detail ?? error.message}\n`);
}

function giveUp(error: AppError): void {
  dialog.showErrorBox('Crosstalk cannot start', error.message);
  app.exit(1);
}
