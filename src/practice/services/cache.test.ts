import { expect, test } from 'vitest';
import { TimedCache } from './cache.ts';

const slow = (): bigint => 700n;
const never = (): bigint => {
  throw new Error('must not be fetched');
};

test('what is fetched is kept for its time and then fetched anew', () => {
  const cache = new TimedCache(10_000n, false);
  expect(cache.readyAt('clients', 0n, slow)).toBe(700n);
  expect(cache.readyAt('clients', 700n, never)).toBe(700n);
  expect(cache.readyAt('clients', 10_699n, never)).toBe(10_699n);
  expect(cache.readyAt('clients', 10_700n, slow)).toBe(11_400n);
});

test('those who ask meanwhile wait for the one that is fetching', () => {
  const cache = new TimedCache(10_000n, false);
  cache.readyAt('clients', 0n, slow);
  expect(cache.readyAt('clients', 300n, never)).toBe(700n);
  expect(cache.readyAt('plans', 300n, slow)).toBe(1000n);
});

test('in a stampede each fetches for itself until it is there', () => {
  const cache = new TimedCache(10_000n, true);
  cache.readyAt('clients', 0n, slow);
  expect(cache.readyAt('clients', 300n, slow)).toBe(1000n);
  expect(cache.readyAt('clients', 700n, never)).toBe(700n);
});
