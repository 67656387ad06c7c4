import { z } from 'zod';
import { latencyMetrics } from '../metrics.ts';
import { AudioReview, BreakdownRow, breakdowns, ConnectionReview, Distribution, HeatMap } from '../review.ts';
import { call } from './define.ts';

const runId = z.object({ runId: z.string() });
const metric = z.enum(latencyMetrics);

/** What is asked about a run as a whole; of one that goes on: so far. */
export const reviewApi = {
  /** Of these metrics, in this order; left out: every metric that has values. `step`: of requests of that name alone. */
  distributions: call(
    runId.extend({ metrics: z.array(metric).optional(), step: z.string().optional() }),
    z.array(Distribution),
  ),
  /** Turns of the call in their order, conversations and users by name. */
  breakdown: call(runId.extend({ by: z.enum(breakdowns) }), z.array(BreakdownRow)),
  /** At most so many columns; of metrics that every turn has a value for. Optional: only a stretch, in seconds. */
  heatMap: call(
    runId.extend({
      metric: metric.default('ttfa'),
      columns: z.number().int().min(1).max(400).default(120),
      rows: z.number().int().min(4).max(60).default(24),
      fromS: z.number().optional(),
      toS: z.number().optional(),
    }),
    HeatMap,
  ),
  connections: call(runId, ConnectionReview),
  audio: call(runId, AudioReview),
};
