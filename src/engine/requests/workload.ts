/** All users of kind http and grpc of one engine thread. */
import type { Clock } from '../clock.ts';
import type { FromWorker, RequestReport, UserAssignment } from '../messages.ts';
import type { RunPlan } from '../plan.ts';
import type { CallBudget } from '../worker/callBudget.ts';

export interface RequestWorkloadOptions {
  plan: RunPlan;
  clock: Clock;
  /** A user has made all its iterations, or was removed, and has left. */
  onDone: (user: UserAssignment) => void;
}

export interface RequestWorkload {
  /** Places a user; its iterations are taken from the budget. With `arrivesAt` its first iteration was to begin then. */
  add(user: UserAssignment, budget: CallBudget): void;
  /** Lets its iteration end, then takes it off; false: it is none of these. */
  remove(vu: number): boolean;
  /** Lets the iterations of a load's users end. */
  stop(load: number): void;
  /** Cuts them off. */
  cut(load: number): void;
  /** Users that are there, and iterations that go on. */
  readonly users: number;
  report(): RequestReport;
  stage(index: number): Promise<Extract<FromWorker, { type: 'stage_done' }>>;
  setVariables(variables: Record<string, unknown>): void;
  /** Cuts everything off and closes all connections. */
  end(): void;
}

/** null: the plan has no such users and no stages. */
export function createRequestWorkload({ plan }: RequestWorkloadOptions): RequestWorkload | null {
  if (plan.users.every((users) => users.kind === 'voice') && plan.stages.length === 0) return null;
  throw new Error('Requests are not built yet');
}
