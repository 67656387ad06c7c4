/** The desktop door put together. The order matters: what protects a page is in place before there is one. */
import { join } from 'node:path';
import { app, dialog, Menu, session, type BrowserWindow } from 'electron';
import { toAppError, type AppError } from '#contract/errors';
import { createDispatch } from '../api/dispatch.ts';
import { createApplication, type Application } from '../application.ts';
import { bundled } from '../entries.ts';
import { crosstalkHome, type CrosstalkHome } from '../home.ts';
import { registerAppScheme, serveAppScheme } from './appScheme.ts';
import { desktopCapabilities } from './capabilities.ts';
import { denyPermissions, guardApp } from './guards.ts';
import { eventsTo, registerCalls } from './ipc.ts';
import { menuTemplate } from './menu.ts';
import { appUrl } from './origin.ts';
import { tolerateClosedPipes } from './pipes.ts';
import { utilityProcessHost } from './utilityHost.ts';
import { openWindow } from './window.ts';

const endsWithinMs = 15_000;

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
  endWith(application);
}

/** Quits when the window is closed, after runs have ended and everything is written. */
function endWith(application: Application): void {
  let closing = false;
  app.on('window-all-closed', () => app.quit());
  app.on('before-quit', (event) => {
    event.preventDefault();
    if (closing) return;
    closing = true;
    const late = new Promise((resolve) => setTimeout(resolve, endsWithinMs));
    void Promise.race([application.close(), late])
      .catch((thrown: unknown) => reportBug('close', toAppError(thrown)))
      .finally(() => app.exit(0));
  });
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
