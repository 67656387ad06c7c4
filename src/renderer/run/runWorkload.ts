/** What the users of a run do: they speak, make requests, or both. By the scenario the run kept, else by what was measured. */
import { parse } from 'yaml';
import type { StageResult } from '#contract/requests';
import type { Counts } from '#contract/run';
import type { Workload } from '../runs/rowWorkload.ts';

/** What a run's scenario says of its users and stages. */
export interface ScenarioWorkload extends Workload {
  /** Its set-up and tear-down by name: requests of theirs belong to no user. */
  stages: Readonly<Record<string, StageResult['stage']>>;
  /** It compares stretches of its time with each other. */
  periods: boolean;
}

function valueOf(entry: unknown, key: string): unknown {
  if (typeof entry !== 'object' || entry === null) return undefined;
  return Object.entries(entry).find(([name]) => name === key)?.[1];
}

function listOf(document: unknown, key: string): unknown[] {
  const value = valueOf(document, key);
  return Array.isArray(value) ? value : [];
}

/** As the scenario's schema calls a stage that has no name. */
const unnamedStage = 'set-up';

function stagesOf(document: unknown): Record<string, StageResult['stage']> {
  const named = (stage: StageResult['stage']) =>
    listOf(document, stage).map((entry): [string, StageResult['stage']] => {
      const name = valueOf(entry, 'name');
      return [typeof name === 'string' ? name : unnamedStage, stage];
    });
  return Object.fromEntries([...named('teardown'), ...named('setup')]);
}

/** By the scenario's YAML; null where it cannot be read or names no users. */
export function scenarioWorkload(yaml: string): ScenarioWorkload | null {
  let document: unknown;
  try {
    document = parse(yaml);
  } catch {
    return null;
  }
  const kinds = listOf(document, 'users').map((user) => valueOf(user, 'kind'));
  if (kinds.length === 0) return null;
  const making = kinds.filter((kind) => kind === 'http' || kind === 'grpc').length;
  const periods = listOf(document, 'periods').length > 0;
  return { voice: making < kinds.length, requests: making > 0, stages: stagesOf(document), periods };
}

/** By what was counted: where the scenario is not known. Calls, unless there were requests and none. */
export function countedWorkload(
  counts: Pick<Counts, 'calls_attempted' | 'requests'> | null,
): ScenarioWorkload {
  const requests = (counts?.requests ?? 0) > 0;
  return { voice: !requests || (counts?.calls_attempted ?? 0) > 0, requests, stages: {}, periods: false };
}
