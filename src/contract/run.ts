/**
 * What a run produces, as every part of the program passes it on. Stamps (`…At`, in milliseconds with fractions)
 * count from the run's clock base on the monotonic clock; epoch time is a stamp plus `RunClock.epochMs`.
 * Durations are milliseconds, shares are 0–1.
 */
import { z } from 'zod';
import { latencyMetrics, metricNames, statistics, type LatencyMetric } from './metrics.ts';
import { noPercentiles } from './withoutRequests.ts';
import { CheckRow, RequestStep, StageResult } from './requests.ts';

/** Ties a run's stamps to the two clocks: `baseNs` is `process.hrtime.bigint()` at stamp 0, `epochMs` the wall clock then. */
export const RunClock = z.object({ baseNs: z.string(), epochMs: z.number() });
export type RunClock = z.infer<typeof RunClock>;

const ms = z.number().nullable();

export const turnStatuses = ['ok', 'timeout', 'failed', 'cut'] as const;
export const bargeInOutcomes = [
  'stopped',
  'fell_silent',
  'completed',
  'not_stopped',
  'nothing_to_interrupt',
] as const;
export type BargeInOutcome = (typeof bargeInOutcomes)[number];

/** One turn: one caller utterance and the agent's answer to it, by the definitions of MEASUREMENT.md. */
export const TurnRecord = z.object({
  callId: z.string(),
  /** From 1 within its call, going on over reconnections. */
  turn: z.number().int(),
  vu: z.number().int(),
  user: z.string(),
  conversation: z.string(),
  clip: z.string(),
  startedAt: z.number(),
  onsetAt: ms,
  endOfSpeechAt: ms,
  firstMessageAt: ms,
  transcriptAt: ms,
  firstAudioAt: ms,
  firstAudibleAt: ms,
  lastAudioAt: ms,
  responseEndAt: ms,
  bargeInAt: ms,
  agentSilentAt: ms,
  stopMessageAt: ms,
  ttfb: ms,
  ttfa: ms,
  ttfa_audible: ms,
  recognition: ms,
  processing: ms,
  response: ms,
  delivery: ms,
  turn_time: ms,
  barge_in: ms,
  leftover_audio: ms,
  talk_over: ms,
  underrun: ms,
  underruns: z.number().int(),
  lateAudioMs: z.number(),
  bargeInOutcome: z.enum(bargeInOutcomes).nullable(),
  status: z.enum(turnStatuses),
  /** Which timeout expired, when `status` is `timeout`. */
  timedOut: z.enum(['first_byte', 'turn']).nullable(),
  ambiguous: z.boolean(),
  /** Why the turn's latencies are kept out of the headline: the generator slipped, or it began during the warm-up. */
  excluded: z.enum(['generator', 'warm_up']).nullable(),
  error: z.string().nullable(),
  /** 16-bit samples of the agent's answer are not kept here; only how much arrived. */
  audioReceivedMs: z.number(),
});
export type TurnRecord = z.infer<typeof TurnRecord>;

/** One connection attempt of a call (a reconnection is a further attempt with the same call id). */
export const CallRecord = z.object({
  callId: z.string(),
  vu: z.number().int(),
  user: z.string(),
  attempt: z.number().int(),
  startedAt: z.number(),
  connectedAt: ms,
  endedAt: z.number(),
  connect: ms,
  dns: ms,
  tcp: ms,
  tls: ms,
  upgrade: ms,
  greeting: ms,
  greetingMissing: z.boolean(),
  turns: z.number().int(),
  framesSent: z.number().int(),
  framesReceived: z.number().int(),
  continuousAgent: z.boolean(),
  stopIdle: z.number().int(),
  cutShort: z.number().int(),
  slipped: z.number().int(),
  closeCode: z.number().int().nullable(),
  /** `ended` as planned, `failed` to connect, `dropped` by the other side in the middle, `cut` by the end of the run. */
  outcome: z.enum(['ended', 'failed', 'dropped', 'cut']),
  error: z.string().nullable(),
});
export type CallRecord = z.infer<typeof CallRecord>;

/** `error` of a call whose user was taken off before it was connected: its attempt counts as neither a success nor a failure. */
export const userRemoved = 'user_removed';

/** One thing that went wrong. `kind` is a short stable word to count by (`refused`, `dns`, `http_429`, `first_byte_timeout`, `dropped_1006` …). */
export const ErrorRecord = z.object({
  at: z.number(),
  kind: z.string(),
  message: z.string(),
  callId: z.string().nullable(),
  turn: z.number().int().nullable(),
  vu: z.number().int().nullable(),
});
export type ErrorRecord = z.infer<typeof ErrorRecord>;

export const Percentiles = z.object({ count: z.number().int(), p50: ms, p95: ms, p99: ms });
export type Percentiles = z.infer<typeof Percentiles>;

/** How one engine thread fared in one second. Shares are of the time between two reports, normally a second. */
export const WorkerHealth = z.object({
  /** From 1. */
  worker: z.number().int(),
  /** Calls that were connected. */
  active: z.number().int(),
  eventLoop: z.number(),
  /** Longest event-loop delay and its 99th percentile, ms; the monitor's own period is taken off. */
  loopDelay: z.number(),
  loopDelayP99: z.number(),
  latenessP50: ms,
  latenessP99: ms,
  latenessMax: ms,
  /** Most bytes waiting in one socket. */
  bufferedBytes: z.number(),
  slipped: z.number().int(),
  /** CPU of this thread, 1 = one core; null where the system does not say. */
  cpu: z.number().nullable(),
  /** Used heap of the thread's isolate, and what it holds outside (buffers), MB. */
  heapMb: z.number(),
  externalMb: z.number(),
  /** Pauses of the garbage collector: how many, together, and the longest, ms. */
  gcCount: z.number().int(),
  gcPauseMs: z.number(),
  gcLongestMs: z.number(),
  /** Share of the time spent runnable but waiting for a core (Linux), else null. */
  runQueue: z.number().nullable(),
});
export type WorkerHealth = z.infer<typeof WorkerHealth>;

/** How the generator itself fared in one second; the worst worker for what must not be averaged. */
export const GeneratorHealth = z.object({
  latenessP50: ms,
  latenessP99: ms,
  latenessMax: ms,
  /** Event-loop utilisation 0–1 of the busiest worker. */
  eventLoop: z.number(),
  /** Longest event-loop delay, ms. */
  loopDelay: z.number(),
  /** CPU of the whole process, 1 = one core. */
  cpu: z.number(),
  rssMb: z.number(),
  gcPauseMs: z.number(),
  /** Most bytes waiting in one socket. */
  bufferedBytes: z.number(),
  slipped: z.number().int(),
  /** Share of the second spent runnable but waiting for a core (Linux), else null. */
  runQueue: z.number().nullable(),
  /** What the cores this process may use left idle, in cores (Linux), else null: near 0 none was free. */
  idleCores: z.number().nullable().default(null),
  /** Every engine thread that reported this second; samples of older runs have none. */
  workers: z.array(WorkerHealth).default([]),
});
export type GeneratorHealth = z.infer<typeof GeneratorHealth>;

/** What a run looked like in one second. Counts are of this second; `…Total` are since the start; percentiles are of the last 10 s. */
export const Sample = z.object({
  /** Seconds since the start of the load. */
  t: z.number(),
  at: z.number(),
  /**
   * Seconds it covers. More than 1 where seconds were merged to be drawn: counts are their sums, users those of the
   * last, latencies and the generator's health the worst of them (a percentile is never averaged).
   */
  span: z.number().default(1),
  /** Users asked for; of arrivals: calls that were to begin until now and have not ended. */
  asked: z.number().int(),
  /** Calls that were to begin in this second by a rate of arrivals, and those dropped because `max_users` were busy. */
  arrivalsAsked: z.number().int().default(0),
  arrivalsDropped: z.number().int().default(0),
  active: z.number().int(),
  connecting: z.number().int(),
  callsAttempted: z.number().int(),
  callsConnected: z.number().int(),
  callsFailed: z.number().int(),
  callsDropped: z.number().int(),
  turnsOk: z.number().int(),
  turnsFailed: z.number().int(),
  framesSent: z.number().int(),
  framesReceived: z.number().int(),
  bytesSent: z.number(),
  bytesReceived: z.number(),
  errors: z.record(z.string(), z.number().int()),
  ttfa: Percentiles,
  bargeIn: Percentiles,
  connect: Percentiles,
  /** Requests of http and grpc users that ended, and iterations; samples of older runs have none. */
  requestsOk: z.number().int().default(0),
  requestsFailed: z.number().int().default(0),
  iterations: z.number().int().default(0),
  request: Percentiles.default(() => noPercentiles()),
  firstToken: Percentiles.default(() => noPercentiles()),
  generator: GeneratorHealth,
});
export type Sample = z.infer<typeof Sample>;

/** Most users that may be set by hand. */
export { mostUsers } from './scenario/executorNames.ts';

/** Who decides how many users there are. */
export const UserControl = z.object({
  /** Set by hand; null: the load profile decides. */
  pinned: z.number().int().nullable(),
  /** Whether the number can be changed now; not any more when the run is ending. */
  adjustable: z.boolean(),
});
export type UserControl = z.infer<typeof UserControl>;

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

export const runStates = ['running', 'stopping', 'finished', 'cut_off'] as const;

/** Where the record of a run comes from: this program, or the results of another tool that were imported. */
export const runSources = ['crosstalk', 'locust', 'azure', 'k6'] as const;
export type RunSource = (typeof runSources)[number];

/** `unclear`: nothing can be said (one of the runs is not trusted, or has too few turns). */
export const comparisonVerdicts = ['regressed', 'improved', 'no_difference', 'unclear'] as const;
export type ComparisonVerdict = (typeof comparisonVerdicts)[number];

/** How a run stands to the baseline of its scenario and environment. */
export const BaselineDelta = z.object({
  baselineId: z.string(),
  /** Its ttfa p95 minus the baseline's, ms. */
  ttfaP95: ms,
  /** null: not compared yet. */
  verdict: z.enum(comparisonVerdicts).nullable(),
  /** `ttfa p95 +212 ms (+18 %), more than noise (95 %: +150 … +270 ms, 1,204 and 1,198 turns)`; null: not compared yet. */
  sentence: z.string().nullable(),
});
export type BaselineDelta = z.infer<typeof BaselineDelta>;

/** A run as lists show it. `cut_off` means its owner died: what it had written until then is kept. */
export const RunRow = z.object({
  id: z.string(),
  name: z.string(),
  scenario: z.string(),
  environment: z.string(),
  state: z.enum(runStates),
  startedAt: z.string(),
  durationMs: z.number().nullable(),
  plannedMs: z.number(),
  peakCalls: z.number().int(),
  verdict: z.enum(verdicts).nullable(),
  trusted: z.boolean().nullable(),
  ended: z.enum(endings).nullable(),
  ttfaP50: ms,
  ttfaP95: ms,
  bargeInP95: ms,
  turnSuccess: rate,
  /** Of runs with http or grpc users; null: it has none. */
  requestP95: ms.default(null),
  requestSuccess: rate.default(null),
  requestsPerSecond: rate.default(null),
  errors: z.number().int(),
  tags: z.array(z.string()),
  /** TTFA p95 over time, at most 40 points, for a sparkline. */
  ttfaTrend: z.array(ms),
  starred: z.boolean().default(false),
  /** Whether somebody wrote a note about it. */
  noted: z.boolean().default(false),
  source: z.enum(runSources).default('crosstalk'),
  /** Whether it is the baseline of its scenario and environment. */
  isBaseline: z.boolean().default(false),
  /** null: there is no baseline, it is the baseline, or it goes on. */
  delta: BaselineDelta.nullable().default(null),
});
export type RunRow = z.infer<typeof RunRow>;

/** Who ran it and where. */
export const RunOrigin = z.object({
  host: z.string(),
  os: z.string(),
  cpus: z.number().int(),
  user: z.string(),
  version: z.string(),
  door: z.enum(['desktop', 'browser', 'cli']),
  gitCommit: z.string().nullable(),
  ciUrl: z.string().nullable(),
  /** The command that does the same from a terminal; null where it is not known (runs of older versions). */
  commandLine: z.string().nullable().default(null),
});
export type RunOrigin = z.infer<typeof RunOrigin>;

/** A moment of a run that somebody, or the program, wrote a line about. */
export const RunMarker = z.object({
  /** From 1 within its run. */
  id: z.number().int(),
  /** Seconds since the start of the load. */
  t: z.number(),
  text: z.string(),
  /** `operator` wrote it; `users`: their number was set by hand. */
  kind: z.enum(['operator', 'users']),
});
export type RunMarker = z.infer<typeof RunMarker>;

/** Where the record of an imported run comes from, and what it does not contain. */
export const ImportedRun = z.object({
  source: z.enum(runSources),
  /** Names of the files, without their folders. */
  files: z.array(z.string()),
  importedAt: z.string(),
  /** One sentence each: what cannot be known from these files. */
  missing: z.array(z.string()),
});
export type ImportedRun = z.infer<typeof ImportedRun>;

/** Everything about one run except its long series. */
export const RunDetail = z.object({
  row: RunRow,
  clock: RunClock,
  seed: z.number().int(),
  origin: RunOrigin,
  /** The scenario as it was (YAML, secrets never filled in). */
  scenarioYaml: z.string(),
  /** The environment as it was (YAML, masked); null where it is not known, or stands in the scenario. */
  environmentYaml: z.string().nullable().default(null),
  applied: z.array(z.string()),
  thresholds: z.array(ThresholdResult),
  summary: RunSummary.nullable(),
  notices: z.array(z.string()),
  note: z.string().default(''),
  markers: z.array(RunMarker).default([]),
  imported: ImportedRun.nullable().default(null),
});
export type RunDetail = z.infer<typeof RunDetail>;
