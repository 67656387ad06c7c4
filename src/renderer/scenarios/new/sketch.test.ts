import { describe, expect, test } from 'vitest';
import { toLoadProfile } from '#contract/scenario/load';
import { levels, sketch } from './sketch.ts';

const graceful_stop = 0;

describe('what a load asks for over time', () => {
  test('the short form climbs and stays', () => {
    const profile = toLoadProfile({ users: 10, spawn_rate: 2, duration: 60_000, graceful_stop });
    expect(levels(profile)).toEqual([
      [0, 0],
      [5000, 10],
      [60_000, 10],
    ]);
  });

  test('steps of a breaking point are held', () => {
    const profile = toLoadProfile({
      executor: 'breaking-point',
      steps: [5, 10],
      hold: 60_000,
      spawn_rate: 5,
      graceful_stop,
    });
    expect(levels(profile)).toEqual([
      [0, 0],
      [1000, 5],
      [61_000, 5],
      [62_000, 10],
      [122_000, 10],
    ]);
  });

  test('arrivals and iterations', () => {
    const rate = { executor: 'constant-arrival-rate', rate: 60, per: 60_000, duration: 9000, max_users: 5 };
    expect(levels(toLoadProfile({ ...rate, executor: 'constant-arrival-rate', graceful_stop }))).toEqual([
      [0, 1],
      [9000, 1],
    ]);
    const shared = { users: 3, iterations: 9, max_duration: 1000, graceful_stop };
    expect(levels(toLoadProfile({ executor: 'shared-iterations', ...shared }))).toEqual([
      [0, 3],
      [1000, 3],
    ]);
  });
});

test('the drawing fills its frame, and falls to the ground where the load ends', () => {
  const profile = toLoadProfile({ users: 10, spawn_rate: 10, duration: 2000, graceful_stop });
  expect(sketch(profile, 40, 22)).toEqual({
    line: 'M0 22 L0 22 L20 2 L40 2 L40 22',
    area: 'M0 22 L0 22 L20 2 L40 2 L40 22 L40 22 Z',
  });
});
