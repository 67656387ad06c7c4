/** The targets of a scenario's users: how they are shown, and filled in when a run starts. */
import { fail, ok, type Result } from '#contract/errors';
import type { ValueProblem } from '#contract/scenario/explain';
import { protocolOf, type Environment, type Target } from '#contract/scenario/environment';
import type { ScenarioFile } from '#contract/scenario/file';
import { maskUrl, namesSecret } from '#contract/secrets';
import type { PlanTarget } from '#engine/plan';
import { addressWords, connectTarget } from '../environments/connect.ts';
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

/** Where the services around the practice agent are reached. */
export interface PracticeServices {
  http: string;
  grpc: string;
}

/** A target of the practice agent's process. */
function practiceTarget(url: string): PlanTarget {
  return {
    url,
    shownUrl: url,
    protocol: protocolOf(url),
    headers: {},
    tls: { verify: true, ca: null, cert: null, key: null, passphrase: null },
    subprotocol: null,
    proxy: null,
  };
}

/** Who asks a target: users entries, and stages of set-up and tear-down. */
type Asker = Pick<ScenarioFile['users'][number], 'kind' | 'target' | 'name'>;

/** Targets that can be connected to. */
export interface ResolvedTargets {
  of(asker: Asker): PlanTarget | undefined;
  /** Values of secrets in them: masked in all that is kept. */
  secrets: string[];
}

export interface TargetParts {
  /** Relative paths begin here. */
  folder: string;
  /** Where the practice agent is; null: it was not started. */
  practiceUrl: string | null;
  practiceServices: PracticeServices | null;
  sources: ValueSources;
}

/** Everyone who asks a target. */
export function askersOf(file: Pick<ScenarioFile, 'users' | 'setup' | 'teardown'>): Asker[] {
  return [...file.users, ...file.setup, ...file.teardown];
}

/** Credentials of a target that were not written as placeholders, or became part of something else. */
function secretsOf(target: Target, plan: PlanTarget): string[] {
  const { auth } = target;
  const headers = Object.entries(plan.headers).flatMap(([name, value]) =>
    namesSecret(name) ? [value, value.replace(/^\S+\s+/, '')] : [],
  );
  const own =
    auth === undefined
      ? []
      : Object.entries(auth).flatMap(([key, value]) =>
          ['token', 'password', 'value'].includes(key) ? [value] : [],
        );
  return [...headers, ...own].filter((value) => value !== '' && !value.includes('${'));
}

const protocolOfKind = { voice: 'acs', http: 'http', grpc: 'grpc' } as const;

/** The targets of a scenario, ready to connect to. Errors name the placeholder that has no value, and what does not fit. */
export async function resolveTargets(
  file: ScenarioFile,
  parts: TargetParts,
): Promise<Result<ResolvedTargets>> {
  const { environment } = file;
  return typeof environment === 'string'
    ? practiceTargets(file, parts)
    : namedTargets(file, environment, parts);
}

function practiceTargets(
  file: ScenarioFile,
  { practiceUrl, practiceServices }: TargetParts,
): Result<ResolvedTargets> {
  const urls = {
    voice: practiceUrl,
    http: practiceServices?.http ?? null,
    grpc: practiceServices?.grpc ?? null,
  };
  const kinds = new Set(askersOf(file).map(({ kind }) => kind));
  const made = new Map<string, PlanTarget>();
  for (const kind of kinds) {
    const url = urls[kind];
    if (url === null)
      return fail(
        'internal',
        'practice_not_running',
        'The practice agent this run is aimed at has not been started.',
      );
    made.set(kind, practiceTarget(url));
  }
  return ok({ of: ({ kind }) => made.get(kind), secrets: [] });
}

async function namedTargets(
  file: ScenarioFile,
  environment: Environment,
  { folder, sources }: TargetParts,
): Promise<Result<ResolvedTargets>> {
  const made = new Map<string, PlanTarget>();
  const secrets: string[] = [];
  for (const asker of askersOf(file)) {
    const { target: name, kind } = asker;
    const target = environment.targets[name];
    if (!target) return fail('invalid_input', 'no_such_target', `The environment has no target ${name}.`);
    let plan = made.get(name);
    if (plan === undefined) {
      const values = await readValues(textsIn(target), environment.variables, sources);
      const connected = await connectTarget(name, target, { folder, values });
      if (!connected.ok) return connected;
      plan = connected.value;
      made.set(name, plan);
      secrets.push(...values.secrets, ...secretsOf(target, plan));
    }
    if (plan.protocol !== protocolOfKind[kind])
      return fail(
        'invalid_input',
        'target_of_other_kind',
        `${asker.name} are ${kind} users, but target ${name}, ${plan.shownUrl}, is no ${addressWords[protocolOfKind[kind]]} address.`,
      );
  }
  return ok({ of: ({ target }) => made.get(target), secrets });
}
