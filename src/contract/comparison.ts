/** Runs side by side. Latencies are milliseconds, rates 0–1, counts plain numbers. */
import { z } from 'zod';
import { metricNames, statistics } from './metrics.ts';
import { comparisonVerdicts, RunRow } from './run.ts';

const number = z.number().nullable();

/** How one run's value stands to the baseline's. */
export const ComparedCell = z.object({
  value: number,
  /** How many values (turns, calls) it rests on. */
  count: z.number().int(),
  /** Value minus the baseline's; null in the baseline's own column and where one of them has none. */
  difference: number,
  /** The difference as a share of the baseline's value. */
  share: number,
  /** Confidence interval of the difference (95 %, bootstrap); null where it cannot be had. */
  interval: z.tuple([z.number(), z.number()]).nullable(),
  verdict: z.enum(comparisonVerdicts).nullable(),
});
export type ComparedCell = z.infer<typeof ComparedCell>;

/** One metric and statistic over all runs, the cells in the order of the runs. `headline`: it decides the verdict. */
export const ComparedRow = z.object({
  metric: z.string(),
  stat: z.enum(statistics),
  /** What is shown: `Time to first audio p95`, the name of a request. */
  label: z.string(),
  kind: z.enum(['latency', 'rate', 'count', 'speed']),
  /** Which way is good. */
  condition: z.enum(['above', 'below']),
  headline: z.boolean(),
  cells: z.array(ComparedCell),
});
export type ComparedRow = z.infer<typeof ComparedRow>;

/** One line of a difference between two texts. `skipped` stands for so many equal lines. */
export const DiffLine = z.object({
  kind: z.enum(['same', 'added', 'removed', 'skipped']),
  text: z.string(),
});
export type DiffLine = z.infer<typeof DiffLine>;

/** One column: a run with how it stands to the baseline as a whole. */
export const ComparedRun = z.object({
  row: RunRow,
  /** null: it is the baseline. */
  verdict: z.enum(comparisonVerdicts).nullable(),
  /** Why, in one sentence with the figures it rests on. */
  sentence: z.string().nullable(),
  /** What should be known before believing the columns (untrusted, another seed, another load, imported). */
  remarks: z.array(z.string()),
  /** Against the baseline; empty: the same. */
  scenarioDiff: z.array(DiffLine),
  environmentDiff: z.array(DiffLine),
  /** Percentile curves by metric. */
  curves: z.record(z.string(), z.array(z.object({ percentile: z.number(), value: z.number() }))),
});
export type ComparedRun = z.infer<typeof ComparedRun>;

/** The first run is the baseline. */
export const Comparison = z.object({
  runs: z.array(ComparedRun),
  rows: z.array(ComparedRow),
});
export type Comparison = z.infer<typeof Comparison>;

/** One run's value in a trend. */
export const TrendPoint = z.object({ row: RunRow, value: number, count: z.number().int() });
export type TrendPoint = z.infer<typeof TrendPoint>;

/** A metric over the last runs of a scenario, oldest first, by environment; with the thresholds of the newest run on it. */
export const Trend = z.object({
  scenario: z.string(),
  metric: z.enum(metricNames),
  stat: z.enum(statistics),
  kind: z.enum(['latency', 'rate', 'count', 'speed']),
  environments: z.array(
    z.object({
      environment: z.string(),
      baselineId: z.string().nullable(),
      points: z.array(TrendPoint),
      thresholds: z.array(
        z.object({ target: z.number(), acceptable: z.number(), condition: z.enum(['above', 'below']) }),
      ),
    }),
  ),
});
export type Trend = z.infer<typeof Trend>;
