import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toLoadProfile, usersAt, type LoadProfile, type VuProfile } from '#contract/scenario/load';
import { Load } from '#contract/scenario/file';
import { callCount, type CallsOfLoad } from './callCount.ts';

const profile = (load: unknown): LoadProfile => toLoadProfile(Load.parse(load));
const calls = (load: unknown, of: Partial<CallsOfLoad> = {}) =>
  callCount(profile(load), { callMs: 10_000, spread: 0, perUser: null, ...of });

describe('what the load itself says is exact', () => {
  test.each([
    [{ executor: 'shared-iterations', users: 10, iterations: 95 }, 95],
    [{ executor: 'per-vu-iterations', users: 10, iterations: 3 }, 30],
    [{ executor: 'constant-arrival-rate', rate: 10, duration: '1m', max_users: 50 }, 600],
    [{ executor: 'constant-arrival-rate', rate: 90, per: '1m', duration: '30s', max_users: 50 }, 45],
    [
      {
        executor: 'ramping-arrival-rate',
        stages: [
          { target: 10, duration: '10s' },
          { target: 10, duration: '5s' },
        ],
        max_users: 9,
      },
      100,
    ],
  ])('%j: %i', (load, count) => {
    expect(calls(load)).toEqual({ count, exact: true });
  });

  test('one call each of users who come once', () => {
    expect(calls({ users: 20, spawn_rate: 5, duration: '1m' }, { perUser: 1 })).toEqual({
      count: 20,
      exact: true,
    });
    const again = [
      { target: 5, duration: '5s' },
      { target: 0, duration: '5s' },
      { target: 5, duration: '5s' },
    ];
    expect(calls({ executor: 'ramping-vus', stages: again }, { perUser: 1 }).exact).toBe(false);
  });

  test('but for iterations that there is no time for', () => {
    const load = { executor: 'shared-iterations', users: 10, iterations: 1000, max_duration: '1m' };
    expect(calls(load)).toEqual({ count: 60, exact: false });
  });
});

describe('users call as often as there is time', () => {
  test('of one length: as many as are begun', () => {
    expect(calls({ users: 10, duration: '30s' })).toEqual({ count: 30, exact: false });
    expect(calls({ users: 10, duration: '31s' }).count).toBe(40);
    expect(calls({ users: 10, duration: '5s' }).count).toBe(10);
    expect(calls({ users: 10, duration: '1m' }, { perUser: 2 }).count).toBe(20);
  });

  test('of several lengths: half a call more, and what chance adds', () => {
    expect(calls({ users: 10, duration: '1m' }, { spread: 0.5 }).count).toBe(Math.round(10 * (6 + 1.25 / 2)));
    expect(calls({ users: 10, duration: '1ms' }, { spread: 0.5 }).count).toBe(10);
  });

  test('a search is counted as if every step were reached', () => {
    const load = { executor: 'breaking-point', steps: [10, 20], hold: '1m', spawn_rate: 10 };
    expect(calls(load)).toEqual({ count: 60 + 120 + 2, exact: false });
  });

  test('however a ramp goes, users make the calls that the engine’s roster leaves time for', () => {
    const stage = fc.record({
      target: fc.integer({ min: 0, max: 30 }),
      durationMs: fc.integer({ min: 0, max: 40_000 }),
    });
    const ramp = fc.record({
      startUsers: fc.integer({ min: 0, max: 30 }),
      stages: fc.array(stage, { minLength: 1, maxLength: 5 }),
    });
    fc.assert(
      fc.property(ramp, ({ startUsers, stages }) => {
        const users: VuProfile = { kind: 'users', startUsers, stages, gracefulStopMs: 0 };
        const callMs = 7000;
        const { count } = callCount(users, { callMs, spread: 0, perUser: null });
        // The same, user by user and tick by tick.
        const tick = 20;
        const total = stages.reduce((sum, { durationMs }) => sum + durationMs, 0);
        let slow = 0;
        for (let nth = 1; nth <= 30; nth++) {
          let there = 0;
          for (let at = 0; at <= total + tick; at += tick) {
            if (at < total && usersAt(users, at) >= nth) there += tick;
            else {
              slow += Math.ceil(there / callMs);
              there = 0;
            }
          }
        }
        // A presence may be cut one tick earlier or later, and one of a single tick may be missed.
        expect(Math.abs(count - slow)).toBeLessThanOrEqual(30 * stages.length);
        if (slow > 300) expect(Math.abs(count - slow) / slow).toBeLessThan(0.2);
      }),
      { numRuns: 60 },
    );
  });

  test('of very many users some stand for all', () => {
    expect(calls({ users: 100_000, duration: '30s' }).count).toBe(300_000);
    const many = calls({ users: 50_000, spawn_rate: 1000, duration: '100s' }).count;
    // On average each is there for 75 s: seven and a half calls, and half a one for what is begun at the end.
    expect(many / 50_000).toBeCloseTo(8, 1);
  });
});
