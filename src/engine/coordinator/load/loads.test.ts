/** The loads of a run on a clock that only moves when told, with workers that do as they are told. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LoadProfile } from '#contract/scenario/load';
import { shortCalls, loadBy } from '../../../../test/fixtures/shortCalls.ts';
import type { ToWorker } from '../../messages.ts';
import type { PlanLoad } from '../../plan.ts';
import { Places } from '../../sharedCounts.ts';
import { Loads } from './loads.ts';

const stepMs = 50;

function rig(loads: PlanLoad[], options: { weights?: number[]; callMs?: number } = {}) {
  const { weights = [1], callMs = Number.POSITIVE_INFINITY } = options;
  const plan = shortCalls({ url: 'ws://127.0.0.1/', loads, users: weights.map((weight) => ({ weight })) });
  const sent: ToWorker[] = [];
  const going: { vu: number; load: number; until: number }[] = [];
  const coming: { vu: number; load: number; at: number }[] = [];
  const followed = new Loads(plan, 2, (_worker, message) => {
    sent.push(message);
    if (message.type !== 'add') return;
    for (const { vu, load, arrivesAt } of message.users)
      if (arrivesAt === undefined) going.push({ vu, load, until: now + callMs });
      else coming.push({ vu, load, at: arrivesAt });
  });
  let now = 0;
  const placesOf = (load: number) => {
    const buffer = followed.shares[load]?.places;
    return buffer ? new Places(buffer) : null;
  };
  /** What the workers would do until now. */
  const work = () => {
    for (let ms = now - stepMs + 1; ms <= now; ms++) {
      for (const call of going.filter(({ until }) => until <= ms)) {
        going.splice(going.indexOf(call), 1);
        placesOf(call.load)?.leave();
        followed.gone(call.vu);
      }
      for (const arrival of coming.filter(({ at }) => at <= ms)) {
        coming.splice(coming.indexOf(arrival), 1);
        const places = placesOf(arrival.load);
        if (places?.take() === true) {
          places.begin();
          going.push({ vu: arrival.vu, load: arrival.load, until: ms + callMs });
        } else followed.gone(arrival.vu);
      }
    }
  };
  return {
    followed,
    sent,
    going,
    /** Until a moment; the newest state of the run. */
    until: (end: number) => {
      for (; now < end; now += stepMs) {
        work();
        followed.follow(now);
      }
      return followed.state;
    },
    told: (type: ToWorker['type']) => sent.filter((message) => message.type === type),
  };
}

const users = (count: number, ms: number): LoadProfile => ({
  kind: 'users',
  startUsers: count,
  stages: [{ target: count, durationMs: ms }],
  gracefulStopMs: 2000,
});
const arrivals = (perSecond: number, ms: number, maxUsers = 1000): LoadProfile => ({
  kind: 'arrivals',
  startRate: perSecond,
  stages: [{ target: perSecond, durationMs: ms }],
  maxUsers,
  gracefulStopMs: 2000,
});
const iterations = (count: number, ms = 60_000): LoadProfile => ({
  kind: 'iterations',
  users: 3,
  iterations: count,
  shared: true,
  maxDurationMs: ms,
  gracefulStopMs: 2000,
});

describe('a load of users', () => {
  it('follows its profile, then lets turns end, then cuts off', () => {
    const { followed, until, told } = rig([loadBy(users(4, 1000))]);
    expect(until(500)).toBe('running');
    expect([followed.asked, followed.control]).toEqual([4, { pinned: null, adjustable: true }]);
    expect(until(1100)).toBe('ending');
    expect([followed.asked, told('stop').length, told('cut').length]).toEqual([0, 2, 0]);
    expect(until(3200)).toBe('over');
    expect(told('cut')).toHaveLength(2);
  });

  it('is set by hand when it is the only load', () => {
    const one = rig([loadBy(users(4, 5000))]);
    one.until(100);
    expect(one.followed.pin(7)).toBe(true);
    one.until(200);
    expect([one.followed.asked, one.going.length]).toEqual([7, 7]);
    const two = rig([loadBy(users(4, 5000)), loadBy(users(1, 5000))]);
    expect([two.followed.pin(7), two.followed.control.adjustable]).toEqual([false, false]);
    expect(rig([loadBy(arrivals(1, 1000))]).followed.pin(7)).toBe(false);
  });

  it('is over as soon as all its users are through', () => {
    const { until } = rig([loadBy(users(3, 60_000))], { callMs: 700 });
    expect(until(600)).toBe('running');
    expect(until(1000)).toBe('over');
  });
});

describe('several loads', () => {
  it('begin in their own time, and the run is over with the last of them', () => {
    const { followed, going, until } = rig([loadBy(users(2, 1000)), loadBy(users(3, 1000), [1], 2000)], { weights: [1, 1], callMs: 900 }); // prettier-ignore
    until(500);
    expect([followed.asked, going.map(({ load }) => load)]).toEqual([2, [0, 0]]);
    until(1900);
    expect([followed.state, followed.asked, going.length]).toEqual(['running', 0, 0]);
    until(2200);
    expect([followed.asked, going.map(({ load }) => load)]).toEqual([3, [1, 1, 1]]);
    expect(until(3200)).toBe('over');
  });
});

describe('a load of iterations', () => {
  it('has no more users than calls, and is over when they are through', () => {
    const { followed, going, until } = rig([loadBy(iterations(2))], { callMs: 400 });
    until(200);
    expect([followed.asked, going.length]).toEqual([2, 2]);
    expect(until(600)).toBe('over');
  });

  it('is ended gracefully at its longest duration', () => {
    const { until, told } = rig([loadBy(iterations(9, 1000))]);
    expect(until(900)).toBe('running');
    expect(until(1100)).toBe('ending');
    expect(told('stop')).toHaveLength(2);
  });
});

describe('a load of arrivals', () => {
  it('says how many were asked for, began and were dropped, and says so once', () => {
    const { followed, until } = rig([loadBy(arrivals(10, 4000, 3))], { callMs: 1000 });
    until(2000);
    expect(followed.asked).toBe(3);
    expect(followed.news()).toEqual([expect.stringContaining('max_users')]);
    const first = followed.takeArrivals();
    until(4500);
    const rest = followed.takeArrivals();
    const all = followed.arrivals();
    expect(all).toMatchObject({ asked: 40, asked_per_s: 10 });
    expect((all?.started ?? 0) + (all?.dropped ?? 0)).toBe(40);
    expect([first.asked + rest.asked, first.dropped + rest.dropped]).toEqual([40, all?.dropped]);
    expect(followed.news()).toEqual([]);
  });

  it('accounts for every call, at any rate and length of a call', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.5, max: 30, noNaN: true }),
        fc.integer({ min: 100, max: 3000 }),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 2000 }),
        (rate, ms, most, callMs) => {
          const { followed, until } = rig([loadBy(arrivals(rate, ms, most))], { callMs });
          until(ms + 2 * stepMs);
          const { asked, started, dropped } = followed.arrivals() ?? expect.fail('no arrivals');
          expect(asked).toBe(Math.floor((rate * ms) / 1000 + 1e-6));
          expect(started + dropped).toBe(asked);
          if (most >= asked) expect(dropped).toBe(0);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('deals calls out by weight', () => {
    const { sent, until } = rig([loadBy(arrivals(40, 1000), [0, 1])], { weights: [3, 1], callMs: 10 });
    until(1200);
    const groups = sent.flatMap((message) => (message.type === 'add' ? message.users.map((user) => user.group) : [])); // prettier-ignore
    expect([groups.length, groups.filter((group) => group === 1).length]).toEqual([40, 10]);
  });
});
