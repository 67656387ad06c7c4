import { describe, expect, it } from 'vitest';
import { Chance } from './chance.ts';
import { fromHistogram, fromValues, rankOf, type ValueDistribution } from './distribution.ts';
import { LatencyHistogram } from '#engine/measure/histogram';
import {
  meanDifference,
  middle,
  quantileDifference,
  rateDifference,
  resamples,
  wilson,
  type Interval,
} from './intervals.ts';

function distribution(values: Iterable<number>): ValueDistribution {
  const made = fromValues(Float64Array.from(values));
  if (made === null) throw new Error('No values');
  return made;
}

/** Answers around 600 ms, a few much longer. */
function answers(chance: Chance, count: number): number[] {
  return Array.from({ length: count }, () => 600 * Math.exp(0.4 * chance.normal()));
}

/** The bootstrap as it is written in the books: draw n values with replacement, put them in order, take one. */
function plainBootstrap(from: number[], to: number[], share: number): Interval {
  const chance = new Chance(99);
  const once = (values: number[]) => {
    const drawn = values.map(() => values[Math.floor(chance.uniform() * values.length)] ?? 0);
    return drawn.sort((a, b) => a - b)[rankOf(share, drawn.length) - 1] ?? 0;
  };
  return middle(Float64Array.from({ length: resamples }, () => once(to) - once(from)));
}

describe('the difference of a quantile', () => {
  it.each([
    [0.5, 60],
    [0.95, 60],
    [0.95, 400],
    [0.9, 400],
  ])('at %f of %i values is what resampling finds', (share, count) => {
    const chance = new Chance(3, count);
    const [from, to] = [answers(chance, count), answers(chance, count).map((ms) => ms + 80)];
    const [low, high] = quantileDifference(distribution(from), distribution(to), share);
    const [plainLow, plainHigh] = plainBootstrap(from, to, share);
    const width = plainHigh - plainLow;
    // Both are estimates from 2,000 resamples each: their ends differ by chance, by a small part of the width.
    expect(Math.abs(low - plainLow)).toBeLessThan(0.12 * width);
    expect(Math.abs(high - plainHigh)).toBeLessThan(0.12 * width);
  });

  it.each([
    [0.5, 40],
    [0.95, 20],
    [0.95, 200],
    [0.99, 200],
  ])('at %f of %i values lies within the interval in about 95 of 100 pairs of runs', (share, count) => {
    const pairs = 300;
    let within = 0;
    for (let pair = 0; pair < pairs; pair++) {
      const chance = new Chance(11, pair, count);
      const from = distribution(answers(chance, count));
      const to = distribution(answers(chance, count).map((ms) => ms + 100));
      const [low, high] = quantileDifference(from, to, share, pair);
      if (low <= 100 && 100 <= high) within++;
    }
    expect(within / pairs).toBeGreaterThan(0.91);
  });

  it('has the same interval every time it is asked', () => {
    const [from, to] = [answers(new Chance(1), 80), answers(new Chance(2), 80)].map(distribution);
    if (from === undefined || to === undefined) throw new Error('Two are made');
    expect(quantileDifference(from, to, 0.95)).toEqual(quantileDifference(from, to, 0.95));
  });

  it('is nothing where all values are the same, however many', () => {
    const same = distribution(Array<number>(50).fill(612));
    expect(quantileDifference(same, same, 0.95)).toEqual([0, 0]);
  });

  it('with many ties is found among the values that there are', () => {
    const from = distribution([...Array<number>(90).fill(500), ...Array<number>(10).fill(900)]);
    const to = distribution([...Array<number>(97).fill(500), ...Array<number>(3).fill(900)]);
    for (const end of quantileDifference(from, to, 0.95)) expect([-400, 0, 400]).toContain(end);
  });

  it('of a single value each is their difference', () => {
    expect(quantileDifference(distribution([500]), distribution([700]), 0.95)).toEqual([200, 200]);
  });
});

describe('an HDR histogram', () => {
  it('says what its values say, to three digits', () => {
    const values = answers(new Chance(5), 500);
    const histogram = new LatencyHistogram();
    for (const ms of values) histogram.record(ms);
    const found = fromHistogram(histogram.encode(), histogram.summary());
    const exact = distribution(values);
    if (found === null) throw new Error('It has values');
    expect(found.count).toBe(500);
    for (const share of [0, 0.01, 0.5, 0.9, 0.95, 0.99, 0.998, 1])
      expect(found.quantile(share) / exact.quantile(share)).toBeCloseTo(1, 2.5);
    expect(found.mean).toBeCloseTo(exact.mean ?? 0, 6);
    expect(found.stddev).toBeCloseTo(exact.stddev ?? 0, 6);
  });

  it('that cannot be read, or is empty, is none', () => {
    expect(fromHistogram('nonsense')).toBeNull();
    expect(fromHistogram('')).toBeNull();
    expect(fromHistogram(new LatencyHistogram().encode())).toBeNull();
  });
});

describe('the difference of two shares', () => {
  // Newcombe 1998, table II, (a) 56/70 – 48/80 and (h) 10/10 – 0/20, method 10.
  it('is as published', () => {
    const round = (interval: Interval) => interval.map((end) => Number(end.toFixed(4)));
    const a = rateDifference({ rate: 48 / 80, count: 80 }, { rate: 56 / 70, count: 70 });
    expect(round(a)).toEqual([0.0524, 0.3339]);
    const h = rateDifference({ rate: 0, count: 20 }, { rate: 1, count: 10 });
    expect(round(h)).toEqual([0.6791, 1]);
  });

  it('stays within what shares can be', () => {
    expect(wilson({ rate: 1, count: 30 })[1]).toBe(1);
    expect(wilson({ rate: 0, count: 30 })[0]).toBe(0);
    expect(rateDifference({ rate: 1, count: 500 }, { rate: 1, count: 400 })[0]).toBeGreaterThan(-0.02);
  });
});

it('the difference of two means is two standard errors wide on either side', () => {
  const [low, high] = meanDifference(
    { count: 100, mean: 500, stddev: 30 },
    { count: 100, mean: 520, stddev: 40 },
  );
  expect(low).toBeCloseTo(20 - 1.96 * 5, 2);
  expect(high).toBeCloseTo(20 + 1.96 * 5, 2);
});
