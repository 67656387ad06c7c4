import { describe, expect, it } from 'vitest';
import { Load } from '#contract/scenario/file';
import { executorOf, readLoad } from './readLoad.ts';

const whole: unknown[] = [
  { users: 20, duration: '5m' },
  { users: 20, spawn_rate: 0.5, duration: '1m30s', graceful_stop: '0s' },
  { executor: 'constant-vus', users: 1, duration: '1s' },
  {
    executor: 'ramping-vus',
    stages: [
      { target: 0, duration: 0 },
      { target: 5, duration: '10s' },
    ],
  },
  { executor: 'ramping-vus', start_users: 3, stages: [{ target: 5, duration: '10s' }] },
  { executor: 'constant-arrival-rate', rate: 0.5, duration: '1h', max_users: 9 },
  { executor: 'constant-arrival-rate', rate: 30, per: '1m', duration: '1h', max_users: 9 },
  {
    executor: 'ramping-arrival-rate',
    start_rate: 1.5,
    stages: [{ target: 2.5, duration: '5s' }],
    max_users: 4,
  },
  { executor: 'shared-iterations', users: 3, iterations: 10 },
  { executor: 'per-vu-iterations', users: 3, iterations: 10, max_duration: '2m' },
  { executor: 'breaking-point', steps: [10, 20, 50], hold: '30s' },
  { executor: 'breaking-point', steps: [10], hold: '30s', resolution: 2, spawn_rate: 5 },
];

describe('a load read from a document', () => {
  it.each(whole)('that is whole is what the format says it is: %j', (written) => {
    expect(readLoad(written)).toEqual(Load.parse(written));
  });

  it.each([
    null,
    [],
    'ramping-vus',
    {},
    { users: 20 },
    { users: '20', duration: '5m' },
    { users: 0, duration: '5m' },
    { users: 1.5, duration: '5m' },
    { users: 20, duration: '5 minutes' },
    { users: 20, duration: '0s' },
    { users: 20, duration: 300 },
    { users: 20, duration: '5m', spawn_rate: 0 },
    { users: 20, duration: '5m', graceful_stop: 'soon' },
    { executor: 'ramping', users: 20, duration: '5m' },
    { executor: 'ramping-vus', stages: [] },
    { executor: 'ramping-vus', stages: 'none' },
    { executor: 'ramping-vus', stages: [{ target: 5, duration: '10s' }, { target: 5 }] },
    { executor: 'ramping-vus', stages: [{ target: 5.5, duration: '10s' }] },
    { executor: 'constant-arrival-rate', rate: 0, duration: '1h', max_users: 9 },
    { executor: 'constant-arrival-rate', rate: 1, per: '0s', duration: '1h', max_users: 9 },
    { executor: 'ramping-arrival-rate', stages: [{ target: 2, duration: '5s' }] },
    { executor: 'shared-iterations', users: 3 },
    { executor: 'breaking-point', steps: [20, 10], hold: '30s' },
    { executor: 'breaking-point', steps: [20, '30'], hold: '30s' },
    { executor: 'breaking-point', steps: [], hold: '30s' },
  ])('that is not whole is none yet: %j', (written) => {
    expect(readLoad(written)).toBeNull();
    expect(Load.safeParse(written).success).toBe(false);
  });

  it('knows its executor before it is whole', () => {
    expect(executorOf({ executor: 'ramping-vus' })).toBe('ramping-vus');
    expect(executorOf({})).toBe('short');
    expect(executorOf({ executor: 'constant' })).toBeNull();
    expect(executorOf(undefined)).toBeNull();
  });
});
