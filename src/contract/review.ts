/** What is looked up when a run is reviewed. Times are milliseconds unless said otherwise, shares 0–1. */
import { z } from 'zod';
import { latencyMetrics } from './metrics.ts';
import { bargeInOutcomes, MetricSummary } from './run.ts';

const ms = z.number().nullable();

/** Percentiles that tables of a run show: Locust's, so that they can be compared. */
export const tablePercentiles = [50, 66, 75, 80, 90, 95, 98, 99, 99.9, 99.99, 100] as const;

/** One metric's distribution. Without values every list is empty. */
export const Distribution = z.object({
  metric: z.enum(latencyMetrics),
  summary: MetricSummary,
  /** In the order of `tablePercentiles`; null where there are no values. */
  table: z.array(ms),
  /** Points of the percentile curve in rising order: from 0 up to 100, closer together towards 100. */
  curve: z.array(z.object({ percentile: z.number(), value: z.number() })),
  /** Where it comes from: `values` and `histogram` are exact to three digits; `summary`: only the summary's own percentiles are known. */
  from: z.enum(['values', 'histogram', 'summary']),
});
export type Distribution = z.infer<typeof Distribution>;

export const breakdowns = ['turn', 'conversation', 'user'] as const;
export type BreakdownBy = (typeof breakdowns)[number];

/** Turns of one place within the call, one conversation, or one users entry. Latencies leave out what is excluded. */
export const BreakdownRow = z.object({
  key: z.string(),
  turns: z.number().int(),
  ok: z.number().int(),
  failed: z.number().int(),
  timedOut: z.number().int(),
  /** ok / (ok + failed); null: none ended. */
  success: z.number().nullable(),
  ttfaP50: ms,
  ttfaP95: ms,
  recognitionP95: ms,
  processingP95: ms,
  /** End to end: from the end of the caller's speech to the end of the answer. */
  turnP95: ms,
  bargeIns: z.number().int(),
  bargeInP95: ms,
});
export type BreakdownRow = z.infer<typeof BreakdownRow>;

/** Values over time: `counts[column][row]`; a row is a range of values, rising evenly on a logarithmic scale. */
export const HeatMap = z.object({
  metric: z.enum(latencyMetrics),
  /** Seconds since the start of the load; columns are `stepS` long. */
  fromS: z.number(),
  stepS: z.number(),
  /** Limits of the rows, one more than there are rows, ms. */
  edges: z.array(z.number()),
  counts: z.array(z.array(z.number().int())),
});
export type HeatMap = z.infer<typeof HeatMap>;

const Spread = z.object({ count: z.number().int(), p50: ms, p95: ms, max: ms });

/** How the run's connections lived and ended. */
export const ConnectionReview = z.object({
  attempts: z.number().int(),
  outcomes: z.record(z.string(), z.number().int()),
  /** By close code; `none` where the connection ended without one. */
  closeCodes: z.record(z.string(), z.number().int()),
  /** From open to closed, of connections that were open. */
  life: Spread,
  /** How many lived how long: limits in ms (one more than counts) and counts. */
  lifeHistogram: z.object({ edges: z.array(z.number()), counts: z.array(z.number().int()) }),
  connect: Spread,
  dns: Spread,
  tcp: Spread,
  tls: Spread,
  upgrade: Spread,
  greeting: Spread,
  greetingsMissing: z.number().int(),
  turnsPerConnection: Spread,
  /** Connections of a call after its first. */
  reconnections: z.number().int(),
});
export type ConnectionReview = z.infer<typeof ConnectionReview>;

/** What the agent's audio was like for its callers. */
export const AudioReview = z.object({
  answers: z.number().int(),
  /** Answers whose playout ran dry, how often together, and for how long. */
  answersWithUnderruns: z.number().int(),
  underruns: z.number().int(),
  underrun: Spread,
  leftover: Spread,
  bargeInOutcomes: z.partialRecord(z.enum(bargeInOutcomes), z.number().int()),
  talkOvers: z.number().int(),
  talkOver: Spread,
  turnsWithLateAudio: z.number().int(),
  lateAudio: Spread,
  /** How long answers were, and how much faster than they play they were delivered (received / delivery; null: unknown). */
  response: Spread,
  deliverySpeed: Spread,
  stopsIdle: z.number().int(),
  cutShort: z.number().int(),
  continuousAgents: z.number().int(),
});
export type AudioReview = z.infer<typeof AudioReview>;
