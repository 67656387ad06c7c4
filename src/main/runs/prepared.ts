/** What the run service needs of a scenario that is ready to run. */
import type { Result } from '#contract/errors';
import type { ScenarioFile } from '#contract/scenario/file';
import type { RunPlan } from '#engine/plan';

/** A checked scenario with everything that was overridden; nothing is loaded yet. */
export interface PreparedRun {
  file: ScenarioFile;
  name: string;
  /** The scenario as it was, secrets never filled in. */
  yaml: string;
  environment: string;
  /** Whether the practice agent has to be started for it. */
  needsPractice: boolean;
  seed: number;
  /** What was overridden, in words. */
  applied: string[];
  plannedMs: number;
  /** Loads the clips and fills in addresses and secrets. */
  buildPlan(options: { runId: string; practiceUrl: string | null }): Promise<Result<RunPlan>>;
}
