/** The addresses of an environment: checked early, and filled in when a run starts. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fail, ok, type Result } from '#contract/errors';
import type { ValueProblem } from '#contract/scenario/explain';
import type { ScenarioFile, Target } from '#contract/scenario/file';
import { fillPlaceholders, placeholdersIn, type Placeholder } from '#contract/scenario/placeholders';
import { maskUrl } from '#contract/secrets';
import type { PlanTarget } from '#engine/plan';

type Variables = Record<string, string | undefined>;

/** The host (and port) of an address as it may be shown; the address itself where it has none. */
export function shownHost(url: string): string {
  return /^[a-z]+:\/\/(?:[^/?#@]*@)?([^/?#]+)/i.exec(maskUrl(url))?.[1] ?? url;
}

/** What a list of runs shows: the environment's name, or the host it is aimed at. */
export function environmentLabel(file: ScenarioFile): string {
  if (typeof file.environment === 'string') return file.environment;
  const [first, ...more] = Object.values(file.environment.targets);
  const host = shownHost(first?.url ?? '');
  return more.length > 0 ? `${host} +${more.length}` : host;
}

/** Whether a text is an address a WebSocket can be opened to. */
function isWebSocketUrl(text: string): boolean {
  return URL.canParse(text) && /^wss?:$/.test(new URL(text).protocol) && !text.includes('#');
}

async function readCertificate(path: string): Promise<Result<string>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    return fail('invalid_input', 'ca_missing', `there is no readable file ${path}`);
  }
  return text.includes('-----BEGIN CERTIFICATE-----')
    ? ok(text)
    : fail(
        'invalid_input',
        'ca_invalid',
        `${path} is not a certificate in PEM form (-----BEGIN CERTIFICATE-----)`,
      );
}

/** What a header's value may not hold (RFC 9110 §5.5). */
const notInHeaders = /[^\t\x20-\x7e\x80-\xff]/;

/** Checks what needs a parser or the disk: addresses without placeholders, and certificates. */
export async function targetProblems(
  file: ScenarioFile,
  written: unknown,
  folder: string,
): Promise<ValueProblem[]> {
  if (typeof file.environment === 'string') return [];
  const problems: ValueProblem[] = [];
  const inPlace = typeof written === 'object' && written !== null && !('targets' in written);
  for (const [name, target] of Object.entries(file.environment.targets)) {
    const path = inPlace ? ['environment'] : ['environment', 'targets', name];
    if (!target.url.includes('${') && !isWebSocketUrl(target.url)) {
      problems.push({
        path: [...path, 'url'],
        message: `${JSON.stringify(maskUrl(target.url))} is not a URL; write it like wss://host/path`,
      });
    }
    for (const [header, value] of Object.entries(target.headers)) {
      if (!value.includes('${') && notInHeaders.test(value)) {
        const message = 'holds a line break or another character that headers cannot carry';
        problems.push({ path: [...path, 'headers', header], message });
      }
    }
    if (target.tls.ca !== undefined && !target.tls.ca.includes('${')) {
      const read = await readCertificate(resolve(folder, target.tls.ca));
      if (!read.ok) problems.push({ path: [...path, 'tls', 'ca'], message: read.error.message });
    }
  }
  return problems;
}

/** What stands for a placeholder: the environment variable of its name, for a secret `CROSSTALK_SECRET_<name>` first. */
export function placeholderValue(variables: Variables, { kind, name }: Placeholder): string | undefined {
  return kind === 'env' ? variables[name] : variables[`CROSSTALK_SECRET_${name}`] || variables[name];
}

class Filling {
  readonly missing: string[] = [];
  readonly #variables: Variables;

  constructor(variables: Variables) {
    this.#variables = variables;
  }

  readonly fill = (placeholder: Placeholder): string => {
    const { kind, name, text } = placeholder;
    const value = placeholderValue(this.#variables, placeholder);
    if (value === undefined || value === '') {
      this.missing.push(
        kind === 'env'
          ? `${text}: set the environment variable ${name}`
          : `${text}: set the environment variable CROSSTALK_SECRET_${name} or ${name}`,
      );
      return '';
    }
    return value;
  };
}

async function fillTarget(
  name: string,
  target: Target,
  folder: string,
  variables: Variables,
): Promise<Result<PlanTarget>> {
  const filling = new Filling(variables);
  const url = fillPlaceholders(target.url, filling.fill);
  const headers = Object.fromEntries(
    Object.entries(target.headers).map(([header, value]) => [header, fillPlaceholders(value, filling.fill)]),
  );
  const caPath = target.tls.ca === undefined ? null : fillPlaceholders(target.tls.ca, filling.fill);
  const [first, ...more] = [...new Set(filling.missing)];
  if (first !== undefined) {
    const rest = more.length > 0 ? ` (and ${more.length} more)` : '';
    return fail('invalid_input', 'placeholder_unset', `Target ${name} needs ${first}${rest}.`, {
      detail: [first, ...more].join('\n'),
    });
  }
  // What was filled in may be a secret: messages show the address as written.
  if (!isWebSocketUrl(url)) {
    return fail(
      'invalid_input',
      'invalid_url',
      `The address of target ${name}, ${maskUrl(target.url)}, is not a ws:// or wss:// URL once ` +
        `${
          placeholdersIn(target.url)
            .found.map((p) => p.text)
            .join(', ') || 'it'
        } is filled in.`,
    );
  }
  const broken = Object.entries(headers).find(([, value]) => notInHeaders.test(value));
  if (broken) {
    return fail(
      'invalid_input',
      'invalid_header',
      `The header ${broken[0]} of target ${name} holds a line break or another character that headers cannot carry.`,
    );
  }
  const ca = caPath === null ? ok(null) : await readCertificate(resolve(folder, caPath));
  if (!ca.ok)
    return fail('invalid_input', ca.error.code, `The certificate of target ${name}: ${ca.error.message}.`);
  const shownUrl = maskUrl(target.url);
  return ok({
    url,
    shownUrl,
    protocol: target.protocol,
    headers,
    tls: { verify: target.tls.verify, ca: ca.value },
  });
}

/** The targets of a scenario by name, ready to connect to. Errors name the placeholder that has no value. */
export async function resolveTargets(
  file: ScenarioFile,
  folder: string,
  practiceUrl: string | null,
  variables: Variables,
): Promise<Result<Record<string, PlanTarget>>> {
  if (typeof file.environment === 'string') {
    if (practiceUrl === null) {
      return fail(
        'internal',
        'practice_not_running',
        'The practice agent this run is aimed at has not been started.',
      );
    }
    const tls = { verify: true, ca: null };
    return ok({ default: { url: practiceUrl, shownUrl: practiceUrl, protocol: 'acs', headers: {}, tls } });
  }
  const out: Record<string, PlanTarget> = {};
  for (const name of new Set(file.users.map((user) => user.target))) {
    const target = file.environment.targets[name];
    if (!target) return fail('invalid_input', 'no_such_target', `The environment has no target ${name}.`);
    const filled = await fillTarget(name, target, folder, variables);
    if (!filled.ok) return filled;
    out[name] = filled.value;
  }
  return ok(out);
}
