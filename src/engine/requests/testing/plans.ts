/** Plans of request users for tests: what is left out is as plain as it can be. */
import type { RequestStep } from '#contract/requests';
import type { LoadProfile } from '#contract/scenario/load';
import type { PlanTarget, RunPlan } from '../../plan.ts';
import type {
  PlanHttpRequest,
  PlanJourney,
  PlanRequestUsers,
  PlanStage,
  PlanStep,
} from '../../requestPlan.ts';

type StepOf = Partial<PlanStep> & { name?: string; request?: Partial<PlanHttpRequest> };

/** A GET of an address, and what a test says otherwise. */
export function getStep(
  address: string,
  { name, request, ...step }: StepOf = {},
): PlanStep & { name: string } {
  return {
    name: name ?? address,
    id: 0,
    checks: [],
    extract: {},
    retries: { attempts: 0, backoff: 10, on: ['connect', 'reset', 'timeout', 503] },
    onFailure: 'end',
    pauseAfter: null,
    timeoutMs: 10_000,
    http: {
      method: 'GET',
      address,
      query: {},
      headers: {},
      body: null,
      stream: null,
      redirects: 5,
      ...request,
    },
    rpc: null,
    ...step,
  };
}

export function groupOf(steps: PlanStep[], group: Partial<PlanJourney['onStart'][number]> = {}) {
  return { name: null, repeat: { from: 1, to: 1 }, probability: 1, ...group, steps };
}

export function targetAt(url: string): PlanTarget {
  return { url, shownUrl: url, protocol: 'http', headers: {}, tls: { verify: true, ca: null } };
}

export interface UsersOf {
  url: string;
  steps?: PlanStep[];
  journey?: Partial<PlanJourney>;
  iterationsPerUser?: number | null;
}

export function httpUsers({
  url,
  steps = [],
  journey = {},
  iterationsPerUser = null,
}: UsersOf): PlanRequestUsers {
  return {
    kind: 'http',
    name: 'clients',
    weight: 1,
    target: targetAt(url),
    connectTimeoutMs: 2000,
    journey: {
      onStart: [],
      onStop: [],
      tasks: [{ name: 'all', weight: 1, groups: [groupOf(steps)] }],
      wait: { from: 0, to: 0 },
      variables: {},
      feeds: [],
      ...journey,
    },
    http: {
      headers: {},
      cookies: true,
      version: '1.1',
      keepAlive: true,
      maxBodyBytes: 1024 * 1024,
      connections: 'own',
    },
    grpc: null,
    iterationsPerUser,
  };
}

export function stageOf(users: PlanRequestUsers, stage: Partial<PlanStage> = {}): PlanStage {
  const { name, target, connectTimeoutMs, journey, http, grpc, kind } = users;
  return {
    kind, name, target, connectTimeoutMs, journey, http, grpc, stage: 'setup', forEach: null, parallel: 4, ...stage,
  }; // prettier-ignore
}

function stepsIn(journey: PlanJourney): PlanStep[] {
  const groups = [...journey.onStart, ...journey.onStop, ...journey.tasks.flatMap((task) => task.groups)];
  return groups.flatMap((group) => group.steps);
}

/** A run of these users; their steps are numbered in order. */
export function planOf(
  users: PlanRequestUsers[],
  { profile, stages = [], ...plan }: Partial<RunPlan> & { profile?: LoadProfile } = {},
): RunPlan {
  const steps: RequestStep[] = [];
  for (const one of [...users, ...stages])
    for (const step of stepsIn(one.journey)) {
      step.id = steps.length;
      const name = 'name' in step && typeof step.name === 'string' ? step.name : `step ${step.id}`;
      const checks = step.checks.map((check, i) => check.name ?? `check ${i}`);
      const type = step.http?.method ?? 'unary';
      steps.push({ id: step.id, name, type, user: one.name, phase: null, group: null, checks });
    }
  const vus: LoadProfile = {
    kind: 'users', startUsers: 1, stages: [{ target: 1, durationMs: 60_000 }], gracefulStopMs: 5000,
  }; // prettier-ignore
  return {
    runId: 'r',
    scenario: 's',
    environment: 'e',
    seed: 1,
    audio: { sampleRate: 16_000, frameMs: 20, speechLevel: -45, audibleLevel: -50 },
    clips: [],
    users,
    loads: [{ executor: 'test', profile: profile ?? vus, users: users.map((_, i) => i), startAfterMs: 0 }],
    warmUpMs: 0,
    periods: [],
    thresholds: [],
    workers: 1,
    steps,
    stages,
    secrets: [],
    applied: [],
    ...plan,
  };
}
