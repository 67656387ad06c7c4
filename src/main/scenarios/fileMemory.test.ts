import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FileMemory, stampOf } from './fileMemory.ts';

let folder: string;
const file = () => join(folder, 'a.yaml');
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crosstalk-memory-'));
  writeFileSync(file(), 'one');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('keeps what was found in a file until the file changes', async () => {
  const memory = new FileMemory<string>();
  const first = await stampOf(file());
  expect(memory.find(file(), first)).toBeUndefined();
  memory.keep(file(), first, 'found');
  expect(memory.find(file(), await stampOf(file()))).toBe('found');
  writeFileSync(file(), 'longer');
  expect(memory.find(file(), await stampOf(file()))).toBeUndefined();
});

it('tells a content of the same length by its time', async () => {
  const memory = new FileMemory<string>();
  memory.keep(file(), await stampOf(file()), 'found');
  writeFileSync(file(), 'two');
  utimesSync(file(), 1000, 1000);
  expect(memory.find(file(), await stampOf(file()))).toBeUndefined();
});

it('keeps nothing of what cannot be looked at', async () => {
  const memory = new FileMemory<string>();
  const missing = join(folder, 'none.yaml');
  const stamp = await stampOf(missing);
  expect(stamp).toEqual({ stamp: null, modifiedAt: null });
  memory.keep(missing, stamp, 'found');
  expect(memory.find(missing, stamp)).toBeUndefined();
});
