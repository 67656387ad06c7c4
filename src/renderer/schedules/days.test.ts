import { expect, it } from 'vitest';
import { scheduleWords } from './days.ts';

it('a schedule in words has its days in the order of the week', () => {
  expect(scheduleWords({ every: 'day', days: [], time: '06:30' })).toBe('every day at 06:30');
  expect(scheduleWords({ every: 'week', days: ['fri', 'mon'], time: '23:05' })).toBe('Mon, Fri at 23:05');
  const all = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
  expect(scheduleWords({ every: 'week', days: [...all], time: '00:00' })).toBe('every day at 00:00');
});
