import { expect, it } from 'vitest';
import { breakdownFilter, breakdownLabel } from './breakdown.ts';

it('a row leads to its own turns', () => {
  expect(breakdownFilter('turn', '3')).toEqual({ turn: 3 });
  expect(breakdownFilter('conversation', 'a b')).toEqual({ conversation: 'a b' });
  expect(breakdownFilter('user', 'callers')).toEqual({ user: 'callers' });
});

it('a row says what it is', () => {
  expect(breakdownLabel('turn', '3')).toBe('Turn 3');
  expect(breakdownLabel('conversation', '')).toBe('(without a name)');
});
