import { describe, expect, it } from 'vitest';
import { Load } from '#contract/scenario/file';
import { eachItsOwn, loadMode, loadPlaces, oneForAll, rememberWhole } from './loadPlaces.ts';

const shared = {
  name: 'Both',
  users: [{ name: 'callers', weight: 3 }, { name: 'impatient' }],
  load: { users: 20, spawn_rate: 4, duration: '5m' },
};

describe('where loads are', () => {
  it('is one place for all, also while nothing is written there', () => {
    expect(loadPlaces(shared)).toMatchObject([{ path: ['load'], user: null, load: { users: 20 } }]);
    expect(loadPlaces({ users: [{}] })).toMatchObject([{ path: ['load'], written: undefined, load: null }]);
    expect(loadPlaces(undefined)).toHaveLength(1);
  });

  it('is each users entry as soon as one has its own', () => {
    const each = { users: [{ load: { users: 5, duration: '1m' }, start_after: '30s' }, { name: 'late' }] };
    expect(loadMode(each)).toBe('each');
    expect(loadPlaces(each)).toMatchObject([
      { path: ['users', 0, 'load'], name: 'callers', startAfterMs: 30_000, load: { users: 5 } },
      { path: ['users', 1, 'load'], name: 'late', written: undefined, load: null },
    ]);
  });
});

describe('one load for all, or each its own', () => {
  it('shares the load out by weight, and takes it together again', () => {
    const each = eachItsOwn(shared);
    expect(each).toEqual({
      name: 'Both',
      users: [
        { name: 'callers', weight: 3, load: { users: 15, spawn_rate: 3, duration: '5m' } },
        { name: 'impatient', load: { users: 5, spawn_rate: 1, duration: '5m' } },
      ],
    });
    expect(oneForAll(each)).toEqual(shared);
  });

  it.each([
    { executor: 'ramping-vus', start_users: 4, stages: [{ target: 40, duration: '5s' }] },
    { executor: 'shared-iterations', users: 8, iterations: 400 },
    { executor: 'per-vu-iterations', users: 8, iterations: 3 },
    { executor: 'breaking-point', steps: [40, 80, 400], hold: '5s' },
  ])('there and back changes nothing: %j', (load) => {
    expect(oneForAll(eachItsOwn({ ...shared, load }))).toEqual({ ...shared, load });
  });

  it('takes the first for all where they differ in more than their numbers', () => {
    const first = { users: 5, duration: '1m' };
    const loads = [
      { users: 7, duration: '2m' },
      { rate: 1, duration: '1m' },
      { users: 5, spawn_rate: 1 },
    ];
    for (const other of loads) {
      expect(oneForAll({ users: [{ load: first }, { load: other }] }).load).toEqual(first);
    }
    const late = { load: { users: 7, duration: '1m' }, start_after: '30s' };
    expect(oneForAll({ users: [{ load: first }, late] }).load).toEqual(first);
  });

  it.each([
    { executor: 'ramping-vus', start_users: 1, stages: [{ target: 1, duration: '5s' }] },
    { executor: 'ramping-arrival-rate', stages: [{ target: 2.5, duration: '5s' }], max_users: 1 },
    { executor: 'shared-iterations', users: 1, iterations: 1 },
    { executor: 'per-vu-iterations', users: 4, iterations: 3 },
    { executor: 'breaking-point', steps: [1, 2, 3], hold: '5s' },
  ])('every share can be run: %j', (load) => {
    for (const place of loadPlaces(eachItsOwn({ ...shared, load }))) {
      expect(Load.safeParse(place.written).error?.message).toBeUndefined();
    }
  });
});

describe('the last whole load', () => {
  it('is shown while the written one is not whole, and no longer than it is written at all', () => {
    const last = rememberWhole();
    const place = (load: unknown) => {
      const [only] = loadPlaces({ load });
      if (!only) throw new Error('There is no place for the load.');
      return last(only);
    };
    expect(place({ users: 5 })).toBeNull();
    expect(place({ users: 5, duration: '1m' })).toMatchObject({ users: 5 });
    expect(place({ users: 'x', duration: '1m' })).toMatchObject({ users: 5 });
    expect(place(undefined)).toBeNull();
  });
});
