/**
 * What requests of http and grpc users leave behind. Stamps are ms on the run's clock, durations ms, shares 0–1.
 * A request's time: intended start → `queue` → sent → `first_byte` → first byte → `download` → end. `dns`, `tcp` and
 * `tls` are parts of `queue` where a connection had to be opened.
 */
import { z } from 'zod';

const ms = z.number().nullable();

/** One step of the scenario, as results know it; requests name it by its place in the run's list. */
export const RequestStep = z.object({
  /** Index in the list. */
  id: z.number().int(),
  /** As results call it: its name, or its method and address with placeholders as written. */
  name: z.string(),
  /** `GET`, `POST` …, or `unary`, `client_stream`, `server_stream`, `bidi`. */
  type: z.string(),
  /** Users entry, or the stage of set-up and tear-down. */
  user: z.string(),
  phase: z.string().nullable(),
  group: z.string().nullable(),
  /** Names of its checks, in order. */
  checks: z.array(z.string()),
});
export type RequestStep = z.infer<typeof RequestStep>;

/** `cut`: by the end of the run; it counts as neither. */
export const requestOutcomes = ['ok', 'failed', 'timeout', 'cut'] as const;
export type RequestOutcome = (typeof requestOutcomes)[number];

/** One request. Values that were not measured are null. */
export const RequestRecord = z.object({
  /** From 1 within its run, in the order in which requests ended. */
  id: z.number().int(),
  step: z.number().int(),
  vu: z.number().int(),
  /** Of its user, from 1; 0: on_start, on_stop, set-up or tear-down. */
  iteration: z.number().int(),
  /** When it was to begin. */
  intendedAt: z.number(),
  /** When it was sent; null: it never was. */
  sentAt: ms,
  outcome: z.enum(requestOutcomes),
  /** HTTP status, or gRPC status code; null: there was no answer. */
  status: z.number().int().nullable(),
  /** How it failed, a word to count by: `http_503`, `grpc_UNAVAILABLE`, `check`, `extract`, `connect_timeout`, `request_timeout`, `refused`, `reset`, `body_too_large` … */
  error: z.string().nullable(),
  retries: z.number().int(),
  request: ms,
  request_uncorrected: ms,
  queue: ms,
  dns: ms,
  tcp: ms,
  tls: ms,
  first_byte: ms,
  download: ms,
  first_token: ms,
  tokens_per_second: ms,
  first_audio: ms,
  final_result: ms,
  bytesSent: z.number(),
  bytesReceived: z.number(),
  checksPassed: z.number().int(),
  checksFailed: z.number().int(),
  /** Began during the warm-up, or the generator was late for it. */
  excluded: z.enum(['generator', 'warm_up']).nullable(),
});
export type RequestRecord = z.infer<typeof RequestRecord>;

const Head = z.array(z.tuple([z.string(), z.string()]));

/** A body as it is kept: its beginning as text, secrets masked. */
export const KeptBody = z.object({
  text: z.string(),
  bytes: z.number(),
  /** Whether `text` is all of it. */
  whole: z.boolean(),
  /** `text` is base64, because it is no text. */
  binary: z.boolean(),
});
export type KeptBody = z.infer<typeof KeptBody>;

/** One message of a stream. */
export const KeptMessage = z.object({
  at: z.number(),
  direction: z.enum(['sent', 'received']),
  text: z.string(),
  bytes: z.number(),
});
export type KeptMessage = z.infer<typeof KeptMessage>;

/** Request and response as they went over the wire; kept of every request of a single run-through (`once`), of failed ones and of the slowest. */
export const KeptRequest = z.object({
  why: z.enum(['once', 'failed', 'slowest', 'setup']),
  record: RequestRecord,
  method: z.string(),
  /** Filled in, secrets masked. */
  url: z.string(),
  httpVersion: z.string().nullable(),
  requestHeaders: Head,
  requestBody: KeptBody.nullable(),
  responseHeaders: Head,
  responseBody: KeptBody.nullable(),
  /** At most 200, of streams. */
  messages: z.array(KeptMessage),
  /** What failed, in a sentence; null: nothing. */
  message: z.string().nullable(),
  checks: z.array(z.object({ name: z.string(), ok: z.boolean(), found: z.string().nullable() })),
  /** Values taken from the response by name, secrets masked. */
  extracted: z.record(z.string(), z.string()),
});
export type KeptRequest = z.infer<typeof KeptRequest>;

export const requestBreakdowns = ['step', 'phase', 'group', 'user', 'period'] as const;
export type RequestBy = (typeof requestBreakdowns)[number];

/** Requests of one step, phase, group, users entry or period. Latencies leave out what is excluded. */
export const RequestRow = z.object({
  key: z.string(),
  /** Of a step; else empty. */
  type: z.string(),
  phase: z.string().nullable(),
  count: z.number().int(),
  failed: z.number().int(),
  timedOut: z.number().int(),
  retries: z.number().int(),
  /** ok / (ok + failed); null: none ended. */
  success: z.number().nullable(),
  /** Requests a second, over the time in which there were any to make. */
  perSecond: z.number(),
  p50: ms,
  p90: ms,
  p95: ms,
  p99: ms,
  max: ms,
  mean: ms,
  uncorrectedP95: ms,
  firstByteP95: ms,
  downloadP95: ms,
  firstTokenP95: ms,
  tokensPerSecondP50: ms,
  firstAudioP95: ms,
  finalResultP95: ms,
  bytesReceived: z.number(),
  /** By status, HTTP's as `200`, gRPC's by name. */
  statuses: z.record(z.string(), z.number().int()),
});
export type RequestRow = z.infer<typeof RequestRow>;

/** A check of a step, counted. */
export const CheckRow = z.object({
  step: z.string(),
  phase: z.string().nullable(),
  name: z.string(),
  passed: z.number().int(),
  failed: z.number().int(),
});
export type CheckRow = z.infer<typeof CheckRow>;

/** How set-up or tear-down went. */
export const StageResult = z.object({
  stage: z.enum(['setup', 'teardown']),
  name: z.string(),
  requests: z.number().int(),
  failed: z.number().int(),
  seconds: z.number(),
  /** What failed, in a sentence; null: nothing. */
  problem: z.string().nullable(),
});
export type StageResult = z.infer<typeof StageResult>;

export { grpcStatuses } from './grpcStatuses.ts';
