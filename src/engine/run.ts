/** What the engine offers to the application: start a plan, listen to it, stop it. */
import type {
  BreakingPoint,
  CallRecord,
  ErrorRecord,
  RunClock,
  RunSummary,
  Sample,
  ThresholdResult,
  TurnRecord,
  UserControl,
} from '#contract/run';
import type { BreakdownBy, BreakdownRow } from '#contract/review';
import type { CheckRow, KeptRequest, RequestBy, RequestRow, StageResult } from '#contract/requests';
import type { RunPlan } from './plan.ts';
import type { RequestColumns } from './requests/columns.ts';
import type { RecordingPart } from './recording/part.ts';

export type { RecordingPart } from './recording/part.ts';

/** Everything that came in during one second. Arrays are handed over: the engine keeps no reference. */
export interface RunBatch {
  sample: Sample;
  turns: TurnRecord[];
  calls: CallRecord[];
  errors: ErrorRecord[];
  /** Requests that ended; the id of a row is `firstId` + its place. */
  requests: { firstId: number; columns: RequestColumns }[];
  /** Contents of some of them. */
  kept: KeptRequest[];
}

/** How a run stands at this moment. */
export interface Standing {
  /** The thresholds over everything measured so far. */
  thresholds: ThresholdResult[];
  /** Why the run could not be trusted if it ended now. */
  untrusted: string[];
  users: UserControl;
  /** How far a search for the breaking point has come; null for other loads. */
  breakingPoint: BreakingPoint | null;
}

/** What is left when a run is over. */
export interface RunOutcome {
  summary: RunSummary;
  /** Final HDR histograms (V2 compressed, base64) by `metric` or `metric|turn=2`, `metric|conversation=name`, `metric|user=name`. */
  histograms: Record<string, string>;
  breakdowns: Record<BreakdownBy, BreakdownRow[]>;
  /** Requests by each of these; of a plan without http and grpc users empty. */
  requests: Record<RequestBy, RequestRow[]>;
}

export interface RunListener {
  /** Once a second while the run goes on, and once more at its end. */
  onBatch?(batch: RunBatch): void;
  /**
   * What was recorded of calls since the last time, as soon as a thread has sent it, about once a second; the last parts
   * come before the run is finished. Arrays are handed over.
   */
  onRecording?(parts: RecordingPart[]): void;
  /** How far a search for the breaking point has come: before each batch of a run that has one. */
  onSearch?(found: BreakingPoint): void;
  /** A stage of set-up or tear-down is over. */
  onStage?(result: StageResult): void;
  /** Something the operator should know now; the run goes on. */
  onNotice?(message: string): void;
}

/** A run in progress. */
export interface EngineRun {
  readonly plan: RunPlan;
  readonly clock: RunClock;
  /** Lets turns end and closes calls, bounded by the profile's graceful stop. */
  stop(): void;
  /** Cuts everything off at once. */
  abort(): void;
  /**
   * Pins the number of users to `users` whatever the profile says; null gives it back to the profile. Fewer users let
   * their turn end, then hang up. False when the number cannot be set: the run is ending, or its load is not one of users
   * alone (several loads, arrivals, iterations, a search for the breaking point).
   */
  setUsers(users: number | null): boolean;
  /** How the run stands so far, by the rules of its end. */
  standing(): Standing;
  /** Marks the run untrusted for a reason found outside the engine (the machine slept). */
  distrust(reason: string): void;
  /** How the turns so far went, by their place in the call, conversation or users entry. */
  breakdown(by: BreakdownBy): BreakdownRow[];
  /** How the requests so far went; `period`: only those of that period. */
  requests(by: RequestBy, period?: string): RequestRow[];
  /** How the checks so far went, in the order of the scenario. */
  checks(): CheckRow[];
  /** Never rejects: what goes wrong is in the summary. */
  readonly finished: Promise<RunOutcome>;
}

export interface Engine {
  /** Starts the workers if need be, then the plan. Rejects with a `CrosstalkError` when the workers cannot start. */
  start(plan: RunPlan, listener: RunListener): Promise<EngineRun>;
  /** Ends the workers. */
  close(): Promise<void>;
}
