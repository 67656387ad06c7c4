/** A run as whoever starts it asks for it, and what they get. */
import type { Result } from '#contract/errors';
import type { Refusal } from '#contract/machine';
import type { RunClock, RunRow } from '#contract/run';
import type { RunListener, RunOutcome } from '#engine/run';

export interface StartOptions {
  /** Shown instead of the scenario's name. */
  name?: string | undefined;
  tags?: string[];
  /** Where the scenario lies, to find the git commit it belongs to. */
  scenarioFolder?: string | undefined;
  /** false: nothing of this run is written to the history. */
  keep?: boolean;
  /** Refusals that the run is made in spite of; they become notices. */
  force?: readonly Refusal[] | undefined;
  /** The environment's name as it was typed, where it is production. */
  confirm?: string | undefined;
  /** The command that does the same from a terminal, secrets masked. */
  commandLine?: string | null | undefined;
  /** Told of every batch and notice, beside the events that everybody gets. */
  listener?: RunListener;
}

/** What is left of a run: the engine's outcome, and whether the history has all of it. */
export interface FinishedRun {
  runId: string;
  outcome: RunOutcome;
  recorded: Result<void>;
}

/** A run that was started. */
export interface StartedRun {
  readonly runId: string;
  readonly clock: RunClock;
  /** The run as lists show it, at this moment. */
  row(): RunRow;
  /** Never rejects. */
  readonly finished: Promise<FinishedRun>;
}
