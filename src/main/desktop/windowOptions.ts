import type { BrowserWindowConstructorOptions, Rectangle } from 'electron';

export const smallestWindow = { width: 1000, height: 600 };

/** A window's settings. What protects it is written down even where it is Electron's default: defaults have changed before. */
export function windowOptions(
  preload: string,
  bounds: Partial<Rectangle>,
  devTools: boolean,
): BrowserWindowConstructorOptions {
  return {
    width: 1360,
    height: 860,
    ...bounds,
    minWidth: smallestWindow.width,
    minHeight: smallestWindow.height,
    show: false,
    title: 'Crosstalk',
    backgroundColor: '#101114',
    webPreferences: {
      preload,
      devTools,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webviewTag: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      navigateOnDragDrop: false,
      spellcheck: false,
    },
  };
}
