/**
 * What a run produces, as every part of the program passes it on. Stamps (`…At`, in milliseconds with fractions)
 * count from the run's clock base on the monotonic clock; epoch time is a stamp plus `RunClock.epochMs`.
 * Durations are milliseconds, shares are 0–1.
 */
import { z } from 'zod';
import { noPercentiles } from './withoutRequests.ts';

export * from './runClock.ts';
export * from './runRow.ts';
export * from './runSummary.ts';

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
