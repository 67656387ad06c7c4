import { expect, it } from 'vitest';
import { heardPause, pauseText, readPause, usualPauseMs } from './pause.ts';

it.each([
  ['', null],
  ['  ', null],
  ['800', 800],
  ['800ms', 800],
  ['1.5s', 1500],
  ['1,5 s', 1500],
  ['0', 0],
  ['soon', undefined],
  ['-1', undefined],
  ['2h', undefined],
])('reads %j as %j', (text, ms) => expect(readPause(text)).toBe(ms));

it('reads back what it writes', () => {
  for (const ms of [0, 1, 250, 1500, 60_000]) expect(readPause(pauseText(ms))).toBe(ms);
  expect(pauseText(null)).toBe('');
});

it('is the scenario’s own where a turn has none, but for the first turn', () => {
  expect(heardPause(null, 0)).toBe(0);
  expect(heardPause(null, 1)).toBe(usualPauseMs);
  expect(heardPause(700, 0)).toBe(700);
});
