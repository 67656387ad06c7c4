/** What one run watches: what its environment says and what was added on the command line, placeholders not yet filled in. */
import { fail, ok, type Result } from '#contract/errors';
import type { Environment, Target } from '#contract/scenario/environment';
import { Resources, type PrometheusEndpoint, type WatchedProcess } from '#contract/scenario/resources';
import { placeholdersIn } from '#contract/scenario/placeholders';
import { maskUrl, namesSecret } from '#contract/secrets';
import { notInHeaders, unset, wayTo, type TargetWay } from '../environments/connect.ts';
import { readValues, textsIn, type PlaceholderValues, type ValueSources } from '../environments/values.ts';
import type { AskedEndpoint } from './prometheus/ask.ts';

/** An endpoint, and how it is asked or why it cannot be. */
export interface WatchedEndpoint {
  endpoint: PrometheusEndpoint;
  asked: Result<AskedEndpoint>;
}

export interface WatchedResources {
  everyMs: number;
  processes: WatchedProcess[];
  /** Fills in placeholders now. */
  endpoints(): Promise<WatchedEndpoint[]>;
}

export interface WatchPlace {
  /** Relative paths of the environment begin here. */
  folder: string;
  sources: ValueSources;
}

/** What is not sent anywhere else needs no proxy. */
function isLoopback({ hostname }: URL): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/i.test(hostname);
}

const noWay: TargetWay = {
  tls: { verify: true, ca: null, cert: null, key: null, passphrase: null },
  proxy: null,
};

/** Everything secret that is sent: filled in as one, or named like one. */
function secretsOf(
  endpoint: Pick<PrometheusEndpoint, 'url' | 'headers'>,
  headers: Readonly<Record<string, string>>,
  values: PlaceholderValues,
): string[] {
  const filled = textsIn(endpoint)
    .flatMap((text) => placeholdersIn(text).found)
    .filter(({ kind, name }) => kind === 'secret' || namesSecret(name))
    .map(({ text }) => values.fillKnown(text));
  const named = Object.entries(headers).flatMap(([name, value]) => (namesSecret(name) ? [value] : []));
  return [...filled, ...named].filter((value) => value.length >= 4).sort((a, b) => b.length - a.length);
}

/** An endpoint that can be asked. Errors: `placeholder_unset`, `invalid_url`, `invalid_header`. */
export function fillEndpoint(
  endpoint: Pick<PrometheusEndpoint, 'url' | 'headers'> & { name?: string },
  values: PlaceholderValues,
  way: TargetWay = noWay,
): Result<AskedEndpoint> {
  const missing = new Set<string>();
  const fill = (text: string) => values.fill(text, missing);
  const url = fill(endpoint.url);
  const headers = Object.fromEntries(
    Object.entries(endpoint.headers).map(([name, value]) => [name, fill(value)]),
  );
  const what = endpoint.name === undefined ? 'The endpoint' : `The endpoint ${endpoint.name}`;
  if (missing.size > 0) return unset(what, missing);
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    return fail(
      'invalid_input',
      'invalid_url',
      `Its address ${maskUrl(endpoint.url)} is not an http:// or https:// URL once it is filled in.`,
    );
  const broken = Object.entries(headers).find(([, value]) => notInHeaders.test(value));
  if (broken)
    return fail(
      'invalid_input',
      'invalid_header',
      `Its header ${broken[0]} holds a line break or another character that headers cannot carry.`,
    );
  const parsed = new URL(url);
  return ok({
    url: parsed,
    headers,
    tls: way.tls,
    proxy: isLoopback(parsed) ? null : way.proxy,
    secrets: secretsOf(endpoint, headers, values),
  });
}

/** The target whose certificates and proxy reach endpoints too. */
function defaultTarget(targets: Readonly<Record<string, Target>>): [string, Target] | undefined {
  return Object.entries(targets).find(([name]) => name === 'default') ?? Object.entries(targets)[0];
}

async function wayOf(
  environment: Environment | null,
  { folder, sources }: WatchPlace,
): Promise<Result<TargetWay>> {
  const [name, target] = defaultTarget(environment?.targets ?? {}) ?? [];
  if (environment === null || name === undefined || target === undefined) return ok(noWay);
  const { tls, proxy } = target;
  const values = await readValues(textsIn({ tls, proxy }), environment.variables, sources);
  return wayTo(name, target, { folder, values });
}

/** Names of the environment's that the command line has too are told apart by a number. */
function withNames<T extends { name: string }>(list: readonly T[]): T[] {
  const taken = new Set<string>();
  return list.map((one) => {
    let name = one.name;
    for (let i = 2; taken.has(name); i++) name = `${one.name} ${i}`;
    taken.add(name);
    return { ...one, name };
  });
}

/**
 * What is watched of an environment (null: the practice agent, of which nothing is said), and what was added; null:
 * nothing at all.
 */
export function watchedResources(
  environment: Environment | null,
  added: Resources | null,
  place: WatchPlace,
): WatchedResources | null {
  const said = environment?.resources ?? Resources.parse({});
  const processes = withNames([...said.processes, ...(added?.processes ?? [])]);
  const prometheus = withNames([...said.prometheus, ...(added?.prometheus ?? [])]);
  if (processes.length === 0 && prometheus.length === 0) return null;
  return {
    everyMs: said.every,
    processes,
    async endpoints() {
      if (prometheus.length === 0) return [];
      const way = await wayOf(environment, place);
      const values = await readValues(textsIn(prometheus), environment?.variables ?? {}, place.sources);
      return prometheus.map((endpoint) => ({
        endpoint,
        asked: way.ok ? fillEndpoint(endpoint, values, way.value) : way,
      }));
    },
  };
}
