import { describe, expect, test } from 'vitest';
import { createRandom, drawDelay } from './random.ts';

function draws(count: number, draw: () => number): number[] {
  return Array.from({ length: count }, draw).sort((a, b) => a - b);
}

describe('random', () => {
  test('the same seeds repeat, other seeds differ', () => {
    const of = (...seeds: number[]): number[] => {
      const random = createRandom(...seeds);
      return Array.from({ length: 20 }, random);
    };
    expect(of(1, 2, 3)).toEqual(of(1, 2, 3));
    const others = [of(1, 2, 3), of(1, 3, 2), of(2, 2, 3), of(1, 2, 4), of(-1, 2, 3), of(2 ** 40 + 1, 2, 3)];
    expect(new Set(others.map((numbers) => numbers[0])).size).toBe(others.length);
  });

  test('the first draws of neighbouring calls and turns are spread evenly over [0, 1)', () => {
    const firsts: number[] = [];
    for (let call = 1; call <= 50; call++)
      for (let turn = 1; turn <= 40; turn++) firsts.push(createRandom(1, call, turn)());
    const tenths = Array.from(
      { length: 10 },
      (_, i) => firsts.filter((x) => Math.floor(x * 10) === i).length,
    );
    expect(firsts.every((x) => x >= 0 && x < 1)).toBe(true);
    expect(Math.min(...tenths)).toBeGreaterThan(150);
    expect(Math.max(...tenths)).toBeLessThan(250);
  });

  test('fixed and uniform delays stay in their bounds', () => {
    const random = createRandom(7);
    expect(draws(10, () => drawDelay({ kind: 'fixed', value: 600 }, random))).toEqual(Array(10).fill(600));
    const uniform = draws(2000, () => drawDelay({ kind: 'uniform', min: 200, max: 900 }, random));
    expect(uniform[0]).toBeGreaterThanOrEqual(200);
    expect(uniform[0]).toBeLessThan(210);
    expect(uniform[1999]).toBeLessThan(900);
    expect(uniform[1999]).toBeGreaterThan(890);
    expect(uniform[1000]).toBeGreaterThan(510);
    expect(uniform[1000]).toBeLessThan(590);
  });

  test('log-normal delays have their median and sigma and are cut off at max', () => {
    const random = createRandom(7);
    const values = draws(4000, () => drawDelay({ kind: 'lognormal', median: 750, sigma: 0.25 }, random));
    expect(values[2000]).toBeGreaterThan(730);
    expect(values[2000]).toBeLessThan(770);
    const deviation = Math.log((values[3365] ?? 0) / 750);
    expect(deviation).toBeGreaterThan(0.22);
    expect(deviation).toBeLessThan(0.28);
    const cut = draws(4000, () => drawDelay({ kind: 'lognormal', median: 750, sigma: 1, max: 1000 }, random));
    expect(cut[3999]).toBe(1000);
    expect(cut[0]).toBeGreaterThan(0);
  });

  test('every kind takes the same number of draws', () => {
    const after = (delay: Parameters<typeof drawDelay>[0]): number => {
      const random = createRandom(3);
      drawDelay(delay, random);
      return random();
    };
    const fixed = after({ kind: 'fixed', value: 1 });
    expect(after({ kind: 'uniform', min: 1, max: 2 })).toBe(fixed);
    expect(after({ kind: 'lognormal', median: 1, sigma: 1 })).toBe(fixed);
  });
});
