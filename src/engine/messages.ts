/** Everything the coordinator and a worker say to each other: one union each way. */
import type { CallRecord, ErrorRecord, TurnRecord, WorkerHealth } from '#contract/run';
import type { RunPlan } from './plan.ts';
import type { RecordingPart } from './recording/part.ts';

/** A virtual user as a worker is given it. `group` indexes `RunPlan.users`; `phase` is its place within the frame interval, 0–1. */
export interface UserAssignment {
  vu: number;
  group: number;
  phase: number;
}

export type ToWorker =
  | { type: 'prepare'; plan: RunPlan; worker: number }
  /** The clock's base as text: a bigint, the same for every worker. */
  | { type: 'start'; baseNs: string; epochMs: number }
  | { type: 'add'; users: UserAssignment[] }
  | { type: 'remove'; vus: number[] }
  /** Let open turns end, then hang up. */
  | { type: 'stop' }
  /** Cut everything off; `done` follows at once. */
  | { type: 'abort' }
  | { type: 'report' };

/** A second's lateness histogram as pairs: µs bucket, count. */
export interface LatenessDelta {
  values: Float64Array;
  counts: Uint32Array;
}

/** What a thread says of itself; the coordinator adds which one it is, and how late its frames were. */
export type ReportedHealth = Omit<
  WorkerHealth,
  'worker' | 'active' | 'latenessP50' | 'latenessP99' | 'latenessMax'
>;

/** What a worker did since its last report. */
export interface WorkerReport {
  at: number;
  /** How long since its report before, ms: what the shares in `health` are of. */
  spanMs: number;
  active: number;
  connecting: number;
  callsAttempted: number;
  callsConnected: number;
  callsFailed: number;
  callsDropped: number;
  framesSent: number;
  framesReceived: number;
  bytesSent: number;
  bytesReceived: number;
  otherMessages: Record<string, number>;
  lateness: LatenessDelta;
  turns: TurnRecord[];
  calls: CallRecord[];
  /** At most some hundreds; `errorCounts` has them all. */
  errors: ErrorRecord[];
  errorCounts: Record<string, number>;
  /** Latencies as soon as they were known, for the live window; the records follow when a turn or call is through. */
  measured: { ttfa: number[]; barge_in: number[]; connect: number[] };
  /** Calls whose socket began to hold more than a second of audio. */
  backpressure: number;
  health: ReportedHealth;
}

export type FromWorker =
  | { type: 'hello' }
  | { type: 'ready' }
  | { type: 'boot_error'; message: string; detail: string }
  /** `recordings`: what was recorded since the report before. */
  | { type: 'report'; report: WorkerReport; recordings: RecordingPart[] }
  /** A user has made all its calls, or was removed: it will not be heard of again. */
  | { type: 'user_done'; vu: number }
  | { type: 'crashed'; message: string; detail: string }
  | { type: 'done'; report: WorkerReport; recordings: RecordingPart[] };
