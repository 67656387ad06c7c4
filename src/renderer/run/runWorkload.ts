/** What the users of a run do: they speak, make requests, or both. By the scenario the run kept, else by what was measured. */
import { parse } from 'yaml';
import type { Counts } from '#contract/run';
import type { Workload } from '../runs/rowWorkload.ts';

/** What a run's scenario says of its users and stages. */
export interface ScenarioWorkload extends Workload {
  /** It has a set-up or a tear-down: requests that belong to no user. */
  stages: boolean;
}

function listOf(document: unknown, key: string): unknown[] {
  if (typeof document !== 'object' || document === null) return [];
  const value: unknown = Object.entries(document).find(([name]) => name === key)?.[1];
  return Array.isArray(value) ? value : [];
}

function kindOf(user: unknown): unknown {
  return typeof user === 'object' && user !== null && 'kind' in user ? user.kind : undefined;
}

/** By the scenario's YAML; null where it cannot be read or names no users. */
export function scenarioWorkload(yaml: string): ScenarioWorkload | null {
  let document: unknown;
  try {
    document = parse(yaml);
  } catch {
    return null;
  }
  const kinds = listOf(document, 'users').map(kindOf);
  if (kinds.length === 0) return null;
  const making = kinds.filter((kind) => kind === 'http' || kind === 'grpc').length;
  const stages = listOf(document, 'setup').length + listOf(document, 'teardown').length > 0;
  return { voice: making < kinds.length, requests: making > 0, stages };
}

/** By what was counted: where the scenario is not known. Calls, unless there were requests and none. */
export function countedWorkload(
  counts: Pick<Counts, 'calls_attempted' | 'requests'> | null,
): ScenarioWorkload {
  const requests = (counts?.requests ?? 0) > 0;
  return { voice: !requests || (counts?.calls_attempted ?? 0) > 0, requests, stages: false };
}
