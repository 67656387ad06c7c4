import { expect, it } from 'vitest';
import { removalWords, ruleWords, wholeNumber } from './retentionWords.ts';

it.each([
  [{ olderThanDays: null, keepNewest: null }, 'none'],
  [{ olderThanDays: 1, keepNewest: null }, 'older than 1 day'],
  [{ olderThanDays: 30, keepNewest: 1200 }, 'older than 30 days, but never the newest 1,200'],
  [{ olderThanDays: null, keepNewest: 1 }, 'all but the newest one'],
])('says which runs a rule removes: %j', (rule, words) => {
  expect(ruleWords(rule)).toBe(words);
});

it('says what went by itself', () => {
  const now = new Date(2026, 10, 21, 12);
  const at = new Date(2026, 10, 21, 9, 12).toISOString();
  expect(removalWords({ at, byRetention: 12, deleted: 1 }, now)).toBe(
    'Today 09:12: 12 runs by the rule, 1 run that had been deleted a week before.',
  );
  expect(removalWords({ at, byRetention: 0, deleted: 2 }, now)).toBe(
    'Today 09:12: 2 runs that had been deleted a week before.',
  );
});

it.each([
  ['30', 30],
  [' 7 ', 7],
  ['0', null],
  ['1.5', null],
  ['', null],
  ['4000', null],
])('%j is a number of days or not', (text, value) => {
  expect(wholeNumber(text, 3650)).toBe(value);
});
