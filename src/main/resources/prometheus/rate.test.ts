import { expect, it } from 'vitest';
import { CounterRate } from './rate.ts';

it('a rate is what came in the time between, and counts from nothing when the counter began anew', () => {
  const rate = new CounterRate();
  expect(rate.look(100, 1000)).toBeNull();
  expect(rate.look(150, 3000)).toBe(25);
  expect(rate.look(150, 5000)).toBe(0);
  expect(rate.look(8, 7000)).toBe(4);
  expect(rate.look(9, 7000)).toBeNull();
  expect(rate.look(11, 8000)).toBe(2);
});
