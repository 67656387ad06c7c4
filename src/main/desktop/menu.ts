import type { MenuItemConstructorOptions } from 'electron';

export interface MenuActions {
  /** Shows a screen of the page by its hash, like `#/runs`. */
  goTo(hash: string): void;
  developing: boolean;
}

const separator: MenuItemConstructorOptions = { type: 'separator' };

/** The native menu. Roles bring their own labels and accelerators in each system's way. */
export function menuTemplate(actions: MenuActions, platform: NodeJS.Platform): MenuItemConstructorOptions[] {
  const screen = (label: string, hash: string, accelerator: string): MenuItemConstructorOptions => ({
    label,
    accelerator,
    click: () => actions.goTo(hash),
  });
  const mac = platform === 'darwin';
  const settings = screen('Settings…', '#/settings', 'CmdOrCtrl+,');
  const appMenu: MenuItemConstructorOptions = {
    label: 'Crosstalk',
    submenu: [
      { role: 'about' },
      separator,
      settings,
      separator,
      { role: 'hide' },
      { role: 'hideOthers' },
      separator,
      { role: 'quit' },
    ],
  };
  const fileMenu: MenuItemConstructorOptions = {
    label: 'File',
    submenu: mac ? [{ role: 'close' }] : [settings, separator, { role: 'quit' }],
  };
  const development: MenuItemConstructorOptions[] = actions.developing
    ? [separator, { role: 'reload' }, { role: 'toggleDevTools' }]
    : [];
  return [
    ...(mac ? [appMenu] : []),
    fileMenu,
    { role: 'editMenu' },
    {
      label: 'View',
      submenu: [
        screen('Runs', '#/runs', 'CmdOrCtrl+1'),
        screen('Scenarios', '#/scenarios', 'CmdOrCtrl+2'),
        separator,
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        separator,
        { role: 'togglefullscreen' },
        ...development,
      ],
    },
    { role: 'windowMenu' },
  ];
}
