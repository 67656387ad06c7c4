/** The first request that a scenario's users make, filled in as their first user would. */
import type { RunPlan } from '#engine/plan';
import type { PlanRequestUsers } from '#engine/requestPlan';
import { SharedFeed } from '#engine/requests/feeds';
import { compileJourney, type JourneyStep } from '#engine/requests/journey';
import { Scope } from '#engine/requests/scope';
import { Random } from '#engine/random';

export interface FirstStep {
  step: JourneyStep;
  scope: Scope;
}

/** Null when they make none. What set-up would have taken from responses is not there. */
export function firstStepOf(plan: RunPlan, users: PlanRequestUsers): FirstStep | null {
  const { onStart, tasks, variables } = compileJourney(users, plan.steps);
  const [step] = [...onStart, ...tasks.flatMap(({ groups }) => groups)].flatMap(({ steps }) => steps);
  if (step === undefined) return null;
  const scope = new Scope({
    vu: 1,
    random: new Random(plan.seed, 1),
    variables,
    feeds: users.journey.feeds.map((feed) => new SharedFeed(feed)),
    common: new Map(),
  });
  scope.next(1);
  return { step, scope };
}
