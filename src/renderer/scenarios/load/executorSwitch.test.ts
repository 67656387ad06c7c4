import { describe, expect, it } from 'vitest';
import { Load } from '#contract/scenario/file';
import { peakUsers, profileDurationMs, toLoadProfile } from '#contract/scenario/load';
import { executorWords } from './executorWords.ts';
import { switchExecutor } from './executorSwitch.ts';

const loads: unknown[] = [
  { users: 20, spawn_rate: 5, duration: '5m' },
  { executor: 'constant-vus', users: 7, duration: '90s', graceful_stop: '10s' },
  {
    executor: 'ramping-vus',
    stages: [
      { target: 20, duration: '1m' },
      { target: 0, duration: '30s' },
    ],
  },
  { executor: 'constant-arrival-rate', rate: 30, per: '1m', duration: '10m', max_users: 40 },
  { executor: 'ramping-arrival-rate', stages: [{ target: 2, duration: '2m' }], max_users: 40 },
  { executor: 'shared-iterations', users: 4, iterations: 100 },
  { executor: 'per-vu-iterations', users: 4, iterations: 25 },
  { executor: 'breaking-point', steps: [10, 20], hold: '1m' },
  {},
  { executor: 'no such thing', users: 12 },
];

describe('switching the executor', () => {
  for (const { executor } of executorWords) {
    it.each(loads)(`to ${executor} gives a load that can be run: %j`, (written) => {
      const next = switchExecutor(written, executor, null);
      const parsed = Load.safeParse(next);
      expect(parsed.error?.message).toBeUndefined();
      expect(next.executor).toBe(executor === 'short' ? undefined : executor);
    });
  }

  it('carries users, length and what was said of the graceful stop', () => {
    const from = { executor: 'constant-vus', users: 7, duration: '90s', graceful_stop: '10s' };
    for (const { executor } of executorWords) {
      const load = Load.parse(switchExecutor(from, executor, 20_000));
      const profile = toLoadProfile(load);
      expect(load.graceful_stop).toBe(10_000);
      expect(peakUsers(profile)).toBe(7);
      if (executor !== 'breaking-point') expect(profileDurationMs(profile)).toBe(90_000);
    }
  });

  it('from the short form to stages keeps the ramp it had', () => {
    expect(switchExecutor({ users: 20, spawn_rate: 5, duration: '5m' }, 'ramping-vus', null)).toEqual({
      executor: 'ramping-vus',
      stages: [
        { target: 20, duration: '4s' },
        { target: 20, duration: '4m56s' },
      ],
    });
  });

  it('turns users into a rate by the length of a call, and back', () => {
    const rate = switchExecutor({ users: 60, duration: '5m' }, 'constant-arrival-rate', 20_000);
    expect(rate).toMatchObject({ rate: 3, duration: '5m', max_users: 60 });
    expect(switchExecutor(rate, 'constant-vus', 20_000)).toEqual({
      executor: 'constant-vus',
      users: 60,
      duration: '5m',
    });
  });

  it('keeps the shape of stages between users and arrivals', () => {
    const users = {
      executor: 'ramping-vus',
      stages: [
        { target: 60, duration: '1m' },
        { target: 30, duration: '2m' },
      ],
    };
    const arrivals = switchExecutor(users, 'ramping-arrival-rate', 20_000);
    expect(arrivals).toEqual({
      executor: 'ramping-arrival-rate',
      stages: [
        { target: 3, duration: '1m' },
        { target: 1.5, duration: '2m' },
      ],
      max_users: 60,
    });
    expect(switchExecutor(arrivals, 'ramping-vus', 20_000)).toEqual(users);
  });

  it('counts shared calls and calls of each user as the same calls', () => {
    const shared = { executor: 'shared-iterations', users: 4, iterations: 100 };
    const own = switchExecutor(shared, 'per-vu-iterations', null);
    expect(own).toMatchObject({ users: 4, iterations: 25, max_duration: '10m' });
    expect(switchExecutor(own, 'shared-iterations', null)).toMatchObject({ users: 4, iterations: 100 });
  });

  it('steps of a search end at the peak there was', () => {
    const search = switchExecutor({ users: 200, duration: '4m' }, 'breaking-point', null);
    expect(search).toMatchObject({ steps: [50, 100, 150, 200], hold: '1m' });
    expect(switchExecutor({ users: 2, duration: '4m' }, 'breaking-point', null)).toMatchObject({
      steps: [1, 2],
    });
  });
});
