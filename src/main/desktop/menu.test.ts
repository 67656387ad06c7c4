import { expect, it, vi } from 'vitest';
import { menuTemplate } from './menu.ts';

const labels = (platform: NodeJS.Platform) =>
  menuTemplate({ goTo: () => {}, developing: false }, platform).map(({ label, role }) => label ?? role);

it('follows each system', () => {
  expect(labels('darwin')).toEqual(['Crosstalk', 'File', 'editMenu', 'View', 'windowMenu']);
  expect(labels('linux')).toEqual(['File', 'editMenu', 'View', 'windowMenu']);
});

it('goes to a screen', () => {
  const goTo = vi.fn();
  const view = menuTemplate({ goTo, developing: false }, 'linux').find(({ label }) => label === 'View');
  const items = Array.isArray(view?.submenu) ? view.submenu : [];
  const runs = items.find(({ label }) => label === 'Runs');
  expect(runs?.accelerator).toBe('CmdOrCtrl+1');
  (runs?.click as (() => void) | undefined)?.();
  expect(goTo).toHaveBeenCalledWith('#/runs');
});

it('has the developer tools only while developing', () => {
  const text = (developing: boolean) => JSON.stringify(menuTemplate({ goTo: () => {}, developing }, 'linux'));
  expect(text(false)).not.toContain('toggleDevTools');
  expect(text(true)).toContain('toggleDevTools');
});
