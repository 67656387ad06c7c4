import { describe, expect, it } from 'vitest';
import { Load } from './file.ts';
import { peakUsers, profileDurationMs, toLoadProfile, usersAt } from './load.ts';

const profile = (load: unknown) => {
  const made = toLoadProfile(Load.parse(load));
  if (made.kind !== 'users') throw new Error(made.kind);
  return made;
};

describe('load of virtual users', () => {
  it('the short form ramps at the spawn rate and holds to the end of its duration', () => {
    const p = profile({ users: 20, spawn_rate: 5, duration: '60s' });
    expect(profileDurationMs(p)).toBe(60_000);
    expect(peakUsers(p)).toBe(20);
    expect([0, 999, 1000, 3900, 4000, 59_999].map((ms) => usersAt(p, ms))).toEqual([1, 5, 6, 20, 20, 20]);
  });

  it('the short form without a spawn rate starts everyone at once', () => {
    expect(usersAt(profile({ users: 7, duration: '10s' }), 0)).toBe(7);
  });

  it('a ramp longer than the duration is cut off by it', () => {
    const p = profile({ users: 100, spawn_rate: 1, duration: '10s' });
    expect(profileDurationMs(p)).toBe(10_000);
    expect(peakUsers(p)).toBe(10);
  });

  it('ramps up and down through its stages', () => {
    const p = profile({
      executor: 'ramping-vus',
      stages: [
        { target: 10, duration: '10s' },
        { target: 10, duration: '5s' },
        { target: 0, duration: '10s' },
      ],
    });
    expect([0, 5000, 9999, 12_000, 20_000, 24_999].map((ms) => usersAt(p, ms))).toEqual([1, 6, 10, 10, 5, 1]);
    expect(usersAt(p, 25_000)).toBe(0);
  });

  it('constant-vus holds its users', () => {
    const p = profile({ executor: 'constant-vus', users: 3, duration: '1m' });
    expect([0, 30_000].map((ms) => usersAt(p, ms))).toEqual([3, 3]);
  });
});
