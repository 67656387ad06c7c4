/** Where a pack's calls go, and what must be set before they can: nothing secret is ever written into a pack. */
import type { PackCheck, PackPurpose } from '#contract/api/packs';
import { fail, ok, type Result } from '#contract/errors';
import {
  practiceEnvironment,
  type Environment,
  type ScenarioFile,
  type Target,
} from '#contract/scenario/file';
import { placeholdersIn } from '#contract/scenario/placeholders';
import { maskUrl } from '#contract/secrets';
import { authHeader } from '../environments/connect.ts';
import { textsIn } from '../environments/values.ts';

/** The practice agent as `crosstalk practice --port 8010` offers it, and the default of the original tool. */
export const practiceUrl = 'ws://127.0.0.1:8010/api/v1/media/stream';

/** A variable that the operator sets where the pack runs. */
export interface PackVariable {
  name: string;
  /** Not to be seen: a key vault's, or an environment variable of a pipeline. */
  secret: boolean;
  /** What it holds, in words. */
  holds: string;
  /** What it looks like, with `<…>` to be filled in. */
  example: string;
}

export interface PackTarget {
  /** As it may be shown: placeholders stand, secrets are masked. */
  shownUrl: string;
  /** What the pack says; null: `WS_URL` must be set. */
  url: string | null;
  /** Names of the headers the agent wants. */
  headers: string[];
  tls: { verify: boolean; ca: string | null };
  variables: PackVariable[];
  checks: PackCheck[];
}

/** The environment variable of a header: `x-api-key` → `WS_HEADER_X_API_KEY`. The locustfile makes the same of it. */
export function headerVariable(name: string): string {
  return `WS_HEADER_${name.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}`;
}

const webSocketUrl = /^wss?:\/\/[^\s/?#]+\S*$/i;

/** Resolves the one address of a pack. Error: `invalid_url`. */
export function packTarget(
  file: ScenarioFile,
  asked: string | undefined,
  purpose: PackPurpose,
): Result<PackTarget> {
  const named = [...new Set(file.users.map((user) => user.target))];
  const targets = typeof file.environment === 'string' ? {} : file.environment.targets;
  const checks: PackCheck[] = [];
  const own: Target | undefined = named.length === 1 ? targets[named[0] ?? ''] : undefined;
  const isPractice = file.environment === practiceEnvironment;
  const written = asked ?? own?.url ?? (isPractice ? practiceUrl : '');
  if (asked === undefined && named.length > 1)
    checks.push({
      level: 'error',
      text: `A pack calls one address, and the scenario has ${named.length} (${named.join(', ')}): name the agent's address.`,
    });
  else if (!webSocketUrl.test(written.replaceAll(/\$\{[^}]*\}/g, 'x')) && !written.startsWith('${')) {
    const shown = JSON.stringify(maskUrl(written));
    return fail(
      'invalid_input',
      'invalid_url',
      `${shown} is not an address that can be called; write it like wss://host/path.`,
    );
  }
  if (asked === undefined && isPractice) checks.push(practiceCheck(purpose));
  else if (named.length === 1 || asked !== undefined) checks.push(...reachChecks(written, purpose));

  const parameter = asked === undefined && own?.auth?.type === 'query' ? own.auth.name : null;
  const identified = authHeader(own?.auth);
  const headers = [...Object.keys(own?.headers ?? {}), ...(identified === null ? [] : [identified])];
  const variables = [
    ...urlVariable(written, parameter),
    ...headers.map((name) => variableOfHeader(name, own, name === identified)),
  ];
  if (typeof file.environment !== 'string') checks.push(...environmentChecks(file.environment, own));
  if (variables.length > 0) {
    const names = variables.map(({ name }) => name).join(', ');
    checks.push({
      level: 'warning',
      text: `To be set where it runs, because a pack holds no secrets: ${names}.`,
    });
  }
  const verify = own?.tls.verify ?? true;
  if (!verify)
    checks.push({ level: 'warning', text: "The agent's certificate is not checked (tls.verify is false)." });
  return ok({
    shownUrl: maskUrl(written),
    url: urlVariable(written, parameter).length > 0 || written === '' ? null : written,
    headers,
    tls: { verify, ca: own?.tls.ca ?? null },
    variables,
    checks,
  });
}

function practiceCheck(purpose: PackPurpose): PackCheck {
  return purpose === 'azure'
    ? {
        level: 'error',
        text: 'The scenario is aimed at the practice agent on this machine, which Azure cannot reach: name the address of your agent.',
      }
    : {
        level: 'warning',
        text: `It calls the practice agent at ${practiceUrl}: start it with crosstalk practice --port 8010, or set WS_URL.`,
      };
}

function reachChecks(url: string, purpose: PackPurpose): PackCheck[] {
  if (purpose !== 'azure' || url.includes('${')) return [];
  const host = URL.canParse(url) ? new URL(url).hostname : '';
  if (/^(localhost|127\.|0\.0\.0\.0|\[::1?\]$)/i.test(host))
    return [
      {
        level: 'error',
        text: `${host} is this machine, which Azure cannot reach: name an address that it can.`,
      },
    ];
  if (/^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|\[f[cde])/i.test(host) || !/[.:]/.test(host))
    return [
      {
        level: 'warning',
        text: `${host} is a private address: Azure reaches it only from a virtual network (subnetId in load-test.yaml).`,
      },
    ];
  return [];
}

/** What an environment has and a pack does not. */
function environmentChecks(environment: Environment, own: Target | undefined): PackCheck[] {
  const checks: PackCheck[] = [];
  const warn = (text: string) => checks.push({ level: 'warning', text });
  if (environment.production !== null)
    warn('The environment is marked as production: a pack does not ask before it calls it.');
  if (environment.guard !== undefined) warn("The environment's guard is not asked by a pack.");
  if (own?.tls.cert !== undefined)
    warn('The agent is shown a client certificate (tls.cert), which a pack does not carry.');
  if (own?.proxy !== undefined) warn('The proxy of the environment is not used by a pack.');
  if (own?.subprotocol !== undefined) warn(`A pack does not offer the subprotocol ${own.subprotocol}.`);
  return checks;
}

/** `parameter`: one that auth adds to the address. */
function urlVariable(written: string, parameter: string | null): PackVariable[] {
  const { found } = placeholdersIn(written);
  if (found.length === 0 && maskUrl(written) === written && parameter === null) return [];
  const secret =
    parameter !== null || found.some(({ kind }) => kind === 'secret') || maskUrl(written) !== written;
  const example = maskUrl(written)
    .replaceAll(/\$\{\w+:([^}]*)\}/g, '<$1>')
    .replaceAll('***', '<secret>');
  const added = parameter === null ? '' : `${example.includes('?') ? '&' : '?'}${parameter}=<secret>`;
  return [{ name: 'WS_URL', secret, holds: "the agent's address", example: `${example}${added}` }];
}

function variableOfHeader(name: string, target: Target | undefined, isAuth: boolean): PackVariable {
  const texts = isAuth ? textsIn(target?.auth) : [target?.headers[name] ?? ''];
  const placeholders = texts.flatMap((text) => placeholdersIn(text).found);
  const from = placeholders.map((one) => one.name).join(', ');
  const word = target?.auth?.type === 'bearer' ? 'Bearer ' : target?.auth?.type === 'basic' ? 'Basic ' : '';
  return {
    name: headerVariable(name),
    secret: true,
    holds: `the header ${name}${from === '' ? ', as the scenario has it' : ` (in the scenario from ${from})`}`,
    example: isAuth ? `${word}<value>` : '<value>',
  };
}
