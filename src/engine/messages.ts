/** Everything the coordinator and a worker say to each other: one union each way. */
import type { CallRecord, ErrorRecord, TurnRecord, WorkerHealth } from '#contract/run';
import type { KeptRequest, StageResult } from '#contract/requests';
import type { RunPlan } from './plan.ts';
import type { RecordingPart } from './recording/part.ts';
import type { IterationColumns, RequestColumns } from './requests/columns.ts';

/**
 * A virtual user as a worker is given it. `load` indexes `RunPlan.loads`, `group` `RunPlan.users`; `phase` is its place within
 * the frame interval, 0–1.
 */
export interface UserAssignment {
  vu: number;
  load: number;
  group: number;
  phase: number;
  /** It arrives at this stamp, makes one call, if there is a place for it, and is gone. Left out: it dials as soon as it may. */
  arrivesAt?: number;
}

/** What the threads share of one load (`sharedCounts.ts`). */
export interface LoadShare {
  /** Calls that each of its users makes; null: as its users entry says. */
  callsPerUser: number | null;
  /** `SharedCalls` of its users; null: they share none. */
  calls: SharedArrayBuffer | null;
  /** `Places` of calls that arrive; null: none do. */
  places: SharedArrayBuffer | null;
  /** How many threads share it. */
  threads: number;
  /** Who gets which row of data, over all users entries of the run (`requests/feeds.ts`). */
  feeds: SharedArrayBuffer;
}

export type ToWorker =
  | { type: 'prepare'; plan: RunPlan; worker: number }
  /** The clock's base as text: a bigint, the same for every worker. */
  | { type: 'start'; baseNs: string; epochMs: number }
  /** The load begins: set-up is over. */
  | { type: 'load'; shares: LoadShare[] }
  | { type: 'add'; users: UserAssignment[] }
  /** Iterations of http and grpc users that arrive for a load: their stamps in order, and the users entry of each. */
  | { type: 'arrive'; load: number; at: Float64Array; group: Uint16Array }
  | { type: 'remove'; vus: number[] }
  /** Let open turns of a load's calls end, then hang up. */
  | { type: 'stop'; load: number }
  /** Cut the calls of a load off. */
  | { type: 'cut'; load: number }
  /** Go through a stage of set-up or tear-down; `stage_done` follows. Nothing else goes on meanwhile. */
  | { type: 'stage'; index: number }
  /** Let the open requests of the stage end, and begin no other; or cut them off. `stage_done` follows either way. */
  | { type: 'stop_stage' | 'cut_stage' }
  /** What set-up took from responses: variables of every user. */
  | { type: 'variables'; variables: Record<string, unknown> }
  /** Cut everything off; `done` follows at once. */
  | { type: 'abort' }
  /** `openSince`: say also what of the calls and turns that began since this stamp is still open; null: do not. */
  | { type: 'report'; openSince: number | null };

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

/** What is still open on a worker. */
export interface OpenWork {
  /** When the oldest turn began of which nothing is recorded yet, or the oldest connect; null: nothing is open. */
  since: number | null;
  /** Calls that are connected, as if they were cut off now. */
  calls: CallRecord[];
}

/** A request's contents; `row` is its place in the columns of the same report. */
export interface KeptRow {
  row: number;
  kept: Omit<KeptRequest, 'record'>;
}

/** How often a check of a step was passed and failed. */
export interface CheckDelta {
  step: number;
  check: number;
  passed: number;
  failed: number;
}

/** What http and grpc users did since the last report. */
export interface RequestReport {
  requests: RequestColumns | null;
  iterations: IterationColumns | null;
  checks: CheckDelta[];
  kept: KeptRow[];
  /** Iterations that go on. */
  busy: number;
}

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
  /** null: it has no http or grpc users, and there is no stage. */
  requests: RequestReport | null;
  /** null: it was not asked for. */
  open: OpenWork | null;
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
  | {
      type: 'stage_done';
      index: number;
      result: StageResult;
      /** Values that its steps took from responses. */
      variables: Record<string, unknown>;
      report: RequestReport;
    }
  | { type: 'crashed'; message: string; detail: string }
  | { type: 'done'; report: WorkerReport; recordings: RecordingPart[] };
