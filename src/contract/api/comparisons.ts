import { z } from 'zod';
import { mostCompared } from '../comparisonLimits.ts';
import { Comparison, Trend } from '../comparison.ts';
import { metricNames, statistics } from '../metrics.ts';
import { call } from './define.ts';

export const comparisonsApi = {
  /** The first is the baseline of the comparison. */
  compare: call(z.object({ runIds: z.array(z.string()).min(1).max(mostCompared) }), Comparison),
  /** Requests in the periods of one run, by name as columns, the first the baseline; left out: all in order. Empty where there are fewer than two. */
  periods: call(z.object({ runId: z.string(), periods: z.array(z.string()).optional() }), Comparison),
  /** Scenarios that were run, the last run first, with their environments. */
  scenarios: call(
    z.void(),
    z.array(z.object({ scenario: z.string(), environments: z.array(z.string()), runs: z.number().int() })),
  ),
  trend: call(
    z.object({
      scenario: z.string(),
      /** Left out: every environment it was run against. */
      environment: z.string().optional(),
      metric: z.enum(metricNames),
      stat: z.enum(statistics),
      /** The last so many runs of each environment. */
      last: z.number().int().min(2).max(500).default(50),
    }),
    Trend,
  ),
};
