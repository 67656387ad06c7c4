import { expect, it } from 'vitest';
import { agreedCommandLine } from './agreedCommandLine.ts';

it.each([
  [{ force: [], confirm: null }, 'crosstalk run a.yaml'],
  [
    { force: ['guard', 'limits'] as const, confirm: null },
    'crosstalk run a.yaml --force guard --force limits',
  ],
  [{ force: [], confirm: "our 'prod'" }, `crosstalk run a.yaml --confirm 'our '\\''prod'\\'''`],
])('carries what was agreed to: %j', ({ force, confirm }, text) => {
  expect(agreedCommandLine('crosstalk run a.yaml', { force: [...force], confirm })).toBe(text);
});
