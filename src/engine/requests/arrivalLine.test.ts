import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Places } from '../sharedCounts.ts';
import { Alarms } from './alarms.ts';
import { ArrivalLine } from './arrivalLine.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

function rig(most: number, places = Places.of(most)) {
  let now = 0;
  const begun: { group: number; due: number; at: number; late: number }[] = [];
  const alarms = new Alarms({ now: () => now });
  const line = new ArrivalLine({
    clock: { now: () => now },
    alarms,
    places,
    most,
    begin: (group, due, late) => begun.push({ group, due, at: now, late }),
  });
  return {
    line,
    places,
    begun,
    add: (...at: number[]) =>
      line.add({ at: Float64Array.from(at), group: Uint16Array.from(at, (_, i) => i) }),
    /** The thread does nothing for so long. */
    block: (ms: number) => (now += ms),
    run: (ms: number) => {
      for (const end = now + ms; now < end;) {
        now += 0.5;
        vi.advanceTimersByTime(0.5);
      }
    },
  };
}

describe('arrivals of users that stay', () => {
  it('begin at their moments', () => {
    const { add, run, begun } = rig(10);
    add(5, 10.25, 40);
    run(100);
    expect(begun.map(({ group }) => group)).toEqual([0, 1, 2]);
    for (const { at, due } of begun) expect(at - due).toBeLessThanOrEqual(2);
  });

  it('wait in order for a place, and that is not the generator being late', () => {
    const { add, run, begun, line } = rig(1);
    add(5, 10, 15);
    run(300);
    expect(begun).toHaveLength(1);
    line.leave();
    expect(begun[1]).toMatchObject({ group: 1, due: 10, late: 0 });
    expect((begun[1]?.at ?? 0) - 10).toBeGreaterThan(280);
    line.leave();
    expect(begun[2]).toMatchObject({ group: 2, due: 15, late: 0 });
  });

  it('are late by the generator where the thread was busy', () => {
    const { add, run, begun, block } = rig(5);
    add(10);
    block(300);
    run(20);
    expect(begun[0]?.late ?? 0).toBeGreaterThan(280);
  });

  it('find a place that another thread frees', () => {
    const places = Places.of(1);
    const { add, run, begun } = rig(1, places);
    expect(places.tryTake()).toBe(true);
    add(5);
    run(50);
    expect(begun).toHaveLength(0);
    places.leave();
    run(5);
    expect(begun).toHaveLength(1);
  });

  it('are accounted for one by one, whenever it ends', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 200, noNaN: true }), { maxLength: 40 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 0, max: 300 }),
        fc.array(fc.integer({ min: 0, max: 50 }), { maxLength: 10 }),
        (due, most, end, leaves) => {
          const { add, run, begun, places, line } = rig(most);
          const sorted = due.toSorted((a, b) => a - b);
          add(...sorted);
          for (const ms of leaves) {
            run(Math.min(ms, 20));
            if (places.taken > 0) line.leave();
          }
          run(end);
          line.withdraw();
          const { started, dropped } = places;
          expect(started).toBe(begun.length);
          run(300);
          expect([places.started, places.dropped]).toEqual([started, dropped]);
          expect(begun.map((one) => one.due)).toEqual(sorted.slice(0, started));
          expect(started + dropped).toBeLessThanOrEqual(due.length);
        },
      ),
      { numRuns: 60 },
    );
  });
});
