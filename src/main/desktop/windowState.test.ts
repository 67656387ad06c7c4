import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readWindowState, writeWindowState } from './windowState.ts';

const screens = [{ x: 0, y: 0, width: 1920, height: 1080 }];
const state = { x: 10, y: 20, width: 1200, height: 800, maximized: true };
let folder = '';
let file = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'crosstalk-window-'));
  file = join(folder, 'kept', 'window.json');
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

it('comes back as it was written', () => {
  writeWindowState(file, state);
  expect(readWindowState(file, screens)).toEqual(state);
});

it.each([
  ['is missing', null],
  ['is broken', '{"x":'],
  ['is of another shape', '{"x":"1"}'],
  ['is too small', JSON.stringify({ ...state, width: 10 })],
])('is not used when it %s', (_case, text) => {
  if (text !== null) {
    writeWindowState(file, state);
    writeFileSync(file, text);
  }
  expect(readWindowState(file, screens)).toBeNull();
});

it('is not used when its screen is gone', () => {
  writeWindowState(file, { ...state, x: 2500 });
  expect(readWindowState(file, screens)).toBeNull();
  expect(readWindowState(file, [...screens, { x: 1920, y: 0, width: 1920, height: 1080 }])).not.toBeNull();
});

it('costs nothing when it cannot be written', () => {
  writeFileSync(join(folder, 'kept'), 'a file in the way');
  expect(() => writeWindowState(file, state)).not.toThrow();
});
