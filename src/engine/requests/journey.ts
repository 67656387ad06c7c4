/** What users of one entry do, compiled once: steps with their requests, checks and values, tasks, variables. */
import type { RequestStep } from '#contract/requests';
import type { Wait } from '#contract/scenario/request';
import type {
  PlanHttpRequest,
  PlanRequestUsers,
  PlanRpc,
  PlanStage,
  PlanStep,
  PlanStepGroup,
} from '../requestPlan.ts';
import { compileCheck, type CompiledCheck } from './checks.ts';
import { compileExtract, type CompiledExtract } from './extraction.ts';
import { httpFiller, type HttpFiller } from './httpSteps.ts';
import { compileRetries, type Retrying } from './retrying.ts';
import { rpcFiller, type RpcFiller } from './rpcSteps.ts';
import { compileVariables, type CompiledVariable } from './variables.ts';
import type { StepGroup } from './walk.ts';

export interface NamedCheck extends CompiledCheck {
  name: string;
}

/** One request of a journey. */
export interface JourneyStep {
  /** Index into `RunPlan.steps`. */
  id: number;
  name: string;
  /** Exactly one of the two. */
  http: { fill: HttpFiller; plan: PlanHttpRequest } | null;
  rpc: { fill: RpcFiller; plan: PlanRpc } | null;
  timeoutMs: number;
  checks: readonly NamedCheck[];
  /** Whether statuses are right by its checks alone. */
  checksStatus: boolean;
  extracts: readonly CompiledExtract[];
  needsBody: boolean;
  retrying: Retrying;
  endsOnFailure: boolean;
  pauseAfter: Wait | null;
}

export interface JourneyTask {
  weight: number;
  groups: readonly StepGroup[];
}

export interface Journey {
  onStart: readonly StepGroup[];
  onStop: readonly StepGroup[];
  tasks: readonly JourneyTask[];
  wait: Wait;
  variables: ReadonlyMap<string, CompiledVariable>;
}

type Users = PlanRequestUsers | PlanStage;

function compileStep(step: PlanStep, users: Users, steps: readonly RequestStep[]): JourneyStep {
  const known = steps[step.id];
  const { http, grpc, target } = users;
  const checks = step.checks.map((check, i) => {
    const compiled = compileCheck(check);
    return { ...compiled, name: known?.checks[i] ?? check.name ?? compiled.subject };
  });
  const extracts = Object.entries(step.extract).map(([name, extract]) => compileExtract(name, extract));
  return {
    id: step.id,
    name: known?.name ?? users.name,
    http: http && step.http && { fill: httpFiller(target, http, step.http), plan: step.http },
    rpc: grpc && step.rpc && { fill: rpcFiller(grpc, step.rpc), plan: step.rpc },
    timeoutMs: step.timeoutMs,
    checks,
    checksStatus: checks.some(({ ofStatus }) => ofStatus),
    extracts,
    needsBody: checks.some(({ needsBody }) => needsBody) || extracts.some(({ needsBody }) => needsBody),
    retrying: compileRetries(step.retries, step.http !== null),
    endsOnFailure: step.onFailure === 'end',
    pauseAfter: step.pauseAfter,
  };
}

/** Throws a `CrosstalkError` for what cannot be compiled: a circle of variables, a JSON path that is none. */
export function compileJourney(users: Users, steps: readonly RequestStep[]): Journey {
  const groupsOf = (groups: readonly PlanStepGroup[]): StepGroup[] =>
    groups.map((group) => ({
      repeat: group.repeat,
      probability: group.probability,
      steps: group.steps.map((step) => compileStep(step, users, steps)),
    }));
  const { journey } = users;
  return {
    onStart: groupsOf(journey.onStart),
    onStop: groupsOf(journey.onStop),
    tasks: journey.tasks.map(({ weight, groups }) => ({ weight, groups: groupsOf(groups) })),
    wait: journey.wait,
    variables: compileVariables(journey.variables),
  };
}
