/** The targets of a scenario's users: how they are shown, and filled in when a run starts. */
import { fail, ok, type Result } from '#contract/errors';
import type { ValueProblem } from '#contract/scenario/explain';
import type { ScenarioFile } from '#contract/scenario/file';
import { maskUrl } from '#contract/secrets';
import type { PlanTarget } from '#engine/plan';
import { connectTarget } from '../environments/connect.ts';
import { environmentProblems } from '../environments/problems.ts';
import { readValues, textsIn, type ValueSources } from '../environments/values.ts';

/** The host (and port) of an address as it may be shown; the address itself where it has none. */
export function shownHost(url: string): string {
  return /^[a-z]+:\/\/(?:[^/?#@]*@)?([^/?#]+)/i.exec(maskUrl(url))?.[1] ?? url;
}

/** What a list of runs shows: the environment's name, or the host it is aimed at. */
export function environmentLabel(file: Pick<ScenarioFile, 'environment'>): string {
  if (typeof file.environment === 'string') return file.environment;
  const [first, ...more] = Object.values(file.environment.targets);
  const host = shownHost(first?.url ?? '');
  return more.length > 0 ? `${host} +${more.length}` : host;
}

/** Checks what needs a parser or the disk: addresses without placeholders, certificates and keys. `folder`: where relative paths begin. */
export async function targetProblems(
  file: ScenarioFile,
  written: unknown,
  folder: string,
): Promise<ValueProblem[]> {
  if (typeof file.environment === 'string') return [];
  const found = await environmentProblems(file.environment, written, folder);
  return found.map((problem) => ({ ...problem, path: ['environment', ...problem.path] }));
}

/** Where the practice agent is reached. */
function practiceTarget(url: string): PlanTarget {
  return {
    url,
    shownUrl: url,
    protocol: 'acs',
    headers: {},
    tls: { verify: true, ca: null, cert: null, key: null, passphrase: null },
    subprotocol: null,
    proxy: null,
  };
}

/** The targets of a scenario by name, ready to connect to. Errors name the placeholder that has no value. */
export async function resolveTargets(
  file: ScenarioFile,
  folder: string,
  practiceUrl: string | null,
  sources: ValueSources,
): Promise<Result<Record<string, PlanTarget>>> {
  const { environment } = file;
  if (typeof environment === 'string') {
    return practiceUrl === null
      ? fail(
          'internal',
          'practice_not_running',
          'The practice agent this run is aimed at has not been started.',
        )
      : ok({ default: practiceTarget(practiceUrl) });
  }
  const out: Record<string, PlanTarget> = {};
  for (const name of new Set(file.users.map((user) => user.target))) {
    const target = environment.targets[name];
    if (!target) return fail('invalid_input', 'no_such_target', `The environment has no target ${name}.`);
    const values = await readValues(textsIn(target), environment.variables, sources);
    const connected = await connectTarget(name, target, { folder, values });
    if (!connected.ok) return connected;
    out[name] = connected.value;
  }
  return ok(out);
}
