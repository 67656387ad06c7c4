/** What is said of a run as a whole. Durations are milliseconds unless a name ends in `_s`, shares are 0–1. */
import { z } from 'zod';
import { latencyMetrics, metricNames, statistics, type LatencyMetric } from './metrics.ts';
import { CheckRow, RequestStep, StageResult } from './requests.ts';

const ms = z.number().nullable();

/** Statistics of one metric over a whole run; all null when nothing was measured. `1/s`: of `tokens_per_second` alone. */
export const MetricSummary = z.object({
  unit: z.enum(['ms', '1/s']),
  count: z.number().int(),
  min: ms, mean: ms, stddev: ms,
  p50: ms, p75: ms, p90: ms, p95: ms, p99: ms, p99_9: ms,
  max: ms,
}); // prettier-ignore
export type MetricSummary = z.infer<typeof MetricSummary>;

/** Of a metric that was not measured. */
export function emptySummary(): MetricSummary {
  return {
    unit: 'ms', count: 0, min: null, mean: null, stddev: null,
    p50: null, p75: null, p90: null, p95: null, p99: null, p99_9: null, max: null,
  }; // prettier-ignore
}

/** Every metric by name; those that older versions did not know are empty. */
const MetricSummaries = z
  .partialRecord(z.enum(latencyMetrics), MetricSummary)
  .transform((given): Record<LatencyMetric, MetricSummary> => ({
    ...(Object.fromEntries(latencyMetrics.map((name) => [name, emptySummary()])) as Record<
      LatencyMetric,
      MetricSummary
    >),
    ...given,
  }));

export const verdicts = ['pass', 'warn', 'fail'] as const;
export type Verdict = (typeof verdicts)[number];

export const ThresholdResult = z.object({
  metric: z.enum(metricNames),
  stat: z.enum(statistics),
  condition: z.enum(['above', 'below']),
  target: z.number(),
  acceptable: z.number(),
  where: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  value: z.number().nullable(),
  status: z.enum(verdicts),
  /** When it is judged from, seconds since the start of the load; absent: from the beginning. */
  after_s: z.number().optional(),
  /** The same statistic over the last seconds of a run that goes on (at least 10 s); absent where it has no window. */
  now: z.number().nullable().optional(),
  /** Seconds in which it was beyond what is acceptable, by `now` where there is one, else by `value`. */
  breached_s: z.number().optional(),
});
export type ThresholdResult = z.infer<typeof ThresholdResult>;

export const endings = ['completed', 'stopped', 'aborted', 'threshold', 'crashed'] as const;
export type Ending = (typeof endings)[number];

export const Counts = z.object({
  calls_attempted: z.number().int(),
  calls_connected: z.number().int(),
  calls_failed: z.number().int(),
  calls_dropped: z.number().int(),
  turns_ok: z.number().int(),
  turns_failed: z.number().int(),
  turns_timed_out: z.number().int(),
  turns_ambiguous: z.number().int(),
  frames_sent: z.number().int(),
  frames_received: z.number().int(),
  bytes_sent: z.number(),
  bytes_received: z.number(),
  errors: z.record(z.string(), z.number().int()),
  turns_cut: z.number().int(),
  turns_excluded: z.number().int(),
  ttfa_answered: z.number().int(),
  ttfa_timed_out: z.number().int(),
  ttfa_lost: z.number().int(),
  talk_overs: z.number().int(),
  greeting_missing: z.number().int(),
  stop_idle: z.number().int(),
  cut_short: z.number().int(),
  late_audio: z.number().int(),
  slipped: z.number().int(),
  backpressure: z.number().int(),
  arrivals_asked: z.number().int().default(0),
  arrivals_dropped: z.number().int().default(0),
  barge_in_outcomes: z.record(z.string(), z.number().int()),
  other_messages: z.record(z.string(), z.number().int()),
  requests: z.number().int().default(0),
  requests_failed: z.number().int().default(0),
  requests_timed_out: z.number().int().default(0),
  requests_cut: z.number().int().default(0),
  requests_excluded: z.number().int().default(0),
  retries: z.number().int().default(0),
  checks_passed: z.number().int().default(0),
  checks_failed: z.number().int().default(0),
  iterations: z.number().int().default(0),
  iterations_failed: z.number().int().default(0),
  /** By status: HTTP's as `200`, gRPC's by name. */
  statuses: z.record(z.string(), z.number().int()).default({}),
});
export type Counts = z.infer<typeof Counts>;

const rate = z.number().nullable();

/** One held number of users in a search for the breaking point. */
export const HeldStep = z.object({
  users: z.number().int(),
  /** When it was held, seconds since the start of the load; `to` is null while it is. */
  from_s: z.number(),
  to_s: z.number().nullable(),
  /** `search` when it lies between two steps of the scenario. */
  kind: z.enum(['step', 'search']),
  /** `generator`: this machine could not carry it, nothing is said of the target; `cut`: the run ended in it; null: still held. */
  result: z.enum(['pass', 'warn', 'fail', 'generator', 'cut']).nullable(),
  ttfa_p95: ms,
  barge_in_p95: ms,
  thresholds: z.array(ThresholdResult),
});
export type HeldStep = z.infer<typeof HeldStep>;

/** What a search for the breaking point found: thresholds and latencies of each step are of the turns that began while it was held. */
export const BreakingPoint = z.object({
  /** Most calls that were held within what is acceptable; null: none was. */
  holds: z.number().int().nullable(),
  /** Fewest calls that were not; null: none failed. */
  breaks_at: z.number().int().nullable(),
  /** Who gave way there. */
  limited_by: z.enum(['target', 'generator']).nullable(),
  /** `holds 140 calls; at 150, ttfa p95 passed 3 s`. */
  sentence: z.string(),
  steps: z.array(HeldStep),
});
export type BreakingPoint = z.infer<typeof BreakingPoint>;

/** How a rate of arrivals was kept. Rates are calls a second, over the time in which calls were to arrive. */
export const Arrivals = z.object({
  asked: z.number().int(),
  started: z.number().int(),
  dropped: z.number().int(),
  asked_per_s: z.number(),
  achieved_per_s: z.number(),
});
export type Arrivals = z.infer<typeof Arrivals>;

/** What is to be said of a run's load beyond its users. */
export const LoadOutcome = z.object({
  /** Executors of its loads, `short` for the short form. */
  executors: z.array(z.string()),
  arrivals: Arrivals.nullable(),
  breaking_point: BreakingPoint.nullable(),
});
export type LoadOutcome = z.infer<typeof LoadOutcome>;

/** Requests of one kind and name: of another tool, or of a step. `coarse`: its percentiles come in steps of two digits. */
export const RequestSummary = z.object({
  type: z.string(),
  name: z.string(),
  count: z.number().int(),
  failures: z.number().int(),
  latency: MetricSummary,
  coarse: z.boolean(),
  phase: z.string().nullable().optional(),
  /** From when it was sent instead of from its intended start. */
  uncorrected: MetricSummary.optional(),
});
export type RequestSummary = z.infer<typeof RequestSummary>;

/** The summary of a run (schema 1), as `--summary` writes it and as history keeps it. Promised to outside readers: extend, never change. */
export const RunSummary = z.object({
  schema: z.literal(1),
  run_id: z.string(),
  scenario: z.string(),
  environment: z.string(),
  seed: z.number().int(),
  started_at: z.string(),
  duration_s: z.number(),
  /** Seconds from the start of the load that stay out of latencies and rates; absent in summaries of older versions. */
  warm_up_s: z.number().optional(),
  ended: z.enum(endings),
  verdict: z.enum(verdicts),
  /** Why the verdict is fail beyond the thresholds (nothing connected, no finished turn). */
  verdict_reasons: z.array(z.string()),
  trusted: z.boolean(),
  untrusted_reasons: z.array(z.string()),
  counts: Counts,
  rates: z.object({
    connection_success: rate,
    turn_success: rate,
    error_rate: rate,
    barge_in_success: rate,
    request_success: rate.default(null),
    check_success: rate.default(null),
  }),
  /** Requests a second while there were any to make; null: there were none. */
  requests_per_second: rate.default(null),
  metrics: MetricSummaries,
  thresholds: z.array(ThresholdResult),
  applied: z.array(z.string()),
  /** Absent in summaries of older versions. */
  load: LoadOutcome.optional(),
  /** Requests by name, of runs that have any. */
  requests: z.array(RequestSummary).optional(),
  /** Of http and grpc users alone. */
  steps: z.array(RequestStep).optional(),
  checks: z.array(CheckRow).optional(),
  stages: z.array(StageResult).optional(),
  engine: z.object({
    workers: z.number().int(),
    cpu_user_s: z.number(),
    cpu_system_s: z.number(),
    peak_rss_mb: z.number(),
    node: z.string(),
  }),
});
export type RunSummary = z.infer<typeof RunSummary>;
