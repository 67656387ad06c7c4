/** Walking the steps of http and grpc users, and what results call them. Without schemas, so that screens can use it. */
import type { GrpcUser, HttpStep, HttpUser, RpcStep, ScenarioFile, SetupStage } from './file.ts';
import type { Check } from './request.ts';
import { maskUrl } from '../secrets.ts';

export type AnyStep = HttpStep | RpcStep;
/** A users entry or a stage that makes requests. */
export type Requester = HttpUser | GrpcUser | SetupStage;
type Entry = NonNullable<Requester['steps']>[number];

const methods = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options'] as const;

/** `GET` … of a step of http users; empty for a call. */
export function methodOf(step: AnyStep): string {
  if ('rpc' in step) return '';
  return methods.find((method) => step[method] !== undefined)?.toUpperCase() ?? '';
}

/** Path or address of a request as written; of a call `package.Service/Method`. */
export function addressOf(step: AnyStep): string {
  if ('rpc' in step) return step.rpc.replace(/^\//, '');
  return methods.map((method) => step[method]).find((address) => address !== undefined) ?? '';
}

/** What results call a step: its name, or its method and address as written, without secrets that stand in it. */
export function stepName(step: AnyStep): string {
  return step.name ?? `${methodOf(step)} ${maskUrl(addressOf(step))}`.trim();
}

function listed(value: unknown): string {
  return Array.isArray(value) ? value.map((one) => String(one)).join(' or ') : String(value);
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function comparison(what: string, check: Exclude<Check, { status: unknown } | { grpc_status: unknown }>) {
  const at = 'body' in check ? check.body : check;
  if (at.equals !== undefined) return `${what} is ${shown(at.equals)}`;
  if (at.contains !== undefined) return `${what} contains ${at.contains}`;
  if (at.matches !== undefined) return `${what} fits ${at.matches}`;
  if (at.above !== undefined && at.below !== undefined)
    return `${what} is above ${at.above} and below ${at.below}`;
  if (at.above !== undefined) return `${what} is above ${at.above}`;
  if (at.below !== undefined) return `${what} is below ${at.below}`;
  return at.exists === false ? `no ${what}` : `has ${what}`;
}

/** What results call a check: its name, or what it says. */
export function checkName(check: Check): string {
  if (check.name !== undefined) return check.name;
  if ('status' in check) return `status ${listed(check.status)}`;
  if ('grpc_status' in check) return `status ${listed(check.grpc_status)}`;
  if ('json' in check) return comparison(check.json, check);
  return 'header' in check ? comparison(`header ${check.header}`, check) : comparison('body', check);
}

/** A step and where it stands. */
export interface PlacedStep {
  step: AnyStep;
  path: (string | number)[];
  /** Names of its group and phase, its own or the group's. */
  group: string | null;
  phase: string | null;
  /** Which of the lists of its users entry it is in, and of which task. */
  list: 'on_start' | 'on_stop' | 'steps' | 'tasks';
  task: number;
}

/** Steps outside of groups and in them, in order. */
export function stepsIn(
  entries: readonly Entry[],
  path: readonly (string | number)[],
  list: PlacedStep['list'] = 'steps',
  task = 0,
): PlacedStep[] {
  return entries.flatMap((entry, i): PlacedStep[] => {
    const at = [...path, i];
    if (!('steps' in entry))
      return [{ step: entry, path: at, group: null, phase: entry.phase ?? null, list, task }];
    return entry.steps.map((step, j) => ({
      step,
      path: [...at, 'steps', j],
      group: entry.group,
      phase: step.phase ?? entry.phase ?? null,
      list,
      task,
    }));
  });
}

/** All steps of a users entry or stage, in the order in which a user may make them: on_start, steps or tasks, on_stop. */
export function stepsOf(requester: Requester, path: readonly (string | number)[]): PlacedStep[] {
  const start = 'on_start' in requester ? (requester.on_start ?? []) : [];
  const stop = 'on_stop' in requester ? (requester.on_stop ?? []) : [];
  const tasks = 'tasks' in requester ? (requester.tasks ?? []) : [];
  return [
    ...stepsIn(start, [...path, 'on_start'], 'on_start'),
    ...stepsIn(requester.steps ?? [], [...path, 'steps']),
    ...tasks.flatMap((task, i) => stepsIn(task.steps, [...path, 'tasks', i, 'steps'], 'tasks', i)),
    ...stepsIn(stop, [...path, 'on_stop'], 'on_stop'),
  ];
}

/** A users entry or stage with where it stands. */
export interface PlacedRequester {
  requester: Requester;
  path: (string | number)[];
  stage: 'setup' | 'teardown' | null;
}

/** Everything of a scenario that makes requests: users entries, set-up, tear-down. */
export function requestersOf(file: Pick<ScenarioFile, 'users' | 'setup' | 'teardown'>): PlacedRequester[] {
  return [
    ...file.users.flatMap((user, i): PlacedRequester[] =>
      user.kind === 'voice' ? [] : [{ requester: user, path: ['users', i], stage: null }],
    ),
    ...(['setup', 'teardown'] as const).flatMap((stage) =>
      file[stage].map((requester, i): PlacedRequester => ({ requester, path: [stage, i], stage })),
    ),
  ];
}
