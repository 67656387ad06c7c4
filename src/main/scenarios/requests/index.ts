/** From the requests of a checked scenario to what the engine runs. */
import { fail, ok, type Result } from '#contract/errors';
import type { RequestStep } from '#contract/requests';
import type { ScenarioFile } from '#contract/scenario/file';
import {
  addressOf,
  requestersOf,
  stepsOf,
  type PlacedRequester,
  type Requester,
} from '#contract/scenario/steps';
import { reflectDescriptors } from '#engine/grpc/reflection';
import type { PlanTarget } from '#engine/plan';
import type { PlanGrpc, PlanHttp, PlanRequestUsers, PlanStage } from '#engine/requestPlan';
import { unset } from '../../environments/connect.ts';
import { readValues, textsIn, type ValueSources } from '../../environments/values.ts';
import type { RequestContents } from './contents.ts';
import { TemplateFiller } from './fill.ts';
import { Journeys } from './journey.ts';
import { rpcTypes } from './rpcTypes.ts';

export interface RequestPlanParts {
  file: ScenarioFile;
  contents: RequestContents;
  /** Relative paths begin here. */
  folder: string;
  sources: ValueSources;
  /** The target of a users entry or a stage. */
  targetOf: (requester: Requester) => PlanTarget | undefined;
}

export interface RequestPlans {
  steps: RequestStep[];
  /** By users entry. */
  users: ReadonlyMap<ScenarioFile['users'][number], PlanRequestUsers>;
  stages: PlanStage[];
  /** Values of secrets that were filled in. */
  secrets: string[];
}

const mebibyte = 1024 * 1024;

/** Descriptors of every users entry and stage of kind grpc: of its .proto files, or as its server tells them. */
async function descriptorsOf(
  placed: readonly PlacedRequester[],
  { contents, targetOf }: RequestPlanParts,
): Promise<Result<Map<Requester, Uint8Array>>> {
  const found = new Map<Requester, Uint8Array>();
  const asked = new Map<string, Promise<Result<Uint8Array>>>();
  for (const { requester, path } of placed) {
    if (requester.kind !== 'grpc') continue;
    const compiled = contents.descriptors.get(requester);
    const target = targetOf(requester);
    if (compiled !== undefined || target === undefined) {
      if (compiled !== undefined) found.set(requester, compiled);
      continue;
    }
    const steps = stepsOf(requester, path);
    const services = [...new Set(steps.map(({ step }) => addressOf(step).replace(/\/[^/]*$/, '')))].sort();
    const key = JSON.stringify([requester.target, services]);
    const reflected = asked.get(key) ?? reflectDescriptors(target, services, requester.connect_timeout);
    asked.set(key, reflected);
    const answer = await reflected;
    if (!answer.ok) return answer;
    found.set(requester, answer.value);
  }
  return ok(found);
}

/**
 * The plan of all requests. Errors: `placeholder_unset`, those of reflection, and `rpc_unknown` for a call that the
 * server does not have.
 */
export async function planRequests(parts: RequestPlanParts): Promise<Result<RequestPlans>> {
  const { file, contents, folder, sources, targetOf } = parts;
  const placed = requestersOf(file);
  const variables = typeof file.environment === 'string' ? {} : file.environment.variables;
  const values = await readValues(textsIn(placed.map(({ requester }) => requester)), variables, sources);
  const fill = new TemplateFiller(values);
  const descriptors = await descriptorsOf(placed, parts);
  if (!descriptors.ok) return descriptors;
  const types = new Map<Requester, ReadonlyMap<string, string>>();
  for (const { requester, path } of placed) {
    const known = descriptors.value.get(requester);
    if (known === undefined) continue;
    const read = rpcTypes(known, requester, path);
    if (!read.ok) return read;
    types.set(requester, read.value);
  }
  const journeys = new Journeys({
    contents,
    fill,
    folder,
    typeOfRpc: (requester, rpc) => types.get(requester)?.get(rpc) ?? 'unary',
  });
  const users = new Map<ScenarioFile['users'][number], PlanRequestUsers>();
  const stages: PlanStage[] = [];

  function common(requester: Requester, target: PlanTarget) {
    return {
      name: requester.name,
      target,
      connectTimeoutMs: requester.connect_timeout,
      journey: journeys.journey(requester),
      http: httpOf(requester, fill),
      grpc: grpcOf(requester, fill, descriptors.ok ? descriptors.value : new Map()),
    };
  }

  for (const user of file.users) {
    if (user.kind === 'voice') continue;
    const target = targetOf(user);
    if (!target)
      return fail('invalid_input', 'no_such_target', `The environment has no target ${user.target}.`);
    users.set(user, {
      kind: user.kind,
      ...common(user, target),
      weight: user.weight,
      iterationsPerUser: user.iterations_per_user === 'forever' ? null : user.iterations_per_user,
    });
  }
  for (const stage of ['setup', 'teardown'] as const) {
    for (const requester of file[stage]) {
      const target = targetOf(requester);
      if (!target)
        return fail('invalid_input', 'no_such_target', `The environment has no target ${requester.target}.`);
      stages.push({
        stage,
        kind: requester.kind,
        ...common(requester, target),
        forEach: requester.for_each ?? null,
        parallel: requester.parallel,
      });
    }
  }
  if (fill.missing.size > 0) return unset('A request', fill.missing);
  return ok({ steps: journeys.steps, users, stages, secrets: values.secrets });
}

function httpOf(requester: Requester, fill: TemplateFiller): PlanHttp | null {
  if (requester.kind !== 'http') return null;
  return {
    headers: fill.texts(requester.headers),
    cookies: requester.cookies,
    version: requester.http_version,
    keepAlive: requester.keep_alive,
    maxBodyBytes: requester.max_body * mebibyte,
    connections: 'connections' in requester ? requester.connections : 'own',
  };
}

function grpcOf(
  requester: Requester,
  fill: TemplateFiller,
  descriptors: ReadonlyMap<Requester, Uint8Array>,
): PlanGrpc | null {
  if (requester.kind !== 'grpc') return null;
  return {
    descriptors: descriptors.get(requester) ?? new Uint8Array(),
    metadata: fill.texts(requester.metadata),
    channels: 'channels' in requester ? requester.channels : 'own',
  };
}
