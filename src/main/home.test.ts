import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { crosstalkHome, homeFolder } from './home.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'crosstalk-home-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('is where the system keeps the data of applications, unless CROSSTALK_HOME says otherwise', () => {
  const at = (platform: NodeJS.Platform, env: Record<string, string>) =>
    homeFolder({ platform, env, userHome: '/home/me' });
  expect(at('linux', {})).toBe('/home/me/.local/share/crosstalk');
  expect(at('linux', { XDG_DATA_HOME: '/data' })).toBe('/data/crosstalk');
  expect(at('darwin', {})).toBe('/home/me/Library/Application Support/Crosstalk');
  expect(at('win32', { APPDATA: '/roaming' })).toBe(join('/roaming', 'Crosstalk'));
  expect(at('linux', { CROSSTALK_HOME: '/mine' })).toBe('/mine');
  expect(at('linux', { CROSSTALK_HOME: 'here' })).toBe(resolve('here'));
  expect(at('linux', { CROSSTALK_HOME: ' ' })).toBe('/home/me/.local/share/crosstalk');
});

it('is created on first use', () => {
  const home = crosstalkHome({ env: { CROSSTALK_HOME: join(folder, 'a', 'b') } });
  expect(home).toMatchObject({ ok: true, value: { database: join(folder, 'a', 'b', 'crosstalk.db') } });
  expect(existsSync(join(folder, 'a', 'b', 'workspace'))).toBe(true);
});

it('says what is in the way', () => {
  writeFileSync(join(folder, 'file'), '');
  expect(crosstalkHome({ env: { CROSSTALK_HOME: join(folder, 'file') } })).toMatchObject({
    ok: false,
    error: {
      message: `The folder ${join(folder, 'file')} cannot be created: a file is in its way. Set CROSSTALK_HOME to a folder you may write to.`,
    },
  });
});
