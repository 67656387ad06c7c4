/** What goes along with every run beside the engine: sampling resources, comparing with the baseline, telling its end. */
import type { RequestStep } from '#contract/requests';
import type { RunClock } from '#contract/run';
import type { RunBatch, RunOutcome } from '#engine/run';
import type { PreparedRun } from '../scenarios/index.ts';
import type { FinishedRun } from './started.ts';

/** A run that has begun. */
export interface AccompaniedRun {
  runId: string;
  prepared: PreparedRun;
  clock: RunClock;
  /** Whether the run is kept in the history. */
  keep: boolean;
  /** Process id of the practice agent where this run started one. */
  agentPid: number | null;
  /** What its http and grpc users may ask for, without set-up and tear-down; left out: it has none. */
  steps?: readonly RequestStep[];
  /** Seconds since the start of the load, at this moment. */
  elapsedS(): number;
  /** Says something to everyone, and keeps it with the run unless that is recorded already. */
  notice(message: string): void;
}

/** Failures of a companion are its own: it says them as notices and never throws. */
export interface Companionship {
  /** A second of the run. What it holds is the history's: it may be looked at now, not kept or changed. */
  second?(batch: RunBatch): void;
  /** The load has ended; the run is not yet written to its end. */
  ended?(outcome: RunOutcome): Promise<void> | void;
  /** The history has the run, or has said what it has not. */
  recorded?(finished: FinishedRun): Promise<void> | void;
}

/** Asked at the beginning of every run; null: nothing to do for this one. */
export interface RunCompanion {
  /** What it is, for a notice that it failed: `Comparing with the baseline`. */
  readonly name?: string;
  begin(run: AccompaniedRun): Companionship | null;
}
