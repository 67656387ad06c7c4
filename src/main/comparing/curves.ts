/** Percentile curves: few points, closer together towards 100. */
import type { ComparedRun } from '#contract/comparison';
import { curveMetrics } from './metrics.ts';
import type { ValueDistribution } from './distribution.ts';
import type { RunEvidence } from './evidence.ts';

type Curve = ComparedRun['curves'][string];

const points = 100;

/** From 0 to 100, evenly in the number of nines (90, 99, 99.9 … are equally far apart) down to the single value. */
export function percentileCurve(distribution: ValueDistribution): Curve {
  const nines = Math.log10(Math.max(10, distribution.count));
  const curve = Array.from({ length: points }, (_, i) => {
    const share = 1 - 10 ** ((-i / (points - 1)) * nines);
    return { percentile: share * 100, value: distribution.quantile(share) };
  });
  return [...curve, { percentile: 100, value: distribution.quantile(1) }];
}

/** The curves of a run by metric. */
export function curvesOf(run: RunEvidence): ComparedRun['curves'] {
  const entries = curveMetrics.flatMap((metric): [string, Curve][] => {
    const distribution = run.distributions.get(metric);
    return distribution === undefined ? [] : [[metric, percentileCurve(distribution)]];
  });
  return Object.fromEntries(entries);
}
