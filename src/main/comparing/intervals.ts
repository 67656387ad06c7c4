/** Confidence intervals (95 %) of the difference between two runs: how far it could lie from what was measured. */
import { Chance } from './chance.ts';
import { rankOf, type ValueDistribution } from './distribution.ts';

export type Interval = [number, number];

/** Resamples of a bootstrap. */
export const resamples = 2000;
/** Share of the bootstrap's differences that is left out at either end. */
const tail = 0.025;
/** Standard normal at 97.5 %. */
const z = 1.959963984540054;

/**
 * Of the difference of a quantile (`to` minus `from`) by the percentile bootstrap (B. Efron, Bootstrap methods: another
 * look at the jackknife, Annals of Statistics 7, 1979).
 *
 * Nothing is resampled: a resample of n values is Q(U₁) … Q(Uₙ) with uniform Uᵢ, where Q is the empirical quantile
 * function, and Q rises, so that the k-th of its ordered values is Q at the k-th of the ordered Uᵢ, which is
 * Beta(k, n − k + 1) distributed (H. A. David and H. N. Nagaraja, Order Statistics, §2.3). One resample therefore costs
 * two Beta variables however many turns there are; the result has the same distribution as that of the plain bootstrap
 * (the same idea: M. Schultzberg and S. Ankargren, Resampling-free bootstrap inference for quantiles, arXiv:2202.10992).
 */
export function quantileDifference(
  from: ValueDistribution,
  to: ValueDistribution,
  share: number,
  seed = 1,
): Interval {
  const chance = new Chance(seed, from.count, to.count, Math.round(share * 1e6));
  const differences = new Float64Array(resamples);
  const [k, n] = [rankOf(share, from.count), from.count];
  const [l, m] = [rankOf(share, to.count), to.count];
  for (let i = 0; i < resamples; i++) {
    const before = from.quantile(chance.beta(k, n - k + 1));
    differences[i] = to.quantile(chance.beta(l, m - l + 1)) - before;
  }
  return middle(differences);
}

/** What is left of some differences when 2.5 % are taken off at either end. */
export function middle(differences: Float64Array): Interval {
  const sorted = Float64Array.from(differences).sort();
  const at = (share: number) => sorted[rankOf(share, sorted.length) - 1] ?? Number.NaN;
  return [at(tail), at(1 - tail)];
}

/** Mean and spread of some values. */
export interface MeanOf {
  count: number;
  mean: number;
  stddev: number;
}

/** Of the difference of two means by their standard errors, each with its own variance (Welch, Biometrika 34, 1947). */
export function meanDifference(from: MeanOf, to: MeanOf): Interval {
  const error = Math.sqrt(from.stddev ** 2 / from.count + to.stddev ** 2 / to.count);
  const difference = to.mean - from.mean;
  return [difference - z * error, difference + z * error];
}

/** A share of so many. */
export interface RateOf {
  count: number;
  rate: number;
}

/** Where a share could lie (E. B. Wilson, Journal of the American Statistical Association 22, 1927). */
export function wilson({ rate, count }: RateOf): Interval {
  const centre = rate + (z * z) / (2 * count);
  const half = z * Math.sqrt((rate * (1 - rate)) / count + (z * z) / (4 * count * count));
  const scale = 1 + (z * z) / count;
  return [Math.max(0, (centre - half) / scale), Math.min(1, (centre + half) / scale)];
}

/**
 * Of the difference of two shares by their Wilson intervals (R. G. Newcombe, Interval estimation for the difference
 * between independent proportions, Statistics in Medicine 17, 1998, method 10): also right near 0 and 1, where shares
 * of turns that succeeded are.
 */
export function rateDifference(from: RateOf, to: RateOf): Interval {
  const [fromLow, fromHigh] = wilson(from);
  const [toLow, toHigh] = wilson(to);
  const difference = to.rate - from.rate;
  return [
    difference - Math.hypot(to.rate - toLow, fromHigh - from.rate),
    difference + Math.hypot(toHigh - to.rate, from.rate - fromLow),
  ];
}
