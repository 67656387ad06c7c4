/** What the history is told of a run when it begins. */
import type { RequestStep } from '#contract/requests';
import type { RunClock, RunOrigin } from '#contract/run';
import type { RunPlan } from '#engine/plan';
import type { NewRun } from '../history/history.ts';
import type { PreparedRun } from '../scenarios/index.ts';
import type { StartOptions } from './started.ts';

/** The tag of a run that was one call to see whether it works. */
const onceTag = 'once';

type RecordedPlan = Pick<RunPlan, 'steps' | 'stages' | 'periods'>;

export function recordOf(
  runId: string,
  prepared: PreparedRun,
  { name, tags = [] }: StartOptions,
  { clock, origin, plan }: { clock: RunClock; origin: RunOrigin; plan: RecordedPlan },
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
    ...requestsOf(plan),
  };
}

/** What the records of requests refer to. */
function requestsOf(plan: RecordedPlan): Pick<NewRun, 'steps' | 'periods'> {
  if (plan.steps.length === 0) return {};
  const ofLoad = new Set(stepsOfLoad(plan));
  return { steps: plan.steps.map((step) => ({ ...step, stage: !ofLoad.has(step) })), periods: plan.periods };
}

/** Steps that are not of set-up and tear-down. */
export function stepsOfLoad({ steps, stages }: Pick<RunPlan, 'steps' | 'stages'>): RequestStep[] {
  const ofStages = new Set(
    stages.flatMap(({ journey }) =>
      [...journey.onStart, ...journey.tasks.flatMap(({ groups }) => groups), ...journey.onStop].flatMap(
        (group) => group.steps.map(({ id }) => id),
      ),
    ),
  );
  return steps.filter(({ id }) => !ofStages.has(id));
}
