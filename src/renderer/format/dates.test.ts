import { describe, expect, it } from 'vitest';
import { exactTime, exactWhen, formatWhen } from './dates.ts';

const now = new Date(2026, 10, 21, 15, 30);

describe('when a run started', () => {
  it('names today and yesterday by calendar day, not by hours passed', () => {
    expect(formatWhen(new Date(2026, 10, 21, 0, 5).toISOString(), now)).toBe('Today 00:05');
    expect(formatWhen(new Date(2026, 10, 20, 23, 59).toISOString(), now)).toBe('Yesterday 23:59');
  });

  it('adds the year only when it is another one', () => {
    expect(formatWhen(new Date(2026, 2, 3, 9, 1).toISOString(), now)).toBe('3 Mar 09:01');
    expect(formatWhen(new Date(2024, 2, 3, 9, 1).toISOString(), now)).toBe('3 Mar 2024 09:01');
  });

  it('shows what is not a date as it is', () => {
    expect(formatWhen('soon', now)).toBe('soon');
    expect(exactWhen('soon')).toBe('soon');
  });
});

it('shows a stamp to the millisecond', () => {
  expect(exactTime(new Date(2026, 0, 1, 4, 5, 6, 7).getTime())).toBe('04:05:06.007');
});
