import { describe, expect, it } from 'vitest';
import { cronPattern, lastTime, nextTime, type Timed } from './times.ts';

const berlin = 'Europe/Berlin';
const daily = (time: string): Timed => ({ every: 'day', days: [], time });
const weekly = (time: string, ...days: Timed['days']): Timed => ({ every: 'week', days, time });
const next = (schedule: Timed, from: string) => nextTime(schedule, new Date(from), berlin)?.toISOString();

describe('nextTime', () => {
  it('is today or tomorrow by the clock on the wall', () => {
    expect(next(daily('06:30'), '2026-11-21T05:00:00Z')).toBe('2026-11-21T05:30:00.000Z');
    expect(next(daily('06:30'), '2026-11-21T05:30:00Z')).toBe('2026-11-22T05:30:00.000Z');
  });

  it('stays at its time on the wall when the clocks change', () => {
    expect(next(daily('06:30'), '2026-03-28T12:00:00Z')).toBe('2026-03-29T04:30:00.000Z');
    expect(next(daily('06:30'), '2026-10-24T12:00:00Z')).toBe('2026-10-25T05:30:00.000Z');
  });

  it('is once a day where a time is skipped or comes twice', () => {
    const count = (time: string, from: string, until: string) => {
      const times: string[] = [];
      for (
        let at = nextTime(daily(time), new Date(from), berlin);
        at && at < new Date(until);
        at = nextTime(daily(time), at, berlin)
      )
        times.push(at.toISOString());
      return times;
    };
    expect(count('02:30', '2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z')).toHaveLength(1);
    expect(count('02:30', '2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z')).toHaveLength(1);
  });

  it('is on the next of its days; without days never', () => {
    // 21 November 2026 is a Saturday.
    expect(next(weekly('06:30', 'wed', 'mon'), '2026-11-21T12:00:00Z')).toBe('2026-11-23T05:30:00.000Z');
    expect(next(weekly('06:30', 'sat'), '2026-11-21T12:00:00Z')).toBe('2026-11-28T05:30:00.000Z');
    expect(next(weekly('06:30'), '2026-11-21T12:00:00Z')).toBeUndefined();
  });
});

it('lastTime is the newest of those that have been', () => {
  const last = (from: string, until: string) =>
    lastTime(daily('06:30'), new Date(from), new Date(until), berlin)?.toISOString();
  expect(last('2026-11-18T12:00:00Z', '2026-11-21T12:00:00Z')).toBe('2026-11-21T05:30:00.000Z');
  expect(last('2026-11-21T06:00:00Z', '2026-11-21T12:00:00Z')).toBeUndefined();
  expect(last('2020-01-01T00:00:00Z', '2026-11-21T05:30:00Z')).toBe('2026-11-21T05:30:00.000Z');
});

it('a crontab counts the days from Sunday', () => {
  expect(cronPattern(weekly('06:05', 'sun', 'wed', 'mon'))).toBe('5 6 * * 0,1,3');
  expect(cronPattern(daily('18:00'))).toBe('0 18 * * *');
});
