import { expect, test } from 'vitest';
import { ServiceFaults } from '#contract/practice';
import { drawRequest, Stalls } from './faults.ts';

const ms = (value: number) => BigInt(value) * 1_000_000n;

test('the same seed draws the same, whatever the faults are; another one does not', () => {
  const likely = ServiceFaults.parse({ error: 0.5, slow: 0.5, reset: 0.5, garbage: 0.5 });
  const draws = (seed: number, faults = likely) =>
    Array.from({ length: 40 }, (_, n) => {
      const { error, slow, reset, garbage, random } = drawRequest(seed, faults, n + 1);
      return { error, slow, reset, garbage, next: random() };
    });
  expect(draws(1)).toEqual(draws(1));
  expect(draws(1)).not.toEqual(draws(2));
  const never = draws(1, ServiceFaults.parse({}));
  expect(never.some(({ error, slow, reset, garbage }) => error || slow || reset || garbage)).toBe(false);
  expect(never.map(({ next }) => next)).toEqual(draws(1).map(({ next }) => next));
});

test('a standstill holds back what falls into it, from the first request on', () => {
  const stalls = new Stalls({ stall_for: 1000, stall_every: 10_000 });
  expect(stalls.holdUntil(ms(500))).toBe(ms(500));
  expect(stalls.holdUntil(ms(10_499))).toBe(ms(10_499));
  expect(stalls.holdUntil(ms(10_500))).toBe(ms(11_500));
  expect(stalls.holdUntil(ms(11_400))).toBe(ms(11_500));
  expect(stalls.holdUntil(ms(11_500))).toBe(ms(11_500));
  expect(stalls.holdUntil(ms(21_000))).toBe(ms(21_500));
});

test('without one nothing is held back', () => {
  const stalls = new Stalls({ stall_for: 0, stall_every: 1 });
  expect([0, 1, 2, 5000].map((at) => stalls.holdUntil(ms(at)))).toEqual([0, 1, 2, 5000].map(ms));
});
