import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Load, VoiceUser } from './file.ts';
import {
  arrivalMoment,
  arrivalsDue,
  arrivalsInAll,
  arrivalsUntil,
  mayEndEarlier,
  peakUsers,
  profileDurationMs,
  rateAt,
  toLoadProfile,
  usersAt,
  type ArrivalProfile,
} from './load.ts';

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

describe('load of arrivals', () => {
  const arrivals = (load: unknown): ArrivalProfile => {
    const made = toLoadProfile(Load.parse(load));
    if (made.kind !== 'arrivals') throw new Error(made.kind);
    return made;
  };
  const moments = (p: ArrivalProfile) =>
    Array.from({ length: arrivalsInAll(p) }, (_, i) => arrivalMoment(p, i + 1) ?? Number.NaN);

  it('begins calls at equal distances at a constant rate, half of one from either end', () => {
    const p = arrivals({
      executor: 'constant-arrival-rate',
      rate: 120,
      per: '1m',
      duration: '3s',
      max_users: 5,
    });
    expect(moments(p)).toEqual([250, 750, 1250, 1750, 2250, 2750]);
    expect(arrivalMoment(p, 8)).toBeNull();
    expect([0, 249, 250, 2749, 2750, 9000].map((ms) => arrivalsDue(p, ms))).toEqual([0, 0, 1, 5, 6, 6]);
    expect([peakUsers(p), profileDurationMs(p), rateAt(p, 1000)]).toEqual([5, 3000, 2]);
  });

  it('begins them ever closer as the rate rises from nothing', () => {
    const p = arrivals({
      executor: 'ramping-arrival-rate',
      stages: [
        { target: 2, duration: '2s' },
        { target: 0, duration: '2s' },
      ],
      max_users: 5,
    });
    expect(moments(p).map(Math.round)).toEqual([1000, 1000 * Math.sqrt(3), 4000 - 1000 * Math.sqrt(3), 3000].map(Math.round)); // prettier-ignore
  });

  const profiles = fc
    .record({
      startRate: fc.double({ min: 0, max: 50, noNaN: true }),
      stages: fc.array(
        fc.record({
          target: fc.double({ min: 0, max: 50, noNaN: true }),
          durationMs: fc.integer({ min: 0, max: 5000 }),
        }),
        { minLength: 1, maxLength: 5 },
      ),
    })
    .map((made): ArrivalProfile => ({ kind: 'arrivals', maxUsers: 10, gracefulStopMs: 0, ...made }));

  it('begins the k-th call when the area under the rate reaches k − ½, whatever the stages', () => {
    fc.assert(
      fc.property(profiles, (p) => {
        const all = moments(p);
        const duration = profileDurationMs(p);
        expect(all).toHaveLength(Math.floor(arrivalsUntil(p, duration) + 1e-6));
        all.forEach((at, i) => {
          expect(at).toBeGreaterThanOrEqual(all[i - 1] ?? 0);
          expect(at).toBeLessThanOrEqual(duration);
          expect(arrivalsUntil(p, at)).toBeCloseTo(i + 0.5, 4);
        });
      }),
    );
  });
});

describe('the planned length of a scenario', () => {
  const ofLoads = (...loads: unknown[]) => {
    const entry = (load: unknown) => ({
      kind: 'voice', name: 'one', conversations: [{ name: 'a', turns: [{ say: 'hi' }] }], load,
    }); // prettier-ignore
    return mayEndEarlier({ load: undefined, users: loads.map((load) => VoiceUser.parse(entry(load))) });
  };
  const minute = { users: 2, duration: '1m' };
  const calls = (most: string) => ({
    executor: 'shared-iterations',
    users: 2,
    iterations: 4,
    max_duration: most,
  });

  it('is the most it may take where the last load is over with its calls or its search', () => {
    expect(ofLoads(minute)).toBe(false);
    expect(ofLoads(calls('1m'))).toBe(true);
    expect(ofLoads({ executor: 'breaking-point', steps: [10, 20], hold: '30s' })).toBe(true);
    expect(ofLoads(minute, calls('50s'))).toBe(false);
    expect(ofLoads(minute, calls('2m'))).toBe(true);
  });
});
