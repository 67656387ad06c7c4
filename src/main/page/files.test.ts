import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pageFile, readPageFile } from './files.ts';

let outside = '';
let folder = '';

beforeAll(() => {
  outside = mkdtempSync(join(tmpdir(), 'crosstalk-page-'));
  folder = join(outside, 'renderer');
  mkdirSync(join(folder, 'assets'), { recursive: true });
  writeFileSync(join(outside, 'secret.json'), '{}');
  writeFileSync(join(folder, 'index.html'), '<p>');
  writeFileSync(join(folder, 'assets', 'main.js'), '1');
  writeFileSync(join(folder, 'notes.txt'), 'no type of a page');
});
afterAll(() => {
  rmSync(outside, { recursive: true, force: true });
});

describe('pageFile', () => {
  it('finds files of the page', () => {
    expect(pageFile(folder, '/')).toBe(join(folder, 'index.html'));
    expect(pageFile(folder, '/assets/main.js')).toBe(join(folder, 'assets', 'main.js'));
    expect(pageFile(folder, '/a%20b.js')).toBe(join(folder, 'a b.js'));
  });

  it.each([
    '/../secret.json',
    '/assets/../../secret.json',
    '/%2e%2e/secret.json',
    '/%2E%2E%2Fsecret.json',
    '/..%2fsecret.json',
    '/..%5csecret.json',
    '/..\\secret.json',
    '/%252e%252e/secret.json',
    '/./index.html',
    '/index.html%00.js',
    '/%',
    '/%ff',
    'index.html',
    '//../secret.json',
    '/C:/windows/win.ini',
    '/file:///etc/passwd',
    '',
  ])('refuses %j', (path) => {
    expect(pageFile(folder, path)).toBeNull();
  });
});

describe('readPageFile', () => {
  it('gives a file with its type', async () => {
    expect(await readPageFile(folder, '/')).toMatchObject({ type: 'text/html; charset=utf-8' });
    expect(await readPageFile(folder, '/assets/main.js')).toMatchObject({
      type: 'text/javascript; charset=utf-8',
    });
  });

  it('gives nothing else', async () => {
    expect(await readPageFile(folder, '/assets')).toBeNull();
    expect(await readPageFile(folder, '/missing.js')).toBeNull();
    expect(await readPageFile(folder, '/notes.txt')).toBeNull();
    expect(await readPageFile(folder, '/%2e%2e/secret.json')).toBeNull();
  });
});
