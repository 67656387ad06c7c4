import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSettings } from './settings.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crosstalk-settings-'));
  file = join(folder, 'settings.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('settings', () => {
  it('start with defaults and are kept', () => {
    const settings = openSettings(file);
    expect(settings.get()).toEqual({ version: 1, theme: 'system' });
    expect(settings.notice).toBeNull();
    const heard: string[] = [];
    settings.onChange(({ theme }) => heard.push(theme));
    expect(settings.update({ theme: 'dark' })).toEqual({ ok: true, value: { version: 1, theme: 'dark' } });
    expect(heard).toEqual(['dark']);
    expect(openSettings(file).get().theme).toBe('dark');
    expect(readdirSync(folder)).toEqual(['settings.json']);
  });

  it('keep what this version does not know', () => {
    writeFileSync(file, JSON.stringify({ version: 1, theme: 'light', later: { a: 1 } }));
    openSettings(file).update({ theme: 'dark' });
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ version: 1, theme: 'dark', later: { a: 1 } });
  });

  it.each(['{ "theme": ', '{ "theme": "pink" }', '[]', '{ "version": 2 }'])('put %s aside', (text) => {
    writeFileSync(file, text);
    const settings = openSettings(file, new Date(Date.UTC(2026, 10, 21, 8, 30, 12)));
    expect(settings.get()).toEqual({ version: 1, theme: 'system' });
    expect(settings.notice).toContain(`put aside as ${file}.invalid-20261121-083012`);
    expect(readFileSync(`${file}.invalid-20261121-083012`, 'utf8')).toBe(text);
    expect(readdirSync(folder)).toEqual(['settings.json.invalid-20261121-083012']);
  });

  it('stay as they were when they cannot be written', () => {
    const settings = openSettings(join(folder, 'missing', 'settings.json'));
    expect(settings.update({ theme: 'dark' })).toMatchObject({
      ok: false,
      error: { code: 'settings_not_written' },
    });
    expect(settings.get().theme).toBe('system');
  });
});
