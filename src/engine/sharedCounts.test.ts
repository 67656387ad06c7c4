import { describe, expect, it } from 'vitest';
import { Places, SharedCalls } from './sharedCounts.ts';

describe('places for calls that arrive', () => {
  it('are taken by as many as there may be, whichever thread asks; the others are dropped', () => {
    const here = Places.of(2);
    const there = new Places(here.buffer);
    expect([here.take(), there.take(), here.take(), there.take()]).toEqual([true, true, false, false]);
    there.leave();
    expect(here.take()).toBe(true);
    expect([there.taken, there.started, there.dropped]).toEqual([2, 0, 2]);
  });

  it('know what began and what gave its place up', () => {
    const places = Places.of(5);
    for (let i = 0; i < 3; i++) places.take();
    places.begin();
    places.giveUp();
    places.drop(4);
    expect([places.taken, places.started, places.dropped]).toEqual([2, 1, 5]);
  });
});

describe('calls that are shared', () => {
  it('are taken once each', () => {
    const here = SharedCalls.of(3);
    const there = new SharedCalls(here.buffer);
    expect([here.take(), there.take(), here.spent, there.take(), here.take(), there.take()]).toEqual([
      true,
      true,
      false,
      true,
      false,
      false,
    ]);
    expect([here.spent, there.spent]).toEqual([true, true]);
  });
});
