/** What was sampled beside a run, on its time axis: processes, metrics of a server, or the series of an imported run. */
import { z } from 'zod';

export const seriesGroups = ['process', 'gpu', 'prometheus', 'imported', 'requests'] as const;

/** What one series is. `id` is from 1 within its run. */
export const SeriesInfo = z.object({
  id: z.number().int(),
  group: z.enum(seriesGroups),
  /** Whose it is: the process's or endpoint's name as the environment has it, the name of an imported request. */
  of: z.string(),
  /** `cpu`, `memory`, the metric with its labels, `p95`, `requests/s` … */
  name: z.string(),
  /** `cores`: 1 is one core busy. */
  unit: z.enum(['cores', 'bytes', 'bytes/s', 'share', 'ms', '1/s', 'none']),
  /** Why it has no values now; told again (same id) when that changes. */
  problem: z.string().nullable().optional(),
});
export type SeriesInfo = z.infer<typeof SeriesInfo>;

/** Values of one series at one moment; seconds since the start of the load. null: it could not be had then. */
export const SeriesPoint = z.object({
  id: z.number().int(),
  t: z.number(),
  value: z.number().nullable(),
});
export type SeriesPoint = z.infer<typeof SeriesPoint>;

/** A series with its values, in order of time. `problem`: why it has none, or none any more. */
export const RunSeries = SeriesInfo.extend({
  t: z.array(z.number()),
  values: z.array(z.number().nullable()),
  problem: z.string().nullable().default(null),
});
export type RunSeries = z.infer<typeof RunSeries>;
