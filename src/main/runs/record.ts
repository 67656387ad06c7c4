/** What the history is told of a run when it begins. */
import type { RunClock, RunOrigin } from '#contract/run';
import type { NewRun } from '../history/history.ts';
import type { PreparedRun } from '../scenarios/index.ts';
import type { StartOptions } from './started.ts';

/** The tag of a run that was one call to see whether it works. */
const onceTag = 'once';

export function recordOf(
  runId: string,
  prepared: PreparedRun,
  { name, tags = [] }: StartOptions,
  { clock, origin }: { clock: RunClock; origin: RunOrigin },
): NewRun {
  return {
    id: runId,
    name: name ?? prepared.name,
    scenario: prepared.file.name,
    environment: prepared.environment,
    startedAt: clock.epochMs,
    plannedMs: prepared.plannedMs,
    seed: prepared.seed,
    clock,
    origin,
    scenarioYaml: prepared.yaml,
    environmentYaml: prepared.environmentYaml,
    applied: prepared.applied,
    tags: [...new Set([...tags, ...(prepared.once ? [onceTag] : [])])],
  };
}
