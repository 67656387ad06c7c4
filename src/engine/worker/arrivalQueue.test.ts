import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Places } from '../sharedCounts.ts';
import { ArrivalQueue } from './arrivalQueue.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

/** A clock that moves with the timers; calls begin when a connect is free and take their place until they are over. */
function rig(most: number, msBetweenConnects = 0) {
  let now = 0;
  let lastConnect = Number.NEGATIVE_INFINITY;
  const begun: { vu: number; at: number }[] = [];
  const gone: number[] = [];
  const places = Places.of(most);
  const queue = new ArrivalQueue({
    clock: { now: () => now },
    places: () => places,
    mayConnect: (_group, at) => {
      if (at - lastConnect < msBetweenConnects) return false;
      lastConnect = at;
      return true;
    },
    begin: ({ vu }, at) => begun.push({ vu, at }),
    gone: (vu) => gone.push(vu),
  });
  return {
    queue,
    places,
    begun,
    gone,
    add: (...due: number[]) =>
      queue.add(due.map((arrivesAt, i) => ({ vu: i + 1, load: 0, group: 0, phase: 0, arrivesAt }))),
    run: (ms: number) => {
      for (const end = now + ms; now < end;) {
        now += 0.5;
        vi.advanceTimersByTime(0.5);
      }
    },
  };
}

describe('calls that arrive', () => {
  it('begin at their own moments, in order, however they were handed over', () => {
    const { add, run, begun } = rig(10);
    add(40.25, 10, 95.5, 41);
    run(200);
    expect(begun.map(({ vu }) => vu)).toEqual([2, 1, 4, 3]);
    for (const [i, due] of [10, 40.25, 41, 95.5].entries()) {
      expect(begun[i]?.at).toBeGreaterThanOrEqual(due);
      expect((begun[i]?.at ?? 0) - due).toBeLessThanOrEqual(1.5);
    }
  });

  it('are dropped when there is no place at their moment, and have one when there is again', () => {
    const { add, run, begun, gone, places } = rig(2);
    add(10, 20, 30, 40);
    run(35);
    expect([begun.map(({ vu }) => vu), gone]).toEqual([[1, 2], [3]]);
    places.leave();
    run(35);
    expect([begun.map(({ vu }) => vu), gone]).toEqual([[1, 2, 4], [3]]);
    expect([places.started, places.dropped]).toEqual([3, 1]);
  });

  it('wait for a connect with their place, and are late rather than lost', () => {
    const { add, run, begun, places } = rig(10, 20);
    add(10, 10, 10);
    run(12);
    expect([begun.length, places.taken, places.started]).toEqual([1, 3, 1]);
    run(100);
    expect(begun.map(({ vu }) => vu)).toEqual([1, 2, 3]);
  });

  it('are accounted for one by one, whenever it ends', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 300, noNaN: true }), { maxLength: 40 }),
        fc.integer({ min: 1, max: 10 }),
        fc.integer({ min: 0, max: 30 }),
        fc.integer({ min: 0, max: 400 }),
        (due, most, apart, end) => {
          const { add, run, begun, gone, places, queue } = rig(most, apart);
          add(...due);
          run(end);
          queue.withdraw(0);
          const asked = due.filter((at) => at <= end).length;
          expect(places.started + places.dropped).toBe(asked);
          expect(places.started).toBe(begun.length);
          expect(begun.length + gone.length).toBe(due.length);
          expect(places.taken).toBe(begun.length);
          run(500);
          expect(begun).toHaveLength(places.started);
        },
      ),
      { numRuns: 60 },
    );
  });
});
