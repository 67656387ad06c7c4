import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { describeBug } from './unexpected.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'crosstalk-bug-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

it.each([
  ['an error', new Error('the disk is gone')],
  ['a failure that nobody wrapped', { kind: 'internal', code: 'x', message: 'the disk is gone' }],
])('%s is told by its message, and where the detail is', (_, thrown) => {
  const told = describeBug(thrown, ['runs'], { CROSSTALK_HOME: home });
  const [file] = readdirSync(join(home, 'logs'));
  expect(told).toBe(
    `Something unexpected happened: the disk is gone (the detail is in ${join(home, 'logs', file ?? '')}).`,
  );
});
